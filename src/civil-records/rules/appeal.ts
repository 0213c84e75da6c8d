import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { appealBefore } from './delays.ts'

/** The ways and delays of appeal against a refusal of that day, in paragraphs; their sources are in `delays.ts`. */
export function appealInWords(town: Pick<Town, 'config'>, { t, f }: Translator, refusedOn: Temporal.PlainDate): string {
  const { name, address } = town.config.town.court
  return [
    t('civil-file:appeal.mayor', { day: f.day(appealBefore(refusedOn)) }),
    t('civil-file:appeal.prosecutor', { court: [name, ...address].join(', ') }),
    t('civil-file:appeal.defender'),
  ].join('\n\n')
}
