import { sum } from '../kernel/money.ts'
import type { TownIdentity } from '../town-identity.ts'
import { GREY, paler, style } from './ink.ts'
import { amountBox, finish, heading, letterHead, notes, opening, question } from './letter.ts'
import { openSheet } from './sheet.ts'
import { type Cell, table } from './table.ts'
import type { ReceiptView } from './views.ts'
import type { Words } from './words.ts'

/** The proof that the régie took a payment. Throws when its parts do not add up to its amount. */
export function receipt(view: ReceiptView, town: TownIdentity, words: Words): Promise<Uint8Array<ArrayBuffer>> {
  if (sum(view.invoices.map(invoice => invoice.paid)) !== view.amount)
    throw new RangeError(`the amounts of the receipt ${view.number} do not add up`)
  const { t, money } = words
  const sheet = openSheet({
    words,
    title: t('receipt.property', { number: view.number }),
    subject: t('receipt.subject', { date: words.date(view.paidOn) }),
    author: town.name,
    createdAt: Temporal.PlainDate.from(view.paidOn).toZonedDateTime('UTC').toInstant(),
  })
  letterHead(sheet, town)
  opening(sheet, {
    title: t('receipt.title'),
    facts: [
      [t('facts.number'), view.number],
      [t('facts.paid-on'), words.date(view.paidOn)],
      [t('facts.means'), t(`means.${view.means}`)],
    ],
    to: view.payer,
  })
  amountBox(sheet, town, {
    label: t('receipt.paid'),
    amount: money(view.amount),
    aside: { label: t('receipt.paid-on'), value: words.day(view.paidOn) },
    note: t('receipt.by', { regie: town.regie }),
  })
  heading(sheet, t('receipt.invoices'))
  const cell = (text: string, strong = false): Cell => ({
    texts: [{ text, style: style(10.5, strong ? 'bold' : 'regular') }],
  })
  const total = style(12, 'bold')
  table(sheet, sheet.root, {
    columns: [
      { title: t('receipt.columns.invoice'), width: 160 },
      { title: t('receipt.columns.month'), width: 150 },
      { title: t('receipt.columns.paid'), width: 100, align: 'right' },
      { title: t('receipt.columns.left'), width: 100, align: 'right' },
    ],
    head: style(9.5, 'bold', GREY),
    groups: [
      view.invoices.map(({ number, month, paid, left }) => ({
        cells: [
          { ...cell(number, true), heads: 'Row' },
          cell(words.month(month)),
          cell(money(paid)),
          cell(money(left)),
        ],
        rule: 'hairline',
        padding: [4, 4],
      })),
      [
        {
          cells: [
            { texts: [{ text: t('receipt.total'), style: total }], span: 2, heads: 'Row' },
            { texts: [{ text: money(view.amount), style: total }] },
            { texts: [] },
          ],
          with: 'previous',
          tint: paler('#4c5562', 0.9),
          padding: [6, 6],
        },
      ],
    ],
  })
  notes(sheet, [{ title: t('receipt.keep'), paragraphs: [t('receipt.keep-text')] }, question(town, words, view.number)])
  return finish(sheet, town)
}
