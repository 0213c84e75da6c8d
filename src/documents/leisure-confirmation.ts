import type { TownIdentity } from '../town-identity.ts'
import { GREY, style } from './ink.ts'
import { finish, heading, letterHead, notes, ofTheTown, opening } from './letter.ts'
import { openSheet } from './sheet.ts'
import { type Cell, type Text, table } from './table.ts'
import type { LeisureConfirmationView } from './views.ts'
import type { Words } from './words.ts'

const LINE = style(10.5)
const STRONG = style(10.5, 'bold')
/** Room above a child's name, to tell it from the child before. */
const ABOVE_CHILD = 10
const ASIDE = style(9.5, 'regular', GREY)

/** What a family has at the leisure centres in a period: which child, which days, where, and what to bring. */
export function leisureConfirmation(
  view: LeisureConfirmationView,
  town: TownIdentity,
  words: Words,
): Promise<Uint8Array<ArrayBuffer>> {
  const { t } = words
  const sheet = openSheet({
    words,
    title: t('leisure-confirmation.property', { period: view.period }),
    subject: t('leisure-confirmation.subject', { from: words.date(view.from), until: words.date(view.until) }),
    author: town.name,
    createdAt: Temporal.Instant.from(view.printedAt),
  })
  const { address: addressLines, email, phone } = town
  letterHead(sheet, town, { name: t('leisure-confirmation.office'), addressLines, email, phone })
  opening(sheet, {
    title: t('leisure-confirmation.title'),
    facts: [
      [t('leisure-confirmation.facts.period'), view.period],
      [t('leisure-confirmation.facts.dates'), t('leisure-confirmation.dates', datesOf(view, words))],
      [t('leisure-confirmation.facts.printed'), words.instant(view.printedAt)],
    ],
    to: view.to,
  })
  const cell = (...texts: Text[]): Cell => ({ texts })
  for (const { name, stays, missing } of view.children) {
    sheet.y += ABOVE_CHILD
    heading(sheet, name)
    table(sheet, sheet.root, {
      columns: [
        { title: t('leisure-confirmation.columns.days'), width: 180 },
        { title: t('leisure-confirmation.columns.what'), width: 190 },
        { title: t('leisure-confirmation.columns.where'), width: 140 },
      ],
      head: style(9.5, 'bold', GREY),
      groups: [
        [
          ...stays.map(stay => ({
            cells: [
              { ...cell({ text: words.days(stay.days), style: STRONG }), heads: 'Row' as const },
              cell({ text: stay.what, style: LINE }),
              cell({ text: stay.centre, style: LINE }, { text: stay.group, style: ASIDE }),
            ],
            rule: 'hairline' as const,
            padding: [4, 4] as const,
          })),
          ...(missing.length > 0
            ? [
                {
                  cells: [
                    {
                      texts: [
                        { text: t('leisure-confirmation.missing'), style: STRONG },
                        { text: words.list(missing), style: LINE },
                      ],
                      span: 3,
                    },
                  ],
                  with: 'previous' as const,
                  tint: '#fdf3d1',
                  padding: [6, 6] as const,
                },
              ]
            : []),
        ],
      ],
    })
  }
  for (const { name, address, phone, email, toBring } of view.centres)
    notes(sheet, [
      {
        title: name,
        paragraphs: [ofTheTown(address), ...(phone ? [ofTheTown(phone)] : []), ...(email ? [ofTheTown(email)] : [])],
      },
      { title: t('leisure-confirmation.bring'), paragraphs: toBring.map(ofTheTown) },
      {
        title: t('leisure-confirmation.cancel'),
        paragraphs: [
          t('leisure-confirmation.free', { count: view.cancelDays }),
          t('leisure-confirmation.late'),
          t('leisure-confirmation.page', { page: view.page }),
        ],
      },
    ])
  return finish(sheet, town)
}

const datesOf = ({ from, until }: LeisureConfirmationView, words: Words) => ({
  from: words.date(from),
  until: words.date(until),
})
