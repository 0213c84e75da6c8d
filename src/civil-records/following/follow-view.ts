import type { Queries } from '../../db/database.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { summaryRows } from '../asking/ask-summary.ts'
import { askingOf } from '../asking/draft.ts'
import { daysWaited } from '../rules/after-wait.ts'
import { silenceRefusesOn } from '../rules/delays.ts'
import { isClosed, type RequestState } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { collectBefore, readyMove } from './collection-due.ts'
import {
  applicantDocument,
  type CivilFile,
  type CivilMessage,
  type CivilMove,
  messagesOf,
  movesOf,
  openAsk,
  ownFiles,
} from './follow.ts'
import { mayWithdraw } from './withdraw.ts'

/** One step of a request, as its applicant is told of it. */
export type Step = { day: string; text: string }

/**
 * What happened to a request, in plain words and without names of clerks. A file that clerks hand to one another is still
 * being read: that is told once.
 */
function timeline({ t, f }: Translator, moves: readonly CivilMove[]): Step[] {
  const steps: Step[] = []
  let read = false
  for (const { from, to, at } of moves) {
    const key = stepKey(from, to, read)
    if (to === 'under-review') read = true
    if (key) steps.push({ day: f.day(dayInParis(at)), text: t(`civil-follow:step.${key}`) })
  }
  return steps
}

/** The word of a step; none for what is the town hall's own business. */
function stepKey(from: RequestState, to: RequestState, read: boolean): string | undefined {
  switch (to) {
    case 'draft':
      return undefined
    case 'submitted':
      return from === 'draft' ? 'submitted' : undefined
    case 'under-review':
      if (from === 'submitted') return read ? undefined : 'under-review'
      if (from === 'waiting-for-applicant') return 'answered'
      return from === 'refused' ? 'opened-again' : 'checked-again'
    case 'signed':
      return from === 'posted' ? 'came-back' : 'signed'
    case 'expired':
      return from === 'ready-for-collection' ? 'uncollected' : 'unanswered'
    default:
      return to
  }
}

/** The tag of a state: its words, and a colour that says nothing that the words do not. */
export function stateTag({ t }: Translator, state: RequestState): { text: string; colour: string } {
  return { text: t(`civil-records:state.${state}`), colour: colours[state] ?? 'grey' }
}

const colours: Readonly<Partial<Record<RequestState, string>>> = {
  submitted: 'blue',
  'under-review': 'blue',
  'waiting-for-applicant': 'yellow',
  'ready-to-print': 'green',
  signed: 'green',
  posted: 'green',
  'ready-for-collection': 'yellow',
  collected: 'green',
  refused: 'red',
}

/** Where a request stands: what a number and a birth year may know of it. No name, no paper, no message. */
export type Standing = {
  number: string
  state: { text: string; colour: string }
  /** What happens now, in a few sentences. */
  now: readonly string[]
  /** What silence of the town means. */
  silence: string | null
  steps: readonly Step[]
  open: boolean
  waiting: boolean
}

export async function standingOf(
  town: Town,
  db: Queries,
  words: Translator,
  request: CivilRequest,
  moves: readonly CivilMove[],
): Promise<Standing> {
  const { state, number, submittedAt } = request
  const townsTurn = ['submitted', 'under-review'].includes(state)
  return {
    number: number ? inGroups(number) : '',
    state: stateTag(words, state),
    now: await whatNow(town, db, words, request),
    silence:
      townsTurn && submittedAt
        ? words.t('civil-follow:silence', {
            day: words.f.day(silenceRefusesOn(submittedAt).add({ days: daysWaited(moves) })),
          })
        : null,
    steps: timeline(words, moves),
    open: !isClosed(state),
    waiting: state === 'waiting-for-applicant',
  }
}

async function whatNow(town: Town, db: Queries, { t, f }: Translator, request: CivilRequest): Promise<string[]> {
  const today = dayInParis(town.clock.now())
  const { state, dueOn, onHoldUntil, delivery } = request
  const say = (key: string, day?: Temporal.PlainDate) => t(`civil-follow:now.${key}`, day ? { day: f.day(day) } : {})
  switch (state) {
    case 'submitted':
    case 'under-review':
      if (onHoldUntil && dueOn && isOnOrBefore(dueOn, onHoldUntil)) return [say('on-hold'), say('resumes', onHoldUntil)]
      if (!dueOn) return [say('reads')]
      return isOnOrBefore(today, dueOn)
        ? [say('reads'), say('before', dueOn)]
        : [say('late', dueOn), say('not-forgotten')]
    case 'waiting-for-applicant': {
      const ask = await openAsk(db, request.id)
      return ask ? [say('answer', ask.dueOn), say('answer-late')] : [say('waits')]
    }
    case 'ready-to-print':
      return [say('accepted'), say(delivery === 'collection' ? 'will-wait' : 'will-post')]
    case 'signed':
      return [say('signed'), say(delivery === 'collection' ? 'will-wait' : 'will-post')]
    case 'ready-for-collection': {
      const ready = await readyMove(db, request.id)
      const last = ready && collectBefore(ready.at, await settingsOf(db))
      return last ? [say('collect', last), say('bring')] : [say('bring')]
    }
    case 'expired': {
      const moves = await movesOf(db, request.id)
      return [say(moves.at(-1)?.from === 'ready-for-collection' ? 'uncollected' : 'unanswered'), say('again')]
    }
    case 'withdrawn':
      return [say('withdrawn'), say('again')]
    default:
      return [say(state)]
  }
}

