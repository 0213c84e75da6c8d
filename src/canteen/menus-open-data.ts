import type { FieldError } from '../kernel/problems.ts'
import type { DishKind } from './schema.ts'

/** The fourteen allergens that must be told (EU regulation 1169/2011, annex II), by our code, as the data set names them. */
export const ALLERGENS = {
  gluten: 'Céréales contenant du gluten',
  crustaceans: 'Crustacés',
  eggs: 'Oeufs',
  fish: 'Poissons',
  peanuts: 'Arachides',
  soya: 'Soja',
  milk: 'Lait',
  nuts: 'Fruits à coques',
  celery: 'Céleri',
  mustard: 'Moutarde',
  sesame: 'Graines de sésame',
  sulphites: 'Anhydride sulfureux et sulfites',
  lupin: 'Lupin',
  molluscs: 'Mollusques',
} as const
export type Allergen = keyof typeof ALLERGENS

/** The official signs of quality and origin (SIQO), by our code; any other label is free text of the town. */
export const QUALITY_SIGNS = {
  organic: 'Agriculture Biologique',
  'label-rouge': 'Label Rouge',
  'protected-origin': "Appellation d'origine protégée/contrôlée",
  'protected-geography': 'Indication géographique protégée',
  'traditional-speciality': 'Spécialité traditionnelle garantie',
} as const

/** The columns of the national schema `menus-collectifs` (version 0.2), in its order: one row per dish. */
export const MENU_COLUMNS = [
  'collectiviteNom',
  'collectiviteSiret',
  'etablissementNom',
  'etablissementSiret',
  'restaurantNom',
  'restaurantId',
  'restaurantIdType',
  'restaurantType',
  'restaurantConvive',
  'menuDate',
  'menuTypeRepas',
  'menuTypePlat',
  'menuNomPlat',
  'menuCodePlat',
  'menuSiqoPlat',
  'menuLabelPlat',
  'menuAllergenePlat',
  'menuPrecisionPlat',
  'menuModificationDate',
  'menuModificationActivite',
] as const
export type MenuRow = Readonly<Record<(typeof MENU_COLUMNS)[number], string>>

/** Who publishes, who cooks, where it is eaten. */
export type MenuPlace = {
  town: { name: string; siret: string }
  kitchen: { name: string; siret: string }
  /** A school is named by its national code (UAI), which the schema calls `EN`. */
  school: { name: string; uai: string; type: 'École maternelle' | 'École élémentaire' }
}

/** A dish as the town keeps it. */
export type Dish = {
  day: Temporal.PlainDate
  kind: DishKind
  name: string
  vegetarian: boolean
  allergens: readonly string[]
  labels: readonly string[]
  updatedAt: Temporal.Instant
}

const LONGEST_NAME = 140
const COURSES: Readonly<Record<DishKind, string>> = {
  starter: 'entrée',
  main: 'plat principal',
  side: 'garniture',
  dairy: 'produit laitier',
  dessert: 'dessert',
  snack: 'goûter',
  bread: 'pain',
}

/**
 * The menu of a school in the form of the national schema, one row per dish. `errors` has what the schema refuses, by the
 * dish's place in the list (`dishes.3.name`); publish nothing while there are any.
 */
export function menuRows(place: MenuPlace, dishes: readonly Dish[]): { rows: MenuRow[]; errors: FieldError[] } {
  const errors = [...placeErrors(place), ...dishes.flatMap((dish, i) => dishErrors(`dishes.${i}`, dish))]
  if (errors.length > 0) return { rows: [], errors }
  return { rows: dishes.map(dish => menuRow(place, dish)), errors }
}

function menuRow({ town, kitchen, school }: MenuPlace, dish: Dish): MenuRow {
  const signs: Readonly<Record<string, string>> = QUALITY_SIGNS
  const allergens: Readonly<Record<string, string>> = ALLERGENS
  return {
    collectiviteNom: town.name,
    collectiviteSiret: town.siret,
    etablissementNom: kitchen.name,
    etablissementSiret: kitchen.siret,
    restaurantNom: school.name,
    restaurantId: school.uai,
    restaurantIdType: 'EN',
    restaurantType: school.type,
    restaurantConvive: 'scolaire',
    menuDate: dish.day.toString(),
    menuTypeRepas: dish.kind === 'snack' ? 'goûter' : 'déjeuner',
    menuTypePlat: COURSES[dish.kind],
    menuNomPlat: dish.name.trim(),
    menuCodePlat: '',
    menuSiqoPlat: dish.labels.flatMap(label => signs[label] ?? []).join(','),
    menuLabelPlat: dish.labels.filter(label => !(label in signs)).join(','),
    menuAllergenePlat: Object.keys(ALLERGENS)
      .filter(code => dish.allergens.includes(code))
      .map(code => allergens[code])
      .join(','),
    menuPrecisionPlat: dish.vegetarian ? 'végétarien' : '',
    menuModificationDate: dish.updatedAt.toString({ smallestUnit: 'second' }),
    menuModificationActivite: '',
  }
}

const isSiret = (text: string) => /^\d{14}$/.test(text)

function placeErrors({ town, kitchen }: MenuPlace): FieldError[] {
  const errors: FieldError[] = []
  if (!isSiret(town.siret)) errors.push({ field: 'town.siret', code: 'not-a-siret' })
  if (!isSiret(kitchen.siret)) errors.push({ field: 'kitchen.siret', code: 'not-a-siret' })
  return errors
}

/** What the schema refuses in a dish. */
export function dishErrors(field: string, dish: Dish): FieldError[] {
  const errors: FieldError[] = []
  const { length } = dish.name.trim()
  if (length === 0) errors.push({ field: `${field}.name`, code: 'missing' })
  if (length > LONGEST_NAME) errors.push({ field: `${field}.name`, code: 'too-long', params: { max: LONGEST_NAME } })
  for (const allergen of dish.allergens)
    if (!Object.hasOwn(ALLERGENS, allergen))
      errors.push({ field: `${field}.allergens`, code: 'unknown-allergen', params: { allergen } })
  for (const label of dish.labels)
    if (label.includes(',')) errors.push({ field: `${field}.labels`, code: 'comma-in-label', params: { label } })
  return errors
}
