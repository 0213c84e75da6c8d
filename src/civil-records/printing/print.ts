import { audit } from '../../audit/audit.ts'
import type { Queries } from '../../db/database.ts'
import { and, asc, desc, eq, inArray } from '../../db/drizzle.ts'
import { MOST_IN_BATCH } from '../../documents/civil/views.ts'
import { documentOf, keepDocument } from '../../documents/keep.ts'
import type { DocumentPool } from '../../documents/pool.ts'
import { outbox } from '../../jobs/outbox.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { once } from '../../web/idempotency.ts'
import { civilActs, civilBatches, civilRequests } from '../schema.ts'
import type { RequestState } from '../states.ts'
import { type CivilRequest, civilClerk, requestById } from '../store.ts'
import { type Act, actOf, scanPictures } from './act.ts'
import { batchRequest } from './printed-act.ts'

/** The requests in one of those states, oldest first: what waits to be printed, signed, posted or collected. */
export async function requestsIn(db: Queries, states: readonly RequestState[], limit: number): Promise<CivilRequest[]> {
  return db
    .select()
    .from(civilRequests)
    .where(inArray(civilRequests.state, [...states]))
    .orderBy(asc(civilRequests.submittedAt), asc(civilRequests.id))
    .limit(limit)
}

/**
 * Puts requests that are ready together, to be printed as one PDF in that order; the worker draws it. The same key twice
 * makes one batch. Throws 409 `nothing-to-print` when none of them is ready any more.
 */
export async function printBatch(
  town: Town,
  asker: Clerk,
  requestIds: readonly string[],
  key?: string,
): Promise<{ batchId: Id<'civil-batch'> }> {
  const clerk = civilClerk(asker)
  const now = town.clock.now()
  const wanted = requestIds.slice(0, MOST_IN_BATCH)
  const asked = { scope: `civil batch of ${clerk.accountId}`, key, content: wanted }
  return once({ db: town.db, now }, asked, async tx => {
    const ready = await tx
      .select({ id: civilRequests.id })
      .from(civilRequests)
      .innerJoin(civilActs, eq(civilActs.requestId, civilRequests.id))
      .where(and(inArray(civilRequests.id, wanted as Id<'civil-request'>[]), eq(civilRequests.state, 'ready-to-print')))
      .orderBy(asc(civilRequests.submittedAt), asc(civilRequests.id))
    if (ready.length === 0) throw conflict('nothing-to-print')
    const batchId = newId<'civil-batch'>()
    const ids = ready.map(({ id }) => id)
    await tx.insert(civilBatches).values({ id: batchId, requestIds: ids, createdBy: clerk.accountId, createdAt: now })
    await outbox(tx, now, { topic: 'civil.print-batch', payload: { batchId }, key: `civil.print-batch:${batchId}` })
    const subject = { kind: 'civil-batch', id: batchId }
    await audit(tx, now, clerk, { action: 'civil-batch.made', subject, details: { requests: ids } })
    return { batchId }
  })
}

/** Draws the PDF of a batch. What is not ready any more, withdrawn meanwhile, is left out. Done twice, it changes nothing. */
export async function drawBatch(town: Town, pdf: DocumentPool, batchId: Id<'civil-batch'>): Promise<void> {
  if (await documentOf(town.db.read, 'civil-batch', batchId)) return
  const batch = await batchById(town.db.read, batchId)
  const requests = []
  for (const id of batch.requestIds) {
    const request = await requestById(town.db.read, id as Id<'civil-request'>)
    const act = await actOf(town.db.read, request.id)
    if (request.state !== 'ready-to-print' || !act) continue
    requests.push(batchRequest(town, request, act, await scanPictures(town, act)))
  }
  if (requests.length === 0) return
  const view = { printedAt: town.clock.now().toString(), requests, twoSided: false }
  const request = { kind: 'civil-batch', town: town.config.town, language: 'fr', view } as const
  const name = `actes-${dayInParis(batch.createdAt).toString()}.pdf`
  await keepDocument(town, pdf, { kind: 'civil-batch', subjectId: batchId, name, request }, async () => {})
}

/** One record as it will be printed, for the clerk to read before it is accepted. Nothing is kept. */
export async function previewAct(
  town: Town,
  pdf: DocumentPool,
  request: CivilRequest,
  act: Act,
): Promise<Uint8Array<ArrayBuffer>> {
  const { parts } = batchRequest(town, request, act, await scanPictures(town, act))
  const record = parts.find(part => part.kind === 'civil-record')
  if (record?.kind !== 'civil-record') throw notFound()
  return pdf.render({ kind: 'civil-record', town: town.config.town, language: 'fr', view: record.view })
}

export type Batch = typeof civilBatches.$inferSelect

/** Throws 404. */
export async function batchById(db: Queries, id: Id<'civil-batch'>): Promise<Batch> {
  const [batch] = await db.select().from(civilBatches).where(eq(civilBatches.id, id))
  if (!batch) throw notFound()
  return batch
}

/** The requests of a batch as they are now, in its order. */
export async function requestsOfBatch(db: Queries, batch: Batch): Promise<CivilRequest[]> {
  const rows = await db
    .select()
    .from(civilRequests)
    .where(inArray(civilRequests.id, [...batch.requestIds] as Id<'civil-request'>[]))
  const byId = new Map(rows.map(row => [row.id as string, row]))
  return batch.requestIds.flatMap(id => byId.get(id) ?? [])
}

/** The latest batches, newest first. */
export async function latestBatches(db: Queries): Promise<Batch[]> {
  return db.select().from(civilBatches).orderBy(desc(civilBatches.createdAt)).limit(20)
}
