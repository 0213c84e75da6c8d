import { z } from 'zod'
import { dayField } from '../../people/forms.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { PARTS, UNITS } from '../schema.ts'
import { acceptOffer, leaveLine } from './answers.ts'
import { cancelDays } from './cancel.ts'
import { waitingOf } from './mine.ts'

const tag = 'Leisure centres'
const ofSignup = z.object({ id: z.string() })
const waiting = z
  .object({
    id: z.string(),
    childId: z.string(),
    centreId: z.string(),
    periodId: z.string(),
    unit: z.enum(UNITS),
    part: z.enum(PARTS),
    meal: z.boolean(),
    days: z.array(z.iso.date()),
    state: z.enum(['waiting', 'offered']),
    rank: z.int().nullable().meta({ description: 'From 1, of those in line' }),
    offeredUntil: z.iso.datetime().nullable(),
  })
  .meta({ id: 'LeisureWaiting' })
const days = z.array(z.iso.date())

/** Waiting lists, offers and cancelling, for programs. */
export function waitingApi(town: Town): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/leisure/waiting',
      tag,
      summary: 'The waiting lists of the household with its ranks, and the places offered to it',
      answer: z.object({ waiting: z.array(waiting) }),
      handle: async ({ actor }) => {
        const { read } = town.db
        const lines = await waitingOf(read, await householdOf(read, actor, 'leisure'), town.clock.now())
        return {
          waiting: lines.map(({ signup, state, rank, offeredUntil }) => ({
            id: signup.id,
            childId: signup.childId,
            centreId: signup.centreId,
            periodId: signup.periodId,
            unit: signup.unit,
            part: signup.part,
            meal: signup.meal,
            days: signup.days.map(({ day }) => day.toString()),
            state,
            rank: rank ?? null,
            offeredUntil: offeredUntil?.toString() ?? null,
          })),
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/leisure/waiting/{id}/accept',
      tag,
      summary: 'Takes the place that is offered',
      params: ofSignup,
      problems: ['offer-gone'],
      handle: ({ actor, params }) => acceptOffer(town, actor, params.id),
    }),
    endpoint({
      method: 'post',
      path: '/leisure/waiting/{id}/leave',
      tag,
      summary: 'Leaves a waiting list, or declines the place that is offered',
      params: ofSignup,
      problems: ['offer-gone'],
      handle: ({ actor, params }) => leaveLine(town, actor, params.id),
    }),
    endpoint({
      method: 'post',
      path: '/leisure/sign-ups/{id}/cancel',
      tag,
      summary: 'Cancels days of a sign-up: for nothing until the period’s limit, afterwards they are charged',
      params: ofSignup,
      body: z.object({ days: z.array(dayField).min(1).max(70) }),
      answer: z.object({ free: days, late: days, already: days }).meta({ id: 'LeisureCancelled' }),
      problems: ['invalid'],
      handle: ({ actor, params, body, idempotencyKey }) =>
        cancelDays(town, actor, params.id, body.days, { key: idempotencyKey }),
    }),
  ]
}
