import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { placesField, savePlan } from '../../src/leisure/planning/plan.ts'
import type { WhoIsIn } from '../../src/leisure/planning/sessions.ts'
import { leisureSessions } from '../../src/leisure/schema.ts'
import { centresOf, plansOf } from '../../src/leisure/store.ts'
import { clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { christmasPlan, take, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { clerk, actor } = await clerkAccount(t, 'leisure')
const made = await christmasPlan(clerk)
const { read } = t.town.db

test('who is in is told by name when places are lowered below what is taken', async () => {
  const [session] = await read.select().from(leisureSessions)
  const [centre] = await centresOf(read)
  assert.ok(session && centre)
  const periodId = made.period.split('/').at(-1) as Awaited<ReturnType<typeof plansOf>>[number]['periodId']
  const [plan] = await plansOf(read, periodId)
  await take(t, session.id, 2)
  const twins: WhoIsIn = async (_db, ids) =>
    new Map(ids.includes(session.id) ? [[session.id, ['Inès Diallo', 'Malo Diallo']]] : [])
  const field = placesField(session.groupId, session.day, session.half)
  const lower = (revision: number) =>
    savePlan(
      t.town,
      actor,
      { centreId: centre.id, periodId, revision },
      { places: new Map([[field, 1]]), staff: new Map() },
      [twins],
    )
  await assert.rejects(lower(plan?.revision ?? 0), (error: unknown) => {
    assert.ok(error instanceof Problem)
    assert.equal(error.status, 422)
    assert.deepEqual(error.errors, [
      {
        field,
        code: 'places-taken-by',
        params: { count: 2, day: session.day.toString(), names: 'Inès Diallo, Malo Diallo' },
      },
    ])
    return true
  })
  const [kept] = await read.select().from(leisureSessions).where(eq(leisureSessions.id, session.id))
  assert.equal(kept?.capacity, session.capacity)
})

test('the database itself refuses more taken than there are places', async () => {
  const [session] = await read.select().from(leisureSessions)
  assert.ok(session)
  await assert.rejects(take(t, session.id, session.capacity + 1))
})
