import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit } from '../../src/audit/audit.ts'
import { auditEntries } from '../../src/audit/schema.ts'
import { brokenSeals, sealAuditTrail } from '../../src/audit/seal.ts'
import { eq } from '../../src/db/drizzle.ts'
import { system } from '../../src/kernel/actor.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()

test('a changed or missing entry breaks the seal that closed it', async () => {
  const { db, clock } = t.town
  const write = (id: string) =>
    db.transaction(tx =>
      audit(tx, clock.now(), system('test'), {
        action: 'thing.done',
        subject: { kind: 'thing', id },
        details: { b: 1, a: [2] },
      }),
    )
  for (const id of ['1', '2', '3']) await write(id)
  while ((await sealAuditTrail(db, clock.now())) > 0);
  await write('4')
  while ((await sealAuditTrail(db, clock.now())) > 0);
  assert.deepEqual(await brokenSeals(db.read), [])

  await db.transaction(async tx => {
    await tx.update(auditEntries).set({ action: 'thing.forged' }).where(eq(auditEntries.subjectId, '2'))
  })
  const [first] = await brokenSeals(db.read)
  assert.equal(first, 1)
  await db.transaction(async tx => {
    await tx.update(auditEntries).set({ action: 'thing.done' }).where(eq(auditEntries.subjectId, '2'))
  })
  assert.deepEqual(await brokenSeals(db.read), [])
  await db.transaction(async tx => void (await tx.delete(auditEntries).where(eq(auditEntries.subjectId, '4'))))
  assert.deepEqual(await brokenSeals(db.read), [2])
})
