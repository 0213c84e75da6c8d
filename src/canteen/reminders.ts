import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Queries } from '../db/database.ts'
import { and, between, eq, gte, isNull, lt } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay, mondayOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { childrenOf, mailRecipients } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { type CanteenCalendar, canteenCalendar } from './calendar.ts'
import { calendarUrl } from './meals-mail.ts'
import { childrenDays } from './month.ts'
import { mealBookings, mealPatterns } from './schema.ts'
import { momentInWords } from './words.ts'

/** A cut-off may lie so many weeks before its week. */
const WEEKS_AHEAD = 6
/** « Usually » is in two of the last four weeks with school: who books every other week, by custody, is one of them. */
const WEEKS_LOOKED_AT = 4
const WEEKS_NEEDED = 2
/** A pattern that ended this recently was not meant to end the canteen. */
const PATTERN_ENDED_WITHIN = Temporal.Duration.from({ days: 70 })
/** Promises written together: some milliseconds, so that nobody who books meanwhile waits. */
const AT_ONCE = 20

type RemindJob = { householdId: Id<'household'>; week: string }

/**
 * Every day: when tomorrow is the cut-off of a week's first meal, promises a letter to each household that usually books
 * and has nothing booked that week. `week` is its Monday. Run twice, it promises once.
 */
export async function promiseReminders(town: Town): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const { read } = town.db
  const monday = mondayOf(today)
  const calendar = await canteenCalendar(read, town.config, now, monday, monday.add({ days: 7 * WEEKS_AHEAD + 6 }))
  for (let weeks = 1; weeks <= WEEKS_AHEAD; weeks++) {
    const week = monday.add({ days: 7 * weeks })
    const first = firstSchoolDay(calendar, week)
    if (
      !first ||
      !calendar
        .deadline(first)
        .toPlainDate()
        .equals(today.add({ days: 1 }))
    )
      continue
    const households = [...(await usualHouseholds(town, week))]
    for (let n = 0; n < households.length; n += AT_ONCE) {
      await town.db.transaction(async tx => {
        for (const householdId of households.slice(n, n + AT_ONCE)) {
          const payload: RemindJob = { householdId, week: week.toString() }
          await outbox(tx, now, { topic: 'canteen.remind', payload, key: `canteen.remind:${week}:${householdId}` })
        }
      })
      await nextTurn()
    }
  }
}

/** The first day of a week on which the town's canteens may serve; none in a week of holidays. */
function firstSchoolDay(calendar: CanteenCalendar, week: Temporal.PlainDate): Temporal.PlainDate | undefined {
  return [...eachDay(week, week.add({ days: 4 }))].find(day => isSchoolDay(calendar, day))
}

function isSchoolDay({ schoolHolidays, workingDays }: CanteenCalendar, day: Temporal.PlainDate): boolean {
  const inHolidays = schoolHolidays.some(
    ({ from, until }) => Temporal.PlainDate.compare(from, day) <= 0 && Temporal.PlainDate.compare(day, until) < 0,
  )
  return workingDays.isWorkingDay(day) && !inHolidays
}

/** The households that usually book, without those that have something booked in that week. */
async function usualHouseholds(town: Town, week: Temporal.PlainDate): Promise<Set<Id<'household'>>> {
  const { read } = town.db
  const weeks = await lastSchoolWeeks(town, week)
  const booked = new Map<Id<'household'>, number>()
  for (const monday of weeks) {
    for (const householdId of await householdsBooked(read, monday))
      booked.set(householdId, (booked.get(householdId) ?? 0) + 1)
    await nextTurn()
  }
  const usual = new Set([...booked].filter(([, n]) => n >= WEEKS_NEEDED).map(([householdId]) => householdId))
  const ended = await read
    .selectDistinct({ householdId: mealPatterns.householdId })
    .from(mealPatterns)
    .where(
      and(
        lt(mealPatterns.to, week),
        gte(mealPatterns.to, week.subtract(PATTERN_ENDED_WITHIN)),
        isNull(mealPatterns.stoppedAt),
      ),
    )
  for (const { householdId } of ended) usual.add(householdId)
  for (const householdId of await householdsBooked(read, week)) usual.delete(householdId)
  return usual
}

/** The Mondays of the last weeks with school before that one. */
async function lastSchoolWeeks(town: Town, week: Temporal.PlainDate): Promise<Temporal.PlainDate[]> {
  const earliest = week.subtract({ days: 7 * 16 })
  const calendar = await canteenCalendar(town.db.read, town.config, town.clock.now(), earliest, week)
  const found: Temporal.PlainDate[] = []
  for (let monday = week.subtract({ days: 7 }); found.length < WEEKS_LOOKED_AT; monday = monday.subtract({ days: 7 })) {
    if (Temporal.PlainDate.compare(monday, earliest) < 0) break
    if (firstSchoolDay(calendar, monday)) found.push(monday)
  }
  return found
}

async function householdsBooked(db: Queries, monday: Temporal.PlainDate): Promise<Id<'household'>[]> {
  const rows = await db
    .selectDistinct({ householdId: mealBookings.householdId })
    .from(mealBookings)
    .where(and(between(mealBookings.day, monday, monday.add({ days: 6 })), eq(mealBookings.state, 'booked')))
  return rows.map(({ householdId }) => householdId)
}

/** Writes the letter, unless there is nothing to book in that week for this household, or something is booked by now. */
export async function remind(town: Town, { householdId, week }: RemindJob): Promise<void> {
  const now = town.clock.now()
  const monday = Temporal.PlainDate.from(week)
  const friday = monday.add({ days: 4 })
  await town.db.transaction(async tx => {
    const children = await childrenOf(tx, householdId)
    const days = await childrenDays(tx, town, { householdId, children, from: monday, to: friday })
    const meals = [...eachDay(monday, friday)].flatMap(day =>
      children.map(child => ({ day, ...days.meal(child, day) })),
    )
    const open = meals.find(({ state }) => state.state === 'open' && !state.booked)
    const settled = meals.some(
      ({ booked, state }) =>
        booked || state.state === 'offered' || (state.state === 'full' && state.rank !== undefined),
    )
    if (!open || settled) return
    for (const recipient of await mailRecipients(tx, householdId)) {
      const words = town.languages.for(recipient.language)
      const { t, f } = words
      const about = { week: f.date(monday), until: momentInWords(words, days.ground.calendar.deadline(open.day)) }
      await town.mailer.write(tx, now, {
        key: `canteen.remind:${week}:${householdId}:${recipient.personId}`,
        kind: 'meals-reminder',
        to: recipient,
        content: {
          subject: t('canteen:mail.reminder.subject', about),
          paragraphs: [
            t('canteen:mail.reminder.nothing', about),
            t('canteen:mail.reminder.until', about),
            t('canteen:mail.reminder.price'),
          ],
          action: { label: t('canteen:mail.reminder.action'), url: calendarUrl(town, open.day) },
          after: [t('canteen:mail.reminder.after')],
        },
      })
    }
  })
}
