import { type Request, Router } from 'express'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { periodById } from '../store.ts'
import { rankOfHousehold } from './draw.ts'
import { gateFor } from './gate.ts'
import { periodFacts } from './period-facts.ts'
import { standingAt } from './room.ts'
import { answerEarly, answerRoom, leadOn, ROOM_PATH, ROOM_POLL_PATH } from './room-answer.ts'
import { giveTicket, sessionMarkIn, ticketIn } from './room-cookie.ts'
import { signUpPath } from './room-words.ts'
import { readTicket } from './ticket.ts'

type OfPeriod = Request<{ periodId: string }>

/** The waiting room of a draw, for who comes in: from half an hour before sign-ups open. Gives the ticket. */
export function roomPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get([ROOM_POLL_PATH, ROOM_PATH], async (req: OfPeriod, res) => {
    const actor = signedIn(res)
    const householdId = await householdOf(read, actor, 'leisure')
    const period = await periodById(read, req.params.periodId)
    const now = town.clock.now()
    const text = ticketIn(req, period.id)
    const gate = await gateFor(read, town, { householdId, period, ticket: text, now })
    if (gate.state === 'later' && period.allocation === 'draw') {
      return answerEarly(town, req, res, { period, opensAt: gate.opensAt, now })
    }
    if (gate.state !== 'room') return leadOn(req, res, signUpPath(period.id))
    const { opensAt } = gate
    const before = readTicket(town.config.secret, period.id, text)
    const kept = before?.householdId === householdId && before.opensAt.equals(opensAt)
    const arrivedAt = kept ? before.arrivedAt : now
    // A clerk at the counter serves one family after the other in one session: theirs is asked for each time.
    const session = actor.kind === 'on-behalf' ? '' : sessionMarkIn(req, town)
    giveTicket(res, town, period.id, { householdId, opensAt, arrivedAt, session })
    const { seed = '', households } = await periodFacts(read, town, period, now)
    const ramp = { opensAt, households, perSecond: town.config.leisure.roomRate }
    const standing = standingAt(ramp, { rank: rankOfHousehold(seed, householdId), arrivedAt }, now)
    answerRoom(town, req, res, { period, opensAt, now, standing })
  })
  return router
}
