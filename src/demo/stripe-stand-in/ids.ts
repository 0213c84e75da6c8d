import { randomInt } from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A random word of letters and digits that nobody guesses. */
export function randomWord(length: number): string {
  let word = ''
  for (let i = 0; i < length; i++) word += LETTERS[randomInt(LETTERS.length)]
  return word
}

/** A fresh identifier in Stripe's manner: what it names, then 24 random characters. */
export const freshId = (prefix: string) => `${prefix}_${randomWord(24)}`
