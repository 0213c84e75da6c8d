import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { changeMeals, changeSchool } from '../../src/people/children.ts'
import { schoolDirectory } from '../../src/schools/directory.ts'
import { family, school } from '../support/family.ts'
import { book, canteenTown, day, places, setCapacity } from './world.ts'

const t = await canteenTown()
beforeEach(() => t.at('2026-11-23T09:00:00+01:00'))

async function mealsAt(child: Id<'person'>) {
  const rows = await t.town.db.read
    .select()
    .from(mealBookings)
    .where(eq(mealBookings.childId, child))
    .orderBy(mealBookings.day)
  return rows.map(row => ({
    day: row.day.toString(),
    state: row.state,
    schoolId: row.schoolId,
    mealType: row.mealType,
  }))
}

test('a child who changes schools eats at the new one from that day on, where there is a place', async () => {
  const home = await family(t, { school: 'École d’avant', signedIn: false })
  const child = home.children[0]!.id
  const [before, after] = [await school(t, 'École d’avant'), await school(t, 'École d’après')]
  await book(t, home, '2026-12-03', '2026-12-07', '2026-12-08')
  await setCapacity(t, after, 1)
  const other = await family(t, { school: 'École d’après', signedIn: false })
  await book(t, other, '2026-12-08')
  await changeSchool(t.town, schoolDirectory, home.actor, child, {
    schoolId: after,
    level: 'CP',
    from: day('2026-12-07'),
  })
  await t.settle()
  assert.deepEqual(
    (await mealsAt(child)).map(({ day, state, schoolId }) => [day, state, schoolId === after ? 'after' : 'before']),
    [
      ['2026-12-03', 'booked', 'before'],
      ['2026-12-07', 'booked', 'after'],
      ['2026-12-08', 'cancelled', 'before'],
    ],
  )
  assert.deepEqual(await places(t, before, '2026-12-07'), { capacity: 100, taken: 0 })
  assert.deepEqual(await places(t, after, '2026-12-07'), { capacity: 1, taken: 1 })
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  t.at('2026-11-23T09:05:00+01:00')
  await t.settle()
  const [letter] = (await t.letters()).filter(one => one.personId === home.personId && one.kind === 'meals-saved')
  assert.match(letter?.text ?? '', /Inès, annulé\s*:? mardi 8 décembre/)
})

test('a child who eats otherwise from today on: what can still be changed is cooked so', async () => {
  const home = await family(t, { signedIn: false })
  const child = home.children[0]!.id
  await book(t, home, '2026-11-26', '2026-12-07')
  t.at('2026-11-24T11:00:00+01:00') // too late for Thursday 26
  await changeMeals(t.town, home.actor, child, { mealType: 'vegetarian', pai: false })
  await t.settle()
  assert.deepEqual(
    (await mealsAt(child)).map(({ day, mealType }) => [day, mealType]),
    [
      ['2026-11-26', 'standard'],
      ['2026-12-07', 'vegetarian'],
    ],
  )
})
