import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, inArray, isNull, lte, ne, or, sql } from '../../db/drizzle.ts'
import { forUpdate, forUpdateOfFree } from '../../db/lists.ts'
import type { Clerk } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, notFound } from '../../kernel/problems.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { moveRequest } from '../moves.ts'
import { civilRequests } from '../schema.ts'
import { isClosed } from '../states.ts'
import { type CivilRequest, civilClerk, requestForClerk } from '../store.ts'
import { registryClerks } from './clerks.ts'
import type { QueueFilter } from './queue-filter.ts'
import { queueMoment } from './queue-moment.ts'
import { isTakeable, takeableIds } from './queue-query.ts'

/**
 * Takes the next file of the queue: the oldest that is nobody's or this clerk's, that nobody holds and that is not put
 * aside, among those the filter shows. It becomes this clerk's, is held, and is under review. Two clerks at once get two
 * different files. Gives undefined when there is none.
 */
export async function takeNext(
  town: Town,
  asker: Clerk,
  filter: QueueFilter,
): Promise<Id<'civil-request'> | undefined> {
  const clerk = civilClerk(asker)
  return town.db.transaction(async tx => {
    const moment = await queueMoment(tx, town.clock.now(), clerk)
    // Another clerk's transaction may be taking the first ones: then the next is given at once. Only when all that were
    // seen are being taken it waits for them, looks again, and so never says that there is none while there is one.
    for (let lock: typeof forUpdate = forUpdateOfFree; ; lock = forUpdate) {
      const seen = await takeableIds(tx, filter, moment, LOOKED_AT)
      if (seen.length === 0) return undefined
      const [next] = await lock(
        tx
          .select()
          .from(civilRequests)
          .where(and(inArray(civilRequests.id, seen), isTakeable(moment)))
          .orderBy(civilRequests.submittedAt, civilRequests.id)
          .limit(1),
      )
      if (next) return (await take(tx, moment.now, clerk, next)).id
    }
  })
}

/** How many of the oldest are looked at by one who takes: more than there are clerks who take at the same instant. */
const LOOKED_AT = 20

/**
 * Takes that very file: it becomes this clerk's, is held, and is under review when it was new.
 * Throws 404, 409 `held-by-other`, 409 `request-changed`, 409 `desk-action-refused` when it is closed.
 */
export async function takeRequest(town: Town, asker: Clerk, id: string): Promise<CivilRequest> {
  const clerk = civilClerk(asker)
  return town.db.transaction(async tx => {
    const now = town.clock.now()
    const request = await requestForClerk(tx, clerk, id)
    if (isClosed(request.state)) throw conflict('desk-action-refused')
    const held = await hold(tx, now, clerk, request)
    return take(tx, now, clerk, held)
  })
}

async function take(tx: Tx, now: Temporal.Instant, clerk: Clerk, request: CivilRequest): Promise<CivilRequest> {
  const mine = { assignedTo: clerk.accountId, ...(await holdFrom(tx, now, clerk)) }
  const set = request.heldBy === clerk.accountId && request.heldSince ? { ...mine, heldSince: request.heldSince } : mine
  if (request.state === 'submitted') return moveRequest(tx, now, clerk, request, { to: 'under-review', set })
  if (request.assignedTo === clerk.accountId && request.heldBy === clerk.accountId) return request
  const [taken] = await tx
    .update(civilRequests)
    .set({ ...set, version: sql`${civilRequests.version} + 1`, updatedAt: now })
    .where(and(eq(civilRequests.id, request.id), eq(civilRequests.version, request.version)))
    .returning()
  if (!taken) throw conflict('request-changed')
  await audit(tx, now, clerk, { action: 'civil-request.taken', subject: { kind: 'civil-request', id: request.id } })
  return taken
}

/**
 * Opens a file for work: from now on, and for as many minutes as the town set, nobody else may act on it. Called again by
 * its holder it starts the minutes anew. Throws 404, and 409 `held-by-other` with the name and since when.
 */
