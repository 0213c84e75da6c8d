import { prepared, type Queries } from '../db/database.ts'
import { and, asc, eq, isNull, lte, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, sum } from '../kernel/money.ts'
import { addressOn, quotientOn, schoolingOn } from '../people/rules.ts'
import { households, persons, schoolings } from '../people/schema.ts'
import { type PricingFacts, pricingFacts } from '../people/store.ts'
import { schools } from '../schools/schema.ts'
import { linesOf, totalOf } from './rules.ts'
import type { BillingRun } from './run-store.ts'
import { charges, type FrozenInvoice, type invoiceLines } from './schema.ts'

type HouseholdId = Id<'household'>
type PersonId = Id<'person'>

/** An invoice but for its number, its dates and the credit it uses. */
export type InvoiceDraft = {
  id: Id<'invoice'>
  householdId: HouseholdId
  payerId: PersonId
  total: Cents
  /** What each service earns. */
  revenue: ReadonlyMap<string, Cents>
  lines: readonly (typeof invoiceLines.$inferInsert)[]
  chargeCount: number
  frozen: Omit<FrozenInvoice, 'creditUsed'>
}

/** The invoices of some households: what they were charged until the run's month and not invoiced, as things stand. */
export async function invoiceDrafts(
  db: Queries,
  run: BillingRun,
  householdIds: readonly HouseholdId[],
): Promise<InvoiceDraft[]> {
  const open = await openCharges(db).execute({ ids: listOf(householdIds), period: run.period })
  const byHousehold = Map.groupBy(open, charge => charge.householdId)
  const payers = await payersOf(db).execute({ ids: listOf(householdIds) })
  const facts = await pricingFacts(db, householdIds)
  const children = await childrenOfCharges(db, open)
  const month = Temporal.PlainYearMonth.from(run.period)
  const lastDay = month.toPlainDate({ day: month.daysInMonth })
  return payers.flatMap(payer => {
    const theirs = byHousehold.get(payer.householdId)
    if (!theirs) return []
    const id = newId<'invoice'>()
    const lines = linesOf(theirs.toSorted((a, b) => rankOf(children, a.childId) - rankOf(children, b.childId)))
    const seen = [...new Set(lines.map(line => line.childId))]
    const nameOf = (childId: PersonId) => children.get(childId)?.name ?? ''
    return [
      {
        ...{ id, householdId: payer.householdId, payerId: payer.payerId, chargeCount: theirs.length },
        total: totalOf(lines),
        revenue: revenueOf(lines),
        lines: lines.map((line, position) => ({
          ...{ invoiceId: id, position, childId: line.childId, childName: nameOf(line.childId) },
          ...{ service: line.service, kind: line.kind as (typeof theirs)[number]['kind'], quantity: line.quantity },
          ...{ unit: line.unit, amount: line.amount, explanation: line.explanation, days: line.days },
        })),
        frozen: {
          payer: payerAsFrozen(payer, facts.get(payer.householdId), lastDay),
          quotient: quotientOn(facts.get(payer.householdId)?.quotients ?? [], lastDay)?.value ?? null,
          resident: addressOn(facts.get(payer.householdId)?.residency ?? [], lastDay)?.resident ?? false,
          children: seen.map(childId => ({
            id: childId,
            name: nameOf(childId),
            school: children.get(childId)?.schoolOn(lastDay) ?? '',
          })),
        },
      },
    ]
  })
}

const openCharges = prepared(db =>
  db
    .select({
      householdId: charges.householdId,
      childId: charges.childId,
      service: charges.service,
      kind: charges.kind,
      day: charges.day,
      amount: charges.amount,
      explanation: charges.explanation,
    })
    .from(charges)
    .where(
      and(isNull(charges.invoiceId), inList(charges.householdId, 'ids'), lte(charges.period, sql.placeholder('period'))),
    )
    .orderBy(asc(charges.day), asc(charges.id))
    .prepare(),
)

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
    .orderBy(asc(households.id))
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

const rankOf = (children: ReadonlyMap<PersonId, ChildOnInvoice>, id: PersonId) => children.get(id)?.rank ?? -1

async function childrenOfCharges(
  db: Queries,
  open: readonly { childId: PersonId }[],
): Promise<ReadonlyMap<PersonId, ChildOnInvoice>> {
  const ids = listOf(new Set(open.map(charge => charge.childId)))
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
