import { accounts } from '../access/schema.ts'
import { and, asc, eq, inArray, notExists, sql } from '../db/drizzle.ts'
import { serves } from '../kernel/actor.ts'
import { COUNTER_SERVICES, describePersons } from '../people/desk-persons.ts'
import { describe, householdsOf } from '../people/family-search.ts'
import { shownPhone } from '../people/rules.ts'
import { householdMembers, persons } from '../people/schema.ts'
import type { SearchProvider } from '../people/search-provider.ts'
import { FAMILY_SERVICES } from '../people/store.ts'
import { dayInFigures } from '../people/told.ts'

/** Families, for those who serve them: found by anybody in them. */
export const familySearch: SearchProvider = {
  key: 'families',
  services: FAMILY_SERVICES,
  find: async ({ town, words, people, from, most }) => {
    const found = await householdsOf(town.db.read, await people(), { from, most: most + 1 })
    return (await describe(town, found)).map(({ householdId, adults, children }) => ({
      href: `/guichet/familles/${householdId}`,
      title: adults.map(({ name }) => name).join(', '),
      facts: [
        ...adults.flatMap(({ phone }) => phone ?? []),
        ...children.map(({ name, birthDate }) =>
          birthDate ? words.t('desk:search.child', { name, day: dayInFigures(birthDate) }) : name,
        ),
      ],
    }))
  },
}

/**
 * Residents, for every clerk at the counter. Those who serve families find parents with their family, and here the others;
 * to the civil registry all adults are residents, and a family is none of its business.
 */
export const personSearch: SearchProvider = {
  key: 'persons',
  services: COUNTER_SERVICES,
  find: async ({ town, clerk, words, people, from, most }) => {
    const matching = await people()
    if (matching.length === 0) return []
    const db = town.db.read
    const seesFamilies = serves(clerk, FAMILY_SERVICES)
    const member = db
      .select({ one: sql`1` })
      .from(householdMembers)
      .where(
        and(eq(householdMembers.personId, persons.id), seesFamilies ? undefined : eq(householdMembers.role, 'child')),
      )
    const colleague = db
      .select({ one: sql`1` })
      .from(accounts)
      .where(and(eq(accounts.personId, persons.id), eq(accounts.clerk, true)))
    const found = await db
      .select()
      .from(persons)
      .where(and(inArray(persons.id, [...matching]), notExists(member), notExists(colleague)))
      .orderBy(asc(persons.searchKey), asc(persons.id))
      .limit(most + 1)
      .offset(from)
    const shown = await describePersons(town, found)
    return shown.map(({ id, name, birthDate, address }, i) => ({
      href: `/guichet/personnes/${id}`,
      title: name,
      facts: [
        ...(birthDate ? [words.t('people:person.born', { day: dayInFigures(birthDate) })] : []),
        ...(address ? [address] : []),
        ...(!birthDate && !address && found[i]?.phone ? [shownPhone(found[i].phone)] : []),
      ],
    }))
  },
}
