import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { type Clerk, clerkAmong } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkSchools } from './schema.ts'
import { type School, schoolsOf } from './store.ts'

/** The schools a clerk sees and closes: all of the town, or those the clerk runs the lists of. By name. */
export type ClerkSchools = { wholeTown: boolean; schools: readonly School[] }

/** The schools with a canteen that this clerk works for. */
export async function schoolsForClerk(db: Queries, clerk: Clerk): Promise<ClerkSchools> {
  const all = (await schoolsOf(db)).filter(({ canteen }) => canteen)
  if (clerk.administrator) return { wholeTown: true, schools: all }
  const own = await schoolIdsOf(db, clerk.accountId)
  if (own.size === 0) return { wholeTown: true, schools: all }
  return { wholeTown: false, schools: all.filter(({ id }) => own.has(id)) }
}

/** One school with a canteen of this clerk's. Throws 404 for any other. */
export async function schoolForClerk(db: Queries, clerk: Clerk, schoolId: string): Promise<School> {
  const school = (await schoolsForClerk(db, clerk)).schools.find(({ id }) => id === schoolId)
  if (!school) throw notFound()
  return school
}

/** The clerk, who must work for the whole town: to those of some schools, what was asked for does not exist. */
export async function clerkOfWholeTown(db: Queries, clerk: Clerk): Promise<void> {
  if (!(await schoolsForClerk(db, clerk)).wholeTown) throw notFound()
}

/** The schools written down for an account; none means the whole town. */
export async function schoolIdsOf(db: Queries, accountId: Id<'account'>): Promise<ReadonlySet<Id<'school'>>> {
  const rows = await db
    .select({ schoolId: clerkSchools.schoolId })
    .from(clerkSchools)
    .where(eq(clerkSchools.accountId, accountId))
  return new Set(rows.map(({ schoolId }) => schoolId))
}

/**
 * Says which schools a clerk works for; none is the whole town. For administrators.
 * Throws 422 for a school that does not exist.
 */
export async function setClerkSchools(
  town: Town,
  asker: Clerk,
  accountId: Id<'account'>,
  schoolIds: readonly string[],
): Promise<void> {
  if (!clerkAmong(asker).administrator) throw notFound()
  await town.db.transaction(async tx => {
    const known = new Map((await schoolsOf(tx)).map(school => [school.id as string, school.id]))
    const wanted = schoolIds.map(id => known.get(id))
    if (!wanted.every(id => id !== undefined)) throw invalid([{ field: 'schools', code: 'not-a-choice' }])
    await tx.delete(clerkSchools).where(eq(clerkSchools.accountId, accountId))
    const rows = [...new Set(wanted)].map(schoolId => ({ accountId, schoolId }))
    if (rows.length > 0) await tx.insert(clerkSchools).values(rows)
    await audit(tx, town.clock.now(), asker, {
      action: 'clerk.schools-changed',
      subject: { kind: 'account', id: accountId },
      details: { schools: rows.map(({ schoolId }) => schoolId) },
    })
  })
}
