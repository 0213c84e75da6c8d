import type { Translator } from '../web/i18n.ts'
import type { PlannedChild, TermPlan } from './patterns.ts'
import { momentInWords } from './words.ts'

const MONDAY = Temporal.PlainDate.from('2024-01-01')

/** « lundi, mardi et jeudi » */
export const weekdaysInWords = ({ f }: Translator, weekdays: readonly number[]): string =>
  f.list(weekdays.map(weekday => f.weekday(MONDAY.add({ days: weekday - 1 }))))

/** The check page: what would be booked for each child, what would not and why, and what it costs. */
export function planInWords(words: Translator, plan: TermPlan) {
  const { t, f } = words
  return {
    period: t('canteen:check.period', { from: f.day(plan.from), to: f.day(plan.to) }),
    children: plan.children.map(planned => childInWords(words, planned)),
    closed: plan.closed.map(({ day, message, children }) =>
      t('canteen:check.closed', { day: f.dayNoYear(day), message, names: f.list(children) }),
    ),
    months: plan.months.map(({ month, meals, price }) => ({
      month: f.month(month),
      meals: f.number(meals),
      price: price === undefined ? '' : f.money(price),
    })),
    total: {
      meals: t('canteen:meals', { count: plan.total.meals }),
      price: plan.total.price === undefined ? '' : f.money(plan.total.price),
    },
    typical: typicalMonth(words, plan),
    first: plan.first
      ? t('canteen:check.first', { day: f.dayNoYear(plan.first.day), until: momentInWords(words, plan.first.until) })
      : '',
    nothing: plan.total.meals === 0,
  }
}

/** « Un mois habituel : 24 repas, 55,20 € »: the month in the middle, by price. */
function typicalMonth({ t, f }: Translator, { months }: TermPlan): string {
  const sorted = months.toSorted((a, b) => a.meals - b.meals)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle || middle.price === undefined || months.length < 2) return ''
  return t('canteen:check.typical', { count: middle.meals, price: f.money(middle.price) })
}

function childInWords(words: Translator, { child, weekdays, mealType, ...found }: PlannedChild) {
  const { t, f } = words
  const days = (list: readonly Temporal.PlainDate[]) =>
    list.length > 6 ? t('canteen:days', { count: list.length }) : f.list(list.map(f.dayNoYear))
  const notes: string[] = []
  if (found.already.length > 0) notes.push(t('canteen:check.already', { count: found.already.length }))
  if (found.full.length > 0) notes.push(t('canteen:check.full', { days: days(found.full) }))
  if (found.tooLate.length > 0) notes.push(t('canteen:check.tooLate', { days: days(found.tooLate) }))
  if (found.atCentre.length > 0) notes.push(t('canteen:check.atCentre', { days: days(found.atCentre) }))
  if (found.otherParent > 0) notes.push(t('canteen:check.otherParent', { count: found.otherParent }))
  return {
    name: child.firstName,
    meals: t('canteen:meals', { count: found.meals.length }),
    weekdays: weekdaysInWords(words, weekdays),
    mealType: t(`canteen:mealType.${mealType}`),
    notes,
  }
}
