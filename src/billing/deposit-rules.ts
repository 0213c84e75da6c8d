import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'

/** A deposit that was asked for, with what of it is neither given back nor deducted yet. */
export type OpenDeposit = {
  id: Id<'deposit'>
  signupId: Id<'leisure-signup'>
  left: Cents
}

/**
 * What of deposits is taken off the charges they were for: all that is left of each, but never more than was charged for
 * its sign-up. The oldest deposit first, when a sign-up has several.
 */
export function deductionsOf<T extends OpenDeposit>(
  deposits: readonly T[],
  chargedFor: (signupId: Id<'leisure-signup'>) => Cents,
): { deposit: T; amount: Cents }[] {
  const free = new Map<Id<'leisure-signup'>, Cents>()
  return deposits.flatMap(deposit => {
    const { signupId, left } = deposit
    const most = free.get(signupId) ?? chargedFor(signupId)
    const amount = cents(Math.max(0, Math.min(left, most)))
    free.set(signupId, sum([most, negate(amount)]))
    return amount > 0 ? [{ deposit, amount }] : []
  })
}
