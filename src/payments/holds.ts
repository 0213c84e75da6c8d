import { and, eq, inArray } from '../db/drizzle.ts'
import type { Hold, HoldsOf } from '../people/holds.ts'
import { payments } from './schema.ts'

/** Money on its way, or contested by a bank, keeps a household until it is settled; payments of the past are only kept. */
export const paymentHolds: HoldsOf = async (db, { householdId, childId }) => {
  if (childId) return []
  const holds: Hold[] = []
  const ofHousehold = eq(payments.householdId, householdId)
  const [underWay] = await db
    .select({ id: payments.id })
    .from(payments)
    .where(and(ofHousehold, inArray(payments.state, ['created', 'open', 'processing'])))
    .limit(1)
  if (underWay) holds.push({ words: 'payments:holds.under-way', blocks: true })
  const [any] = await db.select({ id: payments.id }).from(payments).where(ofHousehold).limit(1)
  if (any) holds.push({ words: 'payments:holds.kept', blocks: false })
  return holds
}
