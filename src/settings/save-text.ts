import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { and, eq } from '../db/drizzle.ts'
import { type Actor, administratorAmong } from '../kernel/actor.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { isTextKey, namesOf, type TextKey } from './letter-keys.ts'
import { letterTexts } from './schema.ts'
import { wordingFaults } from './text-rules.ts'
import { fillIn, type LetterText, type Wording } from './texts.ts'

/** What is typed: nothing that no keyboard types, one line for the subject. How long it may be is said by `wordingFaults`. */
const typedText = z.string().max(20_000).transform(clean)
export const wordingForm = z.object({
  subject: typedText.transform(text => text.replace(/\s+/g, ' ')),
  body: typedText,
})

/** Which text is meant. Throws 404 for one that there is not, or in a language that the pages do not speak. */
export function textAt(town: Town, key: string, language: string): { key: TextKey; language: string } {
  if (!isTextKey(key) || !town.languages.list.some(({ code }) => code === language)) throw notFound()
  return { key, language }
}

/** The wording as it may be kept. Throws `invalid` with what is wrong, by field. */
function checkedWording(key: TextKey, wording: Wording): Wording {
  const faults = wordingFaults(key, wording)
  if (faults.length > 0) throw invalid(faults)
  return wording
}

/** Keeps the town's own words for a letter. Throws `invalid` by field, and 404 to who is no administrator. */
export async function saveText(
  town: Town,
  asker: Actor,
  at: { key: TextKey; language: string },
  wording: Wording,
): Promise<void> {
  const administrator = administratorAmong(asker)
  const { key, language } = at
  const now = town.clock.now()
  const row = { ...checkedWording(key, wording), updatedAt: now, updatedBy: administrator.accountId }
  await town.db.transaction(async tx => {
    await tx
      .insert(letterTexts)
      .values({ key, language, ...row })
      .onConflictDoUpdate({ target: [letterTexts.key, letterTexts.language], set: row })
    await audit(tx, now, administrator, { action: 'letter-text.changed', subject: subjectOf(at) })
  })
}

/** Goes back to the words that the letter ships with. Throws 404 to who is no administrator. */
export async function restoreText(town: Town, asker: Actor, at: { key: TextKey; language: string }): Promise<void> {
  const administrator = administratorAmong(asker)
  const { key, language } = at
  await town.db.transaction(async tx => {
    const removed = await tx
      .delete(letterTexts)
      .where(and(eq(letterTexts.key, key), eq(letterTexts.language, language)))
      .returning({ key: letterTexts.key })
    if (removed.length === 0) return
    await audit(tx, town.clock.now(), administrator, { action: 'letter-text.restored', subject: subjectOf(at) })
  })
}

/** What the letter would say to somebody: with example values in its language. */
export function exampleOf(town: Town, key: TextKey, language: string, wording: Wording): LetterText {
  const { t } = town.languages.for(language)
  const examples = namesOf(key).map(name => [name, t(`letter-texts:examples.${name}`)] as const)
  return fillIn(town, language, wording, Object.fromEntries(examples))
}

/**
 * Sends the letter with example values to the administrator who asks; one page sends it once. Throws `invalid` for a wording
 * that could not be kept.
 */
export async function sendTrial(
  town: Town,
  asker: Actor,
  at: { key: TextKey; language: string },
  trial: { wording: Wording; email: string; once: string },
): Promise<void> {
  const administrator = administratorAmong(asker)
  const { key, language } = at
  const { subject, paragraphs } = exampleOf(town, key, language, checkedWording(key, trial.wording))
  const { t } = town.languages.for(language)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await town.mailer.write(tx, now, {
      key: `letter-trial:${trial.once}`,
      kind: 'settings.letter-trial',
      to: { personId: administrator.personId, email: trial.email, language },
      content: { subject: t('letter-texts:trial', { subject }), paragraphs },
    })
    await audit(tx, now, administrator, { action: 'letter-text.tried', subject: subjectOf(at) })
  })
}

const subjectOf = ({ key, language }: { key: TextKey; language: string }) => ({
  kind: 'letter-text',
  id: `${key}.${language}`,
})

function clean(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .trim()
}
