import { createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { isUniqueViolation, type Queries, type Tx } from '../db/database.ts'
import { and, desc, eq, gt, isNull, lt } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, invalid, Problem } from '../kernel/problems.ts'
import { householdFor } from '../people/person-address.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { countAttempt, LETTERS_FROM_ADDRESS, LETTERS_TO_ACCOUNT, type Limit, SIGN_IN_OF_ACCOUNT } from './attempts.ts'
import { residentToServe } from './counter.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, revokeLinks } from './links.ts'
import { hashPassword, passwordFits } from './passwords.ts'
import { emailKey, passwordFault, subscriberOf } from './rules.ts'
import { accounts, activationCodes } from './schema.ts'
import { emailField, tellOwner } from './sign-up.ts'
import { type Account, accountByEmail, accountById, accountOfPerson, actorOf, addAccount } from './store.ts'

/** Time to get home, to find somebody with a computer, and to be in no hurry. */
const LIFETIME = Temporal.Duration.from({ hours: 30 * 24 })

/** Digits and letters that are not taken for one another. Twelve of them are 59 bits: not to be guessed. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 12
/** Bytes from there on are left out, so that every sign is as likely as any other. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length)

/** Whoever types wrong codes; a library may be behind one address. */
const CODES_FROM_ADDRESS: Limit = { what: 'activation-codes-from-address', times: 20, minutes: 60 }

export const activationForm = z.object({ email: emailField, password: z.string().max(1_000) })

type ActivationCode = typeof activationCodes.$inferSelect

function newCode(): string {
  let code = ''
  while (code.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      if (byte < FAIR_BYTES && code.length < LENGTH) code += ALPHABET[byte % ALPHABET.length]
    }
  }
  return code
}

/** The code as it was printed, however it was typed: with or without spaces, dashes or capitals. */
const readCode = (typed: string) =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s._\p{Pd}]/gu, '')

/** A stolen table opens nothing: the town's secret is part of it. */
const codeHashOf = (town: Town, code: string) =>
  createHmac('sha256', town.config.secret)
    .update(`activation:${readCode(code)}`)
    .digest('base64url')

/**
 * Makes the code that a clerk prints for a resident: with it they open an account at home, with an address and a password of
 * their own. It works once, for 30 days; the one before stops working. Throws 404 as `residentToServe`, 409 `account-exists`
 * for who has an account in use.
 */
export async function printActivationCode(
  town: Town,
  clerk: Clerk,
  personId: string,
): Promise<{ code: string; expiresAt: Temporal.Instant }> {
  const now = town.clock.now()
  const code = newCode()
  const expiresAt = now.add(LIFETIME)
  await town.db.transaction(async tx => {
    const person = await residentToServe(tx, town, clerk, personId)
    if ((await accountOfPerson(tx, person.id))?.passwordHash) throw conflict('account-exists')
    await forgetCodes(tx, person.id)
    const values = { codeHash: codeHashOf(town, code), personId: person.id, createdBy: clerk.accountId }
    await tx.insert(activationCodes).values({ ...values, createdAt: now, expiresAt })
    await audit(tx, now, clerk, { action: 'activation.printed', subject: { kind: 'person', id: person.id } })
  })
  return { code, expiresAt }
}

/** The code printed for this person that still works. */
export async function openCode(
  db: Queries,
  now: Temporal.Instant,
  personId: Id<'person'>,
): Promise<ActivationCode | undefined> {
  const [code] = await db
    .select()
    .from(activationCodes)
    .where(
      and(eq(activationCodes.personId, personId), isNull(activationCodes.usedAt), gt(activationCodes.expiresAt, now)),
    )
    .orderBy(desc(activationCodes.createdAt))
  return code
}

/** The code printed for this person stops working: the paper is lost, or was given to the wrong one. */
export async function revokeActivationCode(town: Town, clerk: Clerk, personId: string): Promise<void> {
  await town.db.transaction(async tx => {
    const person = await residentToServe(tx, town, clerk, personId)
    await forgetCodes(tx, person.id)
    const subject = { kind: 'person', id: person.id }
    await audit(tx, town.clock.now(), clerk, { action: 'activation.revoked', subject })
  })
}

const forgetCodes = (tx: Tx, personId: Id<'person'>) =>
  tx.delete(activationCodes).where(and(eq(activationCodes.personId, personId), isNull(activationCodes.usedAt)))

/** Forgets codes that ended. */
export async function forgetOldCodes(tx: Tx, now: Temporal.Instant): Promise<void> {
  await tx.delete(activationCodes).where(lt(activationCodes.expiresAt, now))
}

/**
 * Takes a code that was typed or scanned. Gives what the browser keeps to go on. Throws `invalid` for one that does not
 * work, 429 after too many.
 */
export async function enterCode(town: Town, typed: string, from: { address: string }): Promise<string> {
  await town.db.transaction(tx => countAttempt(tx, town, CODES_FROM_ADDRESS, subscriberOf(from.address)))
  const codeHash = codeHashOf(town, typed)
  if (!(await workingCode(town, town.db.read, codeHash))) throw invalid([{ field: 'code', code: 'wrong-code' }])
  return codeHash
}

