import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { saveMeals } from '../../src/canteen/save-meals.ts'
import { mealBookings, mealDays } from '../../src/canteen/schema.ts'
import { count } from '../../src/db/drizzle.ts'
import { type Family, family, school, secondHousehold } from '../support/family.ts'
import { formFields, textOf, urlencoded } from './html.ts'
import { book, cancel, canteenTown, close, meals, setCapacity, wait, wishes } from './world.ts'

const t = await canteenTown()
beforeEach(() => t.at('2026-11-23T09:00:00+01:00'))
const DECEMBER = '/cantine?mois=2026-12'

async function page(home: Family, url = DECEMBER): Promise<string> {
  const answer = await home.parent.get(url)
  assert.equal(answer.status, 200, answer.text)
  return answer.text
}

/** The form of a page with some boxes ticked and others not, as « <child index>.<day> ». */
function changed(html: string, { tick = [], untick = [] }: { tick?: string[]; untick?: string[] }) {
  const fields = formFields(html, '/cantine').filter(([name, value]) => name !== 'meal' || !untick.includes(value))
  return [...fields, ...tick.map(value => ['meal', value] as const)]
}

const send = (home: Family, fields: readonly (readonly [string, string])[]) =>
  home.parent.post('/cantine').type('form').send(urlencoded(fields))

test('the page says the rule with a computed example, and why each closed day is closed', async () => {
  const home = await family(t)
  await close(t, { from: '2026-12-15', school: await school(t), message: 'Travaux dans la cuisine' })
  const said = textOf(await page(home))
  assert.match(said, /Cantine : décembre 2026/)
  assert.match(said, /Pour lundi 30 novembre, c’est jeudi 26 novembre à 10 h/)
  assert.match(said, /Pas de cantine le mercredi/)
  assert.match(said, /Vacances de Noël/)
  assert.match(said, /Travaux dans la cuisine/)
})

test('a parent ticks days for two children, saves, and sees them saved', async () => {
  const home = await family(t, { children: ['Inès', 'Malo'] })
  const html = await page(home)
  const answer = await send(home, changed(html, { tick: ['0.2026-12-07', '0.2026-12-08', '1.2026-12-07'] }))
  assert.deepEqual([answer.status, answer.headers['location']], [303, DECEMBER])
  const after = await page(home)
  assert.match(textOf(after), /3 repas réservés\./)
  assert.deepEqual(
    formFields(after, '/cantine')
      .filter(([name]) => name === 'meal')
      .map(([, value]) => value),
    ['0.2026-12-07', '1.2026-12-07', '0.2026-12-08'],
  )
  const again = await send(home, changed(after, { untick: ['0.2026-12-07'] }))
  assert.equal(again.status, 303)
  assert.deepEqual(await meals(t, home.children[0]!.id), ['2026-12-08'])
  assert.doesNotMatch(textOf(await page(home, '/cantine?mois=2027-01')), /Ces jours n’ont pas changé/)
})

test('days that can no longer change are words, not boxes', async () => {
  const home = await family(t)
  await book(t, home, '2026-11-26')
  t.at('2026-11-25T09:00:00+01:00')
  const html = await page(home, '/cantine?mois=2026-11')
  assert.doesNotMatch(html, /value="0\.2026-11-26"/)
  assert.match(textOf(html), /jeu\. 26 nov\. Inès Réservé , trop tard pour changer/)
  assert.match(textOf(html), /lun\. 23 nov\. Inès Non réservé , jour passé/)
})

test('one minute before the limit a meal is cancelled; one second after it, the page still open says that it is too late', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  await book(t, home, '2026-12-07', '2026-12-08')
  const html = await page(home)
  t.at('2026-12-03T09:59:00+01:00')
  await send(home, changed(html, { untick: ['0.2026-12-07'] }))
  assert.match(textOf(await page(home)), /1 repas annulé\./)
  await send(home, changed(await page(home), { tick: ['0.2026-12-07'] }))
  const open = await page(home)
  t.at('2026-12-03T10:00:01+01:00')
  await send(home, changed(open, { untick: ['0.2026-12-07', '0.2026-12-08'], tick: ['0.2026-12-10'] }))
  const said = textOf(await page(home))
  assert.match(said, /1 repas réservé\. 1 repas annulé\./)
  assert.match(said, /Inès, lundi 7 décembre : trop tard\. Le repas reste réservé\./)
  assert.deepEqual(await meals(t, child), ['2026-12-07', '2026-12-10'])
})

test('over Easter and the night when the clocks change, the limit stays ten o’clock in Paris', async () => {
  t.at('2027-03-25T09:00:00+01:00')
  const home = await family(t)
  const march = '/cantine?mois=2027-03'
  // Before Tuesday 30 March there are Easter Monday and a week-end: two working days before is the Thursday.
  assert.match(textOf(await page(home, march)), /Pour mardi 30 mars, c’est jeudi 25 mars à 10 h/)
  t.at('2027-03-25T09:00:00.001Z')
  assert.match(textOf(await page(home, march)), /Pour jeudi 1er avril, c’est mardi 30 mars à 10 h/)
  const html = await page(home, march)
  t.at('2027-03-30T08:00:00Z') // ten o’clock in summer time
  await send(home, changed(html, { tick: ['0.2027-04-01'] }))
  assert.deepEqual(await meals(t, home.children[0]!.id), ['2027-04-01'])
  t.at('2027-03-30T08:00:00.001Z')
  await send(home, changed(await page(home, march), { untick: ['0.2027-04-01'] }))
  assert.deepEqual(await meals(t, home.children[0]!.id), ['2027-04-01'])
})

