import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { PERIOD_KINDS } from './days-of-period.ts'
import { type PublicGroup, publicCentres } from './finding/public-view.ts'
import { ALLOCATIONS, AUDIENCES } from './openings.ts'
import { registersApi } from './registers/api.ts'
import { UNITS } from './schema.ts'
import { signingUpApi } from './signing-up/api.ts'
import { daysOf, openingsOf, periodsOf } from './store.ts'
import { waitingApi } from './waiting/api.ts'
import { wishesApi } from './wishes/api.ts'
import { workApi } from './work/api.ts'

const tag = 'Leisure centres'

const group = z.object({
  id: z.string(),
  periodId: z.string(),
  name: z.string(),
  minAge: z.int().meta({ description: 'Whole years on the day' }),
  maxAge: z.int(),
  units: z.array(z.enum(UNITS)),
  opensAt: z.string(),
  closesAt: z.string(),
  placesLeft: z.enum(['free', 'few', 'full']),
})
const centre = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    offers: z.string(),
    toBring: z.string(),
    meals: z.boolean(),
    groups: z.array(group),
  })
  .meta({ id: 'LeisureCentre' })
const period = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(PERIOD_KINDS),
    from: z.iso.date(),
    to: z.iso.date(),
    days: z.array(z.iso.date()),
    cancelDays: z.int(),
    allocation: z.enum(ALLOCATIONS),
    wishesUntil: z.iso.datetime().nullable(),
    openings: z.array(z.object({ audience: z.enum(AUDIENCES), opensAt: z.iso.datetime() })),
  })
  .meta({ id: 'LeisurePeriod' })

/** The leisure centres and their periods, for everybody. */
export function leisureApi(town: Town): Endpoint[] {
  const today = () => dayInParis(town.clock.now())
  return [
    endpoint({
      method: 'get',
      path: '/leisure/centres',
      tag,
      summary: 'The leisure centres, with their groups in the periods that are not over and how full these are',
      open: true,
      answer: z.object({ centres: z.array(centre) }),
      handle: async () => ({
        centres: (await publicCentres(town.db.read, today())).map(({ centre, periods }) => ({
          id: centre.id,
          name: centre.name,
          address: centre.address,
          phone: centre.phone,
          email: centre.email,
          offers: centre.offers,
          toBring: centre.toBring,
          meals: centre.meals,
          groups: periods.flatMap(({ groups }) => groups.map(shownGroup)),
        })),
      }),
    }),
    endpoint({
      method: 'get',
      path: '/leisure/periods',
      tag,
      summary: 'The periods that are not over: their days, and from when who may sign up',
      open: true,
      answer: z.object({ periods: z.array(period) }),
      handle: async () => {
        const { read } = town.db
        const periods = (await periodsOf(read))
          .filter(({ to }) => Temporal.PlainDate.compare(to, today()) >= 0)
          .reverse()
        const openings = await openingsOf(
          read,
          periods.map(({ id }) => id),
        )
        const shown = []
        for (const one of periods) {
          shown.push({
            id: one.id,
            name: one.name,
            kind: one.kind,
            from: one.from.toString(),
            to: one.to.toString(),
            days: (await daysOf(read, town.config.schoolZone, one)).map(String),
            cancelDays: one.cancelDays,
            allocation: one.allocation,
            wishesUntil: one.wishesUntil?.toString() ?? null,
            openings: (openings.get(one.id) ?? []).map(({ audience, opensAt }) => ({
              audience,
              opensAt: opensAt.toString(),
            })),
          })
        }
        return { periods: shown }
      },
    }),
    ...registersApi(town),
    ...waitingApi(town),
    ...wishesApi(town),
    ...workApi(town),
    ...signingUpApi(town),
  ]
}

const shownGroup = ({ group, left }: PublicGroup) => ({
  id: group.id,
  periodId: group.periodId,
  name: group.name,
  minAge: group.minAge,
  maxAge: group.maxAge,
  units: group.units,
  opensAt: group.opensAt,
  closesAt: group.closesAt,
  placesLeft: left,
})
