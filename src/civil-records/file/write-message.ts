import { audit } from '../../audit/audit.ts'
import type { Queries } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { invalid } from '../../kernel/problems.ts'
import type { LetterText } from '../../settings/texts.ts'
import type { Town } from '../../town-context.ts'
import { parse } from '../../web/forms.ts'
import { letterAbout, writeToApplicant } from '../letters.ts'
import type { CivilRequest } from '../store.ts'
import { actOn, changeRequest, type Seen } from './act-on.ts'
import { keepMessage, type Message, ownWords, paragraphs, wordsForm } from './town-words.ts'

/** Reads what a clerk wants to tell. Throws `invalid` without French words. */
export function readMessage(request: CivilRequest, sent: unknown): Message {
  const { words, translated } = parse(wordsForm, sent)
  if (!words) throw invalid([{ field: 'words', code: translated ? 'french-too' : 'required' }])
  return ownWords(request, words, translated)
}

/** The letter that brings a message, in the applicant's language and, when that is another, in French. */
export async function messageLetters(
  town: Town,
  db: Queries,
  request: CivilRequest,
  { text, french }: Message,
): Promise<{ theirs: LetterText; french: LetterText | undefined }> {
  const letter = (language: string, message: string) =>
    letterAbout(town, db, request, 'civil.message', { message }, language)
  return {
    theirs: await letter(request.language, paragraphs(text, french)),
    french: request.language === 'fr' ? undefined : await letter('fr', french ?? text),
  }
}

/** Tells the applicant something that asks nothing of them: the request stays where it is. */
export function writeMessage(town: Town, clerk: Clerk, seen: Seen, sent: unknown): Promise<CivilRequest> {
  return actOn(town, clerk, seen, async (tx, request, now) => {
    const message = readMessage(request, sent)
    const messageId = await keepMessage(tx, now, clerk, request.id, message)
    const changed = await changeRequest(tx, now, request, {})
    await audit(tx, now, clerk, {
      action: 'civil-request.written-to',
      subject: { kind: 'civil-request', id: request.id },
      details: { messageId },
    })
    await writeToApplicant(tx, town, changed, {
      text: 'civil.message',
      key: messageId,
      params: { message: paragraphs(message.text, message.french) },
    })
    return changed
  })
}
