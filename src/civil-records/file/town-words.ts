import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { linesField } from '../../people/forms.ts'
import { civilMessages } from '../schema.ts'
import type { CivilRequest } from '../store.ts'

/** What a clerk writes to an applicant: in French, and in the applicant's language where the clerk knows it. */
export const wordsForm = z.object({
  words: linesField(3000).default(''),
  translated: linesField(3000).default(''),
})

/** A message as it is kept: `text` is what the applicant reads first, `french` the same for who reads another language. */
export type Message = { text: string; french: string | null }

/** Paragraphs one after the other; what is empty is left out. */
export const paragraphs = (...parts: readonly (string | null | undefined)[]): string =>
  parts.filter(part => part?.trim()).join('\n\n')

/**
 * Own words as a message: in another language both are shown, the French being what the town said. Without a translation
 * the French goes alone, which is better than words of a machine.
 */
export function ownWords({ language }: Pick<CivilRequest, 'language'>, french: string, translated: string): Message {
  return language !== 'fr' && translated ? { text: translated, french } : { text: french, french: null }
}

/** Keeps a message of the town with its request, for both to read again. */
export async function keepMessage(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  requestId: Id<'civil-request'>,
  { text, french }: Message,
): Promise<Id<'civil-message'>> {
  const id = newId<'civil-message'>()
  await tx
    .insert(civilMessages)
    .values({ id, requestId, at: now, by: 'town', accountId: clerk.accountId, text, french })
  return id
}
