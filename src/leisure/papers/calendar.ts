import type { FeedDay, FeedDaysOf } from '../../canteen/calendar-feed.ts'
import { childrenOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { type FamilyStay, staysOfFamilies } from './stays-of-family.ts'
import { stayInFull } from './words.ts'

/** Stays as days of a calendar; `names` are the children's first names. */
export function calendarDays(
  words: Translator,
  stays: readonly FamilyStay[],
  names: ReadonlyMap<string, string>,
): FeedDay[] {
  return stays.map(stay => ({
    id: `${stay.signupId}-${stay.day}`,
    day: stay.day,
    summary: words.t('leisure-papers:event', { name: names.get(stay.childId) ?? '', centre: stay.centre }),
    location: stay.address,
    description: stayInFull(words, stay),
    changedAt: stay.confirmedAt ?? Temporal.Instant.fromEpochMilliseconds(0),
  }))
}

/** The stays of a household, for the calendar that its phones read by themselves. */
export const stayCalendar: FeedDaysOf = async ({ db, householdId, from, to, words }) => {
  const stays = await staysOfFamilies(db, { from, to, households: [householdId] })
  const names = new Map((await childrenOf(db, householdId)).map(({ id, firstName }) => [id, firstName]))
  return calendarDays(words, stays, names)
}

/** iCalendar (RFC 5545) of these days, each a whole day, so that no change of clocks moves it. */
export async function calendarText(
  { config }: Town,
  { t, language }: Translator,
  days: readonly FeedDay[],
): Promise<string> {
  const { default: ical, ICalEventTransparency } = await import('ical-generator') // takes 50 ms to load
  const calendar = ical({
    name: t('leisure-papers:calendar'),
    prodId: { company: config.town.name, product: 'Guichet', language: language.code.toUpperCase() },
  })
  for (const { id, day, summary, location, description, changedAt } of days)
    calendar.createEvent({
      id: `${id}@${new URL(config.baseUrl).hostname}`,
      start: day,
      allDay: true,
      stamp: changedAt,
      summary,
      location,
      description,
      transparency: ICalEventTransparency.TRANSPARENT,
    })
  return calendar.toString()
}
