/** One fault in what was sent: the path of the field, and the code of the words that explain it. */
export type FieldError = { field: string; code: string; params?: Record<string, unknown> }

/**
 * What a use case throws when it cannot do what was asked. The web turns it into a page or into problem+json (RFC 9457).
 * `code` is stable and public: the reader's words are the locale key `problems:<code>`, filled with `params`.
 */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly params: Record<string, unknown>
  readonly errors: readonly FieldError[]

  constructor(status: number, code: string, params: Record<string, unknown> = {}, errors: readonly FieldError[] = []) {
    super(code)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.params = params
    this.errors = errors
  }
}

/** Not there, or not yours: the answer is the same, so that nobody learns what exists. */
export const notFound = () => new Problem(404, 'not-found')
export const signInFirst = () => new Problem(401, 'sign-in-first')
export const invalid = (errors: readonly FieldError[]) => new Problem(422, 'invalid', {}, errors)
export const conflict = (code: string, params?: Record<string, unknown>) => new Problem(409, code, params)
