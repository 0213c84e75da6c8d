import { isOnOrBefore } from '../../kernel/days.ts'
import { compareNames } from '../../people/rules.ts'
import type { Translator } from '../../web/i18n.ts'
import type { Signup } from '../signups.ts'
import { stands } from '../waiting/answers.ts'
import { isCancellable } from '../waiting/cancel.ts'
import { daysInWords, rankInWords, stayInWords } from '../waiting/words.ts'
import type { Names } from './names.ts'

type Shown = 'booked' | 'held' | 'waiting' | 'offered' | 'wished' | 'ended'
type SignupView = {
  id: string
  what: string
  centre: { id: string; name: string }
  state: Shown
  /** Whether a day of it can still be cancelled. */
  cancel: boolean
  status: string
  /** Days given up, and an answer that is due. */
  notes: string[]
}
export type PeriodView = {
  id: string
  name: string
  /** Whether there is a confirmation to print and days for a calendar. */
  papers: boolean
  children: { name: string; signups: SignupView[] }[]
}

/**
 * The sign-ups of a household by period, the next one first, and by child; those whose days are over apart. What came to
 * nothing is left out.
 */
export function periodViews(
  words: Translator,
  signups: readonly Signup[],
  names: Names,
  ranks: ReadonlyMap<string, number>,
  { now, today }: { now: Temporal.Instant; today: Temporal.PlainDate },
): { coming: PeriodView[]; past: PeriodView[] } {
  const shown = signups.flatMap(signup => {
    const state = shownState(signup, now)
    return state ? [{ signup, state, over: signup.days.every(({ day }) => !isOnOrBefore(today, day)) }] : []
  })
  const periods = [...names.periods.values()].sort((a, b) => Temporal.PlainDate.compare(a.from, b.from))
  const views = (all: readonly ShownSignup[]) =>
    periods.flatMap(({ id, name }): PeriodView[] => {
      const own = all.filter(({ signup }) => signup.periodId === id)
      if (own.length === 0) return []
      const byChild = Map.groupBy(own, ({ signup }) => signup.childId)
      return [
        {
          id,
          name,
          papers: own.some(({ signup, state }) => state === 'booked' && hasPlace(signup)),
          children: [...byChild]
            .sort(([a], [b]) => compareNames(names.child(a), names.child(b)))
            .map(([childId, theirs]) => ({
              name: names.child(childId),
              signups: theirs
                .toSorted((a, b) => firstDay(a.signup).localeCompare(firstDay(b.signup)))
                .map(one => signupView(words, one, names, ranks, today)),
            })),
        },
      ]
    })
  return {
    coming: views(shown.filter(({ over }) => !over)),
    past: views(shown.filter(({ over, state }) => over && (state === 'booked' || state === 'ended'))),
  }
}

type ShownSignup = { signup: Signup; state: Shown }

const firstDay = ({ days }: Signup) => days[0]?.day.toString() ?? ''
const hasPlace = ({ days }: Signup) => days.some(({ state }) => state === 'taken')

function shownState(signup: Signup, now: Temporal.Instant): Shown | undefined {
  switch (signup.state) {
    case 'booked':
    case 'held':
    case 'waiting':
    case 'wished':
      return signup.state
    case 'offered':
      return stands(signup, now) ? 'offered' : undefined
    // What was booked once is told, for it may be charged.
    case 'cancelled':
      return 'ended'
    default:
      return undefined
  }
}

function signupView(
  words: Translator,
  { signup, state }: ShownSignup,
  names: Names,
  ranks: ReadonlyMap<string, number>,
  today: Temporal.PlainDate,
): SignupView {
  const { t, f } = words
  const kept = signup.days.filter(day => day.state !== 'freed')
  const freed = signup.days.filter(day => day.state === 'freed')
  const forNothing = freed.filter(({ late, excused }) => !late || excused)
  const rank = ranks.get(signup.id)
  const partly = kept.length > 0 && freed.length > 0
  return {
    id: signup.id,
    what: stayInWords(
      words,
      partly ? { ...signup, unit: signup.unit === 'week' ? 'day' : signup.unit, days: kept } : signup,
    ),
    centre: { id: signup.centreId, name: names.centre(signup.centreId) },
    state,
    cancel: state === 'booked' && kept.some(day => isCancellable(day, today, false)),
    status:
      state === 'waiting' && rank
        ? t('leisure-signup:mine.rank', { rank: rankInWords(words, rank) })
        : t(`leisure-signup:mine.state.${state}`),
    notes: [
      ...(state === 'offered' && signup.offerExpiresAt
        ? [t('leisure-signup:mine.answerBy', { until: f.instant(signup.offerExpiresAt) })]
        : []),
      ...(partly && forNothing.length > 0
        ? [
            t('leisure-signup:mine.freed', {
              days: daysInWords(
                words,
                forNothing.map(({ day }) => day),
              ),
            }),
          ]
        : []),
      ...chargedNote(words, freed),
    ],
  }
}

/** Days cancelled too late, which are due unless excused. */
function chargedNote(words: Translator, freed: Signup['days']): string[] {
  const due = freed.filter(({ late, excused }) => late && !excused).map(({ day }) => day)
  return due.length > 0 ? [words.t('leisure-signup:mine.charged', { days: daysInWords(words, due) })] : []
}
