import { sum } from '../kernel/money.ts'
import type { TownIdentity } from '../town-identity.ts'
import { GREY, paler, style } from './ink.ts'
import { amountBox, finish, heading, letterHead, notes, opening, question } from './letter.ts'
import { MARGIN, openSheet } from './sheet.ts'
import { table } from './table.ts'
import { block, measure } from './tags.ts'
import type { CreditNoteView } from './views.ts'
import type { Words } from './words.ts'

/** What corrects an invoice that was already issued. Throws when its lines do not add up to its total. */
export function creditNote(view: CreditNoteView, town: TownIdentity, words: Words): Promise<Uint8Array<ArrayBuffer>> {
  if (sum(view.lines.map(line => line.amount)) !== view.total)
    throw new RangeError(`the amounts of the credit note ${view.number} do not add up`)
  const { t, money } = words
  const sheet = openSheet({
    words,
    title: t('credit-note.property', { number: view.number }),
    subject: t('credit-note.subject', { number: view.invoice.number }),
    author: town.name,
    createdAt: Temporal.PlainDate.from(view.issuedOn).toZonedDateTime('UTC').toInstant(),
  })
  letterHead(sheet, town)
  opening(sheet, {
    title: t('credit-note.title'),
    facts: [
      [t('facts.number'), view.number],
      [t('facts.date'), words.date(view.issuedOn)],
      [t('facts.invoice'), view.invoice.number],
      [t('facts.invoice-date'), words.date(view.invoice.issuedOn)],
    ],
    to: view.payer,
  })
  amountBox(sheet, town, {
    label: t('credit-note.for-you'),
    amount: money(view.total),
    note: t(`credit-note.outcomes.${view.outcome}`, { number: view.invoice.number }),
  })
  heading(sheet, t('credit-note.why'))
  sheet.y =
    8 +
    block(sheet, sheet.root, { text: view.reason, style: style(10.5), x: MARGIN, y: sheet.y, width: measure(sheet) })
  const strong = style(12, 'bold')
  table(sheet, sheet.root, {
    columns: [
      { title: t('credit-note.columns.what'), width: 400 },
      { title: t('credit-note.columns.amount'), width: 110, align: 'right' },
    ],
    head: style(9.5, 'bold', GREY),
    groups: [
      view.lines.map(({ label, amount }) => ({
        cells: [
          { texts: [{ text: label, style: style(10.5) }] },
          { texts: [{ text: money(amount), style: style(10.5) }] },
        ],
        rule: 'hairline',
        padding: [4, 4],
      })),
      [
        {
          cells: [
            { texts: [{ text: t('credit-note.total'), style: strong }], heads: 'Row' },
            { texts: [{ text: money(view.total), style: strong }] },
          ],
          with: 'previous',
          tint: paler('#4c5562', 0.9),
          padding: [6, 6],
        },
      ],
    ],
  })
  notes(sheet, [question(town, words, view.number)])
  return finish(sheet, town)
}
