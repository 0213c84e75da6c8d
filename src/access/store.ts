import { prepared, type Queries, type Tx } from '../db/database.ts'
import { eq, sql } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { addHousehold, addPerson } from '../people/persons.ts'
import { persons } from '../people/schema.ts'
import { accounts } from './schema.ts'

export type Account = typeof accounts.$inferSelect & {
  firstName: string
  lastName: string
  /** As the person typed it. */
  contact: string | null
  language: string
}

const columns = {
  id: accounts.id,
  personId: accounts.personId,
  email: accounts.email,
  emailVerifiedAt: accounts.emailVerifiedAt,
  passwordHash: accounts.passwordHash,
  clerk: accounts.clerk,
  services: accounts.services,
  administrator: accounts.administrator,
  secondFactor: accounts.secondFactor,
  disabledAt: accounts.disabledAt,
  lastSignInAt: accounts.lastSignInAt,
  createdAt: accounts.createdAt,
  firstName: persons.firstName,
  lastName: persons.lastName,
  contact: persons.email,
  language: persons.language,
}

const byEmail = prepared(db =>
  db
    .select(columns)
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(eq(accounts.email, sql.placeholder('email')))
    .prepare(),
)
const byId = prepared(db =>
  db
    .select(columns)
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(eq(accounts.id, sql.placeholder('accountId')))
    .prepare(),
)

/** The account with that address, already in the form of `emailKey`. */
export async function accountByEmail(db: Queries, email: string): Promise<Account | undefined> {
  const [account] = await byEmail(db).execute({ email })
  return account
}

export async function accountById(db: Queries, accountId: Id<'account'>): Promise<Account | undefined> {
  const [account] = await byId(db).execute({ accountId })
  return account
}

/** The account of a person, when they have one. */
export async function accountOfPerson(db: Queries, personId: Id<'person'>): Promise<Account | undefined> {
  const [account] = await db
    .select(columns)
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(eq(accounts.personId, personId))
  return account
}

/** Who acts when this account asks. */
export function actorOf(account: Pick<Account, 'id' | 'personId' | 'clerk' | 'services' | 'administrator'>) {
  const { id: accountId, personId, services, administrator } = account
  return account.clerk
    ? ({ kind: 'clerk', accountId, personId, services, administrator } satisfies Actor)
    : ({ kind: 'resident', accountId, personId } satisfies Actor)
}

/** An account for a person the town knows. Throws a unique violation when the address has one. */
export async function addAccount(
  tx: Tx,
  now: Temporal.Instant,
  account: Pick<typeof accounts.$inferInsert, 'personId' | 'email'> & Partial<typeof accounts.$inferInsert>,
): Promise<Id<'account'>> {
  const id = newId<'account'>()
  await tx.insert(accounts).values({ id, clerk: false, services: [], administrator: false, createdAt: now, ...account })
  return id
}

/** A resident with an account and a household of their own, as signing up makes one. */
export async function addResident(
  tx: Tx,
  now: Temporal.Instant,
  resident: {
    firstName: string
    lastName: string
    /** As typed; `email` is the form that is compared. */
    contact: string
    email: string
    language: string
    passwordHash: string
    emailVerifiedAt?: Temporal.Instant
  },
) {
  const { firstName, lastName, contact, language, ...account } = resident
  const personId = await addPerson(tx, now, { firstName, lastName, email: contact, language })
  const accountId = await addAccount(tx, now, { personId, ...account })
  return { personId, accountId, householdId: await addHousehold(tx, now, personId) }
}
