import { createHash } from 'node:crypto'
import type { Database, Queries, Tx } from '../db/database.ts'
import { asc, desc, eq, inArray, isNull } from '../db/drizzle.ts'
import type { Clock } from '../kernel/clock.ts'
import { auditEntries, auditSeals } from './schema.ts'

const ENTRIES_PER_SEAL = 500
const START = 'guichet'

/** Closes the entries written since the last seal into a chain of fingerprints. Returns how many were sealed. */
export async function sealAuditTrail(db: Database, now: Temporal.Instant): Promise<number> {
  return db.transaction(async tx => {
    const entries = await tx
      .select()
      .from(auditEntries)
      .where(isNull(auditEntries.seal))
      .orderBy(asc(auditEntries.id))
      .limit(ENTRIES_PER_SEAL)
    if (entries.length === 0) return 0
    const last = await lastSeal(tx)
    const number = (last?.number ?? 0) + 1
    const previousHash = last?.hash ?? START
    // Two sealers at once: the second meets the first's number and gives way.
    await tx.insert(auditSeals).values({
      number,
      previousHash,
      hash: fingerprint(previousHash, entries),
      entries: entries.length,
      sealedAt: now,
    })
    await tx
      .update(auditEntries)
      .set({ seal: number })
      .where(
        inArray(
          auditEntries.id,
          entries.map(entry => entry.id),
        ),
      )
    return entries.length
  })
}

/** Seals until nothing is left unsealed. */
export async function sealWholeTrail(town: { db: Database; clock: Clock }): Promise<void> {
  while ((await sealAuditTrail(town.db, town.clock.now())) > 0);
}

/** Numbers of the seals whose entries were changed, added or removed since. Empty when the trail is whole. */
export async function brokenSeals(db: Queries): Promise<number[]> {
  const broken: number[] = []
  let previous = START
  for (const seal of await db.select().from(auditSeals).orderBy(asc(auditSeals.number))) {
    const entries = await db
      .select()
      .from(auditEntries)
      .where(eq(auditEntries.seal, seal.number))
      .orderBy(asc(auditEntries.id))
    if (seal.previousHash !== previous || seal.hash !== fingerprint(previous, entries)) broken.push(seal.number)
    previous = seal.hash
  }
  return broken
}

async function lastSeal(tx: Tx) {
  const [seal] = await tx.select().from(auditSeals).orderBy(desc(auditSeals.number)).limit(1)
  return seal
}

function fingerprint(previousHash: string, entries: readonly (typeof auditEntries.$inferSelect)[]): string {
  const hash = createHash('sha256').update(previousHash)
  for (const e of entries) {
    // PostgreSQL keeps JSON's keys in its own order: ours is made the same on both engines.
    const details = JSON.stringify(Object.entries(e.details).sort(([a], [b]) => (a < b ? -1 : 1)))
    const who = [e.actorKind, e.actorAccountId, e.onBehalfOf]
    hash.update(JSON.stringify([e.id, e.at.toString(), ...who, e.action, e.subjectKind, e.subjectId, details]))
  }
  return hash.digest('hex')
}
