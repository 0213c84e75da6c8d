import type { TownIdentity } from '../town-identity.ts'
import { fill, GREY, style } from './ink.ts'
import { finish } from './letter.ts'
import { printedTitle } from './printed-title.ts'
import { MARGIN, openSheet, type Sheet } from './sheet.ts'
import { type Cell, type Column, type Row, table } from './table.ts'
import { block, decoration, makeRoom, measure, newPage } from './tags.ts'
import type { LeisureRegisterView } from './views.ts'
import type { Words } from './words.ts'

type Group = LeisureRegisterView['groups'][number]
type Child = Group['children'][number]

const PLAIN = style(10)
const STRONG = style(11, 'bold')
const SMALL = style(9)
const HEAD = style(9.5, 'bold')

/**
 * Who is signed up at a centre on a day, to note by hand when each child comes and with whom it leaves. Black on white, a
 * group begins a page of its own: each has its own tablet, or its own board.
 */
export function leisureRegister(
  view: LeisureRegisterView,
  town: TownIdentity,
  words: Words,
): Promise<Uint8Array<ArrayBuffer>> {
  const { t } = words
  const sheet = openSheet({
    words,
    title: t('leisure-register.property', { centre: view.centre, day: words.date(view.day) }),
    subject: t('leisure-register.subject'),
    author: town.name,
    createdAt: Temporal.Instant.from(view.printedAt),
    landscape: true,
  })
  printedTitle(sheet, {
    title: t('leisure-register.title'),
    lines: [view.centre, words.capital(words.day(view.day))],
    dated: t('printed', { town: town.name, instant: words.instant(view.printedAt) }),
  })
  paragraph(sheet, t(view.groups.length > 0 ? 'leisure-register.note' : 'leisure-register.none'))
  for (const [i, group] of view.groups.entries()) {
    if (i > 0) newPage(sheet)
    drawGroup(sheet, group, words)
  }
  return finish(sheet, town)
}

function paragraph(sheet: Sheet, text: string): void {
  sheet.y = 8 + block(sheet, sheet.root, { text, style: style(9.5), x: MARGIN, y: sheet.y, width: measure(sheet) })
}

/** 757 points in all. */
const WIDTHS = {
  child: 140,
  stay: 88,
  marks: 104,
  arrival: 56,
  departure: 56,
  'collected-by': 112,
  signature: 78,
  phones: 123,
} as const

function drawGroup(sheet: Sheet, { name, children }: Group, words: Words): void {
  const { t } = words
  sheet.y =
    4 +
    block(sheet, sheet.root, {
      type: 'H2',
      text: t('leisure-register.group', { name, count: children.length }),
      style: style(14, 'bold'),
      x: MARGIN,
      y: sheet.y,
      width: measure(sheet),
    })
  if (children.length === 0) {
    paragraph(sheet, t('leisure-register.nobody'))
    return
  }
  const columns: Column[] = Object.entries(WIDTHS).map(([key, width]) => ({
    title: t(`leisure-register.columns.${key}`),
    width,
  }))
  table(sheet, sheet.root, {
    columns,
    head: HEAD,
    padding: [4, 9],
    groups: [children.map(one => childRow(one, words))],
  })
  makeRoom(sheet, 40)
  const y = sheet.y + 16
  block(sheet, sheet.root, { text: t('leisure-register.checked-by'), style: PLAIN, x: MARGIN, y, width: 100 })
  decoration(sheet, () => fill(sheet, GREY, MARGIN + 100, y + 13, 220, 0.6))
  sheet.y = y + 20
}

function childRow(child: Child, { t, tag }: Words): Row {
  const small = (texts: readonly string[]): Cell => ({ texts: texts.map(text => ({ text, style: SMALL })) })
  const plain = (text: string): Cell => ({ texts: text === '' ? [] : [{ text, style: PLAIN }] })
  return {
    cells: [
      {
        texts: [
          { text: `${child.lastName.toLocaleUpperCase(tag)} ${child.firstName}`, style: STRONG },
          { text: t('leisure-register.age', { count: child.age }), style: SMALL },
        ],
        heads: 'Row',
      },
      small([child.stay]),
      { texts: child.marks.map(text => ({ text, style: style(9, 'bold') })) },
      plain(child.arrival),
      plain(child.departure),
      plain(child.collectedBy),
      plain(''),
      small(child.phones),
    ],
    rule: 'hairline',
  }
}
