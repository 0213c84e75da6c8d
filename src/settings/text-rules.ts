import type { FieldError } from '../kernel/problems.ts'
import { longNames, namesOf, type TextKey, textKinds, townPlaceholders } from './letter-keys.ts'
import { placeholder, type Wording } from './texts.ts'

export const LONGEST_SUBJECT = 120
export const LONGEST_BODY = 3_000

/** A sentence of more words is hard to read; of fewer, easy (the town's charter of plain words: 15, at most 20). */
export const EASY_SENTENCE = 15
const LONG_SENTENCE = 20

/** What is wrong with a wording: too long, names that do not exist here, names without which the letter says nothing. */
export function wordingFaults(key: TextKey, { subject, body }: Wording): FieldError[] {
  const used = new Set([...namesIn(subject), ...namesIn(body)])
  const faults = [...partFaults(key, 'subject', subject), ...partFaults(key, 'body', body)]
  const lost = textKinds[key].needs.filter(name => !used.has(name))
  if (lost.length > 0) faults.push({ field: 'body', code: 'placeholder-missing', params: { names: lost.join(', ') } })
  return faults
}

function partFaults(key: TextKey, field: 'subject' | 'body', text: string): FieldError[] {
  if (text === '') return [{ field, code: 'required' }]
  const faults: FieldError[] = []
  const max = field === 'subject' ? LONGEST_SUBJECT : LONGEST_BODY
  if ([...text].length > max) faults.push({ field, code: 'too-long', params: { max } })
  const known: readonly string[] = [...namesOf(key), ...townPlaceholders]
  const unknown = namesIn(text).filter(name => !known.includes(name))
  if (unknown.length > 0) faults.push({ field, code: 'placeholder-unknown', params: { names: unknown.join(', ') } })
  // No letter needs a brace: one that is left is a name that was not closed, and would be sent as it is.
  if (/[{}]/.test(text.replace(placeholder, ''))) faults.push({ field, code: 'placeholder-broken' })
  const tooLong = field === 'subject' ? namesIn(text).filter(name => longNames.includes(name)) : []
  if (tooLong.length > 0) {
    faults.push({ field, code: 'placeholder-not-in-subject', params: { names: tooLong.join(', ') } })
  }
  return faults
}

/** The names between double braces, each once. */
const namesIn = (text: string): string[] => [...new Set([...text.matchAll(placeholder)].map(([, name]) => name ?? ''))]

/** How hard a text is to read. */
export type Readability = {
  level: 'easy' | 'fair' | 'hard'
  sentences: number
  /** Words in each sentence, on average, to one decimal. */
  average: number
  /** The sentence of most words, and how many. */
  longest: { words: number; text: string }
}

/** Counts the words of each sentence; a name between braces counts as one word. */
export function readabilityOf(text: string): Readability {
  const sentences = text
    .split(/(?<=[.?!…])\s+|\n+/)
    .map(sentence => ({ text: sentence.trim(), words: wordsIn(sentence) }))
    .filter(({ words }) => words > 0)
  const longest = sentences.reduce((most, one) => (one.words > most.words ? one : most), { words: 0, text: '' })
  const words = sentences.reduce((sum, one) => sum + one.words, 0)
  return {
    level: longest.words <= EASY_SENTENCE ? 'easy' : longest.words <= LONG_SENTENCE ? 'fair' : 'hard',
    sentences: sentences.length,
    average: sentences.length === 0 ? 0 : Math.round((10 * words) / sentences.length) / 10,
    longest,
  }
}

const wordsIn = (text: string) => text.split(/\s+/).filter(word => /[\p{L}\d]/u.test(word)).length
