import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, desc, eq } from '../db/drizzle.ts'
import type { Actor, Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { CustodyWish } from './custody-terms.ts'
import { writeToFamily } from './letters.ts'
import { type CustodyTerms, custodies, custodyDeclarations, householdMembers, households } from './schema.ts'
import { type Child, childOf, childrenById, householdOf, householdsOfChild } from './store.ts'

export type CustodyDeclaration = {
  id: Id<'custody-declaration'>
  childId: Id<'person'>
  householdId: Id<'household'>
  from: Temporal.PlainDate
  terms: CustodyTerms
  createdAt: Temporal.Instant
}

/**
 * Declares how a child lives in two homes. It counts once a clerk has confirmed it: until then the asker's household goes
 * on as before. What the same household said before and nobody looked at is replaced.
 */
export async function declareCustody(town: Town, actor: Actor, childId: string, wish: CustodyWish): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  if (Temporal.PlainDate.compare(wish.from, today.subtract({ months: 2 })) < 0) {
    throw invalid([{ field: 'from', code: 'date-too-old' }])
  }
  if (Temporal.PlainDate.compare(wish.from, today.add({ years: 1 })) > 0) {
    throw invalid([{ field: 'from', code: 'date-too-far' }])
  }
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    const child = await childOf(tx, householdId, childId)
    await tx
      .update(custodyDeclarations)
      .set({ state: 'replaced' })
      .where(
        and(
          eq(custodyDeclarations.childId, child.id),
          eq(custodyDeclarations.householdId, householdId),
          eq(custodyDeclarations.state, 'to-check'),
        ),
      )
    const id = newId<'custody-declaration'>()
    const declaration = { id, childId: child.id, householdId, ...wish, state: 'to-check' as const, createdAt: now }
    await tx.insert(custodyDeclarations).values(declaration)
    await audit(tx, now, actor, {
      action: 'custody.declared',
      subject: { kind: 'child', id: child.id },
      details: { declarationId: id, householdId },
    })
  })
}

/** What the household last declared for a child, and what became of it. */
export async function lastDeclaration(db: Queries, householdId: Id<'household'>, childId: Id<'person'>) {
  const [last] = await db
    .select()
    .from(custodyDeclarations)
    .where(and(eq(custodyDeclarations.householdId, householdId), eq(custodyDeclarations.childId, childId)))
    .orderBy(desc(custodyDeclarations.createdAt), desc(custodyDeclarations.id))
    .limit(1)
  return last
}

/** The declarations that wait for a clerk, oldest first. */
export async function declarationsToCheck(db: Queries): Promise<CustodyDeclaration[]> {
  const { id, childId, householdId, from, terms, createdAt } = custodyDeclarations
  return db
    .select({ id, childId, householdId, from, terms, createdAt })
    .from(custodyDeclarations)
    .where(eq(custodyDeclarations.state, 'to-check'))
    .orderBy(asc(custodyDeclarations.createdAt))
}

/**
 * A clerk's decision: from that day on the child lives in both homes on these terms. The second home is the child's other
 * one, or the one named. Both are written to, and neither is told of the other. A declaration it answers is settled.
 * Throws `invalid` without a second home, 409 `already-decided` for a declaration that has its answer.
 */
export async function decideCustody(
  town: Town,
  clerk: Clerk,
  decision: CustodyWish & {
    childId: string
    firstHouseholdId: Id<'household'>
    secondHouseholdId: string
    declarationId?: string
  },
): Promise<void> {
  await town.db.transaction(async tx => {
    const child = await childOf(tx, decision.firstHouseholdId, decision.childId)
    const others = (await householdsOfChild(tx, child.id)).filter(id => id !== decision.firstHouseholdId)
    const second = others[0] ?? (decision.secondHouseholdId as Id<'household'>)
    if (!second || second === decision.firstHouseholdId) {
      throw invalid([{ field: 'secondHouseholdId', code: 'needs-household' }])
    }
    await shareChild(tx, town, clerk, child, { first: decision.firstHouseholdId, second, ...decision })
    if (decision.declarationId) await settle(tx, town, clerk, decision.declarationId, { state: 'confirmed' })
  })
}

/** Writes a shared custody down, and puts the child in the second home when it is not there yet. */
export async function shareChild(
  tx: Tx,
  town: Town,
  clerk: Clerk,
  child: Pick<Child, 'id' | 'firstName'>,
  custody: CustodyWish & { first: Id<'household'>; second: Id<'household'> },
): Promise<void> {
  const now = town.clock.now()
  const { first, second, from, terms } = custody
  const [known] = await tx.select({ id: households.id }).from(households).where(eq(households.id, second))
  if (!known) throw invalid([{ field: 'secondHouseholdId', code: 'needs-household' }])
  await tx
    .insert(householdMembers)
    .values({ householdId: second, personId: child.id, role: 'child', confirmedAt: now, createdAt: now })
    .onConflictDoNothing()
  const values = { firstHouseholdId: first, secondHouseholdId: second, terms, decidedBy: clerk.accountId }
  const id = newId<'custody'>()
  await tx
    .insert(custodies)
    .values({ id, childId: child.id, from, createdAt: now, ...values })
    .onConflictDoUpdate({ target: [custodies.childId, custodies.from], set: values })
  for (const householdId of [first, second]) {
    await writeToFamily(tx, town, householdId, {
      kind: 'custody-confirmed',
      key: `${id}:${householdId}`,
      path: `/famille/enfants/${child.id}`,
      params: ({ f }) => ({ child: child.firstName, day: f.day(from) }),
    })
  }
  await audit(tx, now, clerk, {
    action: 'custody.confirmed',
    subject: { kind: 'child', id: child.id },
    details: { first, second, from: from.toString() },
  })
}

/** A clerk says no, and why: the family that declared it reads the reason. */
export async function refuseCustody(town: Town, clerk: Clerk, declarationId: string, refusal: string): Promise<void> {
  if (!refusal) throw invalid([{ field: 'refusal', code: 'reason-needed' }])
  await town.db.transaction(async tx => {
    const { childId, householdId } = await settle(tx, town, clerk, declarationId, { state: 'refused', refusal })
    const child = (await childrenById(tx, [childId])).get(childId)
    await writeToFamily(tx, town, householdId, {
      kind: 'custody-refused',
      key: declarationId,
      path: `/famille/enfants/${childId}`,
      params: () => ({ child: child?.firstName ?? '', reason: refusal }),
    })
    await audit(tx, town.clock.now(), clerk, {
      action: 'custody.refused',
      subject: { kind: 'child', id: childId },
      details: { declarationId },
    })
  })
}

async function settle(
  tx: Tx,
  town: Town,
  clerk: Clerk,
  declarationId: string,
  outcome: { state: 'confirmed' | 'refused'; refusal?: string },
) {
  const id = declarationId as Id<'custody-declaration'>
  const [known] = await tx.select().from(custodyDeclarations).where(eq(custodyDeclarations.id, id))
  if (!known) throw notFound()
  const [settled] = await tx
    .update(custodyDeclarations)
    .set({ ...outcome, decidedBy: clerk.accountId, decidedAt: town.clock.now() })
    .where(and(eq(custodyDeclarations.id, id), eq(custodyDeclarations.state, 'to-check')))
    .returning()
  if (!settled) throw conflict('already-decided')
  return settled
}
