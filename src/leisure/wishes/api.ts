import { z } from 'zod'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { PARTS, UNITS } from '../schema.ts'
import { tellWishes, wishesGate } from './tell-wishes.ts'
import { wishesEnd, wishesOf, wishListOf } from './wish-lists.ts'

const tag = 'Leisure centres'
const params = z.object({ periodId: z.string() })
const choice = z.object({
  centreId: z.string(),
  unit: z.enum(UNITS),
  part: z.enum(PARTS),
  meal: z.boolean(),
  days: z.array(z.iso.date()).min(1).max(70).meta({ description: 'All open days of the week for the unit `week`' }),
})
const most = z.int().min(1).max(99).nullable().meta({ description: 'How many at most; null for all' })
const answer = z
  .object({
    revision: z.int().meta({ description: '0 before the first change' }),
    state: z.enum(['later', 'not-said', 'wishes', 'wishes-closed', 'open', 'room', 'over']),
    until: z.iso.datetime(),
    children: z.array(
      z.object({ childId: z.string(), most, wishes: z.array(choice.extend({ id: z.string(), rank: z.int() })) }),
    ),
  })
  .meta({ id: 'LeisureWishes' })

/** A household's wishes for a period, as its adults' programs read and tell them. */
export function wishesApi(town: Town): Endpoint[] {
  const { read } = town.db
  return [
    endpoint({
      method: 'get',
      path: '/leisure/wishes/{periodId}',
      tag,
      summary: 'The household’s wishes for a period that is given by wishes, each child’s dearest first',
      params,
      answer,
      handle: async ({ actor, params: { periodId } }) => {
        const householdId = await householdOf(read, actor, 'leisure')
        const { period, gate } = await wishesGate(read, town, { householdId, periodId })
        const list = await wishListOf(read, householdId, period.id)
        const wishes = Map.groupBy(await wishesOf(read, householdId, period.id), ({ childId }) => childId)
        return {
          revision: list?.revision ?? 0,
          state: gate.state,
          until: wishesEnd(period).toString(),
          children: [...wishes].map(([childId, own]) => ({
            childId,
            most: list?.most[childId] ?? null,
            wishes: own.map(({ id, centreId, unit, part, meal, days }, i) => ({
              id,
              rank: i + 1,
              centreId,
              unit,
              part,
              meal,
              days: days.map(({ day }) => day.toString()),
            })),
          })),
        }
      },
    }),
    endpoint({
      method: 'put',
      path: '/leisure/wishes/{periodId}',
      tag,
      summary: 'Replace the wishes of the children named, the dearest first; all or nothing',
      params,
      body: z.object({
        revision: z.int().min(0).optional().meta({ description: 'That of the list that was read; 409 when it is old' }),
        children: z
          .array(z.object({ childId: z.string(), most, choices: z.array(choice).max(100) }))
          .min(1)
          .max(20),
      }),
      status: 204,
      problems: ['leisure-later', 'leisure-not-said', 'leisure-wishes-closed', 'leisure-over', 'wishes-changed'],
      handle: async ({ actor, params: { periodId }, body, idempotencyKey }) => {
        const children = body.children.map(({ childId, most, choices }) => ({
          childId,
          most,
          choices: choices.map(one => ({
            ...one,
            childId,
            days: one.days.map(day => Temporal.PlainDate.from(day)).sort(Temporal.PlainDate.compare),
          })),
        }))
        await tellWishes(town, actor, periodId, { children, revision: body.revision }, idempotencyKey)
      },
    }),
  ]
}
