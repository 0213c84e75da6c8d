import { prepared, type Queries } from '../db/database.ts'
import { asc, eq } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, sum } from '../kernel/money.ts'
import { addressOn, quotientOn, schoolingOn } from '../people/rules.ts'
import { households, persons, schoolings } from '../people/schema.ts'
import { type PricingFacts, pricingFacts } from '../people/store.ts'
import { schools } from '../schools/schema.ts'
import { type InvoiceLine, totalOf } from './rules.ts'
import type { FrozenInvoice, invoiceLines } from './schema.ts'

type HouseholdId = Id<'household'>
type PersonId = Id<'person'>

/** A household's month, as its draft has it. */
export type DraftedHousehold = { householdId: HouseholdId; lines: readonly InvoiceLine[] }

/** An invoice but for its number, its dates and the credit it uses. */
export type InvoiceDraft = {
  id: Id<'invoice'>
  householdId: HouseholdId
  payerId: PersonId
  total: Cents
  /** What each service earns. */
  revenue: ReadonlyMap<string, Cents>
  lines: readonly (typeof invoiceLines.$inferInsert)[]
  frozen: Omit<FrozenInvoice, 'creditUsed'>
}

/** Makes the invoice of one of the households whose names and addresses were read. Undefined for one that is gone. */
export type InvoiceMaker = (drafted: DraftedHousehold) => InvoiceDraft | undefined

/** Reads who pays, lives where and goes to which school on a day, so that invoices can be made without further queries. */
export async function invoiceMaker(
  db: Queries,
  day: Temporal.PlainDate,
  drafted: readonly DraftedHousehold[],
): Promise<InvoiceMaker> {
  const householdIds = drafted.map(each => each.householdId)
  const found = await payersOf(db).execute({ ids: listOf(householdIds) })
  const payers = new Map(found.map(payer => [payer.householdId, payer]))
  const facts = await pricingFacts(db, householdIds)
  const children = await childrenOnLines(db, drafted)
  const rankOf = (id: PersonId) => children.get(id)?.rank ?? -1
  return ({ householdId, lines }) => {
    const payer = payers.get(householdId)
    if (!payer) return undefined
    const id = newId<'invoice'>()
    const ordered = lines.toSorted((a, b) => rankOf(a.childId) - rankOf(b.childId))
    const theirs = facts.get(householdId)
    const nameOf = (childId: PersonId) => children.get(childId)?.name ?? ''
    return {
      id,
      householdId,
      payerId: payer.payerId,
      total: totalOf(lines),
      revenue: revenueOf(lines),
      lines: ordered.map((line, position) => ({
        invoiceId: id,
        position,
        childId: line.childId,
        childName: nameOf(line.childId),
        service: line.service,
        kind: line.kind,
        quantity: line.quantity,
        unit: line.unit,
        amount: line.amount,
        explanation: line.explanation,
        days: line.days,
      })),
      frozen: {
        payer: payerAsFrozen(payer, theirs, day),
        quotient: quotientOn(theirs?.quotients ?? [], day)?.value ?? null,
        resident: addressOn(theirs?.residency ?? [], day)?.resident ?? false,
        children: [...new Set(ordered.map(line => line.childId))].map(childId => ({
          id: childId,
          name: nameOf(childId),
          school: children.get(childId)?.schoolOn(day) ?? '',
        })),
      },
    }
  }
}

const payersOf = prepared(db =>
  db
    .select({
      householdId: households.id,
      payerId: households.payerId,
      firstName: persons.firstName,
      lastName: persons.lastName,
      language: persons.language,
    })
    .from(households)
    .innerJoin(persons, eq(persons.id, households.payerId))
    .where(inList(households.id, 'ids'))
    .prepare(),
)

const namesOf = prepared(db =>
  db
    .select({ id: persons.id, firstName: persons.firstName, lastName: persons.lastName })
    .from(persons)
    .where(inList(persons.id, 'ids'))
    .orderBy(asc(persons.birthDate), asc(persons.firstName), asc(persons.id))
    .prepare(),
)

const schoolsAttended = prepared(db =>
  db
    .select({
      childId: schoolings.childId,
      from: schoolings.from,
      to: schoolings.to,
      className: schoolings.className,
      school: schools.name,
    })
    .from(schoolings)
    .innerJoin(schools, eq(schools.id, schoolings.schoolId))
    .where(inList(schoolings.childId, 'ids'))
    .prepare(),
)

/** `rank`: the eldest is first, as on every page. */
type ChildOnInvoice = { name: string; rank: number; schoolOn(day: Temporal.PlainDate): string }

async function childrenOnLines(
  db: Queries,
  drafted: readonly DraftedHousehold[],
): Promise<ReadonlyMap<PersonId, ChildOnInvoice>> {
  const ids = listOf(new Set(drafted.flatMap(({ lines }) => lines.map(line => line.childId))))
  const attended = Map.groupBy(await schoolsAttended(db).execute({ ids }), row => row.childId)
  const names = await namesOf(db).execute({ ids })
  return new Map(
    names.map(({ id, firstName, lastName }, rank) => [
      id,
      {
        rank,
        name: `${firstName} ${lastName}`,
        schoolOn: day => {
          const there = schoolingOn(attended.get(id) ?? [], day)
          return there ? `${there.school}, ${there.className}` : ''
        },
      },
    ]),
  )
}

function payerAsFrozen(
  payer: { firstName: string; lastName: string; language: string },
  facts: PricingFacts | undefined,
  day: Temporal.PlainDate,
): FrozenInvoice['payer'] {
  const address = addressOn(facts?.residency ?? [], day)
  return {
    name: `${payer.firstName} ${payer.lastName}`,
    addressLines: address ? [...address.lines, `${address.postcode} ${address.city}`] : [],
    language: payer.language,
  }
}

function revenueOf(lines: readonly { service: string; amount: Cents }[]): Map<string, Cents> {
  const services = Map.groupBy(lines, line => line.service)
  return new Map([...services].map(([service, theirs]) => [service, sum(theirs.map(line => line.amount))]))
}
