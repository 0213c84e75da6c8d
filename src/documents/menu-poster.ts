import type { TownIdentity } from '../town-identity.ts'
import { GREY, paler, style } from './ink.ts'
import { finish } from './letter.ts'
import { printedTitle } from './printed-title.ts'
import { MARGIN, openSheet, type Sheet } from './sheet.ts'
import { type Cell, type Row, type Table, type Text, table, tableHeight } from './table.ts'
import { block, floor, measure } from './tags.ts'
import type { MenuPosterView } from './views.ts'
import type { Words } from './words.ts'

type Day = MenuPosterView['days'][number]
type Dish = Day['dishes'][number]

const KIND_WIDTH = 88
/** Letters as large as one page allows: a poster is read from afar. */
const SIZES = [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8]

/** A week's menus to hang at the gate: a column a day, a row a kind of dish, allergens in words under each dish. */
export function menuPoster(view: MenuPosterView, town: TownIdentity, words: Words): Promise<Uint8Array<ArrayBuffer>> {
  const { t } = words
  const week = t('menu-poster.week', { day: words.date(view.monday) })
  const sheet = openSheet({
    words,
    title: t('menu-poster.property', { week }),
    subject: view.restaurants,
    author: town.name,
    createdAt: Temporal.Instant.from(view.updatedAt),
    landscape: true,
  })
  printedTitle(sheet, {
    title: t('menu-poster.title', { week }),
    lines: [view.restaurants],
    dated: t('menu-poster.updated', { town: town.name, instant: words.instant(view.updatedAt) }),
    colour: town.colour,
  })
  const note = style(9.5, 'regular', GREY)
  const room = floor(sheet) - sheet.y - 20
  const tried = SIZES.map(size => menu(sheet, view, words, size))
  table(sheet, sheet.root, tried.find(each => tableHeight(each) <= room) ?? (tried.at(-1) as Table))
  sheet.y = block(sheet, sheet.root, {
    text: t('menu-poster.note'),
    style: note,
    x: MARGIN,
    y: sheet.y + 6,
    width: measure(sheet),
  })
  return finish(sheet, town)
}

function menu(sheet: Sheet, { kinds, days }: MenuPosterView, words: Words, size: number): Table {
  const each = (measure(sheet) - KIND_WIDTH) / days.length
  const row = (kind: string, index: number): Row => ({
    cells: [
      { texts: [{ text: kind, style: style(size * 0.85, 'bold', GREY) }], heads: 'Row' },
      ...days.map(day => dayCell(day, kind, index, words, size)),
    ],
    rule: 'hairline',
    ...(index % 2 === 1 ? { tint: paler('#000000', 0.96) } : {}),
  })
  return {
    columns: [
      { title: words.t('menu-poster.kind'), width: KIND_WIDTH },
      ...days.map(({ day }) => ({ title: words.capital(words.dayNoYear(day)), width: each })),
    ],
    head: style(Math.min(size, 13), 'bold'),
    padding: [5, 6],
    groups: [kinds.map(row)],
  }
}

function dayCell({ dishes, closed }: Day, kind: string, index: number, words: Words, size: number): Cell {
  if (closed !== null) return { texts: index === 0 ? [{ text: closed, style: style(size, 'bold', GREY) }] : [] }
  return {
    texts: dishes
      .filter(dish => dish.kind === kind)
      .flatMap((dish, i) => dishTexts(dish, words, size, i === 0 ? 0 : size * 0.5)),
  }
}

function dishTexts(
  { name, vegetarian, labels, allergens }: Dish,
  { t, list }: Words,
  size: number,
  above: number,
): Text[] {
  const small = style(size * 0.76, 'regular', GREY)
  const marks = [...(vegetarian ? [t('menu-poster.vegetarian')] : []), ...labels].join(' · ')
  return [
    { text: name, style: style(size, 'bold'), above },
    ...(marks === '' ? [] : [{ text: marks, style: style(size * 0.76) }]),
    ...(allergens.length === 0
      ? []
      : [{ text: t('menu-poster.contains', { allergens: list(allergens) }), style: small }]),
  ]
}
