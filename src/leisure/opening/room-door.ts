import { type Request, type Response, Router } from 'express'
import type { Town } from '../../town-context.ts'
import { rankOfHousehold } from './draw.ts'
import { livePeriod } from './period-facts.ts'
import { standingAt } from './room.ts'
import { answerRoom, ROOM_PATH, ROOM_POLL_PATH } from './room-answer.ts'
import { ticketOfSession } from './room-cookie.ts'

type OfPeriod = Request<{ periodId: string }>

/**
 * Answers who is in a room and shows the ticket: before the session is read, and without a query for them. Whoever has no
 * ticket, or one that says nothing any more, goes on to the room's page behind the session.
 */
export function roomDoor(town: Town): Router {
  const answered = async (req: OfPeriod, res: Response): Promise<boolean> => {
    const { periodId } = req.params
    const ticket = ticketOfSession(req, town, periodId)
    if (!ticket) return false
    const now = town.clock.now()
    const live = await livePeriod(town, periodId, now)
    if (!live) return false
    const { period, facts } = live
    const stillSo = facts.openings.some(({ opensAt }) => opensAt.equals(ticket.opensAt))
    if (period.allocation !== 'draw' || facts.seed === undefined || !stillSo) return false
    const { opensAt, arrivedAt, householdId } = ticket
    const ramp = { opensAt, households: facts.households, perSecond: town.config.leisure.roomRate }
    const standing = standingAt(ramp, { rank: rankOfHousehold(facts.seed, householdId), arrivedAt }, now)
    // Whose turn has come is looked at once more behind the session: the family may be of another audience by now.
    if (standing.state === 'go') return false
    answerRoom(town, req, res, { period, opensAt, now, standing })
    return true
  }
  const router = Router()
  router.get([ROOM_POLL_PATH, ROOM_PATH], async (req: OfPeriod, res, next) => {
    if (!(await answered(req, res))) next()
  })
  return router
}
