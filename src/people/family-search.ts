import { audit } from '../audit/audit.ts'
import { dialect } from '../db/columns.ts'
import type { Queries } from '../db/database.ts'
import { and, asc, eq, inArray, like, or, sql } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import { isoDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { compareNames, phoneNumber, searchKey, shownPhone } from './rules.ts'
import { householdMembers, persons } from './schema.ts'

/** What a clerk typed, told apart: any of it narrows the search. */
export type FamilyQuery = {
  names: readonly string[]
  phone?: string
  birthDate?: Temporal.PlainDate
  email?: string
}

const MOST_SHOWN = 25

/**
 * Reads one search box: an e-mail address, a telephone number, a birth date (12/03/2018, 2018-03-12), and words of names
 * in any order, with or without accents. 'diallo 12/03/2018' is a name and a date.
 */
export function readFamilyQuery(text: string): FamilyQuery {
  let rest = text.normalize('NFKC').trim().slice(0, 200)
  const take = (pattern: RegExp) => {
    const found = pattern.exec(rest)
    if (found) rest = rest.replace(found[0], ' ')
    return found
  }
  const email = take(/\S+@\S*/)?.[0]?.toLowerCase()
  const date = take(/\b(\d{4})-(\d{2})-(\d{2})\b/) ?? take(/\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b/)
  const [, a = '', month = '', b = ''] = date ?? []
  const [year, day] = a.length === 4 ? [a, b] : [b, a]
  const birthDate = date ? isoDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`) : undefined
  const phone = phoneNumber(take(/\+?\d[\d\s.()/-]{7,}\d/)?.[0] ?? '')
  const names = searchKey(rest).split(' ').filter(Boolean)
  return { names, ...(phone ? { phone } : {}), ...(birthDate ? { birthDate } : {}), ...(email ? { email } : {}) }
}

/** Whether anything was typed by which people are found. */
const findsPeople = ({ names, phone, birthDate, email }: FamilyQuery): boolean =>
  names.length > 0 || phone !== undefined || birthDate !== undefined || email !== undefined

/** An address typed to its end is looked up as it is; the beginning of one is compared, in SQLite by the same index. */
function emailIs(email: string) {
  const known = sql`lower(${persons.email})`
  if (/@[^@]+\.[a-z]{2,}$/.test(email)) return sql`${known} = ${email}`
  if (dialect === 'sqlite') return sql`${known} >= ${email} and ${known} < ${`${email}\u{10FFFF}`}`
  return like(known, `${email.replace(/[%_\\]/g, '')}%`)
}

/** More people of one name than that are told apart by a first name or a date. */
const MOST_PEOPLE = 1_000

/** Who is all that was typed, by name: words by how they begin, in any order. The first thousand. */
export async function peopleMatching(db: Queries, query: FamilyQuery): Promise<Id<'person'>[]> {
  const { names, phone, birthDate, email } = query
  if (!findsPeople(query)) return []
  const rows = await db
    .select({ id: persons.id })
    .from(persons)
    .where(
      and(
        ...names.map(word => or(like(persons.searchKey, `${word}%`), like(persons.searchKey, `% ${word}%`))),
        phone ? eq(persons.phone, phone) : undefined,
        birthDate ? eq(persons.birthDate, birthDate) : undefined,
        email ? emailIs(email) : undefined,
      ),
    )
    .orderBy(asc(persons.searchKey), asc(persons.id))
    .limit(MOST_PEOPLE)
  return rows.map(({ id }) => id)
}

/** A household as a list shows it: the least that tells families apart. */
export type FoundFamily = {
  householdId: Id<'household'>
  adults: { name: string; phone: string | null }[]
  children: { name: string; birthDate: Temporal.PlainDate | null }[]
}

/** The households of these people; of children's, each that they live in. */
export async function householdsOf(
  db: Queries,
  people: readonly Id<'person'>[],
  { from = 0, most }: { from?: number; most: number },
): Promise<Id<'household'>[]> {
  if (people.length === 0) return []
  const rows = await db
    .selectDistinct({ householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(inArray(householdMembers.personId, [...people]))
    .orderBy(asc(householdMembers.householdId))
    .limit(most)
    .offset(from)
  return rows.map(({ householdId }) => householdId)
}

/** The families in which somebody matches. Each look-up is in the audit trail, without what was typed. */
export async function searchFamilies(
  town: Town,
  clerk: Clerk,
  text: string,
): Promise<{ families: FoundFamily[]; more: boolean }> {
  const query = readFamilyQuery(text)
  const people = await peopleMatching(town.db.read, query)
  const found = await householdsOf(town.db.read, people, { most: MOST_SHOWN + 1 })
  const shown = found.slice(0, MOST_SHOWN)
  const families = await describe(town, shown)
  await town.db.transaction(async tx => {
    await audit(tx, town.clock.now(), clerk, {
      action: 'families.searched',
      subject: { kind: 'household', id: families.length === 1 ? shown[0]! : 'several' },
      details: { by: searchedBy(query), found: families.length },
    })
  })
  return { families, more: found.length > MOST_SHOWN }
}

/** By what kinds of things was searched, for the audit trail: not what was typed. */
export const searchedBy = (query: FamilyQuery): string[] =>
  Object.keys(query).filter(key => key !== 'names' || query.names.length > 0)

/** Households as a list shows them, by the names of their adults. */
export async function describe(town: Town, householdIds: readonly Id<'household'>[]): Promise<FoundFamily[]> {
  if (householdIds.length === 0) return []
  const members = await town.db.read
    .select({
      householdId: householdMembers.householdId,
      role: householdMembers.role,
      firstName: persons.firstName,
      lastName: persons.lastName,
      phone: persons.phone,
      birthDate: persons.birthDate,
    })
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .where(inArray(householdMembers.householdId, [...householdIds]))
    .orderBy(asc(householdMembers.createdAt), asc(persons.birthDate))
  const byHousehold = Map.groupBy(members, ({ householdId }) => householdId)
  return householdIds
    .map(householdId => {
      const theirs = byHousehold.get(householdId) ?? []
      const name = (one: { firstName: string; lastName: string }) => `${one.firstName} ${one.lastName}`
      return {
        householdId,
        adults: theirs
          .filter(({ role }) => role === 'guardian')
          .map(one => ({ name: name(one), phone: one.phone && shownPhone(one.phone) })),
        children: theirs
          .filter(({ role }) => role === 'child')
          .map(one => ({ name: name(one), birthDate: one.birthDate })),
      }
    })
    .sort((a, b) => compareNames(a.adults[0]?.name ?? '', b.adults[0]?.name ?? ''))
}
