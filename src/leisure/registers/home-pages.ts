import { type Response, Router } from 'express'
import { z } from 'zod'
import type { Queries } from '../../db/database.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { dayField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { type Centre, centreById, centresOf } from '../store.ts'
import { agesInWords } from '../words.ts'
import { countsOf, registersOfCentre, staffCheckOf } from './register.ts'
import { isOpenOn, openDaysBeside, registersToComplete } from './register-store.ts'
import { registerPath, staffTold } from './register-view.ts'

const HOME = '/guichet/loisirs/presences'
const asked = z.object({ centre: z.string().max(64).optional(), jour: dayField.optional() })

/** How far back a register that is not complete is asked for: after that the month has been invoiced. */
const LOOKED_BACK = { days: 62 }

/** The days before today whose registers are still asked for. */
function daysToComplete(today: Temporal.PlainDate) {
  return { from: today.subtract(LOOKED_BACK), to: today.subtract({ days: 1 }) }
}

/** On how many registers of the days before somebody is not noted yet: for the clerks' first page. */
export async function countRegistersToComplete(db: Queries, now: Temporal.Instant): Promise<number> {
  const { from, to } = daysToComplete(dayInParis(now))
  return (await registersToComplete(db, from, to)).length
}

/** The centre and the day asked for: else the first centre, and today, or its next open day. */
export async function centreAndDay(
  town: Town,
  query: unknown,
): Promise<{ centre: Centre; day: Temporal.PlainDate } | null> {
  const { read } = town.db
  const { centre: id, jour } = parse(asked, query)
  const centre = id ? await centreById(read, id) : (await centresOf(read))[0]
  if (!centre) return null
  if (jour) return { centre, day: jour }
  const today = dayInParis(town.clock.now())
  if (await isOpenOn(read, centre.id, today)) return { centre, day: today }
  return { centre, day: (await openDaysBeside(read, centre.id, today)).next ?? today }
}

/** A centre's day at a glance: each group's register, and whether the staff is enough for who is there. */
export function registerHomePages(town: Town): Router {
  const router = Router()
  const { read } = town.db

  router.get(HOME, async (req, res) => {
    clerkOf(res, 'leisure')
    const found = await centreAndDay(town, req.query)
    if (!found) return town.render.page(res, 'leisure/register-home', { centre: null })
    await show(res, found.centre, found.day)
  })

  async function show(res: Response, centre: Centre, day: Temporal.PlainDate) {
    const words = wordsOf(town, res)
    const registers = await registersOfCentre(read, centre.id, day)
    const today = dayInParis(town.clock.now())
    const { from, to } = daysToComplete(today)
    const open = await registersToComplete(read, from, to)
    town.render.page(res, 'leisure/register-home', {
      centre: { id: centre.id, name: centre.name },
      centres: await centresOf(read),
      day,
      isToday: day.equals(today),
      beside: await openDaysBeside(read, centre.id, day),
      groups: registers.map(({ group, rows }) => {
        const counts = countsOf(rows)
        return {
          href: registerPath(group.id, day),
          name: group.name,
          ages: agesInWords(words, group),
          counts,
          here: words.t('leisure-register:home.here', { count: counts.present }),
        }
      }),
      staff: staffTold(words, await staffCheckOf(read, registers)),
      toComplete: open.map(one => ({
        href: registerPath(one.groupId, one.day),
        text: words.t('leisure-register:home.oneToComplete', {
          day: words.f.day(one.day),
          centre: one.centre,
          group: one.group,
        }),
      })),
    })
  }
  return router
}
