import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { LEISURE_SERVICES } from './leisure-rules.ts'
import { CANTEEN } from './quotes.ts'
import { type TariffDates, tariffOn } from './rules.ts'
import { leisureTariffsOf, tariffsOf } from './store.ts'

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
const tariffDates = z.object({
  id: z.string(),
  service: z.string(),
  from: z.iso.date(),
  to: z.iso.date().nullable(),
  inForce: z.boolean(),
})
const tariff = tariffDates
  .extend({
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
  .meta({ id: 'Tariff', description: 'What school meals cost from a day on' })

const basisPoints = z.int().meta({ description: 'Hundredths of a per cent; 0 for none' })
const leisureTariff = tariffDates
  .extend({
    service: z.enum(LEISURE_SERVICES),
    rule: z.object({
      day: scales,
      halfDay: scales.nullable(),
      lunch: scales.nullable(),
      lunchOnDays: z.enum(['included', 'added']),
      weekDiscount: basisPoints,
      siblingReduction: basisPoints,
      deposit: basisPoints,
      chargedAt: z.enum(['sign-up', 'attendance']),
      chargesAbsence: z.boolean(),
    }),
  })
  .meta({ id: 'LeisureTariff', description: 'What leisure centres cost from a day on; Wednesdays may have their own' })

/** The town's prices, for everybody. */
export function tariffApi(town: Town): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/tariffs',
      tag: 'Prices',
      summary: 'The prices of school meals and of leisure centres: in force, coming and ended',
      open: true,
      answer: z.object({ tariffs: z.array(tariff), leisureTariffs: z.array(leisureTariff) }),
      handle: async () => {
        const today = dayInParis(town.clock.now())
        const meals = await tariffsOf(town.db.read, CANTEEN)
        const leisure = await leisureTariffsOf(town.db.read)
        return {
          tariffs: meals.map(each => shown(each, each === tariffOn(meals, each.service, today))),
          leisureTariffs: leisure.map(each => shown(each, each === tariffOn(leisure, each.service, today))),
        }
      },
    }),
  ]
}

const shown = <T extends TariffDates>({ from, to, ...rest }: T, inForce: boolean) => ({
  ...rest,
  from: from.toString(),
  to: to?.toString() ?? null,
  inForce,
})
