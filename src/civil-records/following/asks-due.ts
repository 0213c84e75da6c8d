import { and, asc, eq, gt, gte, isNull, lt, lte } from '../../db/drizzle.ts'
import { system } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { paragraphs } from '../file/town-words.ts'
import { writeToApplicant } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { civilAsks, civilMessages, civilRequests } from '../schema.ts'
import { byFifties, FIFTY } from './by-fifties.ts'
import { lockedRequest, openAsk } from './follow.ts'

const DAYS_BEFORE = 7
const clockwork = system('civil-records')

/** When an applicant is reminded of what is asked: seven days before it is due; halfway, when there is less than twice that. */
export function reminderDay(askedOn: Temporal.PlainDate, dueOn: Temporal.PlainDate): Temporal.PlainDate {
  const { days } = askedOn.until(dueOn, { largestUnit: 'days' })
  return days >= 2 * DAYS_BEFORE ? dueOn.subtract({ days: DAYS_BEFORE }) : askedOn.add({ days: Math.ceil(days / 2) })
}

/** Reminds, once each, of papers asked for that are due soon. */
export async function remindOfAsks(town: Town): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const find = (after: string) =>
    town.db.read
      .select({ id: civilAsks.id, requestId: civilAsks.requestId })
      .from(civilAsks)
      .where(
        and(
          isNull(civilAsks.answeredAt),
          isNull(civilAsks.remindedAt),
          gte(civilAsks.dueOn, today),
          lte(civilAsks.dueOn, today.add({ days: DAYS_BEFORE })),
          gt(civilAsks.id, after as Id<'civil-ask'>),
        ),
      )
      .orderBy(asc(civilAsks.id))
      .limit(FIFTY)
  await byFifties(town, find, async (tx, { id, requestId }) => {
    const request = await lockedRequest(tx, requestId)
    const ask = await openAsk(tx, requestId)
    if (request.state !== 'waiting-for-applicant' || ask?.id !== id || ask.remindedAt) return
    if (!isOnOrBefore(reminderDay(dayInParis(ask.askedAt), ask.dueOn), today)) return
    const [message] = await tx.select().from(civilMessages).where(eq(civilMessages.id, ask.messageId))
    await tx.update(civilAsks).set({ remindedAt: now }).where(eq(civilAsks.id, id))
    const { f } = town.languages.for(request.language)
    await writeToApplicant(tx, town, request, {
      text: 'civil.document-reminder',
      key: id,
      params: { document: paragraphs(message?.text, message?.french), deadline: f.day(ask.dueOn) },
    })
  })
}

/** Closes, with a letter, the requests whose applicant did not answer in time. The last day is still in time. */
export async function closeUnanswered(town: Town): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const find = (after: string) =>
    town.db.read
      .select({ id: civilAsks.id, requestId: civilAsks.requestId })
      .from(civilAsks)
      .innerJoin(civilRequests, eq(civilRequests.id, civilAsks.requestId))
      .where(
        and(
          isNull(civilAsks.answeredAt),
          lt(civilAsks.dueOn, today),
          eq(civilRequests.state, 'waiting-for-applicant'),
          gt(civilAsks.id, after as Id<'civil-ask'>),
        ),
      )
      .orderBy(asc(civilAsks.id))
      .limit(FIFTY)
  await byFifties(town, find, async (tx, { requestId }) => {
    const request = await lockedRequest(tx, requestId)
    if (request.state !== 'waiting-for-applicant') return
    const ask = await openAsk(tx, requestId)
    // Asked again since, with another day: that one counts.
    if (!ask || isOnOrBefore(today, ask.dueOn)) return
    const closed = await moveRequest(tx, now, clockwork, request, { to: 'expired' })
    await writeToApplicant(tx, town, closed, { text: 'civil.closed-unanswered', key: ask.id, params: {} })
  })
}
