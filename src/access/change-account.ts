import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { isUniqueViolation } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { newId } from '../kernel/ids.ts'
import { invalid, notFound, Problem } from '../kernel/problems.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import type { SignedIn } from '../web/asker.ts'
import { endSessions } from '../web/session.ts'
import { countAttempt, LETTERS_TO_ACCOUNT } from './attempts.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, lookAtLink, makeLink, revokeLinks, useLink } from './links.ts'
import { writePasswordNotice } from './password-reset.ts'
import { hashPassword } from './passwords.ts'
import { emailKey, passwordFault } from './rules.ts'
import { accounts } from './schema.ts'
import { provePassword } from './sign-in.ts'
import { emailField } from './sign-up.ts'
import { type Account, accountByEmail, accountById, actorOf } from './store.ts'

/**
 * The account of who asks. A clerk who acts for a resident has no business with that resident's account, nor is it the
 * moment for their own: throws 404 then.
 */
export async function ownAccount(town: Town, asker: SignedIn): Promise<Account> {
  if (asker.kind === 'on-behalf') throw notFound()
  const account = await accountById(town.db.read, asker.accountId)
  if (!account) throw notFound()
  return account
}

export const changePasswordForm = z.object({
  current: z.string().min(1).max(1_000),
  password: z.string().max(1_000),
})

/** Changes the password, ends the account's other sessions and writes to its owner. Throws `invalid` by field. */
export async function changePassword(
  town: Town,
  asker: SignedIn,
  form: z.output<typeof changePasswordForm>,
  sessionId: string,
): Promise<void> {
  const account = await ownAccount(town, asker)
  const fault = passwordFault(form.password, account)
  if (fault) throw invalid([{ field: 'password', ...fault }])
  await provePassword(town, account, form.current, 'current')
  const passwordHash = await hashPassword(town.config.mode, form.password)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await tx.update(accounts).set({ passwordHash }).where(eq(accounts.id, account.id))
    await revokeLinks(tx, account.id)
    await endSessions(tx, account.id, sessionId)
    await writePasswordNotice(town, tx, account, newId())
    await audit(tx, now, asker, { action: 'account.password-changed', subject: { kind: 'account', id: account.id } })
  })
}

export const changeEmailForm = z.object({ email: emailField, password: z.string().min(1).max(1_000) })

/**
 * Asks for another e-mail address: it counts once confirmed by the link sent there. An address that has an account gets a
 * letter that says so, and the page looks the same. Throws `invalid` for a wrong password.
 */
export async function askForNewEmail(
  town: Town,
  asker: SignedIn,
  form: z.output<typeof changeEmailForm>,
): Promise<void> {
  const account = await ownAccount(town, asker)
  await provePassword(town, account, form.password, 'password')
  const email = emailKey(form.email)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await countAttempt(tx, town, LETTERS_TO_ACCOUNT, email)
    const owner = email === account.email ? undefined : await accountByEmail(tx, email)
    const to = { personId: account.personId, email: form.email, language: account.language }
    if (owner) {
      const event = newId()
      const { personId, language } = owner
      const params = { firstName: owner.firstName }
      const known = { personId, email: owner.contact ?? owner.email, language }
      await writeAccountLetter(tx, town, { kind: 'already-there', key: event, to: known, path: '/connexion', params })
    } else {
      const data = { email, contact: form.email }
      const secret = await makeLink(tx, now, { accountId: account.id, purpose: 'change-email', data })
      await writeAccountLetter(tx, town, {
        kind: 'change-email',
        key: linkHash(secret),
        to,
        path: `/compte/e-mail/confirmer/${secret}`,
        params: { firstName: account.firstName },
      })
    }
    const subject = { kind: 'account', id: account.id }
    await audit(tx, now, asker, { action: 'account.email-change-asked', subject })
  })
}

/** The address a link would set. Throws 410 `gone` for one that does not work. */
export async function newEmailOf(
  town: Town,
  secret: string,
): Promise<{ account: Account; contact: string; email: string }> {
  const link = await lookAtLink(town.db.read, town.clock.now(), secret, ['change-email'])
  const account = link && (await accountById(town.db.read, link.accountId))
  const { email, contact } = link?.data ?? {}
  if (!account || account.disabledAt || !email || !contact) throw new Problem(410, 'gone')
  return { account, email, contact }
}

/** Puts the new address in the place of the old one, which is written to a last time. Throws 410 `gone`. */
export async function confirmNewEmail(town: Town, secret: string): Promise<void> {
  const { account, email, contact } = await newEmailOf(town, secret)
  const now = town.clock.now()
  try {
    await town.db.transaction(async tx => {
      if (!(await useLink(tx, now, secret, ['change-email']))) throw new Problem(410, 'gone')
      await revokeLinks(tx, account.id)
      await tx.update(accounts).set({ email, emailVerifiedAt: now }).where(eq(accounts.id, account.id))
      await tx.update(persons).set({ email: contact }).where(eq(persons.id, account.personId))
      await writeAccountLetter(tx, town, {
        kind: 'email-changed',
        key: linkHash(secret),
        to: { personId: account.personId, email: account.contact ?? account.email, language: account.language },
        params: { firstName: account.firstName },
      })
      const subject = { kind: 'account', id: account.id }
      await audit(tx, now, actorOf(account), { action: 'account.email-changed', subject })
    })
  } catch (error) {
    // Somebody took the address in between.
    if (isUniqueViolation(error)) throw new Problem(410, 'gone')
    throw error
  }
}