type Message = {
  fromTown: boolean
  at: string
  /** The applicant's language: `language` may be none of ours. */
  lang: string
  paragraphs: readonly string[]
  french: readonly string[]
  files: readonly { id: string; name: string; size: string }[]
}

/** All that an applicant sees of their own request. */
export async function requestView(town: Town, words: Translator, request: CivilRequest) {
  const db = town.db.read
  const { t, f } = words
  const moves = await movesOf(db, request.id)
  const ask = await openAsk(db, request.id)
  const files = await ownFiles(db, request.id)
  const acknowledgement = await applicantDocument(db, request, 'acknowledgement')
  const refusal = await applicantDocument(db, request, 'refusal')
  const { state, delivery, submittedAt } = request
  const said = state === 'refused' || state === 'withdrawn' ? moves.at(-1) : undefined
  return {
    what: asTitle(words, request),
    standing: await standingOf(town, db, words, request, moves),
    ask: ask && state === 'waiting-for-applicant' ? { day: f.day(ask.dueOn), messageId: ask.messageId } : null,
    reasons: reasonsOf(said, request.language),
    rows: await askedRows(town, words, request, files.filter(({ messageId }) => !messageId).length),
    sent: submittedAt ? f.day(dayInParis(submittedAt)) : '',
    acknowledgement: acknowledgement ? sizeOf(words, acknowledgement.size) : null,
    refusal: refusal ? sizeOf(words, refusal.size) : null,
    refused: state === 'refused',
    messages: (await messagesOf(db, request.id)).map(message => told(words, request, message, files)),
    ownPapers: files.filter(({ messageId }) => !messageId).map(file => fileShown(words, file)),
    arrival: delivery === 'collection' ? t('civil-follow:arrival.collection') : t('civil-follow:arrival.post'),
    mayWithdraw: mayWithdraw(state),
  }
}

/** Why it ended so, in the applicant's language and in the town's. */
function reasonsOf(move: CivilMove | undefined, language: string): { lang: string; text: string }[] {
  if (!move) return []
  if (!move.refusal) return move.reason ? [{ lang: 'fr', text: move.reason }] : []
  return move.refusal.facts.flatMap(({ french, translated }) => [
    ...(translated ? [{ lang: language, text: translated }] : []),
    { lang: 'fr', text: french },
  ])
}

/** What was asked for, in the words of the questions, and where the town writes to. */
async function askedRows(
  town: Town,
  words: Translator,
  request: CivilRequest,
  papers: number,
): Promise<{ key: string; value: string }[]> {
  const { shortName } = town.config.town
  const asking = await askingOf(town, town.db.read, request.personId)
  const rows = summaryRows(words, request.answers, asking, { shortName, papers })
  const to = request.email ?? words.t('civil-follow:asked.noEmail')
  const gone = papers === 0 && request.answers.proof === 'sent'
  const shown = ({ key, value }: { key: string; value: string }) =>
    gone && key === words.t('civil-ask:proof.name')
      ? { key, value: words.t('civil-follow:asked.papersGone') }
      : { key, value }
  return [...rows.map(shown), { key: words.t('civil-follow:asked.email'), value: to }]
}

/** « Copie intégrale de l’acte de naissance de Fatou Diallo »: what was asked, at the head of a line. */
export function asTitle(words: Translator, request: Pick<CivilRequest, 'kind' | 'form' | 'answers'>): string {
  const what = whatWasAsked(words, request)
  return what.charAt(0).toLocaleUpperCase(words.language.intl) + what.slice(1)
}

function told(words: Translator, request: CivilRequest, message: CivilMessage, files: readonly CivilFile[]): Message {
  return {
    fromTown: message.by === 'town',
    at: words.f.instant(message.at),
    lang: request.language,
    paragraphs: inParagraphs(message.text),
    french: message.french ? inParagraphs(message.french) : [],
    files: files.filter(({ messageId }) => messageId === message.id).map(file => fileShown(words, file)),
  }
}

const inParagraphs = (text: string) => text.split(/\n+/).filter(line => line.trim() !== '')

const fileShown = (words: Translator, { id, name, size }: CivilFile) => ({ id, name, size: sizeOf(words, size) })

const sizeOf = ({ t, f }: Translator, bytes: number): string =>
  bytes < 1_000_000
    ? t('civil-follow:kilobytes', { size: f.number(Math.max(1, Math.round(bytes / 1000))) })
    : t('civil-follow:megabytes', { size: f.number(Math.round(bytes / 100_000) / 10) })
