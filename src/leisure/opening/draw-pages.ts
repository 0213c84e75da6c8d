import { Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { wordsOf } from '../../web/form-page.ts'
import { openingsOf, periodById } from '../store.ts'
import { maySignUp, ownHousehold } from '../who-reads.ts'
import { datesInWords, openingWords } from '../words.ts'
import { drawNumber, placeOf, publicFrom, rankOf } from './draw.ts'
import { drawCommands } from './draw-words.ts'
import { drawOf } from './draws.ts'
import { householdsWithChildrenFor } from './period-facts.ts'
import { roomPath } from './room-answer.ts'

/** Shown in a command when nobody is signed in. */
const SOME_NUMBER = '0123456789ab'

/** How the draw of a period works, its fingerprint before and its seed after, and one's own rank. For everybody. */
export function drawPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get('/centres-de-loisirs/tirage/:periodId', async (req, res) => {
    const period = await periodById(read, req.params.periodId)
    if (period.allocation === 'first-come') throw notFound()
    const words = wordsOf(town, res)
    const { f } = words
    const now = town.clock.now()
    const openings = (await openingsOf(read, [period.id])).get(period.id) ?? []
    const draw = await drawOf(read, period.id)
    const from = publicFrom(period, openings)
    const isPublic = draw !== undefined && from !== undefined && Temporal.Instant.compare(from, now) <= 0
    const household = await ownHousehold(town, res)
    const number = household && drawNumber(household)
    const [first] = openings
    const households = isPublic && first ? await householdsWithChildrenFor(read, period, first.opensAt) : 0
    const rank = isPublic && number ? rankOf(draw.seed, number) : undefined
    town.render.page(res, 'leisure/draw', {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period), allocation: period.allocation },
      openings: openingWords(words, openings, now),
      draw: draw && { fingerprint: draw.fingerprint, madeAt: f.instant(draw.createdAt) },
      publicFrom: from && f.instant(from),
      revealed: isPublic && {
        seed: draw.seed,
        households,
        commands: drawCommands(draw.seed, number ?? SOME_NUMBER),
      },
      own: number && {
        number,
        drawn: rank?.toString(16).padStart(16, '0') ?? null,
        place: rank === undefined ? null : placeOf(rank, households) + 1,
      },
      rate: town.config.leisure.roomRate,
      room:
        maySignUp(res) && period.allocation === 'draw' && Temporal.PlainDate.compare(dayInParis(now), period.to) <= 0
          ? roomPath(period.id)
          : null,
    })
  })
  return router
}
