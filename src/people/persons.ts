import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { searchKey } from './rules.ts'
import { householdMembers, households, persons } from './schema.ts'

export type PersonFacts = {
  firstName: string
  lastName: string
  birthDate?: Temporal.PlainDate | null
  email?: string | null
  phone?: string | null
  language: string
}

/** Writes down someone the town did not know. They need no account. */
export async function addPerson(tx: Tx, now: Temporal.Instant, facts: PersonFacts): Promise<Id<'person'>> {
  const id = newId<'person'>()
  await tx.insert(persons).values({ id, ...facts, searchKey: searchKeyOf(facts), createdAt: now })
  return id
}

export async function renamePerson(
  tx: Tx,
  id: Id<'person'>,
  name: { firstName: string; lastName: string },
): Promise<void> {
  await tx
    .update(persons)
    .set({ ...name, searchKey: searchKeyOf(name) })
    .where(eq(persons.id, id))
}

/** A household of one adult, who books and pays. */
export async function addHousehold(tx: Tx, now: Temporal.Instant, payerId: Id<'person'>): Promise<Id<'household'>> {
  const id = newId<'household'>()
  await tx.insert(households).values({ id, payerId, createdAt: now })
  await tx
    .insert(householdMembers)
    .values({ householdId: id, personId: payerId, role: 'guardian', confirmedAt: now, createdAt: now })
  return id
}

const searchKeyOf = ({ firstName, lastName }: { firstName: string; lastName: string }) =>
  searchKey(`${firstName} ${lastName}`)
