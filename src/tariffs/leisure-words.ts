import { isDeepStrictEqual } from 'node:util'
import { type Cents, cents } from '../kernel/money.ts'
import type { Translator } from '../web/i18n.ts'
import { LIVES, PRICED_PARTS } from './leisure-form.ts'
import type { LeisureTariff } from './leisure-rules.ts'
import { type Scale, scalePrice } from './rules.ts'
import { EXAMPLES, quotientsInWords, ratePercent } from './words.ts'

/** Prices by quotient, one column for each thing sold; `lives` says to whom they apply. */
export type LeisureGrid = {
  lives: 'everybody' | 'residents' | 'nonResidents'
  sentences: readonly string[]
  rows: readonly { quotient: string; prices: readonly Cents[] }[]
}

/** A tariff of leisure centres in plain words: its prices, and what else there is to know. */
export function leisureView(words: Translator, { from, to, rule }: LeisureTariff) {
  const { t, f } = words
  const parts = PRICED_PARTS.flatMap(part => {
    const scales = rule[part]
    return scales ? [{ name: t(`tariffs:leisure.parts.${part}`), scales }] : []
  })
  const same = parts.every(({ scales }) => isDeepStrictEqual(scales.residents, scales.nonResidents))
  const grid = (lives: 'residents' | 'nonResidents'): LeisureGrid => ({
    lives: same ? 'everybody' : lives,
    ...gridOf(
      words,
      parts.map(({ name, scales }) => ({ name, scale: scales[lives] })),
    ),
  })
  const percent = (basisPoints: number) => ({ percent: f.number(basisPoints / 100) })
  return {
    from,
    to,
    columns: parts.map(({ name }) => name),
    grids: (same ? LIVES.slice(0, 1) : LIVES).map(grid),
    notes: [
      ...(rule.lunch || rule.lunchOnDays === 'included' ? [t(`tariffs:leisure.lunch.${rule.lunchOnDays}`)] : []),
      ...(rule.weekDiscount > 0 ? [t('tariffs:leisure.week', percent(rule.weekDiscount))] : []),
      ...(rule.siblingReduction > 0 ? [t('tariffs:leisure.siblings', percent(rule.siblingReduction))] : []),
      ...(rule.deposit > 0 ? [t('tariffs:leisure.deposit', percent(rule.deposit))] : []),
      t(`tariffs:leisure.charged.${rule.chargedAt}`),
      t('tariffs:leisure.late'),
      t(`tariffs:leisure.absence.${rule.chargesAbsence ? 'charged' : 'free'}`),
    ],
  }
}

type Named = { name: string; scale: Scale }

/** One row for each stretch of quotients with its own price; of effort rates, some examples. */
function gridOf(words: Translator, named: readonly Named[]): Pick<LeisureGrid, 'sentences' | 'rows'> {
  const { t, f } = words
  const rates = named.flatMap(({ name, scale }) => (scale.kind === 'effort-rate' ? [{ name, scale }] : []))
  const prices = (quotient: Cents) => named.map(({ scale }) => scalePrice(scale, quotient))
  if (rates.length > 0) {
    const sentence = ({ name, scale }: (typeof rates)[number]) =>
      t('tariffs:leisure.rate', {
        name,
        rate: f.number(ratePercent(scale.ratePerMillion)),
        floor: f.money(scale.floor),
        ceiling: f.money(scale.ceiling),
      })
    return {
      sentences: [...rates.map(sentence), t('tariffs:leisure.examples')],
      rows: EXAMPLES.map(quotient => ({ quotient: f.money(quotient), prices: prices(quotient) })),
    }
  }
  const limits = named.flatMap(({ scale }) =>
    scale.kind === 'brackets' ? scale.brackets.flatMap(({ upTo }) => upTo ?? []) : [],
  )
  const ends = [...[...new Set(limits)].sort((a, b) => a - b), null]
  return {
    sentences: [],
    rows: ends.map((upTo, i) => {
      const above = ends[i - 1] ?? null
      return { quotient: quotientsInWords(words, above, upTo), prices: prices(upTo ?? cents((above ?? 0) + 1)) }
    }),
  }
}
