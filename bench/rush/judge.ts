import { type Ask, reading } from './rows.ts'
import type { Told } from './told.ts'
import type { World } from './world.ts'

/** What was looked at, what was found, and whether that is right. */
export type Verdict = { ok: boolean; name: string; found: string }

type Signup = { id: string; household_id: string; child_id: string; state: string; since: string; centre_id: string }
type Day = { signup_id: string; child_id: string; group_id: string; day: string; part: string; state: string }
type Session = { group_id: string; day: string; half: string; capacity: number | string; taken: number | string }

/** States in which a sign-up has its places. */
const WITH_PLACES = ['booked', 'held', 'offered']

/**
 * Holds what families were told against what the database holds. Nothing of the town's own code is asked: it is the
 * accused.
 */
export async function judge(database: string, world: World, told: readonly Told[]): Promise<Verdict[]> {
  const found = await reading(database, read)
  return [
    noneOversold(found),
    noneLost(world, told, found),
    noneDouble(found),
    nobodyToldWrong(world, told, found),
    ranksAreTheirs(world, told, found),
    allGiven(world, found),
    everybodyAnswered(told),
    inLineOnce(world, found),
    nobodyBefore(world, found),
    promisedOnce(told, found),
  ]
}

type Found = { signups: Signup[]; days: Day[]; sessions: Session[]; promises: { payload: string }[] }

async function read(ask: Ask): Promise<Found> {
  return {
    signups: await ask<Signup>('select id, household_id, child_id, state, since, centre_id from leisure_signups'),
    days: await ask<Day>('select signup_id, child_id, group_id, day, part, state from leisure_signup_days'),
    sessions: await ask<Session>('select group_id, day, half, capacity, taken from leisure_sessions'),
    promises: await ask(`select cast(payload as text) as payload from outbox where topic = 'leisure.confirmed'`),
  }
}

const verdict = (name: string, faults: readonly string[], found: string): Verdict => ({
  ok: faults.length === 0,
  name,
  found: faults.length === 0 ? found : `${faults.length} times: ${faults.slice(0, 3).join('; ')}`,
})

const covers = (part: string, half: string) => part === 'day' || part === half

function noneOversold({ sessions, days }: Found): Verdict {
  const rows = new Map<string, number>()
  for (const { group_id, day, part, state } of days)
    for (const half of ['morning', 'afternoon'])
      if (state === 'taken' && covers(part, half)) {
        const key = `${group_id} ${day} ${half}`
        rows.set(key, (rows.get(key) ?? 0) + 1)
      }
  const faults = sessions.flatMap(({ group_id, day, half, capacity, taken }) => {
    const has = rows.get(`${group_id} ${day} ${half}`) ?? 0
    if (has > Number(capacity)) return [`${has} children for ${capacity} places on ${day}, ${half}`]
    return has === Number(taken) ? [] : [`${taken} places counted, ${has} children on ${day}, ${half}`]
  })
  return verdict('none oversold', faults, `${sessions.length} half-days, counted places = children`)
}

/** By household: the sign-ups that stand. */
const standing = ({ signups }: Found) =>
  Map.groupBy(
    signups.filter(({ state }) => [...WITH_PLACES, 'waiting'].includes(state)),
    ({ household_id }) => household_id,
  )

const takenDays = ({ days }: Found) =>
  new Set(days.filter(({ state }) => state === 'taken').map(({ signup_id, day }) => `${signup_id} ${day}`))

function noneLost(world: World, told: readonly Told[], found: Found): Verdict {
  const [own, taken] = [standing(found), takenDays(found)]
  const faults = world.families.flatMap(({ household }, n) => {
    if (told[n]?.kind !== 'place') return []
    const booked = own.get(household)?.find(({ state }) => state === 'booked')
    return booked && taken.has(`${booked.id} ${world.day}`) ? [] : [`family ${n} was told « place » and has none`]
  })
  const places = told.filter(({ kind }) => kind === 'place').length
  return verdict('none lost', faults, `${places} told « place », each has it`)
}

