import { audit } from '../../audit/audit.ts'
import { promiseDeposit } from '../../billing/deposits.ts'
import { instantText } from '../../db/columns.ts'
import { prepared, type Queries, type Tx } from '../../db/database.ts'
import { and, asc, desc, eq, inArray, sql } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import { type Actor, system } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, notFound } from '../../kernel/problems.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { once } from '../../web/idempotency.ts'
import { leisureBaskets, leisureSignups } from '../schema.ts'
import { type Signup, signupById, withDays } from '../signups.ts'
import { giveBackDays, lockPlaces, type SignupDay } from '../taking.ts'
import { offerPlaces, withOffers } from '../waiting/offers.ts'
import { scopeOf } from './scope.ts'
import { type BasketRow, lockBasket, lockOpenBasket, openBasketOfHousehold } from './store.ts'

/** What a household chose and has not confirmed yet, with its sign-ups in the order they were chosen. */
export type Basket = BasketRow & { signups: readonly Signup[] }

/** The household's open basket; one whose time is up stands until its job or the next choice ends it: see `isOver`. */
export async function basketOf(db: Queries, householdId: Id<'household'>): Promise<Basket | undefined> {
  const basket = await openBasketOfHousehold(db, householdId)
  return basket && { ...basket, signups: await signupsIn(db, basket.id) }
}

/** Whether a basket keeps its places no longer. */
export const isOver = ({ heldUntil }: Pick<BasketRow, 'heldUntil'>, now: Temporal.Instant) =>
  Temporal.Instant.compare(heldUntil, now) <= 0

const inBasket = prepared(db =>
  db
    .select()
    .from(leisureSignups)
    .where(
      and(
        eq(leisureSignups.basketId, sql.placeholder('basketId')),
        eq(leisureSignups.state, sql`${sql.placeholder('state')}`),
      ),
    )
    .orderBy(asc(leisureSignups.id))
    .prepare(),
)

const signupsIn = async (db: Queries, basketId: Id<'leisure-basket'>, state: 'held' | 'lapsed' = 'held') =>
  withDays(db, await inBasket(db).execute({ basketId, state }))

const lastBasket = prepared(db =>
  db
    .select()
    .from(leisureBaskets)
    .where(eq(leisureBaskets.householdId, sql.placeholder('householdId')))
    .orderBy(desc(leisureBaskets.createdAt))
    .limit(1)
    .prepare(),
)

/** What was in the household's last basket when its time ran out, within a day: to be chosen again. */
export async function lapsedLately(
  db: Queries,
  householdId: Id<'household'>,
  now: Temporal.Instant,
): Promise<readonly Signup[]> {
  const [last] = await lastBasket(db).execute({ householdId })
  if (!last || !isOver(last, now) || Temporal.Instant.compare(last.heldUntil.add({ hours: 24 }), now) < 0) return []
  // Also before its job has come.
  return signupsIn(db, last.id, last.state === 'open' ? 'held' : 'lapsed')
}

const bookBasket = prepared(db =>
  db
    .update(leisureSignups)
    .set({ state: 'booked', confirmedAt: sql`${sql.placeholder('now')}` })
    .where(and(eq(leisureSignups.basketId, sql.placeholder('basketId')), eq(leisureSignups.state, 'held')))
    .returning({ id: leisureSignups.id })
    .prepare(),
)
const closeBasket = prepared(db =>
  db
    .update(leisureBaskets)
    .set({ state: 'confirmed', confirmedAt: sql`${sql.placeholder('now')}` })
    .where(eq(leisureBaskets.id, sql.placeholder('basketId')))
    .returning({ id: leisureBaskets.id })
    .prepare(),
)

/** What a confirmation confirmed. */
export type Confirmed = { basketId: Id<'leisure-basket'>; signupIds: readonly Id<'leisure-signup'>[] }

/**
 * Confirms a basket: its sign-ups are booked, the family is written to. Confirmed means confirmed: asked again, it gives
 * the same answer. Throws 404 for somebody else's basket, 409 `basket-over` when its time was up (nothing is half done)
 * and 409 `basket-empty`.
 */
