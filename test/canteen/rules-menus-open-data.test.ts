import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALLERGENS, type Dish, MENU_COLUMNS, type MenuPlace, menuRows } from '../../src/canteen/menus-open-data.ts'

const siret = '21590512500018'
const place: MenuPlace = {
  town: { name: 'Ville de Roubaix', siret },
  kitchen: { name: 'Cuisine centrale', siret },
  school: { name: 'Jules Guesde', uai: '0599901S', type: 'École élémentaire' },
}
const dish = (changes: Partial<Dish> = {}): Dish => ({
  day: Temporal.PlainDate.from('2026-11-26'),
  kind: 'main',
  name: 'Parmentier de lentilles',
  vegetarian: true,
  allergens: ['milk', 'gluten'],
  labels: ['organic', 'Produit du Nord'],
  updatedAt: Temporal.Instant.from('2026-11-20T09:30:00.123Z'),
  ...changes,
})
const faults = (changes: Partial<Dish>) =>
  menuRows(place, [dish(), dish(changes)]).errors.map(e => `${e.field}: ${e.code}`)

test('a dish is one row of the national schema, every column filled as it asks', () => {
  const { rows, errors } = menuRows(place, [dish()])
  assert.deepEqual(errors, [])
  assert.deepEqual(rows, [
    {
      collectiviteNom: 'Ville de Roubaix',
      collectiviteSiret: siret,
      etablissementNom: 'Cuisine centrale',
      etablissementSiret: siret,
      restaurantNom: 'Jules Guesde',
      restaurantId: '0599901S',
      restaurantIdType: 'EN',
      restaurantType: 'École élémentaire',
      restaurantConvive: 'scolaire',
      menuDate: '2026-11-26',
      menuTypeRepas: 'déjeuner',
      menuTypePlat: 'plat principal',
      menuNomPlat: 'Parmentier de lentilles',
      menuCodePlat: '',
      menuSiqoPlat: 'Agriculture Biologique',
      menuLabelPlat: 'Produit du Nord',
      menuAllergenePlat: 'Céréales contenant du gluten,Lait',
      menuPrecisionPlat: 'végétarien',
      menuModificationDate: '2026-11-20T09:30:00Z',
      menuModificationActivite: '',
    },
  ])
  assert.deepEqual(Object.keys(rows[0] ?? {}), MENU_COLUMNS)
})

test('a snack is its own meal; a dish without label nor allergen leaves them empty', () => {
  const { rows } = menuRows(place, [dish({ kind: 'snack', labels: [], allergens: [], vegetarian: false })])
  assert.deepEqual(
    [
      rows[0]?.menuTypeRepas,
      rows[0]?.menuTypePlat,
      rows[0]?.menuSiqoPlat,
      rows[0]?.menuLabelPlat,
      rows[0]?.menuAllergenePlat,
      rows[0]?.menuPrecisionPlat,
    ],
    ['goûter', 'goûter', '', '', '', ''],
  )
})

test('the fourteen allergens of the European Union are known, and no other is let through', () => {
  assert.equal(Object.keys(ALLERGENS).length, 14)
  assert.deepEqual(faults({ allergens: ['milk', 'kryptonite'] }), ['dishes.1.allergens: unknown-allergen'])
  assert.deepEqual(faults({ allergens: ['toString'] }), ['dishes.1.allergens: unknown-allergen'])
})

test('what the schema refuses is not published', () => {
  assert.deepEqual(faults({ name: '  ' }), ['dishes.1.name: missing'])
  assert.deepEqual(faults({ name: 'x'.repeat(141) }), ['dishes.1.name: too-long'])
  assert.deepEqual(faults({ name: 'x'.repeat(140) }), [])
  assert.deepEqual(faults({ labels: ['a,b'] }), ['dishes.1.labels: comma-in-label'])
  const wrong = { ...place, kitchen: { name: 'Cuisine', siret: '2159051250001' } }
  assert.deepEqual(menuRows(wrong, [dish()]), { rows: [], errors: [{ field: 'kitchen.siret', code: 'not-a-siret' }] })
})
