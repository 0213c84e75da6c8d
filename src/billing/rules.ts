import type { WorkingDays } from '../kernel/calendar.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum, times } from '../kernel/money.ts'
import {
  type Priced,
  type PriceExplanation,
  type PriceStep,
  type RegularisationReason,
  sharedPrice,
} from '../tariffs/rules.ts'
import type { ChargeKind, ServiceCode } from './schema.ts'

type HouseholdId = Id<'household'>

/**
 * What each household pays for one thing a child consumed: each its share of its own price, for quotient and residency
 * are each household's own. Every line is rounded to the cent, half up, so the sum may differ from any one whole price.
 * A household for which the town has no price is left out of `prices` and listed in `unpriced`.
 */
export function pricesByHousehold(
  shares: readonly { household: HouseholdId; basisPoints: number }[],
  priceFor: (household: HouseholdId) => Priced | undefined,
): { prices: { household: HouseholdId; price: Priced }[]; unpriced: HouseholdId[] } {
  const prices: { household: HouseholdId; price: Priced }[] = []
  const unpriced: HouseholdId[] = []
  for (const { household, basisPoints } of shares) {
    const whole = priceFor(household)
    if (whole) prices.push({ household, price: sharedPrice(whole, basisPoints) })
    else unpriced.push(household)
  }
  return { prices, unpriced }
}

/** What a line of an invoice is made of. `amount` is negative when it takes back an earlier charge. */
export type Charge = {
  childId: Id<'person'>
  service: ServiceCode
  kind: ChargeKind
  day: Temporal.PlainDate
  amount: Cents
  explanation: PriceExplanation
}

/** A line of an invoice: `amount` is `quantity` times `unit`, for the days listed (ISO text, in order). */
export type InvoiceLine = Omit<Charge, 'day'> & { quantity: number; unit: Cents; days: readonly string[] }

/**
 * The lines of an invoice: charges of one child for one kind of thing at one price for one reason become one line. In the
 * order the children first come, then by first day; what deposits take off comes last.
 */
export function linesOf(charges: readonly Charge[]): InvoiceLine[] {
  const groups = new Map<string, Charge[]>()
  // Meals of one household mostly share one explanation, the very same object.
  const reasons = new Map<PriceExplanation, string>()
  for (const charge of charges.toSorted((a, b) => Temporal.PlainDate.compare(a.day, b.day))) {
    const { childId, service, kind, amount, explanation } = charge
    const reason = reasons.get(explanation) ?? JSON.stringify(explanation)
    reasons.set(explanation, reason)
    const key = `${childId} ${service} ${kind} ${amount} ${reason}`
    const group = groups.get(key)
    if (group) group.push(charge)
    else groups.set(key, [charge])
  }
  const children = [...new Set(charges.map(charge => charge.childId))]
  return [...groups.values()]
    .map(group => lineOf(group as [Charge, ...Charge[]]))
    .toSorted(
      (a, b) =>
        children.indexOf(a.childId) - children.indexOf(b.childId) || Number(isDeduction(a)) - Number(isDeduction(b)),
    )
}

const isDeduction = ({ kind }: Pick<Charge, 'kind'>) => kind === 'deposit-deducted'

function lineOf(charges: readonly [Charge, ...Charge[]]): InvoiceLine {
  const { day: _, amount: unit, ...same } = charges[0]
  const quantity = charges.length
  return { ...same, quantity, unit, amount: times(unit, quantity), days: charges.map(charge => charge.day.toString()) }
}

/** The sum of an invoice's lines. */
export function totalOf(lines: readonly { amount: Cents }[]): Cents {
  return sum(lines.map(line => line.amount))
}

/**
 * What an invoice asks for: an invoice of 0.00 € exists and asks for nothing; when credits exceed charges, the household
 * has that much in hand, for the next invoices or to be paid back.
 */
export function invoiceOutcome(total: Cents): { kind: 'to-pay' | 'nothing-to-pay' | 'in-credit'; amount: Cents } {
  if (total > 0) return { kind: 'to-pay', amount: total }
  return total === 0 ? { kind: 'nothing-to-pay', amount: total } : { kind: 'in-credit', amount: negate(total) }
}

/** The day an invoice is due: so many days after its issue, on the next working day if that is none. */
export function dueDate(issuedOn: Temporal.PlainDate, days: number, calendar: WorkingDays): Temporal.PlainDate {
  return calendar.onOrAfter(issuedOn.add({ days }))
}

/** What has its own gapless series of numbers each year: factures, avoirs, reçus. */
export type NumberedDocument = 'invoice' | 'credit-note' | 'receipt'
const LETTERS: Readonly<Record<NumberedDocument, string>> = { invoice: 'F', 'credit-note': 'A', receipt: 'R' }

/** The series a document takes its number from: that of the year of issue, whatever month it bills. */
export function numberSeriesOf(document: NumberedDocument, issuedOn: Temporal.PlainDate): string {
  return `${document}:${issuedOn.year}`
}

