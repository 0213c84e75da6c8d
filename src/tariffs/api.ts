import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { CANTEEN } from './quotes.ts'
import { type Tariff, tariffOn } from './rules.ts'
import { tariffsOf } from './store.ts'

const amount = z.int().meta({ description: 'Cents of euro' })
const scale = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flat'), price: amount }),
  z.object({
    kind: z.literal('brackets'),
    brackets: z.array(z.object({ upTo: amount.nullable(), price: amount })).readonly(),
  }),
  z.object({ kind: z.literal('effort-rate'), ratePerMillion: z.int(), floor: amount, ceiling: amount }),
])
const scales = z.object({ residents: scale, nonResidents: scale })
const tariff = z
  .object({
    id: z.string(),
    service: z.string(),
    from: z.iso.date(),
    to: z.iso.date().nullable(),
    inForce: z.boolean(),
    rule: scales.extend({
      mealTypes: z.record(z.string(), scales),
      unbooked: z.object({
        kind: z.enum(['same', 'surcharge', 'increase', 'highest']),
        amount: amount.optional(),
        basisPoints: z.int().optional(),
      }),
      chargesAbsence: z.boolean(),
    }),
  })
  .meta({ id: 'Tariff', description: 'What a service costs from a day on' })

/** The town's prices, for everybody. */
export function tariffApi(town: Town): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/tariffs',
      tag: 'Prices',
      summary: 'The prices of school meals: in force, coming and ended',
      open: true,
      answer: z.object({ tariffs: z.array(tariff) }),
      handle: async () => {
        const all = await tariffsOf(town.db.read, CANTEEN)
        const current = tariffOn(all, CANTEEN, dayInParis(town.clock.now()))
        return { tariffs: all.map(each => shown(each, each === current)) }
      },
    }),
  ]
}

const shown = ({ from, to, ...rest }: Tariff, inForce: boolean) => ({
  ...rest,
  from: from.toString(),
  to: to?.toString() ?? null,
  inForce,
})
