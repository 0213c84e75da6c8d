import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { eq } from '../db/drizzle.ts'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { countAttempt, forgetAttempts, SIGN_IN_FROM_ADDRESS, SIGN_IN_OF_ACCOUNT, uncountAttempt } from './attempts.ts'
import { passwordFits } from './passwords.ts'
import { emailKey, subscriberOf } from './rules.ts'
import { accounts } from './schema.ts'
import { type Account, accountByEmail, actorOf } from './store.ts'

export const signInForm = z.object({
  email: z.string().trim().min(1).max(254),
  password: z.string().min(1).max(1_000),
})

/**
 * Who this e-mail address and password belong to. Throws 401 `wrong-credentials`, the same for an address without account
 * and after the same time; 403 `email-not-confirmed` to whoever has the right password; 429 after too many tries, counted
 * for addresses without account too; 503 `busy` when too many sign in at once.
 */
export async function signIn(
  town: Town,
  form: z.output<typeof signInForm>,
  from: { address: string },
): Promise<Account> {
  const email = emailKey(form.email)
  const subscriber = subscriberOf(from.address)
  await town.db.transaction(async tx => {
    await countAttempt(tx, town, SIGN_IN_FROM_ADDRESS, subscriber)
    await countAttempt(tx, town, SIGN_IN_OF_ACCOUNT, email)
  })
  const account = await accountByEmail(town.db.read, email)
  const mayEnter = account?.disabledAt ? undefined : account
  const right = await passwordFits(town.config.mode, mayEnter?.passwordHash, form.password)
  if (!mayEnter || !right) {
    throw new Problem(401, 'wrong-credentials', {}, [{ field: 'email', code: 'wrong-credentials' }])
  }
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await forgetAttempts(tx, town, SIGN_IN_OF_ACCOUNT, email)
    await uncountAttempt(tx, town, SIGN_IN_FROM_ADDRESS, subscriber)
    if (!mayEnter.emailVerifiedAt) return
    await tx.update(accounts).set({ lastSignInAt: now }).where(eq(accounts.id, mayEnter.id))
    const subject = { kind: 'account', id: mayEnter.id }
    await audit(tx, now, actorOf(mayEnter), { action: 'account.signed-in', subject })
  })
  if (!mayEnter.emailVerifiedAt) throw new Problem(403, 'email-not-confirmed')
  return mayEnter
}

/** Throws `invalid` on that field unless the password is the account's; tries count as those of signing in do. */
export async function provePassword(town: Town, account: Account, password: string, field: string): Promise<void> {
  await town.db.transaction(tx => countAttempt(tx, town, SIGN_IN_OF_ACCOUNT, account.email))
  if (!(await passwordFits(town.config.mode, account.passwordHash, password))) {
    throw new Problem(422, 'invalid', {}, [{ field, code: 'wrong-password' }])
  }
  await town.db.transaction(tx => forgetAttempts(tx, town, SIGN_IN_OF_ACCOUNT, account.email))
}
