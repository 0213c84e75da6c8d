import assert from 'node:assert/strict'
import { test } from 'node:test'
import { and, eq } from '../../src/db/drizzle.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { placesField, savePlan } from '../../src/leisure/planning/plan.ts'
import { leisureSessions } from '../../src/leisure/schema.ts'
import { holdChoices } from '../../src/leisure/signing-up/hold.ts'
import { plansOf } from '../../src/leisure/store.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { choice, day, plan, XMAS } from './signing-up-world.ts'
import { take, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { actor } = await clerkAccount(t, 'leisure')
const { read } = t.town.db

test('who is in is told by name when places are lowered below what is taken', async () => {
  const centre = await plan(t)
  const group = centre.groups[0]!
  const diallo = await family(t, {
    children: [
      { firstName: 'Malo', lastName: 'Diallo' },
      { firstName: 'Inès', lastName: 'Diallo' },
      { firstName: 'Zoé', lastName: 'Diallo' },
    ],
    signedIn: false,
  })
  const [malo, ines, zoe] = diallo.children.map(({ id }) => id)
  const held = await holdChoices(
    t.town,
    diallo.actor,
    centre.periodId,
    [
      choice(centre, malo!, XMAS, { unit: 'week' }),
      choice(centre, ines!, ['2026-12-22'], { unit: 'half-day', part: 'morning', meal: false }),
      choice(centre, zoe!, ['2026-12-22'], { unit: 'half-day', part: 'afternoon', meal: false }),
    ],
    { waitWhenFull: false },
  )
  assert.equal(held.held.length, 3)
  const [row] = await plansOf(read, centre.periodId)
  const on = day('2026-12-22')
  const lower = savePlan(
    t.town,
    actor,
    { centreId: centre.centreId, periodId: centre.periodId, revision: row?.revision ?? 0 },
    { places: new Map([[placesField(group, on, 'morning'), 1]]), staff: new Map() },
  )
  await assert.rejects(lower, (error: unknown) => {
    assert.ok(error instanceof Problem)
    assert.equal(error.status, 422)
    assert.deepEqual(error.errors, [
      {
        field: placesField(group, on, 'morning'),
        code: 'places-taken-by',
        params: { count: 2, day: '2026-12-22', names: 'Inès Diallo, Malo Diallo' },
      },
    ])
    return true
  })
  const [kept] = await read
    .select()
    .from(leisureSessions)
    .where(and(eq(leisureSessions.groupId, group), eq(leisureSessions.day, on), eq(leisureSessions.half, 'morning')))
  assert.equal(kept?.capacity, 10)
})

test('the database itself refuses more taken than there are places', async () => {
  const [session] = await read.select().from(leisureSessions)
  assert.ok(session)
  await assert.rejects(take(t, session.id, session.capacity + 1))
})
