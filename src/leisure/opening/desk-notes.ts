import { PARIS } from '../../kernel/clock.ts'
import type { Translator } from '../../web/i18n.ts'
import { ALLOCATIONS, type Allocation, type Opening } from '../openings.ts'

/** Long enough to hear of it, talk it over and write it down. */
const DAYS_FOR_WISHES = 3

/** What of an opening makes no sense for how places are given; words in `leisure-room:desk.warnings`. */
export type Warning = 'no-opening' | 'no-everybody' | 'past' | 'begun-period' | 'no-draw' | 'too-close' | 'short-wishes'

export type Set = {
  allocation: Allocation
  openings: readonly Opening[]
  wishesUntil: Temporal.Instant | null
  /** First day of the period. */
  from: Temporal.PlainDate
}

/** What a clerk is warned of, without being stopped. `rampSeconds` is how long a draw takes to let all families in. */
function warningsOf(
  set: Set,
  known: { now: Temporal.Instant; begun: boolean; drawMade: boolean; rampSeconds: number },
): Warning[] {
  const { allocation, openings, wishesUntil } = set
  const [first] = openings
  const last = openings.at(-1)
  if (!first || !last) return allocation === 'first-come' ? [] : ['no-opening']
  const start = set.from.toZonedDateTime(PARIS).toInstant()
  const seconds = (from: Temporal.Instant, to: Temporal.Instant) => from.until(to).total('seconds')
  const soonAfter = openings.some(({ opensAt }, i) => {
    const next = openings[i + 1]
    return next !== undefined && !next.opensAt.equals(opensAt) && seconds(opensAt, next.opensAt) < known.rampSeconds
  })
  const found: [boolean, Warning][] = [
    [!openings.some(({ audience }) => audience === 'everybody'), 'no-everybody'],
    [allocation !== 'first-come' && seconds(start, first.opensAt) >= 0, 'begun-period'],
    [allocation === 'draw' && !known.begun && seconds(known.now, first.opensAt) <= 0, 'past'],
    [allocation === 'draw' && soonAfter, 'too-close'],
    [allocation !== 'first-come' && known.begun && !known.drawMade, 'no-draw'],
    [
      allocation === 'wishes' && wishesUntil !== null && seconds(last.opensAt, wishesUntil) < DAYS_FOR_WISHES * 86_400,
      'short-wishes',
    ],
  ]
  return found.flatMap(([holds, warning]) => (holds ? [warning] : []))
}

/** What the clerk reads beside the form: what will happen, how long it takes, the draw's fingerprint, and the warnings. */
export function deskNotes(
  { t, f }: Translator,
  set: Set,
  known: {
    now: Temporal.Instant
    /** Whether the openings that are stored have begun. */
    begun: boolean
    fingerprint: string | undefined
    households: number
    perSecond: number
  },
) {
  const { allocation } = set
  const { households, perSecond } = known
  const rampSeconds = households / perSecond
  const told = { count: households, families: f.number(households), minutes: Math.max(Math.ceil(rampSeconds / 60), 1) }
  return {
    how: Object.fromEntries(ALLOCATIONS.map(one => [one, t(`leisure-room:desk.how.${one}`, { count: perSecond })])),
    lasts: allocation === 'draw' && households > 0 ? t('leisure-room:desk.lasts', told) : '',
    fingerprint: allocation === 'first-come' ? '' : (known.fingerprint ?? ''),
    begun: known.begun ? t('leisure-room:desk.begun') : '',
    warnings: warningsOf(set, { ...known, drawMade: known.fingerprint !== undefined, rampSeconds }).map(warning =>
      t(`leisure-room:desk.warnings.${warning}`),
    ),
  }
}
