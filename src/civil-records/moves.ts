import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Actor } from '../kernel/actor.ts'
import { townWorkingDays } from '../kernel/calendar.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import { papersEnd } from './following/papers-end.ts'
import { afterWait } from './rules/after-wait.ts'
import { civilMoves, civilRequests, type ReasonedRefusal } from './schema.ts'
import { isAnswer, isClosed, mayMove, needsReason, type RequestState } from './states.ts'
import type { CivilRequest } from './store.ts'

type Move = {
  to: RequestState
  /** What the applicant is told of why; a refusal must have one. */
  reason?: string
  /** Of a refusal: its grounds. */
  refusal?: ReasonedRefusal
  /** Columns that change with the move. */
  set?: Partial<typeof civilRequests.$inferInsert>
}

/**
 * Moves a request to another state, from the state and version in which the actor saw it; writes the move and the audit
 * trail beside it. Gives the request as it is now.
 * Throws 409 `request-changed` when somebody was quicker, 409 `move-forbidden` for a move that is not in the table,
 * `invalid` for a refusal without a reason.
 */
export async function moveRequest(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  seen: Pick<CivilRequest, 'id' | 'state' | 'version' | 'submittedAt' | 'answeredAt'>,
  { to, reason, refusal, set }: Move,
): Promise<CivilRequest> {
  const { id, state: from, version } = seen
  if (!mayMove(from, to)) throw conflict('move-forbidden', { from, to })
  if (needsReason(to) && !reason?.trim()) throw invalid([{ field: 'reason', code: 'required' }])
  const goesOn = from === 'waiting-for-applicant' && to === 'under-review'
  const [moved] = await tx
    .update(civilRequests)
    .set({
      ...(goesOn ? await afterWait(tx, now, id) : {}),
      ...set,
      ...(isAnswer(to) ? firstAnswer(now, seen) : {}),
      state: to,
      version: sql`${civilRequests.version} + 1`,
      updatedAt: now,
      // Closed: nobody holds it. Opened again: it is not closed any more.
      ...(isClosed(to)
        ? { closedAt: now, heldBy: null, heldSince: null, heldUntil: null, onHoldUntil: null }
        : { closedAt: null }),
    })
    .where(and(eq(civilRequests.id, id), eq(civilRequests.state, from), eq(civilRequests.version, version)))
    .returning()
  if (!moved) throw conflict('request-changed')
  await tx.insert(civilMoves).values({
    id: newId<'civil-move'>(),
    requestId: id,
    at: now,
    from,
    to,
    by: actor.kind === 'on-behalf' ? 'clerk' : actor.kind,
    accountId: accountOf(actor),
    reason: reason?.trim() || null,
    refusal: refusal ?? null,
  })
  await audit(tx, now, actor, {
    action: `civil-request.${to}`,
    subject: { kind: 'civil-request', id },
    details: { from },
  })
  if (isClosed(to)) await promisePapersEnd(tx, now, moved)
  return moved
}

/** The first answer is the one that counts: a record that came back and went out again was answered before. */
function firstAnswer(
  now: Temporal.Instant,
  { submittedAt, answeredAt }: Pick<CivilRequest, 'submittedAt' | 'answeredAt'>,
) {
  if (answeredAt || !submittedAt) return {}
  const answerDays = townWorkingDays.between(dayInParis(submittedAt), dayInParis(now))
  return { answeredAt: now, answerDays }
}

/** The applicant's papers go when a request is closed; of a refused one, when it cannot be appealed against any more. */
async function promisePapersEnd(tx: Tx, now: Temporal.Instant, { id, state, version }: CivilRequest): Promise<void> {
  await outbox(tx, now, {
    topic: 'civil-records.remove-papers',
    payload: { requestId: id },
    key: `civil-records.remove-papers:${id}:${version}`,
    dueAt: papersEnd(now, state === 'refused'),
  })
}

function accountOf(actor: Actor): Id<'account'> | null {
  if (actor.kind === 'on-behalf') return actor.clerk.accountId
  return 'accountId' in actor ? actor.accountId : null
}
