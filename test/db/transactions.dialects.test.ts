import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { numberSeries } from '../../src/billing/schema.ts'
import { isUniqueViolation } from '../../src/db/database.ts'
import { eq, sql } from '../../src/db/drizzle.ts'
import { newId } from '../../src/kernel/ids.ts'
import { schoolHolidays } from '../../src/schools/schema.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()

const holiday = (name: string) => ({
  id: newId<'school-holiday'>(),
  zone: 'B',
  name,
  from: Temporal.PlainDate.from('2026-10-17'),
  until: Temporal.PlainDate.from('2026-11-02'),
  schoolYear: '2026-2027',
})

test('what a transaction wrote before it failed is not kept', async () => {
  const { db } = t.town
  await assert.rejects(
    db.transaction(async tx => {
      await tx.insert(numberSeries).values({ name: 'failed', next: 1 })
      throw new Error('no')
    }),
    /no/,
  )
  assert.deepEqual(await db.read.select().from(numberSeries).where(eq(numberSeries.name, 'failed')), [])
})

test('a unit of work that fails takes none of those that share its commit with it', async () => {
  const { db } = t.town
  const units = Array.from({ length: 50 }, (_, n) =>
    db.transaction(async tx => {
      await tx.insert(numberSeries).values({ name: `shared:${n}`, next: n })
      if (n % 7 === 0) throw new Error(`unit ${n}`)
      return n
    }),
  )
  const ended = await Promise.allSettled(units)
  assert.equal(ended.filter(e => e.status === 'rejected').length, 8)
  const kept = await db.read.select().from(numberSeries).where(sql`${numberSeries.name} like 'shared:%'`)
  assert.equal(kept.length, 42)
})

test('nobody sees what is not committed', async () => {
  const { db } = t.town
  let seenInside = -1
  await db.transaction(async tx => {
    await tx.insert(numberSeries).values({ name: 'hidden', next: 1 })
    seenInside = (await db.read.select().from(numberSeries).where(eq(numberSeries.name, 'hidden'))).length
  })
  assert.equal(seenInside, 0)
  assert.equal((await db.read.select().from(numberSeries).where(eq(numberSeries.name, 'hidden'))).length, 1)
})

test('a hundred who raise the same counter at once lose no step', async () => {
  const { db } = t.town
  await db.transaction(async tx => void (await tx.insert(numberSeries).values({ name: 'hot', next: 0 })))
  const given = await Promise.all(
    Array.from({ length: 100 }, () =>
      db.transaction(async tx => {
        const [row] = await tx
          .update(numberSeries)
          .set({ next: sql`${numberSeries.next} + 1` })
          .where(eq(numberSeries.name, 'hot'))
          .returning()
        return row!.next
      }),
    ),
  )
  assert.deepEqual(
    given.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, n) => n + 1),
  )
})

test('days, instants, structures and yes-or-no come back as they went in', async () => {
  const { db } = t.town
  await db.transaction(async tx => void (await tx.insert(schoolHolidays).values(holiday('Toussaint'))))
  const [row] = await db.read.select().from(schoolHolidays)
  assert.equal(row?.from.toString(), '2026-10-17')
  assert.ok(row?.until instanceof Temporal.PlainDate)
  const at = Temporal.Instant.from('2026-11-24T09:00:00.123Z')
  await db.transaction(async tx => {
    await tx.insert(auditEntries).values({
      id: newId<'audit-entry'>(),
      at,
      actorKind: 'system:test',
      action: 'kept',
      subjectKind: 'x',
      subjectId: 'y',
      details: { list: [1, 'é'], none: null },
    })
  })
  const [entry] = await db.read.select().from(auditEntries).where(eq(auditEntries.action, 'kept'))
  assert.equal(entry?.at.toString(), at.toString())
  assert.deepEqual(entry?.details, { list: [1, 'é'], none: null })
})

test('a second row with the same key is told from other faults', async () => {
  const { db } = t.town
  const error = await db
    .transaction(async tx => {
      await tx.insert(numberSeries).values({ name: 'twice', next: 1 })
      await tx.insert(numberSeries).values({ name: 'twice', next: 2 })
    })
    .catch(e => e)
  assert.ok(isUniqueViolation(error))
  assert.equal(isUniqueViolation(new Error('other')), false)
})

test('a transaction inside a transaction is refused instead of waiting for ever', async () => {
  const { db } = t.town
  await assert.rejects(
    db.transaction(async () => db.transaction(async () => 1)),
    /inside a transaction/,
  )
})

test('migrating a second time changes nothing', async () => {
  assert.equal(await t.town.db.pendingMigrations(), 0)
  await t.town.db.migrate()
  assert.equal(await t.town.db.pendingMigrations(), 0)
})
