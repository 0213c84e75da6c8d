import type { PriceExplanation } from '../tariffs/rules.ts'
import type { Translator } from '../web/i18n.ts'
import type { ChargeKind } from './schema.ts'

/** « Repas », « Repas non réservé », « Prix corrigé » */
export const kindInWords = ({ t }: Translator, kind: ChargeKind) => t(`billing:kinds.${kind}`)

/** « de novembre 2026 », « d’octobre 2026 ». */
export function ofMonth({ t, f }: Translator, period: string): string {
  const month = f.month(Temporal.PlainYearMonth.from(period))
  return t(`billing:ofMonth.${/^[aeiouyhéèêàâîô]/i.test(month) ? 'elided' : 'plain'}`, { month })
}

/** The invoice of a month, or one that asks for deposits: after « facture », « d’octobre 2026 », « d’acompte de juin 2027 ». */
export function ofInvoice(words: Translator, { period, runId }: { period: string; runId: unknown }): string {
  const month = ofMonth(words, period)
  return runId === null ? words.t('billing:ofDeposit', { ofMonth: month }) : month
}

/** The same on a list: « octobre 2026 », « Acompte de juin 2027 ». */
export function invoiceInShort(words: Translator, { period, runId }: { period: string; runId: unknown }): string {
  if (runId === null) return words.t('billing:depositOf', { ofMonth: ofMonth(words, period) })
  return words.f.month(Temporal.PlainYearMonth.from(period))
}

/** What a line is for; one that puts an earlier month right says so: « Régularisation d’octobre 2026 : repas oublié ». */
export function lineLabel(words: Translator, line: { kind: ChargeKind; explanation: PriceExplanation }): string {
  const deposit = line.explanation.find(step => step.code === 'deposit-for')
  if (deposit) return depositLabel(words, deposit)
  const regularised = line.explanation.find(step => step.code === 'regularisation')
  if (!regularised) return kindInWords(words, line.kind)
  const { why, month } = regularised
  const what = why === 'not-billed' ? kindInWords(words, line.kind) : words.t(`billing:regularisation.why.${why}`)
  return words.t('billing:regularisation.label', { ofMonth: ofMonth(words, month), what })
}

/** « Acompte : Centre Jacques-Prévert, semaine du 7 juillet » */
function depositLabel({ t, f }: Translator, { centre, week }: { centre: string; week: string | null }): string {
  if (week === null) return t('billing:depositFor.days', { centre })
  return t('billing:depositFor.week', { centre, day: f.date(Temporal.PlainDate.from(week)) })
}
