import type { TownIdentity } from '../town-identity.ts'
import { fill, GREY, style } from './ink.ts'
import { finish } from './letter.ts'
import { printedTitle } from './printed-title.ts'
import { MARGIN, openSheet, type Sheet } from './sheet.ts'
import { type Cell, type Column, type Row, table } from './table.ts'
import { block, decoration, makeRoom, measure } from './tags.ts'
import type { AttendanceListView } from './views.ts'
import type { Words } from './words.ts'

const PLAIN = style(11)
const STRONG = style(11, 'bold')
const HEAD = style(9.5, 'bold')

/** Who eats in a school on a day, by class, to tick on paper. Black on white only: school printers have no colours. */
export function attendanceList(
  view: AttendanceListView,
  town: TownIdentity,
  words: Words,
): Promise<Uint8Array<ArrayBuffer>> {
  const { t } = words
  const children = view.classes.flatMap(each => each.children)
  const sheet = openSheet({
    words,
    title: t('attendance-list.property', { school: view.school, day: words.date(view.day) }),
    subject: t('attendance-list.subject'),
    author: town.name,
    createdAt: Temporal.Instant.from(view.printedAt),
  })
  printedTitle(sheet, {
    title: t('attendance-list.title'),
    lines: [view.school, words.capital(words.day(view.day))],
    dated: t('printed', { town: town.name, instant: words.instant(view.printedAt) }),
  })
  const withHealthPlan = children.some(child => child.healthPlan !== undefined)
  if (withHealthPlan)
    sheet.y =
      8 +
      block(sheet, sheet.root, {
        text: t('attendance-list.health-plan-note'),
        style: style(9.5),
        x: MARGIN,
        y: sheet.y,
        width: measure(sheet),
      })
  const columns: Column[] = [
    { title: t('attendance-list.columns.name'), width: withHealthPlan ? 232 : 268 },
    { title: t('attendance-list.columns.meal'), width: withHealthPlan ? 124 : 134 },
    ...(withHealthPlan
      ? [{ title: t('attendance-list.columns.health-plan'), width: 46, align: 'centre' } as const]
      : []),
    { title: t('attendance-list.columns.present'), width: 54, align: 'centre' },
    { title: t('attendance-list.columns.absent'), width: 54, align: 'centre' },
  ]
  const childRow = (child: (typeof children)[number]): Row => ({
    cells: [
      {
        texts: [{ text: `${child.lastName.toLocaleUpperCase(words.tag)} ${child.firstName}`, style: STRONG }],
        heads: 'Row',
      },
      { texts: [{ text: child.mealType, style: PLAIN }] },
      ...(withHealthPlan ? [healthPlan(child.healthPlan === true, words)] : []),
      { texts: [], tick: true },
      { texts: [], tick: true },
    ],
    rule: 'hairline',
  })
  table(sheet, sheet.root, {
    columns,
    head: HEAD,
    padding: [2.5, 2.5],
    groups: view.classes.map(each => [
      {
        cells: [
          {
            texts: [
              {
                text: t('attendance-list.class', { name: each.name, count: each.children.length }),
                style: style(12, 'bold'),
              },
            ],
            span: columns.length,
            heads: 'Row',
          },
        ],
        padding: [8, 3],
        rule: 'strong',
        with: 'next',
      },
      ...each.children.map(childRow),
    ]),
  })
  totals(
    sheet,
    children.map(child => child.mealType),
    words,
  )
  return finish(sheet, town)
}

const healthPlan = (yes: boolean, { t }: Words): Cell => ({
  texts: [{ text: yes ? t('attendance-list.health-plan') : '', style: STRONG }],
})

function totals(sheet: Sheet, mealTypes: readonly string[], words: Words): void {
  const { t } = words
  const counts = [...Map.groupBy(mealTypes, type => type)].map(([type, all]) => [type, all.length] as const)
  makeRoom(sheet, 90 + counts.length * 20)
  sheet.y += 18
  sheet.y =
    4 +
    block(sheet, sheet.root, {
      type: 'H2',
      text: t('attendance-list.totals'),
      style: style(13, 'bold'),
      x: MARGIN,
      y: sheet.y,
      width: measure(sheet),
    })
  const row = (label: string, count: number, strong: boolean): Row => ({
    cells: [
      { texts: [{ text: label, style: strong ? STRONG : PLAIN }], heads: 'Row' },
      { texts: [{ text: words.number(count), style: STRONG }] },
    ],
    rule: strong ? 'none' : 'hairline',
    with: 'previous',
  })
  table(sheet, sheet.root, {
    columns: [
      { title: t('attendance-list.columns.meal'), width: 200 },
      { title: t('attendance-list.columns.count'), width: 70, align: 'right' },
    ],
    head: HEAD,
    groups: [
      [
        ...counts.map(([type, count]) => row(type, count, false)),
        row(t('attendance-list.total'), mealTypes.length, true),
      ],
    ],
  })
  const y = sheet.y + 22
  block(sheet, sheet.root, { text: t('attendance-list.checked-by'), style: PLAIN, x: MARGIN, y, width: 100 })
  decoration(sheet, () => fill(sheet, GREY, MARGIN + 100, y + 14, 220, 0.6))
  sheet.y = y + 20
}
