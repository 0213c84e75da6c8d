import assert from 'node:assert/strict'
import type { Id } from '../../src/kernel/ids.ts'
import { confirmBasket } from '../../src/leisure/signing-up/basket.ts'
import type { Family } from '../support/family.ts'
import type { TestTown } from '../support/town.ts'
import { hold, type plan } from './signing-up-world.ts'

export type Plan = Awaited<ReturnType<typeof plan>>
type SignupId = Id<'leisure-signup'>

/** Days of the family's first child, confirmed at once. */
export async function book(
  t: TestTown,
  home: Family,
  centre: Plan,
  days: readonly string[],
  given: Parameters<typeof hold>[4] = {},
): Promise<SignupId> {
  const { basket, held, refused } = await hold(t, home, centre, days, given)
  assert.ok(basket && held[0], `not held: ${JSON.stringify(refused)}`)
  await confirmBasket(t.town, home.actor, basket.id)
  return held[0].signupId
}

/** Puts the family's first child in line for days that are full; a moment passes, so that the next one comes later. */
export async function wait(
  t: TestTown,
  home: Family,
  centre: Plan,
  days: readonly string[],
  given: Parameters<typeof hold>[4] = {},
): Promise<SignupId> {
  const { waiting } = await hold(t, home, centre, days, given)
  assert.ok(waiting[0], 'not in line')
  later(t, { milliseconds: 5 })
  return waiting[0].signupId
}

/** Lets time pass. */
export const later = (t: TestTown, duration: Temporal.DurationLike) => t.at(t.town.clock.now().add(duration).toString())

/** The letters of a kind to a family, newest first. */
export const lettersTo = async (t: TestTown, home: Family, kind: string) =>
  (await t.letters()).filter(letter => letter.personId === home.personId && letter.kind === `leisure.${kind}`)

/** The token of the newest offer to a family. */
export async function offerToken(t: TestTown, home: Family): Promise<string> {
  const [letter] = await lettersTo(t, home, 'offer')
  return /\/centres-de-loisirs\/place\/([\w-]+)/.exec(letter?.text ?? '')?.[1] ?? assert.fail('no link')
}