/** The person whose code it is, as long as it works. */
export async function activating(town: Town, codeHash: string | undefined): Promise<{ firstName: string } | undefined> {
  const code = codeHash && (await workingCode(town, town.db.read, codeHash))
  if (!code) return undefined
  const [person] = await town.db.read.select().from(persons).where(eq(persons.id, code.personId))
  return person
}

async function workingCode(town: Town, db: Queries, codeHash: string): Promise<ActivationCode | undefined> {
  const [code] = await db
    .select()
    .from(activationCodes)
    .where(
      and(
        eq(activationCodes.codeHash, codeHash),
        isNull(activationCodes.usedAt),
        gt(activationCodes.expiresAt, town.clock.now()),
      ),
    )
  return code
}

/**
 * Keeps the address and the password chosen with a code, and writes to the address: the account is opened by the link in
 * that letter. An address that has an account is written so instead, and whoever asks sees the same. Throws 410 `gone` when
 * the code does not work any more, `invalid` for a weak password, 429 for too many letters.
 */
export async function askToActivate(
  town: Town,
  codeHash: string,
  form: z.output<typeof activationForm>,
  from: { address: string; language: string },
): Promise<void> {
  const person = await activating(town, codeHash)
  if (!person) throw new Problem(410, 'gone')
  const fault = passwordFault(form.password, { ...person, email: form.email })
  if (fault) throw invalid([{ field: 'password', ...fault }])
  const email = emailKey(form.email)
  await town.db.transaction(async tx => {
    await countAttempt(tx, town, LETTERS_FROM_ADDRESS, subscriberOf(from.address))
    await countAttempt(tx, town, LETTERS_TO_ACCOUNT, email)
  })
  const passwordHash = await hashPassword(town.config.mode, form.password)
  await town.db.transaction(async tx => {
    const code = await workingCode(town, tx, codeHash)
    if (!code) throw new Problem(410, 'gone')
    const owner = await accountByEmail(tx, email)
    if (owner && owner.personId !== code.personId) return void (await tellOwner(tx, town, owner))
    const secret = randomBytes(32).toString('base64url')
    const values = { email: form.email, passwordHash, confirmHash: linkHash(secret) }
    await tx.update(activationCodes).set(values).where(eq(activationCodes.codeHash, codeHash))
    await writeAccountLetter(tx, town, {
      kind: 'activation',
      key: linkHash(secret),
      to: { personId: code.personId, email: form.email, language: from.language },
      path: `/activer/confirmer/${secret}`,
      params: { firstName: person.firstName },
    })
  })
}

/** What a link of such a letter confirms. Throws 410 `gone` for one that does not work. */
export async function activationToConfirm(town: Town, db: Queries, secret: string): Promise<ActivationCode> {
  const [code] = await db
    .select()
    .from(activationCodes)
    .where(
      and(
        eq(activationCodes.confirmHash, linkHash(secret)),
        isNull(activationCodes.usedAt),
        gt(activationCodes.expiresAt, town.clock.now()),
      ),
    )
  if (!code) throw new Problem(410, 'gone')
  return code
}

/**
 * Opens the account, once the address is shown to be the resident's. They have a household from then on, as everybody with an
 * account. A browser other than the one in which the code was entered must give the password too. Throws 410 `gone`,
 * `invalid` for a wrong password or an address that has got an account meanwhile.
 */
export async function activateAccount(
  town: Town,
  secret: string,
  proof: { codeHash: string | undefined; password: string },
): Promise<Account> {
  const now = town.clock.now()
  const known = await activationToConfirm(town, town.db.read, secret)
  if (proof.codeHash !== known.codeHash) {
    await town.db.transaction(tx => countAttempt(tx, town, SIGN_IN_OF_ACCOUNT, known.codeHash))
    const right = await passwordFits(town.config.mode, known.passwordHash, proof.password)
    if (!right) throw invalid([{ field: 'password', code: 'wrong-password' }])
  }
  try {
    return await town.db.transaction(async tx => {
      const { codeHash, personId, email: contact, passwordHash } = await activationToConfirm(town, tx, secret)
      const used = await tx
        .update(activationCodes)
        .set({ usedAt: now, passwordHash: null })
        .where(and(eq(activationCodes.codeHash, codeHash), isNull(activationCodes.usedAt)))
        .returning()
      const already = await accountOfPerson(tx, personId)
      if (used.length === 0 || !contact || already?.passwordHash) throw new Problem(410, 'gone')
      const chosen = { email: emailKey(contact), passwordHash, emailVerifiedAt: now }
      const accountId = already?.id ?? (await addAccount(tx, now, { personId, ...chosen }))
      if (already) {
        await tx.update(accounts).set(chosen).where(eq(accounts.id, already.id))
        await revokeLinks(tx, already.id)
      }
      await tx.update(persons).set({ email: contact }).where(eq(persons.id, personId))
      const account = await accountById(tx, accountId)
      if (!account) throw new Error('an account was not kept')
      await householdFor(tx, town, actorOf(account), personId)
      const subject = { kind: 'account', id: accountId }
      await audit(tx, now, actorOf(account), { action: 'account.activated', subject })
      return account
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid([{ field: '', code: 'account-exists' }])
    throw error
  }
}
