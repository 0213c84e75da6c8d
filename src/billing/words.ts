import { priceSentences } from '../tariffs/words.ts'
import type { Translator } from '../web/i18n.ts'
import { kindInWords } from './printed.ts'
import type { InvoiceState } from './rules.ts'
import type { InvoiceLine, Movement } from './store.ts'

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

/** What an invoice is at, in words; that it is contested says more than that it is late. */
export function stateTag({ t }: Translator, { state, disputed }: { state: InvoiceState; disputed: boolean }): Tag {
  if (disputed) return { text: t('billing:states.disputed'), colour: 'orange' }
  return { text: t(`billing:states.${state}`), colour: COLOURS[state] }
}

/** « de novembre 2026 », « d’octobre 2026 ». */
export function ofMonth({ t, f }: Translator, period: string): string {
  const month = f.month(Temporal.PlainYearMonth.from(period))
  return t(`billing:ofMonth.${/^[aeiouyhéèêàâîô]/i.test(month) ? 'elided' : 'plain'}`, { month })
}

/** Days in words: « lun. 5 oct., mar. 6 oct. et jeu. 8 oct. » */
const daysInWords = ({ f }: Translator, days: readonly string[]) =>
  f.list(days.map(day => f.shortDay(Temporal.PlainDate.from(day))))

/** A line of an invoice as it is shown: what, how many at which price, when, and why. */
export function lineView(
  words: Translator,
  line: Pick<InvoiceLine, 'kind' | 'quantity' | 'unit' | 'amount' | 'days' | 'explanation'>,
) {
  return {
    label: kindInWords(words, line.kind),
    quantity: line.quantity,
    unit: line.unit,
    amount: line.amount,
    days: daysInWords(words, line.days),
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
