import type { Queries, Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { writeAddress } from './household.ts'
import { addHousehold } from './persons.ts'
import { addressOn } from './rules.ts'
import { householdMembers, personAddresses } from './schema.ts'
import { pricingFacts } from './store.ts'

export type HomeAddress = { lines: readonly string[]; postcode: string; city: string }

/** The household in which this person is an adult; undefined for who has none. */
export async function householdOfAdult(db: Queries, personId: Id<'person'>): Promise<Id<'household'> | undefined> {
  const [home] = await db
    .select({ id: householdMembers.householdId })
    .from(householdMembers)
    .where(and(eq(householdMembers.personId, personId), eq(householdMembers.role, 'guardian')))
  return home?.id
}

/** Where a person lives on a day: with their household, or at the address they gave at the counter. */
export async function addressOfPerson(
  db: Queries,
  personId: Id<'person'>,
  today: Temporal.PlainDate,
): Promise<HomeAddress | undefined> {
  const householdId = await householdOfAdult(db, personId)
  const residency = householdId ? ((await pricingFacts(db, [householdId])).get(householdId)?.residency ?? []) : []
  const [own] = await db.select().from(personAddresses).where(eq(personAddresses.personId, personId))
  const found = addressOn(residency, today) ?? own
  return found && { lines: found.lines, postcode: found.postcode, city: found.city }
}

/** Writes where somebody without household lives; nothing when they do not say. */
export async function writePersonAddress(
  tx: Tx,
  now: Temporal.Instant,
  personId: Id<'person'>,
  address: HomeAddress | undefined,
): Promise<void> {
  await tx.delete(personAddresses).where(eq(personAddresses.personId, personId))
  if (!address) return
  const { lines, postcode, city } = address
  await tx.insert(personAddresses).values({ personId, lines, postcode, city, updatedAt: now })
}

/**
 * The household in which this person books and pays: theirs, or a new one that takes their address over, as whoever signs up
 * online gets one.
 */
export async function householdFor(tx: Tx, town: Town, actor: Actor, personId: Id<'person'>): Promise<Id<'household'>> {
  const known = await householdOfAdult(tx, personId)
  if (known) return known
  const now = town.clock.now()
  const today = dayInParis(now)
  const address = await addressOfPerson(tx, personId, today)
  const householdId = await addHousehold(tx, now, personId)
  if (address) {
    await writeAddress(tx, town, actor, householdId, { ...address, lines: [...address.lines], from: today })
    await writePersonAddress(tx, now, personId, undefined)
  }
  return householdId
}
