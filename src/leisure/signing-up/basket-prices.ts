import type { Queries } from '../../db/database.ts'
import type { Id } from '../../kernel/ids.ts'
import { type Cents, cents, sum } from '../../kernel/money.ts'
import type { PricedStay } from '../../tariffs/leisure-rules.ts'
import { quoteStays } from '../prices.ts'
import type { Signup } from '../signups.ts'
import type { Stay } from '../stays.ts'
import type { Names } from './names.ts'

/** A day with what it costs the household; without a price where the town has none. */
export type PricedDay = { stay: Stay; price: PricedStay | undefined }
export type PricedSignup = { signup: Signup; days: readonly PricedDay[] }

/** What each day of these sign-ups costs the household, siblings and whole weeks reckoned in. */
export async function pricedSignups(
  db: Queries,
  householdId: Id<'household'>,
  signups: readonly Signup[],
  names: Pick<Names, 'periods'>,
): Promise<PricedSignup[]> {
  const stays = signups.map(signup => signup.days.map(({ day }) => stayOf(signup, names, day)))
  const prices = (await quoteStays(db, householdId, stays.flat())).values()
  return signups.map((signup, i) => ({
    signup,
    days: (stays[i] ?? []).map(stay => ({ stay, price: prices.next().value })),
  }))
}

const stayOf = (
  { childId, periodId, unit, part, meal }: Signup,
  names: Pick<Names, 'periods'>,
  day: Temporal.PlainDate,
): Stay => ({
  childId,
  day,
  periodKind: names.periods.get(periodId)?.kind ?? 'holidays',
  unit,
  part,
  meal,
  wholeWeek: unit === 'week',
  situation: 'stay',
})

/** What these days cost together; null when the town has no price for one of them. */
export const totalOf = (days: readonly PricedDay[]): Cents | null =>
  days.some(({ price }) => price === undefined) ? null : sum(days.map(({ price }) => price?.cents ?? cents(0)))
