import type { Tx } from '../db/database.ts'
import { and, eq, gte, lt } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { monthOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { childrenOf, mailRecipients } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { mealBookings } from './schema.ts'

/** A parent who saves twice in a minute gets one letter about both. */
const WINDOW_MS = 30_000
/** Transactions that began in the window have ended by then. */
const GRACE_MS = 15_000
/** More days than this are told by the first and the last. */
const LONGEST_LIST = 8

type SummaryJob = { householdId: Id<'household'>; window: number }

/** Promises the letter that tells the household what it booked and cancelled. */
export async function promiseSummary(tx: Tx, now: Temporal.Instant, householdId: Id<'household'>): Promise<void> {
  const window = Math.floor(now.epochMilliseconds / WINDOW_MS)
  await outbox(tx, now, {
    topic: 'canteen.summary',
    payload: { householdId, window } satisfies SummaryJob,
    key: `canteen.summary:${householdId}:${window}`,
    dueAt: Temporal.Instant.fromEpochMilliseconds((window + 1) * WINDOW_MS + GRACE_MS),
  })
}

/** Writes the promised letter: the meals as they stand, of those that were changed in its half-minute. */
export async function writeSummary(town: Town, { householdId, window }: SummaryJob): Promise<void> {
  const from = Temporal.Instant.fromEpochMilliseconds(window * WINDOW_MS)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const rows = await tx
      .select({ childId: mealBookings.childId, day: mealBookings.day, state: mealBookings.state })
      .from(mealBookings)
      .where(
        and(
          eq(mealBookings.householdId, householdId),
          gte(mealBookings.changedAt, from),
          lt(mealBookings.changedAt, from.add({ milliseconds: WINDOW_MS })),
        ),
      )
      .orderBy(mealBookings.day)
    const [first] = rows
    if (!first) return
    const children = await childrenOf(tx, householdId)
    for (const recipient of await mailRecipients(tx, householdId)) {
      const words = town.languages.for(recipient.language)
      const { t } = words
      const facts = children.flatMap(child =>
        (['booked', 'cancelled'] as const).flatMap(state => {
          const days = rows.filter(row => row.childId === child.id && row.state === state).map(({ day }) => day)
          const label = t(`canteen:mail.summary.${state}`, { name: child.firstName })
          return days.length > 0 ? [{ label, value: daysInWords(words, days) }] : []
        }),
      )
      if (facts.length === 0) continue
      await town.mailer.write(tx, now, {
        key: `canteen.summary:${householdId}:${window}:${recipient.personId}`,
        kind: 'meals-saved',
        to: recipient,
        content: {
          subject: t('canteen:mail.summary.subject'),
          paragraphs: [t('canteen:mail.summary.intro')],
          facts,
          action: { label: t('canteen:mail.summary.action'), url: calendarUrl(town, first.day) },
          after: [t('canteen:mail.summary.after')],
        },
      })
    }
  })
}

export const calendarUrl = (town: Town, day: Temporal.PlainDate) =>
  `${town.config.baseUrl}/cantine?mois=${monthOf(day)}`

/** « lundi 7 décembre et mardi 8 décembre », or « 46 repas, du lundi 7 décembre au vendredi 2 juillet ». */
export function daysInWords({ t, f }: Translator, days: readonly Temporal.PlainDate[]): string {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return ''
  if (days.length <= LONGEST_LIST) return f.list(days.map(f.dayNoYear))
  return t('canteen:mealsBetween', { count: days.length, from: f.dayNoYear(first), to: f.dayNoYear(last) })
}

type Offer = {
  id: Id<'meal-waiting'>
  childId: Id<'person'>
  householdId: Id<'household'>
  day: Temporal.PlainDate
  expiresAt: Temporal.Instant
  token: string
}

/** Tells the household that a place is kept for its child, until when, and where to take it. */
export async function writeOffer(
  tx: Tx,
  { town, now }: { town: Town; now: Temporal.Instant },
  offer: Offer,
): Promise<void> {
  const child = (await childrenOf(tx, offer.householdId)).find(({ id }) => id === offer.childId)
  if (!child) return
  for (const recipient of await mailRecipients(tx, offer.householdId)) {
    const { t, f } = town.languages.for(recipient.language)
    const said = { name: child.firstName, day: f.dayNoYear(offer.day), until: f.instant(offer.expiresAt) }
    await town.mailer.write(tx, now, {
      key: `canteen.offer:${offer.id}:${recipient.personId}`,
      kind: 'meal-offer',
      to: recipient,
      content: {
        subject: t('canteen:mail.offer.subject', said),
        paragraphs: [t('canteen:mail.offer.place', said), t('canteen:mail.offer.until', said)],
        action: {
          label: t('canteen:mail.offer.action'),
          url: `${town.config.baseUrl}/cantine/place/${offer.token}`,
        },
        after: [t('canteen:mail.offer.after')],
      },
    })
  }
}
