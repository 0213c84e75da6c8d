import { isDeepStrictEqual } from 'node:util'
import { type Id, newId } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import type { PricedCharge } from './price-month.ts'
import type { charges } from './schema.ts'

type HouseholdId = Id<'household'>

/** What belongs to an earlier month and is on no invoice yet: its line says so. */
export function toldLate(charge: PricedCharge, period: string): PricedCharge {
  const month = charge.day.toPlainYearMonth().toString()
  if (month >= period || charge.corrects !== null) return charge
  const late = { code: 'regularisation', month, why: 'not-billed', billed: cents(0) } as const
  return { ...charge, explanation: [...charge.explanation, late] }
}

/** What makes the charges that are written those that are due. */
export type Changes = {
  inserts: (typeof charges.$inferInsert)[]
  deletes: Id<'charge'>[]
  updates: (Pick<PricedCharge, 'kind' | 'amount' | 'explanation'> & { id: Id<'charge'> })[]
}

/** A charge that is written, and on no invoice yet. */
export type OpenCharge = Pick<
  typeof charges.$inferSelect,
  'id' | 'householdId' | 'source' | 'kind' | 'amount' | 'explanation'
>

/** Adds to `changes` what makes a household's charges those that are due. */
export function compare(
  due: readonly PricedCharge[],
  open: readonly OpenCharge[],
  changes: Changes,
  own: { householdId: HouseholdId; period: string; createdAt: Temporal.Instant },
): void {
  const left = new Map(open.map(charge => [charge.source, charge]))
  for (const charge of due) {
    const there = left.get(charge.source)
    left.delete(charge.source)
    const { kind, amount, explanation } = charge
    if (!there) changes.inserts.push({ id: newId<'charge'>(), ...own, ...charge, credited: cents(0) })
    else if (there.kind !== kind || there.amount !== amount || !isDeepStrictEqual(there.explanation, explanation))
      changes.updates.push({ id: there.id, kind, amount, explanation })
  }
  for (const charge of left.values()) changes.deletes.push(charge.id)
}
