import { createHmac } from 'node:crypto'
import { instantText } from '../db/columns.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, gt, lt, sql } from '../db/drizzle.ts'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { attempts } from './schema.ts'

/** How many times something may be tried from one place, and in how many minutes. */
export type Limit = { what: string; times: number; minutes: number }

/** Only failures count. Ten guesses a quarter of an hour find no password of twelve letters. */
export const SIGN_IN_OF_ACCOUNT: Limit = { what: 'sign-in-of-account', times: 10, minutes: 15 }
/** A whole school may be behind one address. */
export const SIGN_IN_FROM_ADDRESS: Limit = { what: 'sign-in-from-address', times: 60, minutes: 15 }
/** Each makes a letter: nobody's letter box is flooded from here. */
export const LETTERS_TO_ACCOUNT: Limit = { what: 'letters-to-account', times: 4, minutes: 60 }
export const LETTERS_FROM_ADDRESS: Limit = { what: 'letters-from-address', times: 30, minutes: 60 }

/**
 * Counts one more try, whichever process answers. Throws 429 `too-many-attempts` with the time left when there were too
 * many: then nothing is counted, so that waiting always ends.
 */
export async function countAttempt(tx: Tx, town: Town, limit: Limit, subject: string): Promise<void> {
  const now = town.clock.now()
  const over = sql`${attempts.until} <= ${instantText(now)}`
  const until = now.add({ minutes: limit.minutes })
  const [row] = await tx
    .insert(attempts)
    .values({ key: keyOf(town, limit, subject), count: 1, until })
    .onConflictDoUpdate({
      target: attempts.key,
      set: {
        count: sql`case when ${over} then 1 else ${attempts.count} + 1 end`,
        until: sql`case when ${over} then ${instantText(until)} else ${attempts.until} end`,
      },
    })
    .returning()
  if (row && row.count > limit.times) throw tooMany(now, row.until)
}

/** Takes back a try that was right after all. */
export async function uncountAttempt(tx: Tx, town: Town, limit: Limit, subject: string): Promise<void> {
  await tx
    .update(attempts)
    .set({ count: sql`${attempts.count} - 1` })
    .where(and(eq(attempts.key, keyOf(town, limit, subject)), gt(attempts.count, 0)))
}

/** Forgets the tries of who proved to be who they say. */
export async function forgetAttempts(tx: Tx, town: Town, limit: Limit, subject: string): Promise<void> {
  await tx.delete(attempts).where(eq(attempts.key, keyOf(town, limit, subject)))
}

/** Forgets counts that are over. */
export async function forgetOldAttempts(tx: Tx, now: Temporal.Instant): Promise<void> {
  await tx.delete(attempts).where(lt(attempts.until, now))
}

function tooMany(now: Temporal.Instant, until: Temporal.Instant): Problem {
  const seconds = Math.max(1, Math.ceil(now.until(until).total('seconds')))
  const left = { count: Math.ceil(seconds / 60) }
  return new Problem(429, 'too-many-attempts', { ...left, retryAfterSeconds: seconds }, [
    { field: '', code: 'too-many-attempts', params: left },
  ])
}

/** The table tells nobody who tried, nor from where. */
const keyOf = (town: Town, limit: Limit, subject: string) =>
  createHmac('sha256', town.config.secret).update(`${limit.what}:${subject}`).digest('base64url')
