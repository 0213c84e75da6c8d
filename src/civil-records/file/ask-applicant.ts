import { z } from 'zod'
import type { Queries } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { newId } from '../../kernel/ids.ts'
import { invalid } from '../../kernel/problems.ts'
import { dayField } from '../../people/forms.ts'
import { cannedKeys } from '../../settings/letter-keys.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { LetterText } from '../../settings/texts.ts'
import type { Town } from '../../town-context.ts'
import { parse } from '../../web/forms.ts'
import { letterAbout, writeToApplicant } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { notHeld } from '../queue/holding.ts'
import { civilAsks } from '../schema.ts'
import type { CivilRequest } from '../store.ts'
import { actOn, type Seen } from './act-on.ts'
import { keepMessage, type Message, ownWords, paragraphs, wordsForm } from './town-words.ts'

/** What is asked for: a paper to send, or an answer in words. The letter's words follow. */
export const askKinds = ['document', 'answer'] as const

export const askForm = wordsForm.extend({
  asks: z.enum(askKinds, 'required').default('document'),
  /** A ready answer of the town's, or `own`: then the words say it all. Words beside a ready answer come after it. */
  canned: z.enum([...cannedKeys, 'own'], 'required'),
  /** Until when the applicant has time; so many days as the town set, when left out. */
  dueOn: dayField.optional(),
})

/** An applicant needs time to find a paper, and no request may sleep for more than half a year. */
const LEAST_DAYS = 7
const MOST_DAYS = 180

type ReadyAsk = Message & { asks: (typeof askKinds)[number]; dueOn: Temporal.PlainDate }

/** Reads what a clerk asks and puts it in the applicant's language. Throws `invalid` by field. */
export async function readAsk(town: Town, db: Queries, request: CivilRequest, sent: unknown): Promise<ReadyAsk> {
  const ask = parse(askForm, sent)
  const today = dayInParis(town.clock.now())
  const dueOn = ask.dueOn ?? today.add({ days: (await settingsOf(db)).askDays })
  const inDays = today.until(dueOn).days
  if (inDays < LEAST_DAYS) throw invalid([{ field: 'dueOn', code: 'date-too-soon', params: { days: LEAST_DAYS } }])
  if (inDays > MOST_DAYS) throw invalid([{ field: 'dueOn', code: 'date-too-far' }])
  const { asks, canned } = ask
  if (canned === 'own' && !ask.words) throw invalid([{ field: 'words', code: 'required' }])
  if (ask.translated && !ask.words) throw invalid([{ field: 'words', code: 'french-too' }])
  const own = ownWords(request, ask.words, ask.translated)
  if (canned === 'own') return { ...own, asks, dueOn }
  const ready = async (language: string) => {
    const deadline = town.languages.for(language).f.day(dueOn)
    return (await letterAbout(town, db, request, canned, { deadline }, language)).paragraphs.join('\n\n')
  }
  const text = paragraphs(await ready(request.language), own.text)
  const french = request.language === 'fr' ? null : paragraphs(await ready('fr'), own.french ?? own.text)
  return { text, french, asks, dueOn }
}

/** The letter of an ask, in the applicant's language and, when that is another, in French. */
export async function askLetters(
  town: Town,
  db: Queries,
  request: CivilRequest,
  ask: ReadyAsk,
): Promise<{ theirs: LetterText; french: LetterText | undefined }> {
  const letter = (language: string, said: string) => {
    const deadline = town.languages.for(language).f.day(ask.dueOn)
    return ask.asks === 'document'
      ? letterAbout(town, db, request, 'civil.document-asked', { document: said, deadline }, language)
      : letterAbout(town, db, request, 'civil.question', { question: said, deadline }, language)
  }
  const theirs = await letter(request.language, bothTexts(ask))
  return { theirs, french: request.language === 'fr' ? undefined : await letter('fr', ask.french ?? ask.text) }
}

/** In the letter, what the town said in French follows the applicant's own language. */
const bothTexts = ({ text, french }: Message): string => paragraphs(text, french)

/**
 * Asks the applicant for a paper or an answer until a day. The request waits for them, is nobody's to hold, and does not
 * count as late. Throws `invalid` by field, 409 when it cannot be asked now.
 */
export function askApplicant(town: Town, clerk: Clerk, seen: Seen, sent: unknown): Promise<CivilRequest> {
  return actOn(town, clerk, seen, async (tx, request, now) => {
    const ask = await readAsk(town, tx, request, sent)
    const messageId = await keepMessage(tx, now, clerk, request.id, ask)
    const { dueOn } = ask
    await tx
      .insert(civilAsks)
      .values({ id: newId<'civil-ask'>(), requestId: request.id, messageId, askedAt: now, dueOn })
    const waiting = await moveRequest(tx, now, clerk, request, { to: 'waiting-for-applicant', set: notHeld })
    const deadline = town.languages.for(request.language).f.day(dueOn)
    const said = bothTexts(ask)
    if (ask.asks === 'document')
      await writeToApplicant(tx, town, waiting, {
        text: 'civil.document-asked',
        key: messageId,
        params: { document: said, deadline },
      })
    else
      await writeToApplicant(tx, town, waiting, {
        text: 'civil.question',
        key: messageId,
        params: { question: said, deadline },
      })
    return waiting
  })
}
