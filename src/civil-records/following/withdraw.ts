import type { Actor } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { writeToApplicant } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { mayMove, type RequestState } from '../states.ts'
import { lockedRequest } from './follow.ts'

/** Whether the applicant may still stop the request: not once it is posted, handed over or closed. */
export const mayWithdraw = (state: RequestState): boolean => state !== 'draft' && mayMove(state, 'withdrawn')

/**
 * Stops a request, for its applicant, who saw it in the state `seen`; stopped twice it is stopped once.
 * Throws 409 `cannot-withdraw` when nothing can be stopped any more, 409 `state-changed` when a clerk was quicker and it
 * can: the applicant is asked anew, knowing.
 */
export async function withdrawRequest(
  town: Town,
  actor: Actor,
  requestId: Id<'civil-request'>,
  seen: RequestState,
): Promise<void> {
  await town.db.transaction(async tx => {
    const request = await lockedRequest(tx, requestId)
    const { state } = request
    if (state === 'draft') throw notFound()
    if (state === 'withdrawn') return
    if (!mayWithdraw(state)) throw conflict('cannot-withdraw', { state })
    if (state !== seen) throw conflict('state-changed', { state })
    const withdrawn = await moveRequest(tx, town.clock.now(), actor, request, { to: 'withdrawn' })
    await writeToApplicant(tx, town, withdrawn, { text: 'civil.withdrawn', key: requestId, params: {} })
  })
}
