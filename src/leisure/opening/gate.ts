import { prepared, type Queries } from '../../db/database.ts'
import { and, eq, sql } from '../../db/drizzle.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { residentOn } from '../../people/rules.ts'
import { householdAddresses } from '../../people/schema.ts'
import type { Town } from '../../town-context.ts'
import { type Audience, type HouseholdFacts, openingFor } from '../openings.ts'
import { leisureSignups } from '../schema.ts'
import type { LeisurePeriod } from '../store.ts'
import { allocationDone } from '../wishes/allocations.ts'
import { wishesEnd } from '../wishes/wish-lists.ts'
import { parentsWorkOn } from '../work/work-proofs.ts'
import { ROOM_OPENS_MINUTES_BEFORE, rankOfHousehold, turnOf } from './draw.ts'
import { type PeriodFacts, periodFacts } from './period-facts.ts'
import { readTicket } from './ticket.ts'

/** Whether a household may sign up for a period at an instant of the town's clock, and if not, what it waits for. */
export type Gate =
  | { state: 'open' }
  /** Not yet: from that instant, as one of that audience. */
  | { state: 'later'; opensAt: Temporal.Instant; audience: Audience }
  /** The town has not said when these families may sign up. */
  | { state: 'not-said' }
  /** Wishes may be told and changed until then. */
  | { state: 'wishes'; until: Temporal.Instant }
  /** Wishes are closed and the places not given yet. */
  | { state: 'wishes-closed'; since: Temporal.Instant }
  /** In the room of a draw: the turn is known from the opening on. */
  | { state: 'room'; opensAt: Temporal.Instant; turnAt?: Temporal.Instant }
  /** The last day of the period is past. */
  | { state: 'over' }

type Asked = {
  householdId: Id<'household'>
  period: LeisurePeriod
  /** The text of the ticket's cookie: see `ticketIn`. */
  ticket?: string | undefined
  now: Temporal.Instant
}

/**
 * What a household finds at the gate of a period. Nobody is let in before the opening instant of an audience they are of,
 * by the town's clock. One query at the most, or two where the audiences need to be told apart.
 */
export async function gateFor(db: Queries, town: Town, asked: Asked): Promise<Gate> {
  const { householdId, period, now } = asked
  const today = dayInParis(now)
  if (Temporal.PlainDate.compare(today, period.to) > 0) return { state: 'over' }
  const facts = await periodFacts(db, town, period, now)
  if (facts.openings.length === 0) return { state: 'not-said' }
  const household = await neededFacts(db, asked, facts, today)
  const own = openingFor(facts.openings, household, now)
  if (own.state === 'not-said') return own
  if (period.allocation === 'wishes') {
    return own.state === 'later' ? own : await wishesGate(db, period, now)
  }
  if (period.allocation === 'first-come' || facts.seed === undefined) {
    return own.state === 'later' ? own : { state: 'open' }
  }
  if (own.state === 'later') {
    const early = Temporal.Instant.compare(now, roomOpensAt(own.opensAt)) < 0
    return early ? own : { state: 'room', opensAt: own.opensAt }
  }
  const ticket = readTicket(town.config.secret, period.id, asked.ticket)
  // A ticket of another household, or of an opening that was moved since, says nothing of this one.
  const valid = ticket?.householdId === householdId && ticket.opensAt.equals(own.since)
  const turnAt = turnOf(
    { opensAt: own.since, households: facts.households, perSecond: town.config.leisure.roomRate },
    { rank: rankOfHousehold(facts.seed, householdId), arrivedAt: valid ? ticket.arrivedAt : now },
  )
  if (Temporal.Instant.compare(turnAt, now) <= 0) return { state: 'open' }
  return { state: 'room', opensAt: own.since, turnAt }
}

/** From when the room of a draw lets people in. */
export const roomOpensAt = (opensAt: Temporal.Instant) => opensAt.subtract({ minutes: ROOM_OPENS_MINUTES_BEFORE })

async function wishesGate(db: Queries, period: LeisurePeriod, now: Temporal.Instant): Promise<Gate> {
  const until = wishesEnd(period)
  if (Temporal.Instant.compare(now, until) < 0) return { state: 'wishes', until }
  return (await allocationDone(db, period.id)) ? { state: 'open' } : { state: 'wishes-closed', since: until }
}

/** Only what tells the audiences of these openings apart is asked for: nothing once everybody may come. */
async function neededFacts(
  db: Queries,
  { householdId, period, now }: Asked,
  { openings }: PeriodFacts,
  today: Temporal.PlainDate,
): Promise<HouseholdFacts> {
  const open = ({ opensAt }: { opensAt: Temporal.Instant }) => Temporal.Instant.compare(opensAt, now) <= 0
  const all = openings.find(({ audience }) => audience === 'everybody')
  const alike = openings.length === 1 || (period.allocation !== 'draw' && all !== undefined && open(all))
  if (all && alike) return NOBODYS
  return householdFacts(db, householdId, period, today)
}

const NOBODYS: HouseholdFacts = { resident: false, siblingEnrolled: false, parentsWork: false }

const addressesOf = prepared(db =>
  db
    .select({ from: householdAddresses.from, resident: householdAddresses.resident })
    .from(householdAddresses)
    .where(eq(householdAddresses.householdId, sql.placeholder('householdId')))
    .prepare(),
)
const bookedInPeriod = prepared(db =>
  db
    .select({ id: leisureSignups.id })
    .from(leisureSignups)
    .where(
      and(
        eq(leisureSignups.householdId, sql.placeholder('householdId')),
        eq(leisureSignups.periodId, sql.placeholder('periodId')),
        eq(leisureSignups.state, 'booked'),
      ),
    )
    .limit(1)
    .prepare(),
)

/**
 * What decides when a household may sign up: whether it lives in the town on that day, has a child enrolled in the period
 * already, and has proved that its parents work.
 */
export async function householdFacts(
  db: Queries,
  householdId: Id<'household'>,
  period: Pick<LeisurePeriod, 'id'>,
  today: Temporal.PlainDate,
): Promise<HouseholdFacts> {
  // One after the other: within a transaction there is but one connection.
  const addresses = await addressesOf(db).execute({ householdId })
  const booked = await bookedInPeriod(db).execute({ householdId, periodId: period.id })
  return {
    resident: residentOn(addresses, today),
    siblingEnrolled: booked.length > 0,
    parentsWork: await parentsWorkOn(db, householdId, today),
  }
}
