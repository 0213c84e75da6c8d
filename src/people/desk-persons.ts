import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, eq, like, notExists, or, sql } from '../db/drizzle.ts'
import type { Clerk, Service } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { ageOn } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { type FieldError, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { once } from '../web/idempotency.ts'
import { dayField, linesField, nameField, phoneField } from './forms.ts'
import { addressForm } from './household.ts'
import {
  addressOfPerson,
  type HomeAddress,
  householdFor,
  householdOfAdult,
  writePersonAddress,
} from './person-address.ts'
import { addPerson, renamePerson } from './persons.ts'
import { maybeSamePerson, searchKey } from './rules.ts'
import { householdMembers, persons } from './schema.ts'

/** The services whose clerks receive residents: they find them, write them down, and act in their name. */
export const COUNTER_SERVICES = [
  'canteen',
  'cash-office',
  'civil-registry',
  'leisure',
] as const satisfies readonly Service[]

/** What another service shows of a person on the clerks' page; undefined when it is not for this clerk. */
export type PersonSection = (asked: {
  town: Town
  clerk: Clerk
  personId: Id<'person'>
  words: Translator
}) => Promise<{ title: string; lines: readonly string[]; links: readonly { text: string; href: string }[] } | undefined>

export type Person = typeof persons.$inferSelect

/** A person as a list shows them: the least that tells people apart. */
export type FoundPerson = {
  id: Id<'person'>
  name: string
  birthDate: Temporal.PlainDate | null
  /** Street and town. */
  address: string
}

const empty = z.literal('').transform(() => null)

/** Who somebody at the counter is. The address is for letters and forms: who has none, or does not say, leaves it empty. */
export const personForm = z
  .object({
    firstName: nameField,
    lastName: nameField,
    birthDate: dayField,
    phone: z.union([empty, phoneField]),
    email: z.union([empty, z.string().trim().max(254).pipe(z.email())]),
    lines: linesField(300),
    postcode: z.string().trim(),
    city: z.string().trim(),
  })
  .transform(({ lines, postcode, city, ...person }, context) => {
    if (!lines && !postcode && !city) return { ...person, address: undefined }
    const read = addressForm.omit({ from: true }).safeParse({ lines, postcode, city })
    if (read.success) return { ...person, address: read.data satisfies HomeAddress }
    for (const { path, message, code } of read.error.issues) {
      const required = code === 'too_small' || !{ lines, postcode, city }[String(path[0]) as 'lines']
      context.addIssue({ code: 'custom', path, message: required ? 'required' : message })
    }
    return z.NEVER
  })
export type PersonForm = z.output<typeof personForm>

/** No older person is known to have lived (122 years): a century mistyped is seen. */
const OLDEST = 123

function birthFault(birthDate: Temporal.PlainDate, today: Temporal.PlainDate): FieldError[] {
  if (Temporal.PlainDate.compare(birthDate, today) > 0) return [{ field: 'birthDate', code: 'date-in-future' }]
  if (ageOn(birthDate, today) >= OLDEST) return [{ field: 'birthDate', code: 'date-too-old' }]
  // A child's affairs are asked for by who has authority over it (civil code, art. 371-1).
  return ageOn(birthDate, today) < 18 ? [{ field: 'birthDate', code: 'adults-only' }] : []
}

/** People that this may be: clerks look at them before they write down somebody new. */
export async function possibleDuplicates(
  db: Queries,
  form: Pick<PersonForm, 'firstName' | 'lastName' | 'birthDate' | 'phone' | 'email'>,
): Promise<Person[]> {
  const words = searchKey(`${form.firstName} ${form.lastName}`).split(' ').filter(Boolean)
  const named = and(
    ...words.map(word => or(like(persons.searchKey, `${word}%`), like(persons.searchKey, `% ${word}%`))),
  )
  const candidates = await db
    .select()
    .from(persons)
    .where(
      and(
        or(
          eq(persons.birthDate, form.birthDate),
          named,
          form.phone ? eq(persons.phone, form.phone) : undefined,
          form.email ? eq(sql`lower(${persons.email})`, form.email.toLowerCase()) : undefined,
        ),
        noChild(db),
      ),
    )
    .orderBy(asc(persons.searchKey), asc(persons.id))
    .limit(200)
  return candidates.filter(known => maybeSamePerson(known, form)).slice(0, 10)
}

/** Children are found with their family. */
const noChild = (db: Queries) =>
  notExists(
    db
      .select({ one: sql`1` })
      .from(householdMembers)
      .where(and(eq(householdMembers.personId, persons.id), eq(householdMembers.role, 'child'))),
  )

/**
 * Writes down somebody at the counter, who need have neither e-mail nor family. `nobodyOf` are the people that the clerk saw
 * and who are others: one more who may be the same throws `invalid` on it. The same `key` twice makes one.
 */
export async function createPerson(
  town: Town,
  clerk: Clerk,
  form: PersonForm,
  { nobodyOf, key }: { nobodyOf: readonly string[]; key?: string | undefined },
): Promise<{ personId: Id<'person'> }> {
  const now = town.clock.now()
  const faults = birthFault(form.birthDate, dayInParis(now))
  if (faults.length > 0) throw invalid(faults)
  const content = { ...form, birthDate: form.birthDate.toString() }
  return once({ db: town.db, now }, { scope: `person by ${clerk.accountId}`, key, content }, async tx => {
    const unseen = (await possibleDuplicates(tx, form)).filter(({ id }) => !nobodyOf.includes(id))
    if (unseen.length > 0) throw invalid([{ field: 'nobodyOf', code: 'maybe-known' }])
    const { firstName, lastName, birthDate, phone, email, address } = form
    const personId = await addPerson(tx, now, { firstName, lastName, birthDate, phone, email, language: 'fr' })
    await writePersonAddress(tx, now, personId, address)
    const subject = { kind: 'person', id: personId }
    await audit(tx, now, clerk, { action: 'person.created', subject, details: { others: nobodyOf.length } })
    return { personId }
  })
}

/** An adult that the town knows. Throws 404 for a child, whom its family's page shows, and for nobody. */
export async function adultById(db: Queries, id: string): Promise<Person> {
  const [person] = await db
    .select()
    .from(persons)
    .where(and(eq(persons.id, id as Id<'person'>), noChild(db)))
  if (!person) throw notFound()
  return person
}

/** All of a person that any clerk at the counter may see. The look is in the audit trail. Throws 404 as `adultById`. */
export async function personForClerk(town: Town, clerk: Clerk, id: string) {
  const db = town.db.read
  const person = await adultById(db, id)
  const today = dayInParis(town.clock.now())
  const address = await addressOfPerson(db, person.id, today)
  const householdId = await householdOfAdult(db, person.id)
  await town.db.transaction(tx =>
    audit(tx, town.clock.now(), clerk, { action: 'person.viewed', subject: { kind: 'person', id: person.id } }),
  )
  return { person, address, householdId }
}

/**
 * Sets right what the town knows of somebody without household; others do it on their family's pages. Throws 404 for them,
 * `invalid` by field.
 */
export async function changePerson(town: Town, clerk: Clerk, id: string, form: PersonForm): Promise<void> {
  const now = town.clock.now()
  const faults = birthFault(form.birthDate, dayInParis(now))
  if (faults.length > 0) throw invalid(faults)
  await town.db.transaction(async tx => {
    const person = await withoutHousehold(tx, id)
    const { firstName, lastName, birthDate, phone, email, address } = form
    await renamePerson(tx, person.id, { firstName, lastName })
    await tx.update(persons).set({ birthDate, phone, email }).where(eq(persons.id, person.id))
    await writePersonAddress(tx, now, person.id, address)
    await audit(tx, now, clerk, { action: 'person.changed', subject: { kind: 'person', id: person.id } })
  })
}

async function withoutHousehold(tx: Tx, id: string): Promise<Person> {
  const person = await adultById(tx, id)
  if (await householdOfAdult(tx, person.id)) throw notFound()
  return person
}

/** A household for somebody who has none, so that they book and are billed. Gives theirs when they have one. */
export async function openFamily(town: Town, clerk: Clerk, id: string): Promise<Id<'household'>> {
  return town.db.transaction(async tx => {
    const person = await adultById(tx, id)
    const known = await householdOfAdult(tx, person.id)
    if (known) return known
    const householdId = await householdFor(tx, town, clerk, person.id)
    const subject = { kind: 'household', id: householdId }
    const details = { personId: person.id }
    await audit(tx, town.clock.now(), clerk, { action: 'household.created', subject, details })
    return householdId
  })
}

/** People as a list shows them, in the order given. */
export async function describePersons(town: Town, found: readonly Person[]): Promise<FoundPerson[]> {
  const today = dayInParis(town.clock.now())
  const described: FoundPerson[] = []
  for (const { id, firstName, lastName, birthDate } of found) {
    const address = await addressOfPerson(town.db.read, id, today)
    described.push({
      id,
      name: `${firstName} ${lastName}`,
      birthDate,
      address: address ? `${address.lines.at(-1) ?? ''}, ${address.city}` : '',
    })
  }
  return described
}
