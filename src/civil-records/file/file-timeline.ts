import type { Id } from '../../kernel/ids.ts'
import type { Translator } from '../../web/i18n.ts'
import type { CivilFile, CivilMessage, CivilMove } from '../following/follow.ts'
import type { civilNotes } from '../schema.ts'
import { reasonInWords } from './refusal.ts'

/** The name of a clerk by their account; empty for nobody. */
export type NameOf = (accountId: Id<'account'> | null) => string

export type TimelineEntry = { at: string; what: string; who: string; why: string }
type Entry = TimelineEntry & { instant: Temporal.Instant }

/** What clerks do to a request beside moving it, as the audit trail calls it. */
export const deeds = [
  'civil-request.taken',
  'civil-request.assigned',
  'civil-request.handed-over',
  'civil-request.taken-back',
  'civil-request.put-on-hold',
  'civil-request.taken-off-hold',
  'civil-request.corrected',
  'civil-act.prepared',
] as const

type Deed = { at: Temporal.Instant; action: string; accountId: Id<'account'> | null; details: Record<string, unknown> }

/** All that happened to a request, newest first: its moves, and what clerks did in between. */
export function timelineOf(
  { t, f }: Translator,
  nameOf: NameOf,
  moves: readonly CivilMove[],
  done: readonly Deed[],
): TimelineEntry[] {
  const entries: Entry[] = [
    ...moves.map(move => ({
      instant: move.at,
      at: f.instant(move.at),
      what: t(`civil-file:moved.${wayOf(move)}`),
      who: whoMoved(t, nameOf, move),
      // A clerk reads a refusal in the language it was decided in.
      why: move.refusal ? reasonInWords(move.refusal, true) : (move.reason ?? ''),
    })),
    ...done.map(deed => ({
      instant: deed.at,
      at: f.instant(deed.at),
      what: t(`civil-file:deed.${deed.action.replace(/^civil-/, '').replace('.', '-')}`),
      who: nameOf(deed.accountId),
      why: correctedAnswers(t, deed),
    })),
  ]
  return entries
    .map((entry, i) => ({ entry, i }))
    .sort((a, b) => Temporal.Instant.compare(b.entry.instant, a.entry.instant) || b.i - a.i)
    .map(({ entry: { instant: _, ...shown } }) => shown)
}

/** Which words a move has: going back to review is said by where it comes from. */
function wayOf({ from, to }: CivilMove): string {
  if (to === 'under-review' && from !== 'submitted') return `${to}-from-${from}`
  if (to === 'submitted' && from !== 'draft') return 'put-back'
  if (to === 'expired' && from === 'ready-for-collection') return 'uncollected'
  return to
}

function whoMoved(t: Translator['t'], nameOf: NameOf, { by, accountId }: CivilMove): string {
  if (by === 'clerk') return nameOf(accountId)
  return t(`civil-file:by.${by.startsWith('system') ? 'system' : 'applicant'}`)
}

/** The answers that a correction touched, by their names. */
function correctedAnswers(t: Translator['t'], { action, details }: Deed): string {
  const changed = details['answers']
  if (action !== 'civil-request.corrected' || !Array.isArray(changed)) return ''
  return changed.map(name => t(`civil-file:answer.${name}`)).join(', ')
}

/** Messages as clerks read them, oldest first, with what came with each. */
export function messagesTold(
  { t, f }: Translator,
  nameOf: NameOf,
  messages: readonly CivilMessage[],
  files: readonly CivilFile[],
) {
  return messages.map(({ id, at, by, accountId, text, french }) => ({
    at: f.instant(at),
    who: by === 'town' ? nameOf(accountId) || t('civil-file:by.town') : t('civil-file:by.applicant'),
    fromTown: by === 'town',
    text,
    french: french ?? '',
    files: files.filter(({ messageId }) => messageId === id).length,
  }))
}

export const notesTold = ({ f }: Translator, nameOf: NameOf, notes: readonly (typeof civilNotes.$inferSelect)[]) =>
  notes.map(({ at, accountId, text }) => ({ at: f.instant(at), who: nameOf(accountId), text }))
