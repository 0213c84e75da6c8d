import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { mealPatterns } from '../../src/canteen/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { type Family, family, school, secondHousehold } from '../support/family.ts'
import { formFields, textOf, urlencoded } from './html.ts'
import { book, cancel, canteenTown, close, meals, setCapacity } from './world.ts'

const t = await canteenTown()
beforeEach(() => t.at('2026-11-23T09:00:00+01:00'))
const FORM = '/cantine/jusqu-aux-vacances'

/** What a parent fills in, from the page as it is shown. */
async function filled(home: Family, days: string[], until = 'holidays', more: [string, string][] = []) {
  const html = (await home.parent.get(FORM)).text
  const fields = formFields(html, `${FORM}/verifier`).filter(
    ([name]) => name !== 'until' && !more.some(([n]) => n === name),
  )
  return urlencoded([...fields, ['until', until], ...days.map((day): [string, string] => ['days', day]), ...more])
}

async function confirm(home: Family, checkPage: string) {
  const answer = await home.parent
    .post(FORM)
    .type('form')
    .send(urlencoded(formFields(checkPage, FORM)))
  assert.deepEqual([answer.status, answer.headers['location']], [303, `${FORM}/fait`])
  return textOf((await home.parent.get(`${FORM}/fait`)).text)
}

