import type { Allergen } from '../canteen/menus-open-data.ts'
import type { DishKind } from '../canteen/schema.ts'

type Dish = {
  kind: DishKind
  name: string
  vegetarian?: boolean
  allergens?: readonly Allergen[]
  labels?: readonly string[]
}

const gluten = 'gluten'
const milk = 'milk'
const eggs = 'eggs'
const fish = 'fish'
const mustard = 'mustard'
const celery = 'celery'

/** Two weeks of lunches that repeat: Monday, Tuesday, Wednesday, Thursday, Friday. One a week without meat or fish. */
export const lunches: readonly (readonly Dish[])[] = [
  [
    { kind: 'starter', name: 'Carottes râpées', vegetarian: true, allergens: [mustard] },
    {
      kind: 'main',
      name: 'Dahl de lentilles corail',
      vegetarian: true,
      allergens: [celery],
      labels: ['organic'],
    },
    { kind: 'side', name: 'Riz', vegetarian: true },
    { kind: 'dairy', name: 'Yaourt nature', vegetarian: true, allergens: [milk] },
    { kind: 'dessert', name: 'Pomme', vegetarian: true, labels: ['organic'] },
  ],
  [
    { kind: 'starter', name: 'Potage de potiron', vegetarian: true, allergens: [milk, celery] },
    { kind: 'main', name: 'Filet de colin, sauce citron', allergens: [fish, milk] },
    { kind: 'side', name: 'Pommes vapeur', vegetarian: true },
    { kind: 'dessert', name: 'Compote de poires', vegetarian: true },
  ],
  [
    { kind: 'main', name: 'Gratin de pâtes aux légumes', vegetarian: true, allergens: [gluten, milk] },
    { kind: 'side', name: 'Salade verte', vegetarian: true, allergens: [mustard] },
    { kind: 'dessert', name: 'Clémentines', vegetarian: true },
  ],
  [
    { kind: 'starter', name: 'Betteraves', vegetarian: true, allergens: [mustard] },
    { kind: 'main', name: 'Poulet rôti', labels: ['label-rouge'] },
    { kind: 'side', name: 'Haricots verts', vegetarian: true },
    { kind: 'dairy', name: 'Mimolette', vegetarian: true, allergens: [milk] },
    { kind: 'dessert', name: 'Crème au chocolat', vegetarian: true, allergens: [milk] },
  ],
  [
    { kind: 'starter', name: 'Taboulé', vegetarian: true, allergens: [gluten] },
    { kind: 'main', name: 'Omelette aux fines herbes', vegetarian: true, allergens: [eggs] },
    { kind: 'side', name: 'Épinards à la crème', vegetarian: true, allergens: [milk] },
    { kind: 'dessert', name: 'Banane', vegetarian: true },
  ],
  [
    { kind: 'starter', name: 'Chou blanc aux pommes', vegetarian: true, allergens: [mustard] },
    { kind: 'main', name: 'Carbonade flamande', allergens: [gluten, mustard] },
    { kind: 'side', name: 'Purée de céleri', vegetarian: true, allergens: [celery, milk] },
    { kind: 'dessert', name: 'Gaufre', vegetarian: true, allergens: [gluten, eggs, milk] },
  ],
  [
    { kind: 'main', name: 'Couscous aux légumes et pois chiches', vegetarian: true, allergens: [gluten, celery] },
    { kind: 'dairy', name: 'Fromage blanc', vegetarian: true, allergens: [milk] },
    { kind: 'dessert', name: 'Orange', vegetarian: true },
  ],
  [
    { kind: 'main', name: 'Pizza aux légumes', vegetarian: true, allergens: [gluten, milk] },
    { kind: 'side', name: 'Salade d’endives', vegetarian: true, allergens: [mustard] },
    { kind: 'dessert', name: 'Poire', vegetarian: true },
  ],
  [
    { kind: 'starter', name: 'Œuf dur, sauce au yaourt', vegetarian: true, allergens: [eggs, milk] },
    { kind: 'main', name: 'Waterzooï de poulet', allergens: [celery, milk] },
    { kind: 'side', name: 'Carottes et poireaux', vegetarian: true },
    { kind: 'dessert', name: 'Raisin', vegetarian: true },
  ],
  [
    { kind: 'starter', name: 'Concombres', vegetarian: true },
    { kind: 'main', name: 'Brandade de poisson', allergens: [fish, milk] },
    { kind: 'side', name: 'Salade verte', vegetarian: true, allergens: [mustard] },
    { kind: 'dessert', name: 'Tarte aux pommes', vegetarian: true, allergens: [gluten, eggs, milk] },
  ],
]
