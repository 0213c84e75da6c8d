import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, eq, isNull } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { knownElsewhere, siblings } from './children.ts'
import { shareChild } from './custody-declarations.ts'
import type { CustodyWish } from './custody-terms.ts'
import { forgetChild } from './forget.ts'
import { writeToFamily } from './letters.ts'
import { childHealth, children, householdMembers, persons, pickupPersons } from './schema.ts'

/** A child that a parent added and that another household may have already. */
export type ChildToCheck = {
  householdId: Id<'household'>
  child: { id: Id<'person'>; firstName: string; lastName: string; birthDate: Temporal.PlainDate }
  since: Temporal.Instant
}

/** The children that wait for a clerk, oldest first. */
export async function childrenToCheck(db: Queries): Promise<ChildToCheck[]> {
  const rows = await db
    .select({
      householdId: householdMembers.householdId,
      since: householdMembers.createdAt,
      id: persons.id,
      firstName: persons.firstName,
      lastName: persons.lastName,
      birthDate: persons.birthDate,
    })
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .where(and(eq(householdMembers.role, 'child'), isNull(householdMembers.confirmedAt)))
    .orderBy(asc(householdMembers.createdAt))
  return rows.flatMap(({ householdId, since, birthDate, ...child }) =>
    birthDate ? [{ householdId, since, child: { ...child, birthDate } }] : [],
  )
}

/** One of them, with the children it may be. Throws 404 for one that does not wait (any more). */
export async function childToCheck(db: Queries, householdId: string, childId: string) {
  const waiting = (await childrenToCheck(db)).find(one => one.householdId === householdId && one.child.id === childId)
  if (!waiting) throw notFound()
  return { ...waiting, candidates: await knownElsewhere(db, waiting.householdId, waiting.child) }
}

/** It is another child, a homonym: the family may book for it from now on. */
export async function acceptChild(town: Town, clerk: Clerk, householdId: string, childId: string): Promise<void> {
  await town.db.transaction(async tx => {
    const { child, householdId: household } = await waitingChild(tx, householdId, childId)
    await tx
      .update(householdMembers)
      .set({ confirmedAt: town.clock.now() })
      .where(and(eq(householdMembers.householdId, household), eq(householdMembers.personId, child.id)))
    await tellFamily(tx, town, household, 'child-accepted', child, {})
    await audit(tx, town.clock.now(), clerk, {
      action: 'child.accepted',
      subject: { kind: 'child', id: child.id },
      details: { householdId },
    })
  })
}

/**
 * It is the same child, in two homes: what the second home wrote is put to the child that is known, and custody is shared
 * on these terms. The home that had the child is the first. Throws `invalid` for a child that is none of the candidates.
 */
export async function joinChild(
  town: Town,
  clerk: Clerk,
  asked: { householdId: string; childId: string; knownChildId: string } & CustodyWish,
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { child, householdId } = await waitingChild(tx, asked.householdId, asked.childId)
    const known = (await knownElsewhere(tx, householdId, child)).find(({ id }) => id === asked.knownChildId)
    if (!known) throw invalid([{ field: 'knownChildId', code: 'not-a-choice' }])
    const homes = await tx
      .select({ id: householdMembers.householdId })
      .from(householdMembers)
      .where(and(eq(householdMembers.personId, known.id), eq(householdMembers.role, 'child')))
    if (homes.length > 1) throw conflict('child-shared')
    await keepHealth(tx, now, { from: child.id, to: known.id })
    await tx
      .update(pickupPersons)
      .set({ childId: known.id })
      .where(and(eq(pickupPersons.childId, child.id), eq(pickupPersons.householdId, householdId)))
    await forgetChild(tx, now, householdId, child.id, false)
    const { from, terms } = asked
    await shareChild(tx, town, clerk, known, { first: known.householdId, second: householdId, from, terms })
    await audit(tx, now, clerk, {
      action: 'child.joined',
      subject: { kind: 'child', id: known.id },
      details: { householdId, forgotten: child.id },
    })
  })
}

/** It is not this family's child: it is taken out again, and the family reads why. */
export async function refuseChild(
  town: Town,
  clerk: Clerk,
  householdId: string,
  childId: string,
  reason: string,
): Promise<void> {
  if (!reason) throw invalid([{ field: 'refusal', code: 'reason-needed' }])
  await town.db.transaction(async tx => {
    const { child, householdId: household } = await waitingChild(tx, householdId, childId)
    await tellFamily(tx, town, household, 'child-refused', child, { reason })
    await forgetChild(tx, town.clock.now(), household, child.id, false)
    await audit(tx, town.clock.now(), clerk, {
      action: 'child.refused',
      subject: { kind: 'child', id: child.id },
      details: { householdId },
    })
  })
}

async function waitingChild(tx: Tx, householdId: string, childId: string) {
  const household = householdId as Id<'household'>
  const child = (await siblings(tx, household)).find(({ id }) => id === childId)
  if (!child) throw notFound()
  if (child.confirmed) throw conflict('already-decided')
  return { child, householdId: household }
}

/** A health plan that only the second home wrote down must not be lost: it may save the child. */
async function keepHealth(
  tx: Tx,
  now: Temporal.Instant,
  { from, to }: { from: Id<'person'>; to: Id<'person'> },
): Promise<void> {
  const [added] = await tx.select().from(children).where(eq(children.personId, from))
  if (!added?.pai) return
  await tx.update(children).set({ pai: true }).where(eq(children.personId, to))
  const [theirs] = await tx.select().from(childHealth).where(eq(childHealth.childId, from))
  if (!theirs) return
  const [known] = await tx.select().from(childHealth).where(eq(childHealth.childId, to))
  const paiDetails = [known?.paiDetails, theirs.paiDetails].filter(Boolean).join('\n\n')
  const values = { paiDetails, updatedAt: now }
  await tx
    .insert(childHealth)
    .values({ childId: to, ...values })
    .onConflictDoUpdate({ target: childHealth.childId, set: values })
}

async function tellFamily(
  tx: Tx,
  town: Town,
  householdId: Id<'household'>,
  kind: 'child-accepted' | 'child-refused',
  child: { id: Id<'person'>; firstName: string },
  params: Record<string, unknown>,
): Promise<void> {
  const path = '/famille'
  await writeToFamily(tx, town, householdId, {
    kind,
    key: child.id,
    path,
    params: () => ({ child: child.firstName, ...params }),
  })
}