test('a parent books until the holidays for both children, after having seen how many meals', async () => {
  const home = await family(t, { children: ['Inès', 'Malo'] })
  const [ines, malo] = home.children.map(({ id }) => id)
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, ['all.1', `${ines}.2`])}`)
  assert.equal(check.status, 200, check.text)
  const said = textOf(check.text)
  // From Thursday 26 November: Mondays 30, 7, 14; Tuesdays 1, 8, 15.
  assert.match(said, /Inès 6 repas lundi et mardi/)
  assert.match(said, /Malo 3 repas lundi/)
  assert.match(said, /Premier repas : lundi 30 novembre\. Vous pouvez le changer jusqu’au jeudi 26 novembre à 10 h/)
  assert.deepEqual(await meals(t, ines!), [])
  const done = await confirm(home, check.text)
  assert.match(done, /9 repas réservés/)
  assert.deepEqual(await meals(t, malo!), ['2026-11-30', '2026-12-07', '2026-12-14'])
  t.at('2026-11-23T09:02:00+01:00')
  await t.settle()
  const letters = (await t.letters()).filter(
    letter => letter.personId === home.personId && letter.kind === 'meals-saved',
  )
  assert.equal(letters.length, 1)
  assert.match(letters[0]!.text, /Inès, réservé/)
})

test('the same term confirmed again adds no meal and no second week', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`])}`)
  await confirm(home, check.text)
  await confirm(home, check.text)
  const again = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`])}`)
  assert.match(textOf(again.text), /3 repas sont déjà réservés/)
  const other = await home.parent
    .post(FORM)
    .type('form')
    .send(await filled(home, [`${child}.1`]))
  assert.equal(other.status, 303)
  assert.match(textOf((await home.parent.get(`${FORM}/fait`)).text), /Tout était déjà réservé/)
  assert.equal((await meals(t, child)).length, 3)
  const rows = await t.town.db.read.select().from(mealPatterns).where(eq(mealPatterns.childId, child))
  assert.equal(rows.length, 1)
})

test('until summer: every day of the weeks to come, but for holidays, public holidays and closures, which are told', async () => {
  const home = await family(t, { school: 'École Été' })
  await close(t, { school: await school(t, 'École Été'), from: '2027-01-11', message: 'Travaux' })
  const child = home.children[0]!.id
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`], 'summer')}`)
  assert.match(textOf(check.text), /lundi 11 janvier : Travaux \(Inès\)/)
  await confirm(home, check.text)
  const booked = await meals(t, child)
  assert.equal(booked.at(-1), '2027-06-28')
  for (const day of ['2026-12-21', '2027-01-11', '2027-02-22', '2027-03-29', '2027-05-17'])
    assert.ok(!booked.includes(day), day)
  // Mondays: 3 before Christmas, 6 to the winter holidays without the works, 5 to Easter, 2 to spring holidays, 8 in May and June.
  assert.equal(booked.length, 3 + 6 + 3 + 2 + 8)
})

test('a term that reaches past the school year ends with it', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  const to: [string, string][] = [
    ['to-day', '30'],
    ['to-month', '9'],
    ['to-year', '2027'],
  ]
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`], 'other', to)}`)
  assert.match(textOf(check.text), /au mardi 31 août 2027/)
  await confirm(home, check.text)
  assert.equal((await meals(t, child)).at(-1), '2027-06-28')
})

test('full days are told before and after, and the others are booked', async () => {
  const name = 'École serrée'
  const first = await family(t, { school: name, signedIn: false })
  await setCapacity(t, await school(t, name), 1)
  await book(t, first, '2026-12-07')
  const home = await family(t, { school: name })
  const child = home.children[0]!.id
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`])}`)
  assert.match(textOf(check.text), /C’est complet : lundi 7 décembre/)
  assert.match(await confirm(home, check.text), /Inès, lundi 7 décembre : c’est complet/)
  assert.deepEqual(await meals(t, child), ['2026-11-30', '2026-12-14'])
})

test('by alternating weeks, only one’s own weeks are booked', async () => {
  const mother = await family(t)
  await secondHousehold(t, mother)
  const child = mother.children[0]!.id
  const check = await mother.parent.get(`${FORM}/verifier?${await filled(mother, [`${child}.1`])}`)
  assert.match(textOf(check.text), /2 jours sont chez l’autre parent/)
  await confirm(mother, check.text)
  assert.deepEqual(await meals(t, child), ['2026-12-07'])
})

test('what is missing or makes no sense is said by the field, and what was chosen stays', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  const nothing = await home.parent.get(`${FORM}/verifier?${await filled(home, [])}`)
  assert.equal(nothing.status, 422)
  assert.match(textOf(nothing.text), /Cochez au moins un jour/)
  const to: [string, string][] = [
    ['to-day', '30'],
    ['to-month', '2'],
    ['to-year', '2027'],
  ]
  const noDay = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`], 'other', to)}`)
  assert.equal(noDay.status, 422)
  assert.match(noDay.text, /name="days" value="[^"]+\.1" checked/)
  const past: [string, string][] = [
    ['to-day', '2'],
    ['to-month', '11'],
    ['to-year', '2026'],
  ]
  assert.equal(
    (await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`], 'other', past)}`)).status,
    422,
  )
})

test('stopping a week cancels its meals that may still be cancelled, and no other', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`, `${child}.2`])}`)
  await confirm(home, check.text)
  await book(t, home, '2026-12-03')
  t.at('2026-11-26T11:00:00+01:00') // too late for Monday 30 November
  const page = await home.parent.get(FORM)
  const href = /\/cantine\/semaines\/[\w-]+\/arreter/.exec(page.text)?.[0] ?? assert.fail()
  const stop = await home.parent.get(href)
  assert.match(textOf(stop.text), /5 repas seront annulés, à partir du mardi 1er décembre/)
  assert.equal((await meals(t, child)).length, 7)
  const stranger = await family(t)
  assert.equal((await stranger.parent.get(href)).status, 404)
  assert.equal((await stranger.parent.post(href)).status, 404)
  await home.parent
    .post(href)
    .type('form')
    .send(urlencoded(formFields(stop.text, href)))
  assert.deepEqual(await meals(t, child), ['2026-11-30', '2026-12-03'])
  assert.match(textOf((await home.parent.get(FORM)).text), /C’est arrêté\. 5 repas annulés\./)
})

test('a day cancelled by hand stays cancelled when nothing is booked anew', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  const check = await home.parent.get(`${FORM}/verifier?${await filled(home, [`${child}.1`])}`)
  await confirm(home, check.text)
  await cancel(t, home, '2026-12-07')
  await confirm(home, check.text) // the same check page, sent again
  assert.deepEqual(await meals(t, child), ['2026-11-30', '2026-12-14'])
})
