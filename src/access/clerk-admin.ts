import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, eq, isNotNull, isNull } from '../db/drizzle.ts'
import { forUpdate } from '../db/lists.ts'
import { type Actor, administratorAmong, type Clerk, services } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, notFound } from '../kernel/problems.ts'
import { compareNames } from '../people/rules.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { endSessions } from '../web/session.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, makeLink, revokeLinks } from './links.ts'
import { accounts } from './schema.ts'
import { accountById } from './store.ts'

/** What a clerk may do: the services they work for, and whether they administer the town. */
export const rightsForm = z.object({ services: z.array(z.enum(services)), administrator: z.boolean() })
export type Rights = z.output<typeof rightsForm>

/** `invited` has not chosen a password yet; `closed` may no longer come in. */
export type ClerkState = 'active' | 'invited' | 'closed'
export type ClerkRow = Awaited<ReturnType<typeof clerksOf>>[number]

const columns = {
  id: accounts.id,
  firstName: persons.firstName,
  lastName: persons.lastName,
  email: accounts.email,
  services: accounts.services,
  administrator: accounts.administrator,
  passwordHash: accounts.passwordHash,
  disabledAt: accounts.disabledAt,
  lastSignInAt: accounts.lastSignInAt,
  createdAt: accounts.createdAt,
}

/** All clerks by name, those who may come in first. A town hall has at most some hundreds. */
export async function clerksOf(db: Queries) {
  const rows = await db
    .select(columns)
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(eq(accounts.clerk, true))
  return rows
    .map(({ passwordHash, disabledAt, ...row }) => {
      const state: ClerkState = disabledAt ? 'closed' : passwordHash ? 'active' : 'invited'
      return { ...row, name: `${row.firstName} ${row.lastName}`, state }
    })
    .sort((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed') || compareNames(a.lastName, b.lastName))
}

/** One clerk. Throws 404 for who is none. */
export async function clerkById(db: Queries, id: string): Promise<ClerkRow> {
  const clerk = (await clerksOf(db)).find(row => row.id === id)
  if (!clerk) throw notFound()
  return clerk
}

/**
 * Gives a clerk other rights; they count from the clerk's next click. Throws 409 `last-administrator` when nobody would be
 * left to administer the town, and 404 to who is no administrator.
 */
export async function changeRights(town: Town, asker: Actor, clerkId: Id<'account'>, rights: Rights): Promise<void> {
  const administrator = administratorAmong(asker)
  await town.db.transaction(async tx => {
    const left = await administratorsBut(tx, administrator, clerkId)
    const before = await clerkById(tx, clerkId)
    if (before.administrator && !rights.administrator && left === 0) throw conflict('last-administrator')
    const wanted = {
      services: services.filter(one => rights.services.includes(one)),
      administrator: rights.administrator,
    }
    const same = before.administrator === wanted.administrator && sameServices(before.services, wanted.services)
    if (same) return
    await tx.update(accounts).set(wanted).where(eq(accounts.id, clerkId))
    await audit(tx, town.clock.now(), administrator, {
      action: 'account.rights-changed',
      subject: { kind: 'account', id: clerkId },
      details: { from: { services: before.services, administrator: before.administrator }, to: wanted },
    })
  })
}

/**
 * Closes a clerk's access: they are signed out everywhere, and no link lets them in. Throws 409 `last-administrator`, and
 * 404 to who is no administrator.
 */
export async function disableClerk(town: Town, asker: Actor, clerkId: Id<'account'>): Promise<void> {
  const administrator = administratorAmong(asker)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const left = await administratorsBut(tx, administrator, clerkId)
    const clerk = await clerkById(tx, clerkId)
    if (clerk.state === 'closed') return
    if (clerk.administrator && left === 0) throw conflict('last-administrator')
    await tx.update(accounts).set({ disabledAt: now }).where(eq(accounts.id, clerkId))
    await revokeLinks(tx, clerkId)
    await endSessions(tx, clerkId)
    await audit(tx, now, administrator, {
      action: 'account.clerk-disabled',
      subject: { kind: 'account', id: clerkId },
    })
  })
}

/** Opens a closed access again, with the rights it had. Throws 404 to who is no administrator. */
export async function enableClerk(town: Town, asker: Actor, clerkId: Id<'account'>): Promise<void> {
  const administrator = administratorAmong(asker)
  await town.db.transaction(async tx => {
    await administratorsBut(tx, administrator, clerkId)
    const clerk = await clerkById(tx, clerkId)
    if (clerk.state !== 'closed') return
    await tx.update(accounts).set({ disabledAt: null }).where(eq(accounts.id, clerkId))
    await audit(tx, town.clock.now(), administrator, {
      action: 'account.clerk-enabled',
      subject: { kind: 'account', id: clerkId },
    })
  })
}

/**
 * Mails a new link by which an invited clerk chooses a password; the earlier one stops working. Throws 409 `not-invited`
 * for who has a password already (the sign-in page helps those) or a closed access, 404 to who is no administrator.
 */
export async function inviteAgain(town: Town, asker: Actor, clerkId: Id<'account'>): Promise<void> {
  const administrator = administratorAmong(asker)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { state } = await clerkById(tx, clerkId)
    const account = await accountById(tx, clerkId)
    if (!account || state !== 'invited') throw conflict('not-invited')
    const secret = await makeLink(tx, now, { accountId: clerkId, purpose: 'choose-password', data: {} })
    await writeAccountLetter(tx, town, {
      kind: 'choose-password',
      key: linkHash(secret),
      to: { personId: account.personId, email: account.contact ?? account.email, language: account.language },
      path: `/mot-de-passe/nouveau/${secret}`,
      params: { firstName: account.firstName },
    })
    await audit(tx, now, administrator, {
      action: 'account.clerk-invited-again',
      subject: { kind: 'account', id: clerkId },
    })
  })
}

/**
 * How many administrators who can sign in there are beside that clerk. Takes hold of all of them until the end of the
 * transaction: of two who remove each other at once, the second waits, and finds that the first was quicker. Throws 409
 * `last-administrator` or 404 to an asker who has lost the right meanwhile.
 */
async function administratorsBut(tx: Tx, asker: Clerk, clerkId: Id<'account'>): Promise<number> {
  const able = and(
    eq(accounts.clerk, true),
    eq(accounts.administrator, true),
    isNull(accounts.disabledAt),
    isNotNull(accounts.passwordHash),
  )
  const held = await forUpdate(
    tx.select({ id: accounts.id }).from(accounts).where(able).orderBy(asc(accounts.id)).$dynamic(),
  )
  const others = held.filter(({ id }) => id !== clerkId)
  if (!held.some(({ id }) => id === asker.accountId)) {
    throw others.length === 0 ? conflict('last-administrator') : notFound()
  }
  return others.length
}

const sameServices = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every(one => b.includes(one))