/**
 * The number as it is printed and told on the telephone: F2026-000123, A2026-000004 (avoir), R2026-000087 (reçu). `n` is
 * the next of its series, from 1. Sorts as text up to 999 999 a year.
 */
export function documentNumber(document: NumberedDocument, issuedOn: Temporal.PlainDate, n: number): string {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`not a document number: ${n}`)
  return `${LETTERS[document]}${issuedOn.year}-${String(n).padStart(6, '0')}`
}

/** A thing worth a clerk's look before an invoice is issued; it blocks nobody else's. */
export type Oddity =
  | { code: 'no-tariff' }
  | { code: 'no-quotient' }
  | { code: 'zero' }
  | { code: 'in-credit'; amount: Cents }
  | { code: 'unusually-high'; total: Cents; usual: Cents }

/** Twice the usual month, and at least 30 € above it: less is a month with more school days, or one more child. */
const UNUSUAL = { times: 2, atLeast: cents(3000) }

/** What is odd in a household's draft: `previousTotals` are its last issued months, in any order. */
export function odditiesOf(draft: {
  lines: readonly { amount: Cents; explanation: PriceExplanation }[]
  unpriced: number
  previousTotals: readonly Cents[]
}): Oddity[] {
  const total = totalOf(draft.lines)
  const oddities: Oddity[] = []
  if (draft.unpriced > 0) oddities.push({ code: 'no-tariff' })
  if (draft.lines.some(line => line.explanation.some(step => step.code === 'no-quotient')))
    oddities.push({ code: 'no-quotient' })
  if (total === 0) oddities.push({ code: 'zero' })
  if (total < 0) oddities.push({ code: 'in-credit', amount: negate(total) })
  const usual = median(draft.previousTotals)
  if (usual !== undefined && total >= usual * UNUSUAL.times && total - usual >= UNUSUAL.atLeast)
    oddities.push({ code: 'unusually-high', total, usual })
  return oddities
}

/** The middle one, the lower of two: one odd month does not move it. */
function median(amounts: readonly Cents[]): Cents | undefined {
  const sorted = amounts.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

/**
 * The charges whose price is another today: a quotient was confirmed after the invoice went out, an address was put
 * right. `difference` is what to charge (or, negative, to give back) on the next invoice; the issued one stays.
 */
export function repriced<T extends { amount: Cents }>(
  charges: readonly T[],
  priceNow: (charge: T) => Priced | undefined,
): { charge: T; price: Priced; difference: Cents }[] {
  return charges.flatMap(charge => {
    const price = priceNow(charge)
    if (!price || price.cents === charge.amount) return []
    return [{ charge, price, difference: sum([price.cents, negate(charge.amount)]) }]
  })
}

const SITUATIONS: readonly string[] = [
  'absence-charged',
  'absence-not-charged',
  'absence-excused',
  'unbooked-surcharge',
  'unbooked-increase',
  'unbooked-highest',
  'missed-charged',
  'missed-not-charged',
  'late-cancelled',
  'excused',
]

/** Price steps by which days and children lower each other's prices. */
const REDUCTIONS: readonly string[] = ['week-discount', 'sibling-reduction']

/** What made a price another one: the family reads it on the line that puts it right. */
export function whyRepriced(before: PriceExplanation, after: PriceExplanation): RegularisationReason {
  const facts: readonly [RegularisationReason, (step: PriceStep) => unknown][] = [
    ['attendance', step => (SITUATIONS.includes(step.code) ? step.code : undefined)],
    ['address', step => (step.code === 'resident' || step.code === 'non-resident' ? step.code : undefined)],
    ['quotient', step => ('quotient' in step ? step.quotient : undefined)],
    ['reductions', step => (REDUCTIONS.includes(step.code) ? step.code : undefined)],
  ]
  const found = facts.find(([, fact]) => allOf(before, fact) !== allOf(after, fact))
  return found?.[0] ?? 'tariff'
}

const allOf = (steps: PriceExplanation, fact: (step: PriceStep) => unknown) =>
  steps
    .map(fact)
    .filter(each => each !== undefined)
    .map(String)
    .join()

/**
 * What an invoice is at, from what the ledger says is owed on it: never written down, always worked out. An invoice of
 * 0.00 € or less has nothing to pay; one that was given back in full is credited; one credited in part and settled is paid.
 */
export type InvoiceState = 'nothing-to-pay' | 'issued' | 'part-paid' | 'paid' | 'overdue' | 'credited'

export function invoiceState(
  invoice: { total: Cents; dueDate: Temporal.PlainDate; owed: Cents; credited: Cents },
  today: Temporal.PlainDate,
): InvoiceState {
  const { total, dueDate, owed, credited } = invoice
  if (total <= 0) return 'nothing-to-pay'
  if (owed <= 0) return credited >= total ? 'credited' : 'paid'
  if (Temporal.PlainDate.compare(today, dueDate) > 0) return 'overdue'
  return owed < total ? 'part-paid' : 'issued'
}

/** Given back by a credit note because it did not take place: its source was freed for another one. */
export const wasTakenBack = (source: string) => source.includes('#')
