import type { Request } from 'express'
import { ownPath } from './rules.ts'
import type { SignUpBegun } from './sign-up.ts'
import type { Account } from './store.ts'

declare module 'express-session' {
  interface SessionData {
    /** An account was begun in this browser, and waits for its address to be confirmed. */
    signUp?: SignUpBegun
  }
}

/**
 * Signs this browser in, in a session of a new name: whoever planted or saw the old one has nothing. Gives the page to go
 * to: the one that asked for signing in, or the first of this kind of account. Every way in ends here, so that a second
 * factor has one place to stand.
 */
export async function openSession(req: Request, account: Pick<Account, 'id' | 'clerk'>): Promise<string> {
  const { afterSignIn, flash } = req.session
  await new Promise<void>((resolve, reject) => req.session.regenerate(error => (error ? reject(error) : resolve())))
  req.session.accountId = account.id
  const device = deviceOf(req.get('user-agent'))
  if (device) req.session.device = device
  if (flash) req.session.flash = flash
  await kept(req)
  return ownPath(afterSignIn) ?? (account.clerk ? '/guichet' : '/accueil')
}

/** Ends the session of this browser. */
export async function closeSession(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.destroy(error => (error ? reject(error) : resolve())))
}

/** Waits until the session is in the database: the next request may reach another process. */
export async function kept(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.save(error => (error ? reject(error) : resolve())))
}

const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]

/** « Firefox, Android »: enough to recognise one's own phone. Undefined for a browser that says nothing we know. */
export function deviceOf(userAgent: string | undefined): string | undefined {
  const named = (known: readonly [RegExp, string][]) => known.find(([sign]) => sign.test(userAgent ?? ''))?.[1]
  return [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(', ') || undefined
}
