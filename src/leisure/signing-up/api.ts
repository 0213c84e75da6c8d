import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'
import { isoDay } from '../../kernel/days.ts'
import { notFound } from '../../kernel/problems.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { PARTS, SIGNUP_STATES, UNITS } from '../schema.ts'
import { type Signup, signupsOfHousehold } from '../signups.ts'
import { rankOf } from '../waiting/ranks.ts'
import { basketOf, confirmBasket, isOver, removeFromBasket } from './basket.ts'
import { pricedSignups, totalOf } from './basket-prices.ts'
import { holdChoices, MOST_CHOICES } from './hold.ts'
import { namesOf } from './names.ts'
import { REFUSALS } from './rules.ts'

const day = z
  .string()
  .max(20)
  .transform((text, context) => {
    const value = isoDay(text)
    if (value) return value
    context.addIssue({ code: 'custom', message: 'not-a-date' })
    return z.NEVER
  })
  .meta({ type: 'string', example: '2026-12-21' })

const choice = z.strictObject({
  childId: z.string().max(64),
  centreId: z.string().max(64),
  unit: z.enum(UNITS).meta({ description: 'A week is all of its open days, and is chosen as a whole' }),
  part: z.enum(PARTS),
  meal: z.boolean().meta({ description: 'With a day or a week: whether the centre serves meals' }),
  days: z.array(day).min(1).max(70),
})

const chosen = {
  childId: z.string(),
  centreId: z.string(),
  unit: z.enum(UNITS),
  part: z.enum(PARTS),
  meal: z.boolean(),
  days: z.array(z.iso.date()),
}
const outcome = { index: z.int().meta({ description: 'Which of the choices' }), ...chosen }
const held = z
  .object({
    basket: z.object({ id: z.string(), heldUntil: z.iso.datetime() }).nullable(),
    held: z.array(z.object({ ...outcome, signupId: z.string() })),
    waiting: z.array(z.object({ ...outcome, signupId: z.string(), rank: z.int() })),
    already: z.array(z.object({ ...outcome, signupId: z.string() })),
    refused: z.array(z.object({ ...outcome, code: z.enum(REFUSALS), refusedDays: z.array(z.iso.date()) })),
  })
  .meta({ id: 'LeisureHeld' })

const signUp = z
  .object({
    id: z.string(),
    periodId: z.string(),
    ...chosen,
    days: z.array(z.object({ day: z.iso.date(), state: z.enum(['asked', 'taken', 'freed']), late: z.boolean() })),
    state: z.enum(SIGNUP_STATES),
    rank: z.int().nullable().meta({ description: 'In the waiting list, from 1' }),
    answerUntil: z.iso.datetime().nullable().meta({ description: 'Until when an offered place is kept' }),
  })
  .meta({ id: 'LeisureSignUp' })

const basketAnswer = z
  .object({
    id: z.string(),
    heldUntil: z.iso.datetime(),
    signUps: z.array(z.object({ id: z.string(), periodId: z.string(), ...chosen, cents: z.int().nullable() })),
    cents: z.int().nullable().meta({ description: 'In cents; null where the town has no price for one of the days' }),
  })
  .meta({ id: 'LeisureBasket' })

const GATE = [
  'leisure-later',
  'leisure-room',
  'leisure-not-said',
  'leisure-wishes',
  'leisure-wishes-closed',
  'leisure-over',
] as const
const tag = 'Leisure centres'

/** Sign-ups for programs: what the parents' pages do, by the same use cases. */
export function signingUpApi(town: Town): Endpoint[] {
  const { read } = town.db
  const household = (actor: Actor) => householdOf(read, actor, 'leisure')
  const openBasket = async (actor: Actor) => {
    const basket = await basketOf(read, await household(actor))
    if (!basket || isOver(basket, town.clock.now())) throw notFound()
    return basket
  }
  return [
    endpoint({
      method: 'get',
      path: '/leisure/sign-ups',
      tag,
      summary: 'The sign-ups of one’s children at the leisure centres, whatever their state',
      answer: z.object({ signUps: z.array(signUp) }),
      handle: async ({ actor }) => {
        const signups = await signupsOfHousehold(read, await household(actor))
        const waiting = signups.filter(({ state }) => state === 'waiting')
        const ranks = await rankOf(
          read,
          waiting.map(({ id }) => id),
        )
        return { signUps: signups.map(one => ({ ...shown(one), ...standing(one, ranks.get(one.id)) })) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/leisure/basket',
      tag,
      summary: 'What one’s basket holds, until when, and its price; 404 when there is none',
      answer: basketAnswer,
      handle: async ({ actor }) => {
        const basket = await openBasket(actor)
        const names = await namesOf(read, basket.signups)
        const priced = await pricedSignups(read, basket.householdId, basket.signups, names)
        return {
          id: basket.id,
          heldUntil: basket.heldUntil.toString(),
          signUps: priced.map(({ signup, days }) => ({
            ...shown(signup),
            days: days.map(({ stay }) => stay.day.toString()),
            cents: totalOf(days),
          })),
          cents: totalOf(priced.flatMap(({ days }) => days)),
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/leisure/basket',
      tag,
      summary: 'Put choices for a period into the basket: what can be held is held for ten minutes, the rest is told',
      body: z.strictObject({
        periodId: z.string().max(64),
        waitWhenFull: z.boolean().default(true),
        ticket: z.string().max(200).optional().meta({ description: 'What the waiting room gave' }),
        choices: z.array(choice).min(1).max(MOST_CHOICES),
      }),
      answer: held,
      problems: GATE,
      handle: ({ actor, body, idempotencyKey }) =>
        holdChoices(town, actor, body.periodId, body.choices, {
          key: idempotencyKey,
          waitWhenFull: body.waitWhenFull,
          ticket: body.ticket,
        }),
    }),
    endpoint({
      method: 'delete',
      path: '/leisure/basket/sign-ups/{signUpId}',
      tag,
      summary: 'Take a sign-up out of the basket: its places are free again',
      params: z.object({ signUpId: z.string().max(64) }),
      handle: ({ actor, params }) => removeFromBasket(town, actor, params.signUpId),
    }),
    endpoint({
      method: 'post',
      path: '/leisure/basket/{basketId}/confirm',
      tag,
      summary: 'Confirm the basket: its sign-ups are booked',
      params: z.object({ basketId: z.string().max(64) }),
      answer: z.object({ basketId: z.string(), signupIds: z.array(z.string()) }),
      problems: ['basket-over', 'basket-empty'],
      handle: ({ actor, params, idempotencyKey }) => confirmBasket(town, actor, params.basketId, idempotencyKey),
    }),
  ]
}

const shown = ({ id, periodId, childId, centreId, unit, part, meal }: Signup) => ({
  id,
  periodId,
  childId,
  centreId,
  unit,
  part,
  meal,
})

const standing = ({ days, state, offerExpiresAt }: Signup, rank: number | undefined) => ({
  days: days.map(one => ({ day: one.day.toString(), state: one.state, late: one.late })),
  state,
  rank: rank ?? null,
  answerUntil: state === 'offered' ? (offerExpiresAt?.toString() ?? null) : null,
})
