import { type Cents, cents, sum } from '../kernel/money.ts'
import type { TownIdentity } from '../town-identity.ts'
import { BLACK, GREY, paler, type Style, style } from './ink.ts'
import {
  type AmountBox,
  amountBox,
  finish,
  letterHead,
  type Note,
  notes,
  ofTheTown,
  opening,
  question,
  SMALL,
} from './letter.ts'
import { openSheet } from './sheet.ts'
import { type Cell, type Row, table } from './table.ts'
import type { InvoiceLine, InvoiceView } from './views.ts'
import type { Words } from './words.ts'

/** The month's invoice. Throws when its amounts do not add up: a wrong paper must not leave. */
export function invoice(view: InvoiceView, town: TownIdentity, words: Words): Promise<Uint8Array<ArrayBuffer>> {
  checkSums(view)
  const { t } = words
  const kind = kindOf(view)
  const sheet = openSheet({
    words,
    title: t('invoice.property', { number: view.number }),
    subject: t(`invoice.${kind}.subject`, { month: words.month(view.month) }),
    author: town.name,
    createdAt: Temporal.PlainDate.from(view.issuedOn).toZonedDateTime('UTC').toInstant(),
  })
  letterHead(sheet, town)
  opening(sheet, {
    title: t(`invoice.${kind}.title`),
    facts: [
      ...(view.deposit ? [] : [[t('facts.month'), words.month(view.month)] as const]),
      [t('facts.number'), view.number],
      [t('facts.date'), words.date(view.issuedOn)],
    ],
    to: view.payer,
  })
  amountBox(sheet, town, box(view, words))
  const lines = view.children.flatMap(child => child.services.flatMap(service => service.lines))
  const look = lines.length < LONG_FROM ? USUAL : LONG
  table(sheet, sheet.root, {
    columns: [
      { title: t('invoice.columns.service'), width: 290 },
      { title: t('invoice.columns.quantity'), width: 66, align: 'right' },
      { title: t('invoice.columns.unit-price'), width: 76, align: 'right' },
      { title: t('invoice.columns.amount'), width: 78, align: 'right' },
    ],
    head: style(9.5, 'bold', GREY),
    groups: [...view.children.map(child => childRows(child, town, words, look)), totals(view, words)],
  })
  notes(sheet, besides(view, town, words))
  return finish(sheet, town)
}

/** The words of its kind. */
const kindOf = ({ deposit }: InvoiceView) => (deposit ? 'of-deposit' : 'of-month')

function checkSums({ number, children, total, creditUsed, amountDue }: InvoiceView): void {
  const subtotals = children.map(({ services }) => sum(services.flatMap(({ lines }) => lines.map(line => line.amount))))
  const agrees =
    children.every((child, i) => child.subtotal === subtotals[i]) &&
    total === sum(subtotals) &&
    amountDue === total - creditUsed
  if (!agrees) throw new RangeError(`the amounts of the invoice ${number} do not add up`)
}

function box(view: InvoiceView, words: Words): AmountBox {
  const { t, money } = words
  if (view.amountDue < 0)
    return { label: t('invoice.in-favour'), amount: money(cents(-view.amountDue)), note: t('invoice.in-favour-note') }
  if (view.amountDue === 0)
    return { label: t('invoice.to-pay'), amount: money(cents(0)), note: t(`invoice.${kindOf(view)}.nothing-note`) }
  const { number, paymentPage: url } = view
  return {
    label: t('invoice.to-pay'),
    amount: money(view.amountDue),
    aside: { label: t('invoice.at-the-latest'), value: words.day(view.dueOn) },
    ...(url ? { note: t('invoice.scan'), qr: { url, alt: t('invoice.qr', { number, url }) } } : {}),
  }
}

type Look = { plain: Style; strong: Style; padding: readonly [number, number] }

const USUAL: Look = { plain: style(10.5), strong: style(10.5, 'bold'), padding: [1.8, 2.6] }
/** A long invoice in smaller letters: sixty lines for two children still make two pages, one sheet of paper. */
const LONG: Look = { plain: style(9.5), strong: style(9.5, 'bold'), padding: [0.5, 1] }
const LONG_FROM = 25

