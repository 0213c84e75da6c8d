import type { Consumption } from '../canteen/consumption.ts'
import { attendances } from '../canteen/schema.ts'
import type { Queries } from '../db/database.ts'
import { and, eq, gt, gte, inArray, isNull, ne } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { sum } from '../kernel/money.ts'
import { familyQuotients, householdAddresses } from '../people/schema.ts'
import { type Priced, type PriceExplanation, type Situation, sharedPrice } from '../tariffs/rules.ts'
import { pieces } from './pace.ts'
import { type HouseholdMonth, monthOf, type Pricer } from './price-month.ts'
import { repriced, whyRepriced } from './rules.ts'
import type { BillingRun } from './run-store.ts'
import { charges } from './schema.ts'

type HouseholdId = Id<'household'>

/** How many of the last issued months are looked at for attendance written down late, as for meals told late. */
export const TICKED_MONTHS = 2

/** What the things consumed in the last months are now, by their sources: a meal that was billed as missed was eaten. */
export type KindsNow = ReadonlyMap<string, Consumption['kind']>

/**
 * Adds what puts earlier invoices right to `months`: a quotient was confirmed or corrected after the invoice went out and
 * counts from the day its proof was received, a move was told late, a child had eaten after all. The issued invoice stays;
 * the difference, up or down, is a charge of its own on the next one, which says why. Meals that were credited are left
 * alone.
 */
export async function priceCorrections(
  db: Queries,
  pricer: Pricer,
  issued: readonly BillingRun[],
  kindsNow: KindsNow,
  months: Map<HouseholdId, HouseholdMonth>,
): Promise<void> {
  const earliest = issued.at(-1)
  if (!earliest) return
  const periods = issued.map(run => run.period)
  const changed = [
    ...new Set([
      ...(await householdsChangedSince(db, earliest.createdAt)),
      ...(await householdsTickedLate(db, periods)),
    ]),
  ].sort()
  await pricer.know(changed)
  for (const some of pieces(changed)) {
    const invoiced = await db
      .select()
      .from(charges)
      .where(and(inArray(charges.householdId, some), inArray(charges.period, periods)))
    const earlier = Map.groupBy(
      invoiced.filter(charge => charge.corrects !== null),
      charge => charge.corrects,
    )
    const originals = invoiced.filter(
      charge => charge.corrects === null && charge.credited === 0 && !wasTakenBack(charge.source),
    )
    const asBilled = originals.map(charge => {
      const corrections = (earlier.get(charge.id) ?? []).toSorted((a, b) => (a.period < b.period ? -1 : 1))
      return {
        ...charge,
        amount: sum([charge.amount, ...corrections.map(correction => correction.amount)]),
        times: corrections.length,
        lastExplained: corrections.at(-1)?.explanation ?? charge.explanation,
      }
    })
    const priceNow = (charge: (typeof asBilled)[number]) => {
      if (charge.kind === 'correction') return undefined
      const { day, mealType, source } = charge
      const kind = kindsNow.get(source) ?? kindLast({ ...charge, kind: charge.kind })
      const whole = pricer.price(charge.householdId, { day, mealType, kind })
      return whole && sameShare(whole, charge.explanation)
    }
    for (const { charge, price, difference } of repriced(asBilled, priceNow)) {
      const { childId, day, mealType, id, householdId, times, amount, lastExplained } = charge
      const why = whyRepriced(lastExplained, price.explanation)
      const month = day.toPlainYearMonth().toString()
      monthOf(months, householdId).charges.push({
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

/** What a meal was billed as in the end: months that are not looked at any more keep what put them right. */
function kindLast({ kind, lastExplained }: { kind: Situation; lastExplained: PriceExplanation }): Situation {
  // An unbooked meal is one by its source; a booked one was eaten or missed.
  if (kind === 'unbooked-meal') return kind
  return lastExplained.some(step => step.code.startsWith('absence-')) ? 'absence' : 'meal'
}

/** The part of a price that the household had of the meal. */
function sameShare(whole: Priced, explanation: PriceExplanation): Priced {
  const share = explanation.find(step => step.code === 'custody-share')
  return share ? sharedPrice(whole, share.basisPoints) : whole
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

/** Households with a meal whose attendance was written down, or put right, after the meal was priced. */
async function householdsTickedLate(db: Queries, periods: readonly string[]): Promise<HouseholdId[]> {
  const rows = await db
    .selectDistinct({ householdId: charges.householdId })
    .from(charges)
    .innerJoin(attendances, and(eq(attendances.childId, charges.childId), eq(attendances.day, charges.day)))
    .where(
      and(
        inArray(charges.period, periods.slice(0, TICKED_MONTHS)),
        isNull(charges.corrects),
        gt(attendances.recordedAt, charges.createdAt),
      ),
    )
  return rows.map(row => row.householdId)
}

/** Given back by a credit note because it did not take place: its source was freed for another meal. */
const wasTakenBack = (source: string) => source.includes('#')
