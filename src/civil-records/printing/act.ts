import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, eq, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, invalid } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import type { Upload } from '../../uploads/form.ts'
import { removeLater } from '../../uploads/remove-later.ts'
import { type KeptFile, keepUploads, picturesOf } from '../../uploads/stored-files.ts'
import { moveRequest } from '../moves.ts'
import { mustHold } from '../queue/holding.ts'
import { civilActs, civilFiles, civilRequests } from '../schema.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { type ActEntry, readAct } from './read-act.ts'

export type Act = typeof civilActs.$inferSelect

/** Pages of a register that one act may take. */
export const MOST_SCANS = 4

/** The act that was found for a request, when a clerk has written it down. */
export async function actOf(db: Queries, requestId: Id<'civil-request'>): Promise<Act | undefined> {
  const [act] = await db.select().from(civilActs).where(eq(civilActs.requestId, requestId))
  return act
}

/** The pictures of the register's pages, in their order. */
export async function scansOf(db: Queries, requestId: Id<'civil-request'>) {
  return db
    .select()
    .from(civilFiles)
    .where(and(eq(civilFiles.requestId, requestId), eq(civilFiles.purpose, 'scan')))
    .orderBy(asc(civilFiles.id))
}

/** The same as bytes, ready to be printed; none when the act is not printed from its scan. */
export async function scanPictures(town: Town, act: Act): Promise<Buffer[]> {
  if (act.typed['way'] !== 'scan') return []
  const pictures: Buffer[] = []
  for (const file of await scansOf(town.db.read, act.requestId)) pictures.push(...(await picturesOf(town, file)))
  return pictures
}

/**
 * Writes down the act a clerk found in the registers, over what was there; with `accept`, the request is then ready to
 * print. The clerk must hold it, and it must be under review, as seen in that version.
 * Throws `invalid` by field, 409 `move-forbidden`, `request-changed`, `not-held`, `held-by-other`.
 */
export async function prepareAct(
  town: Town,
  clerk: Clerk,
  id: string,
  given: { version: number; typed: Readonly<Record<string, string>>; scans: readonly Upload[]; accept: boolean },
): Promise<CivilRequest> {
  const now = town.clock.now()
  const seen = await requestForClerk(town.db.read, clerk, id)
  const { kind, form } = seen
  if (!kind || !form) throw conflict('request-changed')
  const entry = readAct({ kind, form }, given.typed, dayInParis(now))
  const scans = entry.content.way === 'scan' ? await keepScans(town, seen.id, given.scans) : []
  let written = false
  try {
    const moved = await town.db.transaction(async tx => {
      await mustHold(tx, now, clerk, seen)
      if (seen.state !== 'under-review') throw conflict('move-forbidden', { from: seen.state, to: 'ready-to-print' })
      const request = await newVersion(tx, now, seen.id, given.version)
      await writeAct(tx, now, clerk, seen.id, entry, given.typed)
      if (scans.length > 0) await replaceScans(tx, now, seen.id, scans)
      await audit(tx, now, clerk, { action: 'civil-act.prepared', subject: { kind: 'civil-request', id: seen.id } })
      return given.accept ? moveRequest(tx, now, clerk, request, { to: 'ready-to-print' }) : request
    })
    written = true
    return moved
  } finally {
    if (!written) await Promise.all(scans.map(({ storedAs }) => town.files.remove(storedAs)))
  }
}

/** New pictures, or those that are there already. */
async function keepScans(
  town: Town,
  requestId: Id<'civil-request'>,
  scans: readonly Upload[],
): Promise<readonly KeptFile[]> {
  if (scans.length > 0) return keepUploads(town, scans, 'scan')
  if ((await scansOf(town.db.read, requestId)).length === 0) throw invalid([{ field: 'scan', code: 'file-missing' }])
  return []
}

async function newVersion(
  tx: Tx,
  now: Temporal.Instant,
  id: Id<'civil-request'>,
  version: number,
): Promise<CivilRequest> {
  const [request] = await tx
    .update(civilRequests)
    .set({ version: sql`${civilRequests.version} + 1`, updatedAt: now })
    .where(and(eq(civilRequests.id, id), eq(civilRequests.version, version)))
    .returning()
  if (!request) throw conflict('request-changed')
  return request
}

async function writeAct(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  requestId: Id<'civil-request'>,
  { registerYear, volume, actNumber }: ActEntry,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  const row = { registerYear, volume, actNumber, typed, preparedBy: clerk.accountId, preparedAt: now }
  await tx
    .insert(civilActs)
    .values({ requestId, ...row })
    .onConflictDoUpdate({ target: civilActs.requestId, set: row })
}

async function replaceScans(
  tx: Tx,
  now: Temporal.Instant,
  requestId: Id<'civil-request'>,
  scans: readonly KeptFile[],
): Promise<void> {
  const before = await tx
    .delete(civilFiles)
    .where(and(eq(civilFiles.requestId, requestId), eq(civilFiles.purpose, 'scan')))
    .returning({ storedAs: civilFiles.storedAs })
  for (const { storedAs } of before) {
    await removeLater(tx, now, storedAs)
  }
  for (const scan of scans) {
    await tx
      .insert(civilFiles)
      .values({ id: newId<'civil-file'>(), requestId, purpose: 'scan', createdAt: now, ...scan })
  }
}
