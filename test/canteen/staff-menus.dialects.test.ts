import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse as parseCsv } from 'csv-parse/sync'
import { allergenTyped, dishesBetween, labelTyped, lacksVegetarian } from '../../src/canteen/menus.ts'
import { MENU_COLUMNS } from '../../src/canteen/menus-open-data.ts'
import { eq } from '../../src/db/drizzle.ts'
import { schools } from '../../src/schools/schema.ts'
import { clerk, school } from '../support/family.ts'
import { canteenTown, day } from './world.ts'

const t = await canteenTown()
await school(t, 'École Jules-Guesde')
const WEEK = '/guichet/cantine/menus?semaine=2026-W49'
const version = (html: string) => /name="version" value="([^"]+)"/.exec(html)?.[1] ?? ''
const week = () => dishesBetween(t.town.db.read, day('2026-11-30'), day('2026-12-04'))

test('a clerk writes the week: dishes, allergens as people type them, labels; the page says when nothing is vegetarian', async () => {
  const visitor = await clerk(t, 'canteen')
  const empty = await visitor.get(WEEK)
  assert.equal(empty.status, 200)
  const typed = {
    version: version(empty.text),
    '2026-11-30.main.0.name': 'Sauté de dinde <b>',
    '2026-11-30.main.0.allergens': 'Œufs, Lait ;gluten',
    '2026-11-30.main.0.labels': 'Bio, Produit à Valmont',
    '2026-12-01.dessert.0.name': 'Pomme',
    '2026-12-01.dessert.0.vegetarian': 'yes',
  }
  assert.equal((await visitor.post(WEEK).type('form').send(typed)).status, 303)
  const [main, dessert] = await week()
  assert.deepEqual(
    [main?.name, main?.allergens, main?.labels],
    ['Sauté de dinde <b>', ['eggs', 'milk', 'gluten'], ['organic', 'Produit à Valmont']],
  )
  assert.equal(dessert?.vegetarian, true)
  const page = await visitor.get(WEEK)
  assert.match(page.text, /EGalim/)
  assert.match(page.text, /Sauté de dinde &lt;b&gt;/)
  assert.equal((await visitor.get('/menus/affiche.pdf?semaine=2026-W49')).headers['content-type'], 'application/pdf')
})

test('what is no allergen is refused, and nothing typed is lost', async () => {
  const visitor = await clerk(t, 'canteen')
  const before = await week()
  const page = await visitor.get(WEEK)
  const answer = await visitor
    .post(WEEK)
    .type('form')
    .send({
      version: version(page.text),
      '2026-12-03.main.0.name': 'Couscous',
      '2026-12-03.main.0.allergens': 'lait, kryptonite',
    })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /kryptonite/)
  assert.match(answer.text, /value="Couscous"/)
  assert.deepEqual(await week(), before)
})

test('two clerks write one week: the second is told, and does not undo the first', async () => {
  const visitor = await clerk(t, 'canteen')
  const seen = version((await visitor.get(WEEK)).text)
  t.at('2026-11-23T09:01:00+01:00')
  const main = { '2026-11-30.main.0.name': 'Sauté de dinde', '2026-11-30.main.0.allergens': 'lait' }
  assert.equal(
    (
      await visitor
        .post(WEEK)
        .type('form')
        .send({ version: seen, ...main })
    ).status,
    303,
  )
  const late = await visitor.post(WEEK).type('form').send({ version: seen, '2026-11-30.main.0.name': 'Poisson' })
  assert.equal(late.status, 422)
  assert.match(late.text, /collègue a changé cette semaine/)
  assert.equal((await week())[0]?.name, 'Sauté de dinde')
})

test('another week is copied onto the form, to be checked before it is saved', async () => {
  const visitor = await clerk(t, 'canteen')
  const page = await visitor.get('/guichet/cantine/menus?semaine=2027-W02&copie=2026-12-02')
  assert.match(page.text, /Pas encore enregistré/)
  assert.match(page.text, /name="2027-01-11.main.0.name" value="Sauté de dinde"/)
  assert.deepEqual(await dishesBetween(t.town.db.read, day('2027-01-11'), day('2027-01-15')), [])
})

test('anybody takes the menus in the national form: one row per dish and school', async () => {
  const answer = await t.visitor().get('/open-data/menus-collectifs.csv')
  assert.equal(answer.status, 200)
  const rows = parseCsv<Record<string, string>>(answer.text, { columns: true })
  assert.deepEqual(Object.keys(rows[0]!), [...MENU_COLUMNS])
  const dish = rows.find(row => row['menuNomPlat'] === 'Sauté de dinde')!
  assert.deepEqual(
    [
      dish['menuDate'],
      dish['menuTypePlat'],
      dish['menuAllergenePlat'],
      dish['restaurantIdType'],
      dish['restaurantConvive'],
    ],
    ['2026-11-30', 'plat principal', 'Lait', 'EN', 'scolaire'],
  )
  assert.match(dish['collectiviteSiret']!, /^\d{14}$/)
  const index = await t.visitor().get('/open-data')
  assert.match(index.text, /Licence Ouverte 2\.0/)
})

test('no dish of a day on which the school has no canteen is published for it', async () => {
  await t.town.db.transaction(async tx => {
    await tx
      .update(schools)
      .set({ mealWeekdays: [2, 4] })
      .where(eq(schools.name, 'École Jules-Guesde'))
  })
  const { text } = await t.visitor().get('/open-data/menus-collectifs.csv')
  assert.ok(!text.includes('Sauté de dinde') && text.includes('Pomme'))
})

test('allergens and labels are understood as people write them', () => {
  const named = (code: string) => code
  assert.equal(allergenTyped('OEUF', named), 'eggs')
  assert.equal(allergenTyped('Fruits à coques', named), 'nuts')
  assert.equal(allergenTyped('fraise', named), undefined)
  assert.equal(labelTyped('AB', named), 'organic')
  assert.equal(labelTyped('Label Rouge', named), 'label-rouge')
  assert.equal(labelTyped('Pêche durable', named), 'Pêche durable')
})

test('a week without dishes lacks nothing; a week of meat and fish does', () => {
  assert.equal(lacksVegetarian([]), false)
  assert.equal(
    lacksVegetarian([
      { kind: 'main', vegetarian: false },
      { kind: 'dessert', vegetarian: true },
    ]),
    true,
  )
  assert.equal(lacksVegetarian([{ kind: 'main', vegetarian: true }]), false)
})
