import type { FieldError } from '../kernel/problems.ts'
import { searchKey } from '../people/rules.ts'
import { commonPasswords } from './common-passwords.ts'

/** Long enough to resist guessing; no rule on letters and digits, which only make passwords worse (ANSSI, CNIL, NIST). */
const SHORTEST = 12
const LONGEST = 200

/**
 * What is wrong with a new password: too short, one of those everybody tries, one letter again and again, or the person's
 * own address or name.
 */
export function passwordFault(
  password: string,
  of: { email: string; firstName?: string; lastName?: string },
): Omit<FieldError, 'field'> | undefined {
  const length = [...password].length
  if (length === 0) return { code: 'required' }
  if (length < SHORTEST) return { code: 'password-too-short' }
  if (length > LONGEST) return { code: 'too-long', params: { max: LONGEST } }
  const plain = plainOf(password)
  const [ownName = ''] = of.email.split('@')
  const ours = [
    of.email,
    ownName,
    `${of.firstName ?? ''}${of.lastName ?? ''}`,
    `${of.lastName ?? ''}${of.firstName ?? ''}`,
  ]
  if (ours.map(plainOf).some(known => known.length > 0 && known === withoutTail(plain)))
    return { code: 'password-too-common' }
  if (new Set(password.toLowerCase()).size < 4) return { code: 'password-too-common' }
  if (commonPasswords.has(plain) || commonPasswords.has(withoutTail(plain))) return { code: 'password-too-common' }
  return undefined
}

const plainOf = (text: string) => searchKey(text).replaceAll(' ', '')

/** « motdepasse2026 » is « motdepasse » to whoever guesses. */
const withoutTail = (plain: string) => plain.replace(/\d+$/, '')

/** The form in which an e-mail address is compared and unique. */
export const emailKey = (email: string) => email.normalize('NFC').trim().toLowerCase()

/**
 * The address of our own site to go to after signing in, or undefined: what browsers would read as another site
 * (`//evil.example`, `/\evil.example`) or a page that only makes sense once is not one.
 */
export function ownPath(address: string | undefined): string | undefined {
  if (!address?.startsWith('/') || /^\/[/\\]|[\p{Cc}\\]/u.test(address)) return undefined
  return /^\/(connexion|deconnexion|inscription|mot-de-passe|api)(\/|\?|$)/.test(address) ? undefined : address
}

/** How long a link of each kind works. */
export const LINK_LIFETIMES = {
  'confirm-email': Temporal.Duration.from({ hours: 48 }),
  'change-email': Temporal.Duration.from({ hours: 48 }),
  'reset-password': Temporal.Duration.from({ minutes: 30 }),
  'choose-password': Temporal.Duration.from({ hours: 7 * 24 }),
} as const

export type LinkPurpose = keyof typeof LINK_LIFETIMES

/** The address that counts for throttling: an IPv6 subscriber holds a whole /64. */
export function subscriberOf(ip: string): string {
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map(group => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}
