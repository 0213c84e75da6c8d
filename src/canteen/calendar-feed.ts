import { createHash, randomBytes } from 'node:crypto'
import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, between, eq, isNull } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { childrenOf, householdOf, payerOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { calendarFeeds, mealBookings } from './schema.ts'

const PAST = Temporal.Duration.from({ months: 1 })
const AHEAD = Temporal.Duration.from({ months: 13 })

/** A day of another service for the family's calendar. */
export type FeedDay = {
  /** The same for the same thing, so that a phone changes it instead of adding another. */
  id: string
  day: Temporal.PlainDate
  summary: string
  location: string
  description: string
  changedAt: Temporal.Instant
}

/** What another service has for a household's calendar between two days, both included. */
export type FeedDaysOf = (asked: {
  db: Queries
  householdId: Id<'household'>
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  words: Translator
}) => Promise<readonly FeedDay[]>

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Since when the household has an address of its calendar, if it has one. */
export async function feedOf(db: Queries, householdId: Id<'household'>): Promise<Temporal.Instant | undefined> {
  const [feed] = await db
    .select({ createdAt: calendarFeeds.createdAt })
    .from(calendarFeeds)
    .where(and(eq(calendarFeeds.householdId, householdId), isNull(calendarFeeds.revokedAt)))
  return feed?.createdAt
}

/** Makes the household's secret address; one it had before stops working. Gives the secret, which is nowhere kept. */
export async function makeFeed(town: Town, actor: Actor): Promise<string> {
  const now = town.clock.now()
  const token = randomBytes(32).toString('base64url')
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor, 'canteen')
    await revoke(tx, now, householdId)
    await tx.insert(calendarFeeds).values({ tokenHash: hashOf(token), householdId, createdAt: now })
    await audit(tx, now, actor, { action: 'calendar-feed.made', subject: { kind: 'household', id: householdId } })
  })
  return token
}

/** Whoever has the address sees nothing from now on. */
export async function revokeFeed(town: Town, actor: Actor): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor, 'canteen')
    await revoke(tx, now, householdId)
    await audit(tx, now, actor, { action: 'calendar-feed.revoked', subject: { kind: 'household', id: householdId } })
  })
}

async function revoke(tx: Tx, now: Temporal.Instant, householdId: Id<'household'>): Promise<void> {
  await tx
    .update(calendarFeeds)
    .set({ revokedAt: now })
    .where(and(eq(calendarFeeds.householdId, householdId), isNull(calendarFeeds.revokedAt)))
}

/**
 * The household's meals, and what other services have for it, as iCalendar (RFC 5545): one event a day for all its children, of the whole day, so that no change
 * of clocks moves it. The meals of a child's other household are not in it. Throws 404 for an address that is none.
 */
export async function feedText(town: Town, token: string, others: readonly FeedDaysOf[]): Promise<string> {
  const db = town.db.read
  const tokenHash = hashOf(token)
  const [feed] = await db
    .select({ householdId: calendarFeeds.householdId })
    .from(calendarFeeds)
    .where(and(eq(calendarFeeds.tokenHash, tokenHash), isNull(calendarFeeds.revokedAt)))
  if (!feed) throw notFound()
  const today = dayInParis(town.clock.now())
  const [from, to] = [today.subtract(PAST), today.add(AHEAD)]
  const meals = await db
    .select({ day: mealBookings.day, childId: mealBookings.childId, changedAt: mealBookings.changedAt })
    .from(mealBookings)
    .where(
      and(
        eq(mealBookings.householdId, feed.householdId),
        eq(mealBookings.state, 'booked'),
        between(mealBookings.day, from, to),
      ),
    )
    .orderBy(asc(mealBookings.day))
  const children = await childrenOf(db, feed.householdId)
  const words = town.languages.for((await payerOf(db, feed.householdId)).language)
  const { t, f, language } = words
  const { default: ical, ICalEventTransparency } = await import('ical-generator') // takes 50 ms to load
  const calendar = ical({
    name: t('canteen:feed.calendar'),
    prodId: { company: town.config.town.name, product: 'Guichet', language: language.code.toUpperCase() },
    ttl: 3600,
  })
  for (const [iso, ofDay] of Map.groupBy(meals, ({ day }) => day.toString())) {
    const names = children.filter(({ id }) => ofDay.some(({ childId }) => childId === id))
    if (names.length === 0) continue
    const changed = Math.max(...ofDay.map(({ changedAt }) => changedAt.epochMilliseconds))
    calendar.createEvent({
      id: `${iso}-${tokenHash.slice(0, 16)}@${new URL(town.config.baseUrl).hostname}`,
      start: Temporal.PlainDate.from(iso),
      allDay: true,
      // The same meals give the same text, so that a phone that asks again is told « nothing new ».
      stamp: Temporal.Instant.fromEpochMilliseconds(changed),
      summary: t('canteen:feed.event', { names: f.list(names.map(({ firstName }) => firstName)) }),
      transparency: ICalEventTransparency.TRANSPARENT,
    })
  }
  for (const daysOf of others)
    for (const { id, day, changedAt, ...told } of await daysOf({ db, householdId: feed.householdId, from, to, words }))
      calendar.createEvent({
        ...told,
        id: `${id}@${new URL(town.config.baseUrl).hostname}`,
        start: day,
        allDay: true,
        stamp: changedAt,
        transparency: ICalEventTransparency.TRANSPARENT,
      })
  return calendar.toString()
}
