declare const unit: unique symbol

/** An amount of money in whole euro cents; negative for a credit. Never a fraction: every rounding is in this file. */
export type Cents = number & { readonly [unit]: 'cents' }

/** The number as an amount. Throws RangeError unless it is a whole number of cents that a number holds exactly. */
export function cents(n: number): Cents {
  if (!Number.isSafeInteger(n)) throw new RangeError(`not a whole number of cents: ${n}`)
  return (n + 0) as Cents // + 0: no negative zero
}

/** The amounts added up; 0 for none. */
export function sum(amounts: Iterable<Cents>): Cents {
  let total = 0
  for (const amount of amounts) total += amount
  return cents(total)
}

/** The same amount with the other sign: a charge's credit. */
export function negate(amount: Cents): Cents {
  return cents(0 - amount)
}

/** `quantity` units at that price. Throws RangeError unless the quantity is a whole number. */
export function times(price: Cents, quantity: number): Cents {
  if (!Number.isSafeInteger(quantity)) throw new RangeError(`not a whole quantity: ${quantity}`)
  return cents(price * quantity)
}

/**
 * numerator / denominator to the nearest whole, half away from zero: 100.5 → 101 and −100.5 → −101, so that a credit
 * is always the mirror of its charge. Exact, on integers: 1.005 € never becomes 1.00 € by a binary fraction.
 */
export function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator
  const rounded = (2n * size + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/**
 * That part of an amount, in basis points (10 000 = the whole, 3 300 = 33 %), rounded to the cent, half up.
 * Each share is rounded by itself: the shares of one price may not add up to it. Use `split` where they must.
 */
export function share(amount: Cents, basisPoints: number): Cents {
  if (!Number.isSafeInteger(basisPoints) || basisPoints < 0) throw new RangeError(`not basis points: ${basisPoints}`)
  return cents(Number(roundHalfUp(BigInt(amount) * BigInt(basisPoints), 10_000n)))
}

/**
 * An amount cut in parts in proportion to whole weights; the parts add up to the amount exactly. The cents left over by
 * rounding down go one each to the parts that lost most, the first ones on a tie, so the same input gives the same parts.
 */
export function split(amount: Cents, weights: readonly number[]): Cents[] {
  if (weights.some(weight => !Number.isSafeInteger(weight) || weight < 0))
    throw new RangeError(`not weights: ${weights.join()}`)
  const whole = weights.reduce((total, weight) => total + BigInt(weight), 0n)
  if (whole === 0n) throw new RangeError('no weight to split by')
  const sign = amount < 0 ? -1n : 1n
  const size = BigInt(amount) * sign
  const parts = weights.map(weight => (size * BigInt(weight)) / whole)
  const lost = weights.map(weight => (size * BigInt(weight)) % whole)
  const byLoss = weights.map((_, i) => i).sort((a, b) => Number((lost[b] ?? 0n) - (lost[a] ?? 0n)) || a - b)
  let left = size - parts.reduce((total, part) => total + part, 0n)
  for (const i of byLoss) {
    if (left === 0n) break
    parts[i] = (parts[i] ?? 0n) + 1n
    left -= 1n
  }
  return parts.map(part => cents(Number(part * sign)))
}

/** Euros as a person types them; thousands may be spaced as Intl prints them (space, no-break, narrow no-break). */
const EUROS = /^(\d{1,9}|\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,2})(?:[.,](\d{1,2}))?(?:[ \u00a0\u202f]?€)?$/

/**
 * The amount written as '1,05', '1.05', '1 234,5' or '12 €', or undefined when it is not exactly an amount of at most
 * 999 999 999,99 €: a third decimal (1,005) is refused rather than rounded, and so is a sign.
 */
export function fromEuros(text: string): Cents | undefined {
  const [, euros, fraction = ''] = EUROS.exec(text.trim()) ?? []
  if (euros === undefined) return undefined
  return cents(Number(euros.replace(/\D/g, '')) * 100 + Number(fraction.padEnd(2, '0')))
}
