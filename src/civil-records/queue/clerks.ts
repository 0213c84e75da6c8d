import { accounts } from '../../access/schema.ts'
import { prepared, type Queries } from '../../db/database.ts'
import { eq } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { compareNames } from '../../people/rules.ts'
import { persons } from '../../people/schema.ts'

/** A clerk of the town hall, as the civil registry's pages name them. */
export type RegistryClerk = {
  id: Id<'account'>
  name: string
  /** Works for the civil registry: files are given to these. */
  ofRegistry: boolean
  /** May open its files: its clerks and administrators. Whoever lost that right keeps none. */
  may: boolean
}

const everyClerk = prepared(db =>
  db
    .select({
      id: accounts.id,
      services: accounts.services,
      administrator: accounts.administrator,
      disabledAt: accounts.disabledAt,
      firstName: persons.firstName,
      lastName: persons.lastName,
    })
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(eq(accounts.clerk, true))
    .prepare(),
)

/** All clerks of the town hall, by name: those who left or moved too, for what they did bears their name. */
export async function registryClerks(db: Queries): Promise<RegistryClerk[]> {
  const rows = await everyClerk(db).execute()
  return rows
    .map(({ id, services, administrator, disabledAt, firstName, lastName }) => ({
      id,
      name: `${firstName} ${lastName}`,
      ofRegistry: !disabledAt && services.includes('civil-registry'),
      may: !disabledAt && (administrator || services.includes('civil-registry')),
    }))
    .sort((a, b) => compareNames(a.name, b.name))
}
