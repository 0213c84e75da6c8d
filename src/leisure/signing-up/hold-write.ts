import { audit } from '../../audit/audit.ts'
import { outbox } from '../../jobs/outbox.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { rankOf } from '../waiting/ranks.ts'
import { daysOf, type Held, outcomeOf, type Work } from './holding.ts'
import { type BasketRow, endOfLines, insertBasket, insertSignupDays, insertSignups } from './store.ts'

/** How long a basket keeps its places, from its first choice on. */
export const HELD_FOR = Temporal.Duration.from({ minutes: 10 })

/** Writes the sign-ups, the basket that holds them, and who asked for what. */
export async function writeDown(work: Work): Promise<Held> {
  const { tx, actor, now, householdId, period, granted, inLine } = work
  const basket = granted.length > 0 ? (work.basket ?? (await openBasket(work))) : work.basket
  const rows = [...granted, ...inLine]
  const joinedAt = inLine.length > 0 ? await endOfLines(tx, daysOf(inLine), now) : now
  if (rows.length > 0) {
    const places = new Set(granted)
    await insertSignups(
      tx,
      rows.map(one => ({
        id: one.signupId,
        householdId,
        childId: one.choice.childId as Id<'person'>,
        centreId: one.choice.centreId as Id<'leisure-centre'>,
        periodId: period.id,
        unit: one.choice.unit,
        part: one.choice.part,
        meal: one.choice.meal,
        state: places.has(one) ? ('held' as const) : ('waiting' as const),
        basketId: places.has(one) && basket ? basket.id : null,
        // One after the other, in the order of the choices.
        since: places.has(one) ? now : joinedAt.add({ milliseconds: inLine.indexOf(one) }),
      })),
    )
    await insertSignupDays(
      tx,
      rows.flatMap(one =>
        one.days.map(({ day, groupId, part }) => ({
          signupId: one.signupId,
          day,
          childId: one.choice.childId as Id<'person'>,
          groupId,
          part,
          state: places.has(one) ? ('taken' as const) : ('asked' as const),
          late: false,
          excused: false,
        })),
      ),
    )
    await audit(tx, now, actor, {
      action: 'leisure-signup.asked',
      subject: { kind: 'household', id: householdId },
      details: {
        periodId: period.id,
        held: granted.map(({ signupId }) => signupId),
        waiting: inLine.map(({ signupId }) => signupId),
      },
    })
  }
  const ranks =
    inLine.length > 0
      ? await rankOf(
          tx,
          inLine.map(({ signupId }) => signupId),
        )
      : new Map<string, number>()
  return {
    basket: basket ? { id: basket.id, heldUntil: basket.heldUntil.toString() } : null,
    held: granted.map(one => ({ ...outcomeOf(one), signupId: one.signupId })),
    waiting: inLine.map(one => ({ ...outcomeOf(one), signupId: one.signupId, rank: ranks.get(one.signupId) ?? 1 })),
    already: work.already,
    refused: work.refused.sort((a, b) => a.index - b.index),
  }
}

async function openBasket({ tx, now, householdId }: Work): Promise<Pick<BasketRow, 'id' | 'heldUntil'>> {
  const basket = { id: newId<'leisure-basket'>(), heldUntil: now.add(HELD_FOR) }
  await insertBasket(tx, { ...basket, householdId, now })
  await outbox(tx, now, {
    topic: 'leisure.basket-ends',
    payload: { basketId: basket.id },
    key: `leisure.basket-ends:${basket.id}`,
    dueAt: basket.heldUntil,
  })
  return basket
}
