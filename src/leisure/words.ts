import type { Translator } from '../web/i18n.ts'
import { countdown, type Opening } from './openings.ts'
import type { Group, LeisurePeriod } from './store.ts'

/** « du lundi 21 décembre 2026 au vendredi 1er janvier 2027 » */
export function datesInWords({ t, f }: Translator, { from, to }: Pick<LeisurePeriod, 'from' | 'to'>): string {
  return from.equals(to)
    ? t('leisure:oneDay', { day: f.day(from) })
    : t('leisure:dates', { from: f.day(from), to: f.day(to) })
}

/** « de 3 à 5 ans » */
export function agesInWords({ t }: Translator, { minAge, maxAge }: Pick<Group, 'minAge' | 'maxAge'>): string {
  return minAge === maxAge ? t('leisure:oneAge', { age: minAge }) : t('leisure:ages', { min: minAge, max: maxAge })
}

/** « de 8 h à 18 h » */
export function hoursInWords({ t, f }: Translator, { opensAt, closesAt }: Pick<Group, 'opensAt' | 'closesAt'>): string {
  const time = (text: string) => f.time(Temporal.PlainTime.from(text))
  return t('leisure:hours', { from: time(opensAt), to: time(closesAt) })
}

/** What families read about one audience: who, from when, in how long; `open` once the instant has come. */
export type OpeningWords = {
  audience: string
  when: string
  wait: string
  open: boolean
  /** It is for those who proved that all parents work. */
  proof: boolean
}

/** The openings as families read them at that instant, without a clock of their own. */
export function openingWords(
  { t, f }: Translator,
  openings: readonly Opening[],
  now: Temporal.Instant,
): OpeningWords[] {
  return openings.map(({ audience, opensAt }) => {
    const left = countdown(now, opensAt)
    const open = left.unit === 'now'
    return {
      audience: t(`leisure:audiences.${audience}`),
      when: t(open ? 'leisure:openSince' : 'leisure:opensAt', { when: f.instant(opensAt) }),
      wait: open ? '' : t(`leisure:countdown.${left.unit}`, 'count' in left ? { count: left.count } : {}),
      open,
      proof: audience === 'working-parents',
    }
  })
}
