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

/** What a line is for; one that puts an earlier month right says so: « Régularisation d’octobre 2026 : repas oublié ». */
export function lineLabel(words: Translator, line: { kind: ChargeKind; explanation: PriceExplanation }): string {
  const regularised = line.explanation.find(step => step.code === 'regularisation')
  if (!regularised) return kindInWords(words, line.kind)
  const { why, month } = regularised
  const what = why === 'not-billed' ? kindInWords(words, line.kind) : words.t(`billing:regularisation.why.${why}`)
  return words.t('billing:regularisation.label', { ofMonth: ofMonth(words, month), what })
}
