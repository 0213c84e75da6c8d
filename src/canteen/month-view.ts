import type { Child } from '../people/store.ts'
import type { Translator } from '../web/i18n.ts'
import type { ChildDayState } from './child-days.ts'
import type { ChildMeal, DayOfMeals, MonthOfMeals } from './month.ts'
import { type ShownSlot, writeShown } from './month-form.ts'
import { closedInWords, momentInWords, rankInWords } from './words.ts'

/** A child's day on the page: a box, or a mark when it cannot change. */
type Cell =
  | { id: string; name: string; field: 'meal'; value: string; price?: number; checked: boolean; note: string }
  | { id: string; name: string; mark: { text: string; why: string; tone: 'yes' | 'no' | 'wait' } }

type DayView = {
  iso: string
  weekday: string
  date: string
  full: string
  closed: string
  children: Cell[]
}

/** `closed` is the whole week in one line, when nobody eats on any of its days. */
type WeekView = { legend: string; closed: string; days: DayView[] }

export type MonthView = {
  /** The first weeks, in which nothing can change any more: folded away, when there are later ones. */
  earlier: WeekView[]
  weeks: WeekView[]
  /** Hidden inputs: whose boxes these are, and what the page showed of each day. */
  children: { id: string; name: string; shown: string; hasOpenDays: boolean }[]
  /** A day that may still change and until when, as an example of the rule; none when all is locked. */
  example: { day: string; until: string } | undefined
  hasLocked: boolean
  total: { meals: number; cents: number | undefined; fixedMeals: number; fixedCents: number }
}

/**
 * The month in words. `ticked` are the boxes to tick instead of what is saved: those a parent has ticked and not saved
 * yet, as `<child> <day>`.
 */
export function monthView(
  month: MonthOfMeals,
  words: Translator,
  ticked?: (child: Child, day: DayOfMeals['day']) => boolean,
): MonthView {
  const shown = month.children.map((): ShownSlot[] => [])
  const total = { meals: 0, cents: 0, fixedMeals: 0, fixedCents: 0 }
  let priced = true
  let example: MonthView['example']
  let hasLocked = false

  const cell = (meal: ChildMeal, index: number, { day, iso }: { day: Temporal.PlainDate; iso: string }): Cell => {
    const { child, state, revision, booked, mealType } = meal
    const name = child.firstName
    const id = `meal-${index}-${iso}`
    const price = booked || state.state === 'open' ? month.price(child, day, mealType) : undefined
    if (booked) {
      total.meals += 1
      total.cents += price ?? 0
      if (price === undefined) priced = false
    }
    const box = boxOf(words, state, booked)
    if (!box) {
      if (booked) {
        total.fixedMeals += 1
        total.fixedCents += price ?? 0
      }
      if (state.state === 'locked') hasLocked = true
      return { id, name, mark: markOf(words, state) }
    }
    shown[index]?.push({ day, state: box.shown, revision })
    if ('until' in state && !example)
      example = { day: words.f.dayNoYear(day), until: momentInWords(words, state.until) }
    const checked = ticked ? ticked(child, day) : box.checked
    const field = { id, name, field: 'meal', value: `${index}.${iso}`, checked, note: box.note } as const
    return price === undefined ? field : { ...field, price }
  }

  const weeks = month.weeks.map(week => {
    const monday = words.f.date(week[0]!.day)
    const days = week.map(({ day, children }): DayView => {
      const iso = day.toString()
      const closed = closedForAll(words, day, children)
      return {
        iso,
        weekday: words.f.shortWeekday(day),
        date: words.f.shortDate(day),
        full: words.f.dayNoYear(day),
        closed,
        children: closed ? [] : children.map((meal, index) => cell(meal, index, { day, iso })),
      }
    })
    const closed = days.every(({ closed }) => closed)
      ? words.t('canteen:month.weekClosed', { day: monday, reason: mostFrequent(days.map(({ closed }) => closed)) })
      : ''
    return { legend: words.t('canteen:month.week', { day: monday }), closed, days }
  })
  const firstOpen = Math.max(0, weeks.findIndex(isOpen))
  return {
    earlier: weeks.slice(0, firstOpen),
    weeks: weeks.slice(firstOpen),
    children: month.children.map(({ id, firstName }, index) => ({
      id,
      name: firstName,
      shown: writeShown(shown[index] ?? []),
      hasOpenDays: (shown[index]?.length ?? 0) > 0,
    })),
    example,
    hasLocked,
    total: { ...total, cents: priced ? total.cents : undefined },
  }
}

const isOpen = ({ days }: WeekView) => days.some(({ children }) => children.some(cell => 'field' in cell))

/** Of a week of holidays with Christmas in it, the holidays. */
function mostFrequent(reasons: readonly string[]): string {
  const count = (reason: string) => reasons.filter(other => other === reason).length
  return reasons.reduce((most, reason) => (count(reason) > count(most) ? reason : most), reasons[0] ?? '')
}

/** What is said once for a day when no child eats: all for the same reason, and nothing is booked. */
function closedForAll(words: Translator, day: Temporal.PlainDate, children: readonly ChildMeal[]): string {
  const reasons = new Set<string>()
  for (const { state, booked } of children) {
    if (booked) return ''
    if (state.state === 'not-serving') reasons.add(closedInWords(words, day, state))
    else if (state.state === 'not-enrolled' || state.state === 'not-open-yet') reasons.add(markOf(words, state).text)
    else return ''
  }
  return reasons.size === 1 ? ([...reasons][0] ?? '') : ''
}

/** The box of a day that may change. */
function boxOf(
  words: Translator,
  state: ChildDayState,
  booked: boolean,
): { shown: ShownSlot['state']; checked: boolean; note: string } | undefined {
  const { t, f } = words
  switch (state.state) {
    case 'open':
      return { shown: booked ? 'booked' : 'free', checked: booked, note: '' }
    case 'full': {
      if (state.rank === undefined) return { shown: 'full', checked: false, note: t('canteen:month.full') }
      const note = t('canteen:month.inLine', { rank: rankInWords(words, state.rank) })
      return { shown: 'waiting', checked: true, note }
    }
    case 'offered':
      return {
        shown: 'offered',
        checked: false,
        note: t('canteen:month.offered', { until: f.instant(state.until.toInstant()) }),
      }
    default:
      return undefined
  }
}

function markOf(words: Translator, state: ChildDayState): { text: string; why: string; tone: 'yes' | 'no' | 'wait' } {
  const { t } = words
  switch (state.state) {
    case 'locked':
    case 'past': {
      const text = t(`canteen:month.mark.${state.booked ? 'booked' : 'not-booked'}`)
      return { text, why: t(`canteen:month.why.${state.state}`), tone: state.booked ? 'yes' : 'no' }
    }
    case 'booked-by-other-household':
      return { text: t('canteen:month.mark.booked-by-other'), why: '', tone: 'yes' }
    case 'other-household':
      return { text: t('canteen:month.mark.other-household'), why: '', tone: 'wait' }
    case 'not-serving':
      return { text: t('canteen:month.mark.not-serving'), why: '', tone: 'no' }
    default:
      return { text: t(`canteen:month.mark.${state.state}`), why: '', tone: 'no' }
  }
}
