import type { Queries } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Town } from '../town-context.ts'
import { frenchSpaces } from '../web/typography.ts'
import { type CannedKey, cannedKeys, namesOf, type TextKey } from './letter-keys.ts'
import { letterTexts } from './schema.ts'

/** The words of a letter with their placeholders, as they are kept: paragraphs with an empty line between them. */
export type Wording = { subject: string; body: string }

/** What a letter says, to be given to the mailer or printed. */
export type LetterText = { subject: string; paragraphs: string[] }

type Params = Readonly<Record<string, string>>

/**
 * What a letter says in a language: the town's own words when an administrator wrote some, else those it ships with.
 * `params` has every name that `letterKinds` lists for the letter, in words of that language; the town may have put any of
 * them in its text, so one that lacks throws. They are put in as they are: what they hold is never read for placeholders.
 */
export async function letterText(
  town: Town,
  db: Queries,
  key: TextKey,
  language: string,
  params: Params,
): Promise<LetterText> {
  const missing = namesOf(key).filter(name => params[name] === undefined)
  if (missing.length > 0) throw new Error(`the letter ${key} was not given ${missing.join(', ')}`)
  const wording = (await ownWording(db, key, language)) ?? shippedWording(town, key, language)
  return fillIn(town, language, wording, params)
}

/** A clerk's ready answers in a language, in their order: `title` names each in the list, `text` is what it says. */
export async function cannedAnswers(
  town: Town,
  db: Queries,
  language: string,
  params: Params,
): Promise<{ key: CannedKey; title: string; text: string }[]> {
  const answers = []
  for (const key of cannedKeys) {
    const { subject, paragraphs } = await letterText(town, db, key, language, params)
    answers.push({ key, title: subject, text: paragraphs.join('\n\n') })
  }
  return answers
}

/** The town's own words for that letter, when it has some. */
export async function ownWording(db: Queries, key: TextKey, language: string): Promise<Wording | undefined> {
  const [own] = await db
    .select({ subject: letterTexts.subject, body: letterTexts.body })
    .from(letterTexts)
    .where(and(eq(letterTexts.key, key), eq(letterTexts.language, language)))
  return own
}

/** The words it ships with, their placeholders not filled in. */
export function shippedWording(town: Pick<Town, 'languages'>, key: TextKey, language: string): Wording {
  const { t } = town.languages.for(language)
  const asWritten = (part: string) => t(`letter-texts:${key}.${part}`, { skipInterpolation: true })
  return { subject: asWritten('subject'), body: asWritten('body') }
}

/**
 * Puts the values in the place of their names, in one pass: nothing in a wording or in a value is ever run. What has no
 * value leaves a blank.
 */
export function fillIn(
  town: Pick<Town, 'config'>,
  language: string,
  { subject, body }: Wording,
  params: Params,
): LetterText {
  const { name, phone, openingHours } = town.config.town
  const values = new Map(Object.entries({ ...params, town: name, phone, hours: openingHours }))
  const filled = (text: string) =>
    (language === 'fr' ? frenchSpaces(text) : text).replace(placeholder, (_all, word: string) => values.get(word) ?? '')
  return {
    subject: filled(subject).replace(/\s+/g, ' ').trim(),
    paragraphs: filled(body)
      .split(/\n\s*\n/)
      .map(paragraph => paragraph.trim())
      .filter(Boolean),
  }
}

/** `{{name}}`, spaces allowed inside. */
export const placeholder = /\{\{\s*(\w+)\s*\}\}/g