function noneDouble(found: Found): Verdict {
  const perDay = Map.groupBy(
    found.days.filter(({ state }) => state === 'taken'),
    ({ child_id, day }) => `${child_id} ${day}`,
  )
  const faults = [
    ...[...perDay].filter(([, list]) => list.length > 1).map(([key]) => `two places for ${key}`),
    ...[...standing(found)]
      .filter(([, list]) => list.length > 1)
      .map(([id, list]) => `${list.length} sign-ups of ${id}`),
  ]
  return verdict('none double', faults, 'one place per child and day, one sign-up per family')
}

function nobodyToldWrong(world: World, told: readonly Told[], found: Found): Verdict {
  const own = standing(found)
  const faults = world.families.flatMap(({ household }, n) => {
    const says = told[n]?.kind ?? 'nothing'
    const has = own.get(household)?.[0]?.state ?? 'nothing'
    const right = { place: 'booked', held: 'held', waiting: 'waiting', refused: 'nothing', nothing: has }[says]
    return has === right ? [] : [`family ${n} was told « ${says} », the town has « ${has} »`]
  })
  return verdict('nobody told wrong', faults, `${told.length} answers as the database has them`)
}

/** The line of each group for the wanted day, as the issue says it: by when each joined it. */
function lines({ signups, days }: Found, day: string): Map<string, Signup[]> {
  const groupOf = new Map(days.filter(one => one.day === day).map(one => [one.signup_id, one.group_id]))
  const waiting = signups.filter(({ state }) => state === 'waiting')
  waiting.sort((a, b) => (a.since === b.since ? (a.id < b.id ? -1 : 1) : a.since < b.since ? -1 : 1))
  return Map.groupBy(waiting, ({ id }) => groupOf.get(id) ?? 'no group')
}

function ranksAreTheirs(world: World, told: readonly Told[], found: Found): Verdict {
  const line = lines(found, world.day)
  const ranks = new Map(
    [...line.values()].flatMap(list => list.map(({ household_id }, i) => [household_id, i + 1] as const)),
  )
  let compared = 0
  const faults = world.families.flatMap(({ household }, n) => {
    const says = told[n]
    if (says?.kind !== 'waiting') return []
    compared++
    const rank = ranks.get(household)
    return rank === says.rank ? [] : [`family ${n} was told ${says.rank}, and is ${rank ?? 'not in line'}`]
  })
  return verdict('ranks are theirs', faults, `${compared} ranks as the line has them`)
}

function allGiven(world: World, { days, signups }: Found): Verdict {
  const booked = new Set(signups.filter(({ state }) => state === 'booked').map(({ id }) => id))
  const given = days.filter(one => one.day === world.day && one.state === 'taken' && booked.has(one.signup_id)).length
  const most = Math.min(world.places, world.families.length)
  return verdict('all given', given === most ? [] : [`${given} of ${most}`], `${given} of ${most} places`)
}

function everybodyAnswered(told: readonly Told[]): Verdict {
  const without = told.flatMap((one, n) =>
    one.kind === 'nothing' || one.kind === 'held' ? [`family ${n}: ${one.kind === 'nothing' ? one.why : 'held'}`] : [],
  )
  return verdict('everybody answered', without, `${told.length} families`)
}

function inLineOnce(world: World, found: Found): Verdict {
  const all = [...lines(found, world.day).values()].flat()
  const should = Math.max(0, world.families.length - world.places)
  const without = found.signups.filter(({ state }) => state === 'waiting').length
  const faults = all.length === should && without === should ? [] : [`${all.length} in line, should be ${should}`]
  return verdict('waiting list complete', faults, `${all.length} families, ranks 1 to n in each group`)
}

function nobodyBefore({ opensAt }: World, { signups }: Found): Verdict {
  const early = signups.filter(({ since }) => Date.parse(since) < opensAt)
  return verdict(
    'nobody in before the opening',
    early.map(({ since }) => since),
    `${signups.length} sign-ups, all after`,
  )
}

/** What must follow a confirmation is promised with it, once. */
function promisedOnce(told: readonly Told[], { promises, signups }: Found): Verdict {
  const booked = signups.filter(({ state }) => state === 'booked')
  const promised = promises.map(({ payload }) => payload)
  const faults = booked
    .filter(({ id }) => promised.filter(payload => payload.includes(id)).length !== 1)
    .map(({ id }) => `sign-up ${id} has not exactly one letter promised`)
  return verdict('each confirmation promised once', faults, `${booked.length} letters for ${told.length} families`)
}
