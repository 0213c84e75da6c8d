import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { eq } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { newId } from '../kernel/ids.ts'
import { invalid, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { endSessions } from '../web/session.ts'
import {
  countAttempt,
  forgetAttempts,
  LETTERS_FROM_ADDRESS,
  LETTERS_TO_ACCOUNT,
  SIGN_IN_OF_ACCOUNT,
} from './attempts.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, lookAtLink, makeLink, revokeLinks, useLink } from './links.ts'
import { hashPassword } from './passwords.ts'
import { emailKey, passwordFault, subscriberOf } from './rules.ts'
import { accounts } from './schema.ts'
import { emailField } from './sign-up.ts'
import { type Account, accountByEmail, accountById, actorOf } from './store.ts'

export const forgottenForm = z.object({ email: emailField })
export const newPasswordForm = z.object({ password: z.string().max(1_000) })

/** Links by which a password is chosen: forgotten, or the first one of who was invited. */
const PURPOSES = ['reset-password', 'choose-password'] as const

/**
 * Promises a letter to the owner of the address, if there is one: that is looked up by the worker, so that asking does and
 * takes the same whether or not there is an account. Throws 429 for too many letters asked from one address.
 */
export async function askForReset(town: Town, email: string, from: { address: string }): Promise<void> {
  await town.db.transaction(async tx => {
    await countAttempt(tx, town, LETTERS_FROM_ADDRESS, subscriberOf(from.address))
    const ask = newId()
    await outbox(tx, town.clock.now(), {
      topic: 'access.password-forgotten',
      payload: { email: emailKey(email), ask },
      key: `access.password-forgotten:${ask}`,
    })
  })
}

/** Writes the letter with the link, when there is an account and it was not written to too often. */
export async function writeResetLetter(town: Town, asked: { email: string; ask: string }): Promise<void> {
  try {
    await town.db.transaction(async tx => {
      const account = await accountByEmail(tx, asked.email)
      if (!account || account.disabledAt) return
      await countAttempt(tx, town, LETTERS_TO_ACCOUNT, account.email)
      const link = { accountId: account.id, purpose: 'reset-password', data: { email: account.email } } as const
      const secret = await makeLink(tx, town.clock.now(), link)
      await writeAccountLetter(tx, town, {
        kind: 'reset-password',
        key: asked.ask,
        to: recipient(account),
        path: `/mot-de-passe/nouveau/${secret}`,
        params: { firstName: account.firstName },
      })
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error // too many letters: the last one still works
  }
}

/** Whose password a link may set. Throws 410 `gone` for one that does not work. */
export async function accountToSet(town: Town, secret: string): Promise<Account> {
  const link = await lookAtLink(town.db.read, town.clock.now(), secret, PURPOSES)
  const account = link && (await accountById(town.db.read, link.accountId))
  // A link sent to an address that the account has left since opens nothing.
  if (!account || account.disabledAt || (link.data['email'] ?? account.email) !== account.email) {
    throw new Problem(410, 'gone')
  }
  return account
}

/**
 * Sets a password by a link: once. Ends every session of the account, and writes to its owner.
 * Throws 410 `gone` for a link that does not work, `invalid` for a weak password (the link still works then).
 */
export async function setPasswordByLink(town: Town, secret: string, password: string): Promise<Account> {
  const account = await accountToSet(town, secret)
  const fault = passwordFault(password, account)
  if (fault) throw invalid([{ field: 'password', ...fault }])
  const passwordHash = await hashPassword(town.config.mode, password)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    if (!(await useLink(tx, now, secret, PURPOSES))) throw new Problem(410, 'gone')
    await revokeLinks(tx, account.id)
    // The link came by mail to this address: it is the owner's.
    const emailVerifiedAt = account.emailVerifiedAt ?? now
    await tx.update(accounts).set({ passwordHash, emailVerifiedAt }).where(eq(accounts.id, account.id))
    await endSessions(tx, account.id)
    await forgetAttempts(tx, town, SIGN_IN_OF_ACCOUNT, account.email)
    await writePasswordNotice(town, tx, account, linkHash(secret))
    await audit(tx, now, actorOf(account), {
      action: account.passwordHash ? 'account.password-reset' : 'account.password-chosen',
      subject: { kind: 'account', id: account.id },
    })
  })
  return account
}

/** Tells the owner that the password was changed: if it was not them, they know at once. */
export async function writePasswordNotice(
  town: Town,
  tx: Parameters<typeof writeAccountLetter>[0],
  account: Account,
  event: string,
): Promise<void> {
  await writeAccountLetter(tx, town, {
    kind: 'password-changed',
    key: event,
    to: recipient(account),
    path: '/mot-de-passe',
    params: { firstName: account.firstName },
  })
}

const recipient = ({ personId, contact, email, language }: Account) => ({ personId, email: contact ?? email, language })
