import type { Queries } from '../db/database.ts'
import { and, gte, inArray, ne } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { sum } from '../kernel/money.ts'
import { familyQuotients, householdAddresses } from '../people/schema.ts'
import { pieces } from './pace.ts'
import { type HouseholdMonth, monthOf } from './price-month.ts'
import { repriced, wasTakenBack, whyRepriced } from './rules.ts'
import type { BillingRun } from './run-store.ts'
import { charges, type ServiceCode } from './schema.ts'
import type { Books } from './services.ts'

type HouseholdId = Id<'household'>
type Charge = typeof charges.$inferSelect

/**
 * Adds what puts earlier invoices right to `months`: a quotient was confirmed or corrected after the invoice went out and
 * counts from the day its proof was received, a move was told late, a child had eaten after all. The issued invoice stays;
 * the difference, up or down, is a charge of its own on the next one, which says why. What was credited is left alone.
 */
export async function priceCorrections(
  db: Queries,
  books: ReadonlyMap<ServiceCode, Books>,
  issued: readonly BillingRun[],
  months: Map<HouseholdId, HouseholdMonth>,
): Promise<void> {
  const earliest = issued.at(-1)
  if (!earliest) return
  const changed = new Set(await householdsChangedSince(db, earliest.createdAt))
  for (const each of books.values()) for (const householdId of await each.changedLate(issued)) changed.add(householdId)
  const periods = issued.map(run => run.period)
  for (const some of pieces([...changed].sort())) {
    const invoiced = await db
      .select()
      .from(charges)
      .where(and(inArray(charges.householdId, some), inArray(charges.period, periods)))
    const corrections = Map.groupBy(
      invoiced.filter(charge => charge.corrects !== null),
      charge => charge.corrects,
    )
    const originals = Map.groupBy(
      invoiced.filter(charge => charge.corrects === null && charge.credited === 0 && !wasTakenBack(charge.source)),
      charge => charge.service,
    )
    for (const [service, theirs] of originals) {
      const asBilled = theirs.map(charge => ({ ...charge, ...inTheEnd(charge, corrections.get(charge.id) ?? []) }))
      const now = (await books.get(service)?.pricesNow(asBilled)) ?? []
      const priceNow = new Map(asBilled.map((charge, i) => [charge.id, now[i]]))
      for (const { charge, price, difference } of repriced(asBilled, ({ id }) => priceNow.get(id))) {
        const { childId, day, mealType, id, householdId, times, amount, lastExplained } = charge
        const why = whyRepriced(lastExplained, price.explanation)
        const month = day.toPlainYearMonth().toString()
        monthOf(months, householdId).charges.push({
          service,
          childId,
          day,
          mealType,
          kind: 'correction',
          amount: difference,
          explanation: [...price.explanation, { code: 'regularisation', month, why, billed: amount }],
          source: `correction:${id}:${times + 1}`,
          corrects: id,
        })
      }
    }
  }
}

/** What a charge came to with all that put it right since, and why. */
function inTheEnd({ amount, explanation }: Charge, earlier: readonly Charge[]) {
  const corrections = earlier.toSorted((a, b) => (a.period < b.period ? -1 : 1))
  return {
    amount: sum([amount, ...corrections.map(correction => correction.amount)]),
    times: corrections.length,
    lastExplained: corrections.at(-1)?.explanation ?? explanation,
  }
}

async function householdsChangedSince(db: Queries, since: Temporal.Instant): Promise<HouseholdId[]> {
  const decided = await db
    .selectDistinct({ householdId: familyQuotients.householdId })
    .from(familyQuotients)
    .where(and(gte(familyQuotients.decidedAt, since), ne(familyQuotients.state, 'to-check')))
  const moved = await db
    .selectDistinct({ householdId: householdAddresses.householdId })
    .from(householdAddresses)
    .where(gte(householdAddresses.createdAt, since))
  return [...new Set([...decided, ...moved].map(row => row.householdId))]
}