export async function confirmBasket(town: Town, actor: Actor, basketId: string, key?: string): Promise<Confirmed> {
  const now = town.clock.now()
  const asked = { scope: scopeOf(actor), key, content: { confirm: basketId } }
  return once({ db: town.db, now }, asked, async tx => {
    const householdId = await householdOf(tx, actor, 'leisure')
    const basket = await lockBasket(tx, basketId)
    if (basket?.householdId !== householdId) throw notFound()
    if (basket.state === 'confirmed') return { basketId: basket.id, signupIds: await confirmedIn(tx, basket.id) }
    if (basket.state === 'lapsed' || isOver(basket, now)) throw conflict('basket-over')
    const booked = await bookBasket(tx).execute({ basketId: basket.id, now: instantText(now) })
    if (booked.length === 0) throw conflict('basket-empty')
    await closeBasket(tx).execute({ basketId: basket.id, now: instantText(now) })
    const signupIds = booked.map(({ id }) => id).sort()
    await audit(tx, now, actor, {
      action: 'leisure-signup.confirmed',
      subject: { kind: 'household', id: householdId },
      details: { basketId: basket.id, signupIds },
    })
    await outbox(tx, now, {
      topic: 'leisure.confirmed',
      payload: { householdId, signupIds },
      key: `leisure.confirmed:${basket.id}`,
    })
    await promiseDeposit(tx, now, { householdId, signupIds, key: `basket:${basket.id}` })
    return { basketId: basket.id, signupIds }
  })
}

/** What a basket booked, also what has been cancelled since. */
async function confirmedIn(tx: Tx, basketId: Id<'leisure-basket'>): Promise<Id<'leisure-signup'>[]> {
  const rows = await tx
    .select({ id: leisureSignups.id })
    .from(leisureSignups)
    .where(and(eq(leisureSignups.basketId, basketId), inArray(leisureSignups.state, ['booked', 'cancelled'])))
    .orderBy(asc(leisureSignups.id))
  return rows.map(({ id }) => id)
}

/**
 * Takes a choice out of the household's basket: its places go to those who wait. The last one ends the basket, so that the
 * next choice has its whole time. Throws 404 for what is in nobody's basket or somebody else's; done twice, it is done once.
 */
export async function removeFromBasket(town: Town, actor: Actor, signupId: string): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => {
    const householdId = await householdOf(tx, actor, 'leisure')
    const basket = await lockOpenBasket(tx, householdId)
    const signup = await signupById(tx, signupId as Id<'leisure-signup'>)
    if (!signup || signup.householdId !== householdId || signup.basketId === null) throw notFound()
    if (signup.state === 'left' || signup.state === 'lapsed') return
    if (signup.state !== 'held' || signup.basketId !== basket?.id) throw notFound()
    const freed = await freeSignups(tx, [signup], 'left')
    await audit(tx, now, actor, {
      action: 'leisure-signup.left',
      subject: { kind: 'child', id: signup.childId },
      details: { signupId: signup.id },
    })
    if ((await signupsIn(tx, basket.id)).length === 0)
      await tx.update(leisureBaskets).set({ state: 'lapsed' }).where(eq(leisureBaskets.id, basket.id))
    await offerPlaces(tx, { town, now }, freed)
  })
}

/** The time of a basket is up: what was not confirmed goes to those who wait. Done twice, it is done once. */
export async function endBasket(town: Town, basketId: Id<'leisure-basket'>): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => {
    const basket = await lockBasket(tx, basketId)
    if (basket?.state === 'open' && isOver(basket, now)) await lapseBasket(tx, { town, now }, basket)
  })
}

/** Ends an open basket in a transaction that has more to do. */
export async function lapseBasket(
  tx: Tx,
  { town, now }: { town: Town; now: Temporal.Instant },
  basket: BasketRow,
): Promise<void> {
  const signups = await signupsIn(tx, basket.id)
  const freed = await freeSignups(tx, signups, 'lapsed')
  await tx.update(leisureBaskets).set({ state: 'lapsed' }).where(eq(leisureBaskets.id, basket.id))
  if (signups.length === 0) return
  await audit(tx, now, system('basket'), {
    action: 'leisure-signup.lapsed',
    subject: { kind: 'household', id: basket.householdId },
    details: { basketId: basket.id, signupIds: signups.map(({ id }) => id) },
  })
  await offerPlaces(tx, { town, now }, freed)
}

/** Ends held sign-ups and gives their places back; what was freed. */
async function freeSignups(tx: Tx, signups: readonly Signup[], state: 'left' | 'lapsed'): Promise<SignupDay[]> {
  if (signups.length === 0) return []
  const places = await lockPlaces(
    tx,
    signups.flatMap(({ days }) => days),
  )
  const ended = await tx
    .update(leisureSignups)
    .set({ state })
    .where(
      and(
        inArray(
          leisureSignups.id,
          signups.map(({ id }) => id),
        ),
        eq(leisureSignups.state, 'held'),
      ),
    )
    .returning({ id: leisureSignups.id })
  const freed: SignupDay[] = []
  for (const { id } of ended) {
    const days = signups.find(signup => signup.id === id)?.days ?? []
    freed.push(...(await giveBackDays(tx, places, id, days)))
  }
  return freed
}
