import type { TownIdentity } from '../town-identity.ts'
import { paler, style } from './ink.ts'
import { finish } from './letter.ts'
import { printedTitle } from './printed-title.ts'
import { MARGIN, openSheet, type Sheet } from './sheet.ts'
import { type Cell, type Row, table } from './table.ts'
import { block, makeRoom, measure } from './tags.ts'
import type { KitchenCountsView } from './views.ts'
import type { Words } from './words.ts'

type Day = KitchenCountsView['days'][number]
type Meals = Day['schools'][number]['meals'][number]

const PLAIN = style(11)
const STRONG = style(11, 'bold')
const SMALL = style(10)
const SCHOOL_WIDTH = 190

/** How many meals of each type each school needs, day by day; what changed since the kitchen was told is marked. */
export function kitchenCounts(
  view: KitchenCountsView,
  town: TownIdentity,
  words: Words,
): Promise<Uint8Array<ArrayBuffer>> {
  const { t } = words
  const [first, last] = [view.days[0], view.days.at(-1)]
  if (!first || !last) throw new RangeError('no day to count meals for')
  const when =
    first === last
      ? words.day(first.day)
      : t('kitchen-counts.from-to', { from: words.day(first.day), to: words.day(last.day) })
  const sheet = openSheet({
    words,
    title: t('kitchen-counts.property', { when }),
    subject: t('kitchen-counts.subject'),
    author: town.name,
    createdAt: Temporal.Instant.from(view.printedAt),
  })
  printedTitle(sheet, {
    title: t('kitchen-counts.title'),
    lines: [words.capital(when)],
    dated: t('printed', { town: town.name, instant: words.instant(view.printedAt) }),
  })
  for (const day of view.days) drawDay(sheet, day, view.mealTypes, words)
  return finish(sheet, town)
}

function drawDay(sheet: Sheet, day: Day, mealTypes: readonly string[], words: Words): void {
  const { t } = words
  const each = (measure(sheet) - SCHOOL_WIDTH) / (mealTypes.length + 1)
  makeRoom(sheet, Math.min(140 + day.schools.length * 22, 400))
  const at = { x: MARGIN, width: measure(sheet) }
  sheet.y = block(sheet, sheet.root, {
    ...at,
    type: 'H2',
    text: words.capital(words.dayNoYear(day.day)),
    style: style(14, 'bold'),
    y: sheet.y,
  })
  const counted = day.countedAt
    ? t('kitchen-counts.counted', { instant: words.instant(day.countedAt) })
    : t('kitchen-counts.not-counted')
  sheet.y = 4 + block(sheet, sheet.root, { ...at, text: counted, style: SMALL, y: sheet.y })
  const schools = day.schools.map(school => schoolRow(school, mealTypes, words))
  const open = day.schools.filter(school => school.closed === null)
  const perType = mealTypes.map((_, i) => added(open.map(school => mealsOf(school, i))))
  table(sheet, sheet.root, {
    columns: [
      { title: t('kitchen-counts.columns.school'), width: SCHOOL_WIDTH },
      ...mealTypes.map(title => ({ title, width: each, align: 'right' }) as const),
      { title: t('kitchen-counts.columns.total'), width: each, align: 'right' },
    ],
    head: style(10, 'bold'),
    padding: [4, 4],
    groups: [
      schools,
      [
        {
          cells: [
            { texts: [{ text: t('kitchen-counts.total'), style: STRONG }], heads: 'Row' },
            ...[...perType, added(perType)].map(meals => count(meals, words, true)),
          ],
          with: 'previous',
          tint: paler('#000000', 0.92),
        },
      ],
    ],
  })
  const changed = open.some(school => school.meals.some(({ now, counted }) => counted !== null && counted !== now))
  if (changed)
    sheet.y = block(sheet, sheet.root, { ...at, text: t('kitchen-counts.legend'), style: SMALL, y: sheet.y + 5 })
  sheet.y += 22
}

function schoolRow(school: Day['schools'][number], mealTypes: readonly string[], words: Words): Row {
  const name: Cell = { texts: [{ text: school.name, style: PLAIN }], heads: 'Row' }
  if (school.closed !== null) {
    const reason = words.t('kitchen-counts.closed', { reason: school.closed })
    return {
      cells: [name, { texts: [{ text: reason, style: SMALL }], span: mealTypes.length + 1, align: 'left' }],
      rule: 'hairline',
    }
  }
  const meals = mealTypes.map((_, i) => mealsOf(school, i))
  return {
    cells: [name, ...meals.map(each => count(each, words, false)), count(added(meals), words, true)],
    rule: 'hairline',
  }
}

function mealsOf({ name, meals }: Day['schools'][number], type: number): Meals {
  const found = meals[type]
  if (!found) throw new RangeError(`${name} has no count for each meal type`)
  return found
}

/** Counts added up; what was counted is known only when it is for all. */
function added(all: readonly Meals[]): Meals {
  const now = all.reduce((total, meals) => total + meals.now, 0)
  if (all.some(meals => meals.counted === null)) return { now, counted: null }
  return { now, counted: all.reduce((total, meals) => total + (meals.counted ?? 0), 0) }
}

/** « 52 », or « 52 (+2) » when it is two more than the kitchen was told. */
function count({ now, counted }: Meals, words: Words, strong: boolean): Cell {
  const change = counted === null ? 0 : now - counted
  const sign = change > 0 ? '+' : '−'
  const text = change === 0 ? words.number(now) : `${words.number(now)} (${sign}${words.number(Math.abs(change))})`
  return { texts: [{ text, style: strong || change !== 0 ? STRONG : PLAIN }] }
}