export async function holdRequest(town: Town, asker: Clerk, id: string): Promise<CivilRequest> {
  const clerk = civilClerk(asker)
  return town.db.transaction(async tx => hold(tx, town.clock.now(), clerk, await requestForClerk(tx, clerk, id)))
}

async function hold(tx: Tx, now: Temporal.Instant, clerk: Clerk, request: CivilRequest): Promise<CivilRequest> {
  const { heldBy, heldUntil, heldSince } = civilRequests
  const mine = await holdFrom(tx, now, clerk)
  const goesOn = sql`case when ${heldBy} = ${clerk.accountId} and ${heldUntil} > ${sql.param(now, heldUntil)} then ${heldSince} else ${sql.param(now, heldSince)} end`
  const [held] = await tx
    .update(civilRequests)
    .set({ ...mine, heldSince: goesOn })
    .where(and(eq(civilRequests.id, request.id), notHeldByOthers(now, clerk)))
    .returning()
  if (!held) throw await heldByOther(tx, request.id)
  return held
}

/**
 * What every write on a request by a clerk begins with: the clerk has it open, and nobody took it since. Starts the
 * minutes anew; a hold that ran out is its holder's still, as long as nobody else took the file.
 * Throws 409 `held-by-other` with the name and since when, or 409 `not-held`.
 */
export async function mustHold(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  { id }: Pick<CivilRequest, 'id'>,
): Promise<void> {
  const { heldUntil } = await holdFrom(tx, now, clerk)
  const [held] = await tx
    .update(civilRequests)
    .set({ heldUntil })
    .where(and(eq(civilRequests.id, id), eq(civilRequests.heldBy, clerk.accountId)))
    .returning({ id: civilRequests.id })
  if (held) return
  const [request] = await tx
    .select({ heldBy: civilRequests.heldBy, heldUntil: civilRequests.heldUntil })
    .from(civilRequests)
    .where(eq(civilRequests.id, id))
  throw request && isHeld(request, now) ? await heldByOther(tx, id) : conflict('not-held')
}

/** Lets go of a file, so that a colleague can open it. It stays whose it is. */
export async function release(town: Town, asker: Clerk, id: string): Promise<void> {
  const clerk = civilClerk(asker)
  await town.db.transaction(async tx => {
    const request = await requestForClerk(tx, clerk, id)
    await tx
      .update(civilRequests)
      .set(notHeld)
      .where(and(eq(civilRequests.id, request.id), eq(civilRequests.heldBy, clerk.accountId)))
      .returning({ id: civilRequests.id })
  })
}

/** The columns of a file that nobody holds. */
export const notHeld = { heldBy: null, heldSince: null, heldUntil: null }

/** Whether somebody has the file open for work. */
export const isHeld = ({ heldBy, heldUntil }: Pick<CivilRequest, 'heldBy' | 'heldUntil'>, now: Temporal.Instant) =>
  heldBy !== null && heldUntil !== null && Temporal.Instant.compare(heldUntil, now) > 0

/** In a `where`: no other clerk has the file open. */
export const notHeldByOthers = (now: Temporal.Instant, clerk: Clerk) =>
  or(isNull(civilRequests.heldUntil), lte(civilRequests.heldUntil, now), eq(civilRequests.heldBy, clerk.accountId))

async function holdFrom(db: Queries, now: Temporal.Instant, { accountId }: Clerk) {
  const { lockMinutes } = await settingsOf(db)
  return { heldBy: accountId, heldSince: now, heldUntil: now.add({ minutes: lockMinutes }) }
}

/** Says who has the file. A name and an hour: the web puts the hour in the reader's words. */
async function heldByOther(db: Queries, id: Id<'civil-request'>) {
  const [request] = await db
    .select({ heldBy: civilRequests.heldBy, since: civilRequests.heldSince })
    .from(civilRequests)
    .where(and(eq(civilRequests.id, id), ne(civilRequests.state, 'draft')))
  if (!request) return notFound()
  const holder = (await registryClerks(db)).find(({ id }) => id === request.heldBy)
  return conflict('held-by-other', { name: holder?.name ?? '', since: request.since })
}
