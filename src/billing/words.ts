import { priceSentences } from '../tariffs/words.ts'
import type { Translator } from '../web/i18n.ts'
import { lineLabel } from './line-label.ts'
import type { InvoiceState } from './rules.ts'
import type { InvoiceLine, Movement } from './store.ts'
import type { PaymentUnderWay } from './under-way.ts'

/** A word of the one list of states, with the colour of its tag. */
export type Tag = { text: string; colour: string }

const COLOURS: Readonly<Record<InvoiceState, string>> = {
  'nothing-to-pay': 'grey',
  issued: 'yellow',
  'part-paid': 'yellow',
  paid: 'green',
  overdue: 'red',
  credited: 'grey',
}

/** What an invoice is at, in words; that it is being paid or contested says more than that it is late. */
export function stateTag(
  { t }: Translator,
  { state, disputed }: { state: InvoiceState; disputed: boolean },
  paying?: PaymentUnderWay,
): Tag {
  if (paying) return { text: t('common:status.paying'), colour: 'blue' }
  if (disputed) return { text: t('billing:states.disputed'), colour: 'orange' }
  return { text: t(`billing:states.${state}`), colour: COLOURS[state] }
}

/** Days in words: « lun. 5 oct., mar. 6 oct. et jeu. 8 oct. » */
const daysInWords = ({ f }: Translator, days: readonly string[]) =>
  f.list(days.map(day => f.shortDay(Temporal.PlainDate.from(day))))

/** A deduction is of no day. */
export const daysShown = ({ kind, days }: Pick<InvoiceLine, 'kind' | 'days'>) =>
  kind === 'deposit-deducted' ? [] : days

/** A line of an invoice as it is shown: what, how many at which price, when, and why. */
export function lineView(
  words: Translator,
  line: Pick<InvoiceLine, 'kind' | 'quantity' | 'unit' | 'amount' | 'days' | 'explanation'>,
) {
  return {
    label: lineLabel(words, line),
    quantity: line.quantity,
    unit: line.unit,
    amount: line.amount,
    days: daysInWords(words, daysShown(line)),
    why: priceSentences(words, line.explanation),
  }
}

/** Movements that have words of their own; others, of services to come, are shown as « Autre ». */
const MOVEMENTS = [
  'invoice',
  'credit-used',
  'credit-note',
  'payment',
  'refund',
  'refund-failed',
  'dispute',
  'dispute-won',
]

/** What happened to an invoice, for its history. */
export function movementView({ t, f }: Translator, { at, kind, amount }: Movement) {
  const known = MOVEMENTS.includes(kind) ? kind : 'other'
  return { at: f.instant(at), what: t(`billing:movements.${known}`), amount }
}