function childRows(
  { name, school, services, subtotal }: InvoiceView['children'][number],
  town: TownIdentity,
  words: Words,
  look: Look,
): Row[] {
  const [only] = services.length === 1 ? services : []
  const title = only ? `${name} · ${only.name}` : name
  const rows: Row[] = [
    {
      cells: [
        { texts: [{ text: title, style: style(12, 'bold', town.colour) }], heads: 'Row' },
        { texts: [{ text: school, style: SMALL }], span: 3 },
      ],
      with: 'next',
      padding: [8, 1],
    },
  ]
  for (const service of services) {
    if (!only)
      rows.push({
        cells: [{ texts: [{ text: service.name, style: look.strong }], span: 4, heads: 'Row' }],
        with: 'next',
        padding: [2, 1],
      })
    for (const line of service.lines) rows.push(lineRow(line, words, look))
  }
  rows.push(totalRow(words.t('invoice.subtotal', { name }), words.money(subtotal), { padding: [3, 3] }))
  return rows
}

function lineRow(line: InvoiceLine, words: Words, { plain, padding }: Look): Row {
  const figure = (text: string): Cell => ({ texts: [{ text, style: plain }] })
  const more = [words.days(line.days), why(line, words)].filter(part => part !== '').join(' · ')
  return {
    cells: [
      { texts: [{ text: line.label, style: plain }, ...(more === '' ? [] : [{ text: more, style: SMALL }])] },
      figure(words.number(line.quantity)),
      figure(words.money(line.unitPrice)),
      figure(words.money(line.amount)),
    ],
    rule: 'hairline',
    padding,
  }
}

function why({ quotient, reason }: InvoiceLine, { t, quotient: figure }: Words): string {
  const applied =
    quotient === undefined
      ? ''
      : quotient === null
        ? t('invoice.no-quotient')
        : t('invoice.quotient', { quotient: figure(quotient) })
  return [applied, reason].filter(part => part !== '').join(' · ')
}

function totalRow(label: string, amount: string, look: Partial<Row>, size = 10.5): Row {
  const how = style(size, 'bold', BLACK)
  return {
    cells: [{ texts: [{ text: label, style: how }], span: 3, heads: 'Row' }, { texts: [{ text: amount, style: how }] }],
    with: 'previous',
    ...look,
  }
}

function totals(view: InvoiceView, { t, money }: Words): Row[] {
  const { total, creditUsed, amountDue } = view
  const last = amountDue < 0 ? 'invoice.in-favour' : 'invoice.to-pay'
  const due = totalRow(t(last), money(abs(amountDue)), { tint: paler('#4c5562', 0.9), padding: [6, 6] }, 12)
  if (creditUsed === 0 && amountDue >= 0) return [due]
  const used = creditUsed > 0 ? [totalRow(t('invoice.credit-used'), money(cents(-creditUsed)), {})] : []
  return [totalRow(t(`invoice.${kindOf(view)}.total`), money(total), { padding: [6, 3] }), ...used, due]
}

const abs = (amount: Cents) => cents(Math.abs(amount))

function besides(view: InvoiceView, town: TownIdentity, words: Words): Note[] {
  const { t } = words
  const ask = question(town, words, view.number)
  if (view.amountDue <= 0) return [ask]
  const { paymentPage: url, counterMeans } = view
  const means = words.either(counterMeans.map(each => t(`means.${each}`)))
  const ways = [
    ...(url ? [t('ways.online', { url })] : []),
    ...(counterMeans.length > 0 ? [t('ways.counter', { means })] : []),
    ...(counterMeans.includes('cheque') ? [t('ways.cheque', { regie: town.regie })] : []),
  ]
  return [
    { title: t('ways.title'), paragraphs: ways },
    { title: t('invoice.late'), paragraphs: [ofTheTown(town.latePaymentNotice)] },
    ask,
  ]
}
