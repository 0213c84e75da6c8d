import type { Translator } from '../../web/i18n.ts'
import type { Marks } from './marks.ts'
import type { Register, RegisterRow } from './register.ts'
import { countsOf, type staffCheckOf } from './register.ts'
import type { Noted } from './register-rules.ts'

/** The address of the register of a group on a day. */
export const registerPath = (groupId: string, day: Temporal.PlainDate) => `/guichet/loisirs/presences/${groupId}/${day}`

/** « journée, avec repas » */
export function stayTold({ t }: Translator, { part, meal }: Pick<RegisterRow, 'part' | 'meal'>): string {
  return t('leisure-register:stay', {
    part: t(`leisure-register:parts.${part}`),
    meal: t(`leisure-register:meal.${meal ? 'yes' : 'no'}`),
  })
}

/** « Arrivée : 8 h 32. Départ : 17 h 04, avec Awa Diallo. » */
export function notedTold({ t, f }: Translator, noted: Noted | undefined): string {
  if (!noted) return ''
  if (!noted.present) return t('leisure-register:noted.absent')
  const arrival = noted.arrivedAt
    ? t('leisure-register:noted.arrived', { time: f.time(noted.arrivedAt) })
    : t('leisure-register:noted.here')
  if (!noted.leftAt) return arrival
  const departure = t('leisure-register:noted.left', {
    time: f.time(noted.leftAt),
    who: noted.collectedBy ?? t('leisure-register:noted.nobody'),
  })
  return `${arrival} ${departure}`
}

/** The marks in short, the gravest first. No answer about photos, outings or swimming is a no. */
export function marksTold({ t }: Translator, marks: Marks | undefined): { text: string; colour: string }[] {
  if (!marks) return []
  const tag = (shown: boolean, key: string, colour: string) =>
    shown ? [{ text: t(`leisure-register:marks.${key}`), colour }] : []
  return [
    ...tag(marks.missing.length > 0, 'blocked', 'red'),
    ...tag(marks.plan, 'plan', 'red'),
    ...tag(marks.care && !marks.plan, 'care', 'red'),
    ...tag(!marks.photo, 'noPhoto', 'orange'),
    ...tag(!marks.outings, 'noOutings', 'orange'),
    ...tag(!marks.swimming, 'noSwimming', 'orange'),
    ...tag(marks.leavesAlone, 'leavesAlone', 'blue'),
  ]
}

/** What lacks in the file, in a sentence each; nothing when the file is complete. */
export function missingTold({ t }: Translator, marks: Marks | undefined): string[] {
  return (marks?.missing ?? []).map(({ part, why }) =>
    t(`leisure-register:missing.${why}`, { piece: t(`leisure-register:piece.${part}`) }),
  )
}

/** How much lacks, for a list: which pieces is on the child's own page. */
export function missingInShort({ t }: Translator, marks: Marks | undefined): string {
  const count = marks?.missing.length ?? 0
  return count === 0 ? '' : t('leisure-register:missingCount', { count })
}

/** The figures above a register. */
export function figuresTold({ t }: Translator, rows: Register['rows']): { figure: number; text: string }[] {
  const counts = countsOf(rows)
  return (['signedUp', 'present', 'left', 'absent', 'expected'] as const).map(key => ({
    figure: counts[key],
    text: t(`leisure-register:figures.${key}`, { count: counts[key] }),
  }))
}

/** What the staff is enough for, in words: a warning before it is too few. */
export function staffTold(
  { t }: Translator,
  check: Awaited<ReturnType<typeof staffCheckOf>>,
): { warns: boolean; verdict: string; lines: string[]; ratio: string; source: string } | null {
  if (!check) return null
  const { now, ratio } = check
  const words = (key: string, params: Record<string, unknown> = {}) => t(`leisure-register:staff.${key}`, params)
  const verdict = {
    nobody: () => words('nobody'),
    untold: () => words('untold', { count: now.whenAll.needed }),
    lacking: () => words('lacking', { count: now.lacking }),
    'will-lack': () => words('willLack', { count: now.whenAll.lacking }),
    'last-place': () => words(now.more.underSix === 0 ? 'noMoreUnderSix' : 'noMoreFromSix'),
    enough: () => words('enough'),
  }[now.verdict]()
  return {
    warns: now.verdict === 'lacking' || now.verdict === 'will-lack' || now.verdict === 'untold',
    verdict,
    lines: [
      ...(check.staff ? [words('now', { needed: now.needed, count: now.counting })] : []),
      words('whenAll', { count: now.whenAll.needed }),
      ...(now.verdict === 'enough' || now.verdict === 'last-place' ? [words('more', { ...now.more })] : []),
    ],
    ratio: t('leisure:ratio', { underSix: ratio.underSix, fromSix: ratio.fromSix }),
    source: t(`leisure:sources.${ratio.source}`),
  }
}
