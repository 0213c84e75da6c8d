import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { Problem } from '../kernel/problems.ts'
import { forgetHousehold } from '../people/forget.ts'
import type { Hold, HoldsOf } from '../people/holds.ts'
import { householdMembers, households, persons } from '../people/schema.ts'
import { guardiansOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { SignedIn } from '../web/asker.ts'
import { endSessions } from '../web/session.ts'
import { ownAccount } from './change-account.ts'
import type { Farewell } from './farewell.ts'
import { writeAccountLetter } from './letters.ts'
import { accounts, accountTokens } from './schema.ts'
import { provePassword } from './sign-in.ts'
import type { Account } from './store.ts'

/** What closing an account would mean: who goes on with the household, and what holds it. */
export type Closing = {
  householdId: Id<'household'> | undefined
  /** Another adult of the household, who keeps it. */
  successor: { id: Id<'person'> } | undefined
  holds: readonly Hold[]
  /** What goes on without the account, though it is nobody else's. */
  stays: Awaited<ReturnType<Farewell['staysOf']>>
}

/** What the services above say to the closing of an account. */
export type ClosingParts = { holdsOf: HoldsOf; farewells: readonly Farewell[] }

/** What stands in the way of closing the asker's account, and what stays after it. */
export async function closingOf(town: Town, parts: ClosingParts, asker: SignedIn): Promise<Closing> {
  return closing(town.db.read, town, parts, await ownAccount(town, asker))
}

async function closing(db: Queries, town: Town, parts: ClosingParts, account: Account): Promise<Closing> {
  const stays = (await Promise.all(parts.farewells.map(({ staysOf }) => staysOf(db, account.personId)))).flat()
  const [member] = await db
    .select({ householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(and(eq(householdMembers.personId, account.personId), eq(householdMembers.role, 'guardian')))
  if (!member) return { householdId: undefined, successor: undefined, holds: [], stays }
  const { householdId } = member
  const successor = (await guardiansOf(db, householdId)).find(({ id }) => id !== account.personId)
  // What is owed and booked is the household's, which goes on with its other adult.
  const holds = successor ? [] : await parts.holdsOf(db, { householdId }, town.clock.now())
  return { householdId, successor, holds, stays }
}

/**
 * Closes the asker's account and forgets what the town need not keep. Throws 409 `account-held` while an invoice is unpaid
 * or a meal is booked, 403 `clerk-account` for a clerk (an administrator closes those), `invalid` for a wrong password.
 */
export async function closeAccount(town: Town, parts: ClosingParts, asker: SignedIn, password: string): Promise<void> {
  const account = await ownAccount(town, asker)
  if (account.clerk) throw new Problem(403, 'clerk-account')
  await provePassword(town, account, password, 'password')
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { householdId, successor, holds } = await closing(tx, town, parts, account)
    if (holds.some(({ blocks }) => blocks)) throw new Problem(409, 'account-held')
    for (const farewell of parts.farewells) await farewell.leave(tx, town, account.personId)
    if (householdId && successor) await leave(tx, householdId, account.personId, successor.id)
    else if (householdId) await forgetHousehold(tx, now, householdId, holds.length > 0)
    await tx.delete(accountTokens).where(eq(accountTokens.accountId, account.id))
    await endSessions(tx, account.id)
    await tx.delete(accounts).where(eq(accounts.id, account.id))
    // A name stays where an invoice or an act in the household's name needs it.
    if (holds.length > 0 || successor) {
      await tx.update(persons).set({ email: null, phone: null }).where(eq(persons.id, account.personId))
    } else await tx.delete(persons).where(eq(persons.id, account.personId))
    await writeAccountLetter(tx, town, {
      kind: 'closed',
      key: account.id,
      to: { personId: account.personId, email: account.contact ?? account.email, language: account.language },
      params: { firstName: account.firstName },
    })
    const subject = { kind: 'account', id: account.id }
    await audit(tx, now, asker, { action: 'account.closed', subject, details: { kept: holds.length > 0 } })
  })
}

async function leave(
  tx: Tx,
  householdId: Id<'household'>,
  personId: Id<'person'>,
  successor: Id<'person'>,
): Promise<void> {
  await tx
    .delete(householdMembers)
    .where(and(eq(householdMembers.householdId, householdId), eq(householdMembers.personId, personId)))
  await tx
    .update(households)
    .set({ payerId: successor })
    .where(and(eq(households.id, householdId), eq(households.payerId, personId)))
}
