import { audit } from '../../audit/audit.ts'
import type { Queries } from '../../db/database.ts'
import { and, asc, desc, eq, gt } from '../../db/drizzle.ts'
import { system } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { mails } from '../../mail/schema.ts'
import { type Settings, settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { writeToApplicant } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { civilMoves, civilRequests } from '../schema.ts'
import { byFifties, FIFTY } from './by-fifties.ts'
import { type CivilMove, lockedRequest } from './follow.ts'

const clockwork = system('civil-records')

/** The last day on which a record that was ready at that instant can be collected. */
export const collectBefore = (readyAt: Temporal.Instant, { collectionDays }: Pick<Settings, 'collectionDays'>) =>
  dayInParis(readyAt).add({ days: collectionDays })

/** When the record became ready the last time. */
export async function readyMove(db: Queries, requestId: Id<'civil-request'>): Promise<CivilMove | undefined> {
  const [move] = await db
    .select()
    .from(civilMoves)
    .where(and(eq(civilMoves.requestId, requestId), eq(civilMoves.to, 'ready-for-collection')))
    .orderBy(desc(civilMoves.at), desc(civilMoves.id))
    .limit(1)
  return move
}

/**
 * Reminds, once and at half the time, of records that wait at the town hall; closes, when the time is over, the requests
 * whose record nobody came for. The printed record is then to be destroyed: the move says so, and the audit trail.
 */
export async function followCollections(town: Town): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const settings = await settingsOf(town.db.read)
  const half = Math.ceil(settings.collectionDays / 2)
  const find = (after: string) =>
    town.db.read
      .select({ id: civilRequests.id })
      .from(civilRequests)
      .where(and(eq(civilRequests.state, 'ready-for-collection'), gt(civilRequests.id, after as Id<'civil-request'>)))
      .orderBy(asc(civilRequests.id))
      .limit(FIFTY)
  await byFifties(town, find, async (tx, { id }) => {
    const request = await lockedRequest(tx, id)
    const ready = await readyMove(tx, id)
    if (request.state !== 'ready-for-collection' || !ready) return
    if (!isOnOrBefore(dayInParis(ready.at).add({ days: half }), today)) return
    const last = collectBefore(ready.at, settings)
    const { f } = town.languages.for(request.language)
    if (isOnOrBefore(today, last)) {
      const text = 'civil.collection-reminder'
      const key = `${id}:${ready.id}`
      const [written] = await tx
        .select({ id: mails.id })
        .from(mails)
        .where(eq(mails.key, `${text}:${key}`))
      if (!written) await writeToApplicant(tx, town, request, { text, key, params: { deadline: f.day(last) } })
      return
    }
    const french = town.languages.for('fr')
    const reason = french.t('civil-follow:uncollected', { day: french.f.day(last) })
    const closed = await moveRequest(tx, now, clockwork, request, { to: 'expired', reason })
    const subject = { kind: 'civil-request', id }
    await audit(tx, now, clockwork, { action: 'civil-request.record-to-destroy', subject })
    await writeToApplicant(tx, town, closed, { text: 'civil.closed-uncollected', key: ready.id, params: {} })
  })
}
