import { z } from 'zod'
import { and, eq, isNull } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { conflict } from '../../kernel/problems.ts'
import { answerDay } from '../../settings/delays.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { parse } from '../../web/forms.ts'
import { writeToApplicant } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { actOf } from '../printing/act.ts'
import { notHeld } from '../queue/holding.ts'
import { civilAsks } from '../schema.ts'
import { type CivilRequest, civilClerk, requestForClerk } from '../store.ts'
import { actOn, type Seen } from './act-on.ts'
import { noteForm, writeNote } from './notes.ts'

/** The record will be given. Throws 409 `act-missing` while nobody prepared the act that is to be printed. */
export function acceptRequest(town: Town, clerk: Clerk, id: string, version: number): Promise<CivilRequest> {
  return actOn(town, clerk, { id, version }, async (tx, request, now) => {
    if (!(await actOf(tx, request.id))) throw conflict('act-missing')
    return moveRequest(tx, now, clerk, request, { to: 'ready-to-print', set: { ...notHeld, onHoldUntil: null } })
  })
}

/**
 * Goes on with a request: what was asked for came by another way than the page, or an accepted one must be looked at
 * again. Open asks are answered by it.
 */
export function resumeReview(town: Town, clerk: Clerk, seen: Seen): Promise<CivilRequest> {
  return actOn(town, clerk, seen, async (tx, request, now) => {
    // A refused one is opened again by `reopenRequest`, which says why.
    if (request.state === 'refused') throw conflict('move-forbidden', { from: request.state, to: 'under-review' })
    await tx
      .update(civilAsks)
      .set({ answeredAt: now })
      .where(and(eq(civilAsks.requestId, request.id), isNull(civilAsks.answeredAt)))
      .returning({ id: civilAsks.id })
    return moveRequest(tx, now, clerk, request, { to: 'under-review' })
  })
}

/** How somebody said that they want no record any more. */
export const withdrawalWays = ['phone', 'letter', 'counter'] as const

const withdrawalForm = noteForm.extend({ way: z.enum(withdrawalWays, 'required') })

/**
 * Stops a request because its applicant said so, by the telephone, a letter or at the counter, and notes how it was; they
 * get a letter. Throws `invalid` by field.
 */
export function withdrawForApplicant(town: Town, clerk: Clerk, seen: Seen, sent: unknown): Promise<CivilRequest> {
  return actOn(town, clerk, seen, async (tx, request, now) => {
    const { way, note } = parse(withdrawalForm, sent)
    const { t } = town.languages.for(request.language)
    const reason = t(`civil-file:withdraw.told.${way}`)
    const withdrawn = await moveRequest(tx, now, clerk, request, { to: 'withdrawn', reason })
    await writeNote(tx, now, clerk, request.id, note)
    await writeToApplicant(tx, town, withdrawn, {
      text: 'civil.withdrawn',
      key: `${request.id}:${withdrawn.version}`,
      params: {},
    })
    return withdrawn
  })
}

/**
 * Looks at a refused request again, because its applicant appealed to the mayor or the prosecutor wrote. It becomes this
 * clerk's; its delay begins anew. Nobody holds a closed request, so it is taken here. Throws `invalid` without a note.
 */
export async function reopenRequest(
  town: Town,
  asker: Clerk,
  { id, version }: Seen,
  sent: unknown,
): Promise<CivilRequest> {
  const clerk = civilClerk(asker)
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const request = await requestForClerk(tx, clerk, id)
    if (request.version !== version) throw conflict('request-changed')
    if (request.state !== 'refused') throw conflict('move-forbidden', { from: request.state, to: 'under-review' })
    const { note } = parse(noteForm, sent)
    const { delays, lockMinutes } = await settingsOf(tx)
    const reopened = await moveRequest(tx, now, clerk, request, {
      to: 'under-review',
      set: {
        assignedTo: clerk.accountId,
        heldBy: clerk.accountId,
        heldSince: now,
        heldUntil: now.add({ minutes: lockMinutes }),
        dueOn: answerDay(dayInParis(now), delays[request.kind ?? 'birth']),
      },
    })
    await writeNote(tx, now, clerk, request.id, note)
    return reopened
  })
}
