import { accountOfPerson } from '../access/store.ts'
import type { Queries, Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { LetterKey, LetterParams, TextKey } from '../settings/letter-keys.ts'
import { type LetterText, letterText } from '../settings/texts.ts'
import type { Town } from '../town-context.ts'
import { makeRequestLink } from './links.ts'
import type { CivilRequest } from './store.ts'
import { inGroups, whatWasAsked } from './words.ts'

/** What every letter about a request can say by itself. */
type Known = 'number' | 'what' | 'firstName' | 'lastName'

type ApplicantLetter<Key extends LetterKey> = {
  /** Which of the town's texts. */
  text: Key
  /** Which event it is about: the same one writes once. */
  key: string
  /** What fills the other places of the text. */
  params: Omit<LetterParams<Key>, Known>
  documents?: readonly Id<'document'>[]
}

/**
 * Writes to the applicant about their request, in their language, in the town's words. With an e-mail it is sent, and a
 * link opens the request, to whoever has no account by a secret of its own; without one it waits to be printed.
 */
export async function writeToApplicant<Key extends LetterKey>(
  tx: Tx,
  town: Town,
  request: CivilRequest,
  letter: ApplicantLetter<Key>,
): Promise<void> {
  const words = town.languages.for(request.language)
  const number = request.number ? inGroups(request.number) : ''
  await town.mailer.write(tx, town.clock.now(), {
    key: `${letter.text}:${letter.key}`,
    kind: letter.text,
    to: { personId: request.personId, email: request.email, language: request.language },
    documents: letter.documents ?? [],
    content: {
      ...(await letterAbout(town, tx, request, letter.text, letter.params)),
      ...(number ? { facts: [{ label: words.t('civil-records:number'), value: number }] } : {}),
      ...(request.email
        ? { action: { label: words.t('civil-records:seeRequest'), url: await followAddress(tx, town, request) } }
        : {}),
    },
  })
}

/** What a letter about a request says, in its applicant's language; or in another, for the clerk who reads it before. */
export function letterAbout<Key extends TextKey>(
  town: Town,
  db: Queries,
  request: CivilRequest,
  text: Key,
  params: Omit<LetterParams<Key>, Known>,
  language = request.language,
): Promise<LetterText> {
  const { applicant } = request.answers
  const known: Record<Known, string> = {
    number: request.number ? inGroups(request.number) : '',
    firstName: applicant?.firstName ?? '',
    lastName: applicant?.lastName ?? '',
    what: whatWasAsked(town.languages.for(language), request),
  }
  return letterText(town, db, text, language, { ...known, ...params })
}

/** Where the applicant follows the request: their own pages, or a secret address for whoever has no account. */
async function followAddress(tx: Tx, town: Town, request: CivilRequest): Promise<string> {
  const { baseUrl } = town.config
  // A resident whom the counter knows may have no account.
  const account = request.personId && (await accountOfPerson(tx, request.personId))
  if (account) return `${baseUrl}/etat-civil/mes-demandes/${request.id}`
  const secret = await makeRequestLink(tx, town.clock.now(), request.id, 'follow')
  return `${baseUrl}/etat-civil/suivi/${secret}`
}
