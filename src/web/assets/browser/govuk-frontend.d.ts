/** The part of govuk-frontend's modules that we use; the package has no types. */
declare module 'govuk-frontend' {
  type Component = new (root: Element, config?: object) => object
  export const Button: Component
  export const PasswordInput: Component
  export const ServiceNavigation: Component
  export function createAll(component: Component, config?: object): void
}
