import { personAmong, serves } from '../../kernel/actor.ts'
import { dayInParis, PARIS } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import type { ComingDaysOf, ToDos } from '../../people/dashboard.ts'
import type { FamilySection } from '../../people/desk-family.ts'
import { childrenOf } from '../../people/store.ts'
import { basketOf, isOver } from '../signing-up/basket.ts'
import { signupsOfHousehold } from '../signups.ts'
import { daysInWords } from '../waiting/words.ts'
import { staysOfFamilies } from './stays-of-family.ts'
import { partInWords } from './words.ts'

/** How far ahead the next days at a centre are looked for. */
const HORIZON = 21
/** A clerk sees the family's year. */
const A_YEAR = 366

/** The next days of each child at the leisure centres, for the parents' first page. */
export const comingStays: ComingDaysOf = async ({ town, actor, householdId, words }) => {
  if (!personAmong(actor, 'leisure')) return []
  const from = dayInParis(town.clock.now())
  const stays = await staysOfFamilies(town.db.read, {
    from,
    to: from.add({ days: HORIZON }),
    households: [householdId],
  })
  return [...Map.groupBy(stays, ({ childId }) => childId)].map(([childId, own]) => ({
    childId,
    days: own.map(stay => ({
      day: stay.day,
      text: words.t('leisure-papers:coming.stay', { part: partInWords(words, stay).toLocaleLowerCase() }),
      tone: 'yes' as const,
    })),
  }))
}

/** A basket whose places are held for some minutes only. */
export const basketToDo: ToDos = async ({ town, actor, householdId, words: { t, f } }) => {
  if (!personAmong(actor, 'leisure')) return []
  const basket = await basketOf(town.db.read, householdId)
  if (!basket || basket.signups.length === 0 || isOver(basket, town.clock.now())) return []
  const until = basket.heldUntil
  return [
    {
      text: t('leisure-papers:todo.basket', { until: f.time(until.toZonedDateTimeISO(PARIS).toPlainTime()) }),
      action: t('leisure-papers:todo.action'),
      href: '/centres-de-loisirs/panier',
      until,
    },
  ]
}

/** What a family has at the leisure centres next, on the clerks' page of a family: for who serves there. */
export const familyStays: FamilySection = async ({ town, clerk, householdId, words }) => {
  if (!serves(clerk, ['leisure'])) return undefined
  const { t } = words
  const db = town.db.read
  const today = dayInParis(town.clock.now())
  const stays = await staysOfFamilies(db, { from: today, to: today.add({ days: A_YEAR }), households: [householdId] })
  const waiting = (await signupsOfHousehold(db, householdId, ['waiting'])).filter(({ days }) =>
    days.some(({ day }) => isOnOrBefore(today, day)),
  )
  const periods = [...new Map(stays.map(({ periodId, period }) => [periodId, period]))]
  return {
    title: t('leisure-papers:family.title'),
    lines: (await childrenOf(db, householdId)).flatMap(child => {
      const days = [...new Set(stays.filter(({ childId }) => childId === child.id).map(({ day }) => day.toString()))]
      const inLine = waiting.filter(({ childId }) => childId === child.id).length
      const list = daysInWords(
        words,
        days.map(day => Temporal.PlainDate.from(day)),
      )
      return [
        t(`leisure-papers:family.${days.length > 0 ? 'booked' : 'nothing'}`, { child: child.firstName, days: list }),
        ...(inLine > 0 ? [t('leisure-papers:family.waiting', { child: child.firstName, count: inLine })] : []),
      ]
    }),
    links: periods.map(([id, name]) => ({ text: name, href: `/guichet/loisirs/inscrits/${id}` })),
  }
}