test('a page sent twice changes nothing twice, even when the day was changed in between', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  const fields = changed(await page(home), { tick: ['0.2026-12-07'] })
  await send(home, fields)
  await send(home, fields)
  assert.deepEqual(await meals(t, child), ['2026-12-07'])
  await cancel(t, home, '2026-12-07')
  await send(home, fields) // the back button, and the same page once more
  assert.deepEqual(await meals(t, child), [])
  const withoutKey = fields.filter(([name]) => name !== 'idempotencyKey')
  await send(home, withoutKey)
  assert.deepEqual(await meals(t, child), [])
  assert.match(textOf(await page(home)), /ce jour a changé entre-temps/)
})

test('unticked is not the same as not shown: other months and other children stay as they are', async () => {
  const home = await family(t, { children: ['Inès', 'Malo', 'Léo', 'Zoé'] })
  const [ines, malo] = home.children
  await book(t, home, '2027-01-04', '2026-12-07')
  await saveMeals(t.town, home.actor, wishes(home, 'book', ['2026-12-08'], malo!.id))
  const html = await page(home, `${DECEMBER}&enfant=${ines!.id}`)
  await send(home, changed(html, { untick: ['0.2026-12-07'] }))
  assert.deepEqual(await meals(t, ines!.id), ['2027-01-04'])
  assert.deepEqual(await meals(t, malo!.id), ['2026-12-08'])
})

test('« tick all » ticks the open days of a child and saves nothing', async () => {
  const home = await family(t, { children: ['Inès', 'Malo'], school: 'École Linné' })
  const html = await page(home)
  const answer = await send(home, [...changed(html, { tick: ['1.2026-12-07'] }), ['tick', 'all:0']])
  assert.equal(answer.status, 200)
  assert.match(textOf(answer.text), /Pas encore enregistré/)
  const ticked = formFields(answer.text, '/cantine')
    .filter(([name]) => name === 'meal')
    .map(([, value]) => value)
  assert.ok(ticked.includes('0.2026-12-18') && ticked.includes('1.2026-12-07') && !ticked.includes('1.2026-12-08'))
  assert.deepEqual(await meals(t, home.children[0]!.id), [])
  await send(home, formFields(answer.text, '/cantine'))
  assert.equal((await meals(t, home.children[0]!.id)).length, 12)
})

test('a full day says so; its box joins the waiting list, shows the rank, and leaves it', async () => {
  const name = 'École complète'
  const [first, second, third] = [
    await family(t, { school: name }),
    await family(t, { school: name }),
    await family(t, { school: name }),
  ]
  await setCapacity(t, await school(t, name), 1)
  await book(t, first, '2026-12-07')
  await wait(t, second, '2026-12-07')
  t.at(t.town.clock.now().add({ seconds: 1 }).toString())
  const html = await page(third)
  assert.match(textOf(html), /Complet\s: cochez pour attendre/)
  await send(third, changed(html, { tick: ['0.2026-12-07'] }))
  const after = await page(third)
  assert.match(textOf(after), /2e sur la liste d’attente/)
  await send(third, changed(after, { untick: ['0.2026-12-07'] }))
  assert.match(textOf(await page(third)), /Vous n’attendez plus de place pour 1 jour/)
})

test('separated parents: neither page tells what the other has booked', async () => {
  const mother = await family(t)
  const father = await secondHousehold(t, mother)
  await book(t, mother, '2026-12-07')
  const html = await page(father)
  assert.match(textOf(html), /lun\. 7 déc\. Inès Chez l’autre parent/)
  assert.doesNotMatch(html, /2026-12-07[fblwo]\d/)
  for (const secret of [mother.email, mother.personId, mother.household]) assert.ok(!html.includes(secret))
})

test('the price of this family is told, and the total of what is saved', async () => {
  const home = await family(t)
  const html = await page(home)
  assert.match(textOf(html), /Déjà enregistré : 0 repas/)
})

test('looking at pages changes nothing', async () => {
  const home = await family(t)
  const rows = async () => [
    await t.town.db.read.select({ n: count() }).from(mealBookings),
    await t.town.db.read.select({ n: count() }).from(mealDays),
  ]
  const before = await rows()
  for (const url of ['/cantine', DECEMBER, '/cantine?mois=2030-07', '/cantine?mois=1999-01']) await home.parent.get(url)
  assert.deepEqual(await rows(), before)
})

test('what the page cannot have sent is refused and saves nothing', async () => {
  const home = await family(t)
  const fields = changed(await page(home), { tick: ['0.2026-12-07'] })
  const other = await family(t)
  const tampered = fields.map(([name, value]) =>
    name === 'child' ? ([name, other.children[0]!.id] as const) : ([name, value] as const),
  )
  assert.equal((await send(home, tampered)).status, 404)
  const nonsense = fields.map(([name, value]) =>
    name === 'shown' ? ([name, '2026-02-30f0'] as const) : ([name, value] as const),
  )
  assert.equal((await send(home, nonsense)).status, 422)
  assert.equal((await home.parent.get('/cantine?mois=2026-13')).status, 404)
  assert.deepEqual(await meals(t, other.children[0]!.id), [])
})

test('who has not signed in is led to the sign-in page', async () => {
  const answer = await t.visitor().get('/cantine')
  assert.deepEqual([answer.status, answer.headers['location']], [303, '/connexion'])
})
