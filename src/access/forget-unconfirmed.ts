import type { Tx } from '../db/database.ts'
import { and, eq, isNotNull, isNull, lt } from '../db/drizzle.ts'
import { siblings } from '../people/children.ts'
import { forgetHousehold } from '../people/forget.ts'
import { householdMembers, persons } from '../people/schema.ts'
import { accounts, accountTokens } from './schema.ts'

const PATIENCE = Temporal.Duration.from({ hours: 30 * 24 })

/**
 * Forgets who began to sign up a month ago and never confirmed the address: it may not even be theirs. One a clerk has
 * entered children for is kept.
 */
export async function forgetUnconfirmed(tx: Tx, now: Temporal.Instant): Promise<void> {
  const begun = await tx
    .select({ id: accounts.id, personId: accounts.personId, householdId: householdMembers.householdId })
    .from(accounts)
    .leftJoin(householdMembers, eq(householdMembers.personId, accounts.personId))
    .where(
      and(
        isNull(accounts.emailVerifiedAt),
        isNotNull(accounts.passwordHash), // others wait for a clerk's invitation
        eq(accounts.clerk, false),
        lt(accounts.createdAt, now.subtract(PATIENCE)),
      ),
    )
  for (const { id, personId, householdId } of begun) {
    if (householdId && (await siblings(tx, householdId)).length > 0) continue
    if (householdId) await forgetHousehold(tx, now, householdId, false)
    await tx.delete(accountTokens).where(eq(accountTokens.accountId, id))
    await tx.delete(accounts).where(eq(accounts.id, id))
    await tx.delete(persons).where(eq(persons.id, personId))
  }
}
