import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, eq, inArray, ne, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { writeNote } from '../file/notes.ts'
import { civilRequests } from '../schema.ts'
import { type CivilRequest, civilClerk, requestForClerk } from '../store.ts'
import { type Blocked, type DeskAction, whyNot } from './desk-actions.ts'
import { notHeld, notHeldByOthers } from './holding.ts'
import { queueMoment } from './queue-moment.ts'

/** How many files one action may be done to at once. */
export const MOST_AT_ONCE = 100

/** A file as a clerk saw it: what changed since is left out. */
export type SeenFile = { id: string; version: number }

/** What will become of each file, in the order of its receipt; `whyNot` for one that is left out. */
export type Planned = { request: CivilRequest; whyNot?: Blocked | undefined }

/** What an action would do to these files. Changes nothing. Throws 409 `too-many-files`; files that do not exist are not there. */
export async function previewAction(
  town: Town,
  asker: Clerk,
  action: DeskAction,
  ids: readonly string[],
): Promise<Planned[]> {
  const clerk = civilClerk(asker)
  if (ids.length > MOST_AT_ONCE) throw conflict('too-many-files')
  const moment = await queueMoment(town.db.read, town.clock.now(), clerk)
  return (await filesOf(town.db.read, ids)).map(request => ({ request, whyNot: whyNot(action, request, moment) }))
}

/**
 * Does an action to the files that are still as they were seen; says of the others why they are left out. One transaction:
 * a failure changes none. Throws 409 `too-many-files`.
 */
export async function doAction(
  town: Town,
  asker: Clerk,
  action: DeskAction,
  seen: readonly SeenFile[],
): Promise<{ done: CivilRequest[]; leftOut: { request: CivilRequest; whyNot: Blocked }[] }> {
  const clerk = civilClerk(asker)
  if (seen.length > MOST_AT_ONCE) throw conflict('too-many-files')
  const versions = new Map(seen.map(({ id, version }) => [id, version]))
  return town.db.transaction(async tx => {
    const moment = await queueMoment(tx, town.clock.now(), clerk)
    const done: CivilRequest[] = []
    const leftOut: { request: CivilRequest; whyNot: Blocked }[] = []
    for (const request of await filesOf(tx, [...versions.keys()])) {
      const changed = request.version !== versions.get(request.id)
      const blocked = changed ? 'changed' : whyNot(action, request, moment)
      const after = blocked ? undefined : await change(tx, moment.now, clerk, action, request)
      if (after) done.push(after)
      else leftOut.push({ request, whyNot: blocked ?? 'changed' })
    }
    return { done, leftOut }
  })
}

/**
 * The same for one file, from its own page. Throws 404, 409 `request-changed` when it is not as it was seen any more, 409
 * `held-by-other` while a colleague has it open, 409 `desk-action-refused` when it makes no sense (any more).
 */
export async function actOnOne(
  town: Town,
  asker: Clerk,
  action: DeskAction,
  { id, version }: SeenFile,
): Promise<CivilRequest> {
  const clerk = civilClerk(asker)
  return town.db.transaction(async tx => {
    const request = await requestForClerk(tx, clerk, id)
    const moment = await queueMoment(tx, town.clock.now(), clerk)
    const blocked = request.version === version ? whyNot(action, request, moment) : 'changed'
    if (blocked === 'held') {
      const name = moment.clerks.find(one => one.id === request.heldBy)?.name ?? ''
      throw conflict('held-by-other', { name, since: request.heldSince })
    }
    const after = blocked ? undefined : await change(tx, moment.now, clerk, action, request)
    if (after) return after
    throw blocked && blocked !== 'changed' ? conflict('desk-action-refused') : conflict('request-changed')
  })
}

/** Gives undefined when somebody was quicker. */
async function change(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  action: DeskAction,
  { id, version }: CivilRequest,
): Promise<CivilRequest | undefined> {
  const [after] = await tx
    .update(civilRequests)
    .set({ ...columnsOf(action, clerk), version: sql`${civilRequests.version} + 1`, updatedAt: now })
    .where(and(eq(civilRequests.id, id), eq(civilRequests.version, version), notHeldByOthers(now, clerk)))
    .returning()
  if (!after) return undefined
  await audit(tx, now, clerk, {
    action: `civil-request.${deeds[action.name]}`,
    subject: { kind: 'civil-request', id },
    details: 'to' in action ? { to: action.to.id } : 'until' in action ? { until: action.until.toString() } : {},
  })
  if (action.name === 'hand-over') await writeNote(tx, now, clerk, id, action.note)
  return after
}

/** In the audit trail. */
const deeds = {
  assign: 'assigned',
  'hand-over': 'handed-over',
  'take-back': 'taken-back',
  'put-on-hold': 'put-on-hold',
  'take-off-hold': 'taken-off-hold',
} as const satisfies Record<DeskAction['name'], string>

function columnsOf(action: DeskAction, clerk: Clerk): Partial<typeof civilRequests.$inferInsert> {
  switch (action.name) {
    case 'assign':
    case 'hand-over':
      // Given to oneself it stays open; given to a colleague it is let go, so that they can open it.
      return { assignedTo: action.to.id, ...(action.to.id === clerk.accountId ? {} : notHeld) }
    case 'take-back':
      return { assignedTo: null, ...notHeld }
    case 'put-on-hold':
      return { onHoldUntil: action.until, onHoldReason: action.reason, ...notHeld }
    case 'take-off-hold':
      return { onHoldUntil: null, onHoldReason: null }
  }
}

/** In one order everywhere, so that two clerks' bulk actions never wait for each other. */
async function filesOf(db: Queries, ids: readonly string[]): Promise<CivilRequest[]> {
  const wanted = ids as readonly Id<'civil-request'>[]
  if (wanted.length === 0) return []
  return db
    .select()
    .from(civilRequests)
    .where(and(inArray(civilRequests.id, [...wanted]), ne(civilRequests.state, 'draft')))
    .orderBy(asc(civilRequests.submittedAt), asc(civilRequests.id))
}
