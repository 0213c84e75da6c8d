import type { Queries } from '../../db/database.ts'
import { eq } from '../../db/drizzle.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { addressOfPerson } from '../../people/person-address.ts'
import { persons } from '../../people/schema.ts'
import type { Town } from '../../town-context.ts'
import type { PostalAddress } from '../kinds.ts'

/** What the town knows of who asks. */
export type KnownApplicant = {
  firstName: string
  lastName: string
  birthDate: string | undefined
  email: string | null
  phone: string | null
  language: string
  /** Where they live today. */
  address?: PostalAddress
}

/** The person as the town knows them, where they live today included. Undefined when they are gone. */
export async function knownApplicant(
  town: Town,
  db: Queries,
  personId: Id<'person'> | null,
): Promise<KnownApplicant | undefined> {
  if (!personId) return undefined
  const [person] = await db.select().from(persons).where(eq(persons.id, personId))
  if (!person) return undefined
  const address = await addressOfPerson(db, personId, dayInParis(town.clock.now()))
  const { firstName, lastName, birthDate, email, phone, language } = person
  return {
    firstName,
    lastName,
    birthDate: birthDate?.toString(),
    email,
    phone,
    language,
    ...(address && {
      address: { lines: address.lines, postcode: address.postcode, city: address.city, country: 'FR' },
    }),
  }
}
