/** Digits and letters that are not taken for one another: no 0 or O, no 1, I or L. 31 of them, a prime: see `check`. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 12
/** Bytes from there on are left out, so that every sign is as likely as any other. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length)

/**
 * The weighted sum of the signs, modulo 31; 0 for a number that is right. The modulus is prime and no two places weigh the
 * same, so one wrong sign, or two neighbours exchanged, never leave it at 0.
 */
const check = (places: readonly number[]): number =>
  places.reduce((sum, value, i) => sum + (i + 1) * value, 0) % ALPHABET.length

/**
 * A new number of a request: eleven signs by chance (54 bits: not to be guessed, without meaning) and one that checks them.
 * `randomBytes` gives that many bytes of chance, as that of node:crypto does.
 */
export function trackingNumber(randomBytes: (size: number) => Uint8Array): string {
  const places: number[] = []
  while (places.length < LENGTH - 1) {
    for (const byte of randomBytes(LENGTH)) {
      if (byte < FAIR_BYTES && places.length < LENGTH - 1) places.push(byte % ALPHABET.length)
    }
  }
  const last = ALPHABET.split('').findIndex((_, value) => check([...places, value]) === 0)
  return [...places, last].map(value => ALPHABET[value]).join('')
}

/** The number that was typed, with or without spaces, dashes or capitals; undefined when it cannot be one. */
export function readTrackingNumber(typed: string): string | undefined {
  const number = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s.·_\p{Pd}]/gu, '')
  const places = [...number].map(sign => ALPHABET.indexOf(sign))
  return places.length === LENGTH && !places.includes(-1) && check(places) === 0 ? number : undefined
}
