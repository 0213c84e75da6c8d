import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { promiseReminders } from '../../src/canteen/reminders.ts'
import { saveMeals } from '../../src/canteen/save-meals.ts'
import { mealPatterns } from '../../src/canteen/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
import { type Family, family, secondHousehold } from '../support/family.ts'
import { book, canteenTown, day, wishes } from './world.ts'

const t = await canteenTown()
beforeEach(() => t.at('2026-11-02T08:00:00+01:00'))

/** Books some weeks of November as they went by, and then nothing. */
async function usual(given: Parameters<typeof family>[1] = {}, days = ['2026-11-05', '2026-11-12', '2026-11-16']) {
  const home = await family(t, { signedIn: false, ...given })
  await book(t, home, ...days)
  return home
}

async function reminders(home: Family) {
  return (await t.letters()).filter(one => one.personId === home.personId && one.kind === 'meals-reminder')
}

/** The day before the cut-off of Monday 30 November, which is Thursday 26 at ten. */
const eve = () => morning('2026-11-25')
/** What the schedule does each morning, once more for each test of this file. */
async function morning(iso: string) {
  t.at(`${iso}T09:00:00+01:00`)
  await promiseReminders(t.town)
  await t.settle()
}

test('who usually books and has nothing booked next week is reminded the day before the cut-off, in the own language', async () => {
  const home = await usual()
  const english = await usual({ language: 'en' })
  await eve()
  const [letter] = await reminders(home)
  assert.match(letter?.subject ?? '', /rien n’est réservé pour la semaine du 30 novembre/)
  assert.match(letter?.text ?? '', /jusqu’au jeudi 26 novembre à 10/)
  assert.match((await reminders(english))[0]?.subject ?? '', /nothing is booked for the week of 30 November/)
})

test('once a week, whatever happens', async () => {
  const home = await usual()
  t.at('2026-11-25T09:00:00+01:00')
  await t.tick()
  await eve()
  await eve()
  assert.equal((await reminders(home)).length, 1)
})

test('not on another day than the eve of the cut-off', async () => {
  const home = await usual()
  await morning('2026-11-24')
  await morning('2026-11-26')
  assert.equal((await reminders(home)).length, 0)
})

test('not who has booked, waits for a place, or seldom eats there', async () => {
  const booked = await usual()
  await book(t, booked, '2026-12-03')
  const seldom = await usual({}, ['2026-11-05'])
  const never = await family(t, { signedIn: false })
  await eve()
  for (const home of [booked, seldom, never]) assert.equal((await reminders(home)).length, 0)
})

test('who had booked every week until a date is reminded when it is over', async () => {
  const home = await family(t, { signedIn: false })
  await t.town.db.transaction(async tx => {
    await tx.insert(mealPatterns).values({
      id: newId<'meal-pattern'>(),
      childId: home.children[0]!.id,
      householdId: home.household,
      weekdays: [1],
      mealType: 'standard',
      from: day('2026-09-07'),
      to: day('2026-11-27'),
      createdAt: t.town.clock.now(),
    })
  })
  await eve()
  assert.equal((await reminders(home)).length, 1)
})

test('over the holidays the reminder comes before the cut-off of the first day back', async () => {
  const home = await usual({}, ['2026-12-07', '2026-12-14'])
  for (const iso of ['2026-12-16', '2026-12-23', '2026-12-28']) await morning(iso)
  assert.equal((await reminders(home)).length, 0)
  await morning('2026-12-29') // for Monday 4 January, New Year’s Day not counted: Wednesday 30 December at ten
  assert.match((await reminders(home))[0]?.subject ?? '', /semaine du 4 janvier/)
})

test('by alternating weeks, only the parent whose week it is', async () => {
  const mother = await family(t, { signedIn: false })
  const father = await secondHousehold(t, mother, { signedIn: false }) // her week begins on 2 November
  const child = mother.children[0]!.id
  for (const [home, days] of [
    [mother, ['2026-11-05', '2026-11-16']],
    [father, ['2026-11-12', '2026-11-23']],
  ] as const)
    await saveMeals(t.town, home.actor, wishes(home, 'book', days, child))
  await eve() // the week of 30 November is hers
  assert.equal((await reminders(mother)).length, 1)
  assert.equal((await reminders(father)).length, 0)
})
