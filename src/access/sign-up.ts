import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { isUniqueViolation, type Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { anonymous } from '../kernel/actor.ts'
import { newId } from '../kernel/ids.ts'
import { invalid, Problem } from '../kernel/problems.ts'
import { nameField } from '../people/forms.ts'
import { renamePerson } from '../people/persons.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { countAttempt, LETTERS_FROM_ADDRESS, LETTERS_TO_ACCOUNT, SIGN_IN_OF_ACCOUNT } from './attempts.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, lookAtLink, makeLink, useLink } from './links.ts'
import { hashPassword, passwordFits } from './passwords.ts'
import { emailKey, passwordFault, subscriberOf } from './rules.ts'
import { accounts } from './schema.ts'
import { type Account, accountByEmail, accountById, actorOf, addResident } from './store.ts'

export const emailField = z.string().trim().min(1).max(254).pipe(z.email())

export const signUpForm = z.object({
  firstName: nameField,
  lastName: nameField,
  email: emailField,
  password: z.string().max(1_000),
})
export type SignUp = z.output<typeof signUpForm>

/** What the browser that began to sign up keeps, to be known again when the link is opened. */
export type SignUpBegun = { email: string; linkHash: string }

/**
 * Begins an account: it works once the link mailed to the address is confirmed. When the address has an account already,
 * the letter says so instead. Both look the same to whoever asks, and take as long.
 * Throws `invalid` for a weak password and 429 for too many letters from one address.
 */
export async function signUp(
  town: Town,
  form: SignUp,
  from: { address: string; language: string },
): Promise<SignUpBegun> {
  const fault = passwordFault(form.password, form)
  if (fault) throw invalid([{ field: 'password', ...fault }])
  const email = emailKey(form.email)
  await town.db.transaction(async tx => {
    await countAttempt(tx, town, LETTERS_FROM_ADDRESS, subscriberOf(from.address))
    await countAttempt(tx, town, LETTERS_TO_ACCOUNT, email)
  })
  const passwordHash = await hashPassword(town.config.mode, form.password)
  const begin = () =>
    town.db.transaction(async tx => {
      const known = await accountByEmail(tx, email)
      if (known?.emailVerifiedAt || known?.clerk) return tellOwner(tx, town, known)
      // Never confirmed: nobody's yet. Whoever asked last is the one whose link works.
      if (known) await takeOver(tx, known, { ...form, passwordHash, language: from.language })
      else {
        const now = town.clock.now()
        const { firstName, lastName, email: contact } = form
        const who = { firstName, lastName, contact, email, language: from.language, passwordHash }
        const { accountId } = await addResident(tx, now, who)
        await audit(tx, now, anonymous, { action: 'account.begun', subject: { kind: 'account', id: accountId } })
      }
      return writeConfirmation(tx, town, email)
    })
  try {
    return { email: form.email, linkHash: await begin() }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return { email: form.email, linkHash: await begin() } // the same address twice at once: the other was first
  }
}

/** Writes the letter with the link again. Says nothing of whether there is an account to confirm. */
export async function sendConfirmationAgain(town: Town, begun: SignUpBegun, address: string): Promise<SignUpBegun> {
  const email = emailKey(begun.email)
  return town.db.transaction(async tx => {
    await countAttempt(tx, town, LETTERS_FROM_ADDRESS, subscriberOf(address))
    await countAttempt(tx, town, LETTERS_TO_ACCOUNT, email)
    const known = await accountByEmail(tx, email)
    if (!known || known.emailVerifiedAt || known.clerk) return { ...begun, linkHash: linkHash(newId()) }
    return { ...begun, linkHash: await writeConfirmation(tx, town, email) }
  })
}

/**
 * Confirms the address by its link and gives the account to sign in. A browser other than the one that signed up must give
 * the password too: else whoever signed up with somebody else's address would have them open the door.
 * Throws 410 `gone` for a link that does not work, `invalid` for a wrong password.
 */
export async function confirmEmail(
  town: Town,
  secret: string,
  proof: { begun: SignUpBegun | undefined; password: string },
): Promise<Account> {
  const now = town.clock.now()
  const link = await lookAtLink(town.db.read, now, secret, ['confirm-email'])
  const account = link && (await accountById(town.db.read, link.accountId))
  if (!account) throw new Problem(410, 'gone')
  if (!isSameBrowser(proof.begun, secret)) {
    await town.db.transaction(tx => countAttempt(tx, town, SIGN_IN_OF_ACCOUNT, account.email))
    const right = await passwordFits(town.config.mode, account.passwordHash, proof.password)
    if (!right) throw invalid([{ field: 'password', code: 'wrong-password' }])
  }
  return town.db.transaction(async tx => {
    if (!(await useLink(tx, now, secret, ['confirm-email']))) throw new Problem(410, 'gone')
    await tx.update(accounts).set({ emailVerifiedAt: now }).where(eq(accounts.id, account.id))
    await audit(tx, now, actorOf(account), {
      action: 'account.confirmed',
      subject: { kind: 'account', id: account.id },
    })
    return account
  })
}

/** Whether this browser is the one in which the link was asked for. */
export const isSameBrowser = (begun: SignUpBegun | undefined, secret: string) => begun?.linkHash === linkHash(secret)

async function takeOver(
  tx: Tx,
  account: Account,
  form: SignUp & { passwordHash: string; language: string },
): Promise<void> {
  await renamePerson(tx, account.personId, form)
  await tx.update(persons).set({ email: form.email, language: form.language }).where(eq(persons.id, account.personId))
  await tx.update(accounts).set({ passwordHash: form.passwordHash }).where(eq(accounts.id, account.id))
}

/** Writes the letter with the link to an account that is there. Gives the link's hash. */
async function writeConfirmation(tx: Tx, town: Town, email: string): Promise<string> {
  const account = await accountByEmail(tx, email)
  if (!account) throw new Error('no account to confirm')
  const secret = await makeLink(tx, town.clock.now(), {
    accountId: account.id,
    purpose: 'confirm-email',
    data: {},
  })
  await writeAccountLetter(tx, town, {
    kind: 'confirm-email',
    key: linkHash(secret),
    to: { personId: account.personId, email: account.contact ?? account.email, language: account.language },
    path: `/inscription/confirmer/${secret}`,
    params: { firstName: account.firstName },
  })
  return linkHash(secret)
}

/** Somebody signed up with the address of an account: only its owner is told. */
export async function tellOwner(tx: Tx, town: Town, account: Account): Promise<string> {
  const event = newId()
  await writeAccountLetter(tx, town, {
    kind: 'already-there',
    key: event,
    to: { personId: account.personId, email: account.contact ?? account.email, language: account.language },
    path: '/connexion',
    params: { firstName: account.firstName },
  })
  return linkHash(event)
}
