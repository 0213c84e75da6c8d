import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { and, eq, inArray } from '../../src/db/drizzle.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { setCapacity } from '../../src/leisure/planning/sessions.ts'
import { leisureSessions, leisureSignupDays, leisureSignups } from '../../src/leisure/schema.ts'
import { basketOf, confirmBasket, removeFromBasket } from '../../src/leisure/signing-up/basket.ts'
import { leisurePlacesAreCounted, placesHaveTheirSignup } from '../../src/leisure/signing-up/counters.ts'
import { signupsOfHousehold, WITH_PLACES } from '../../src/leisure/signups.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { offerPlaces } from '../../src/leisure/waiting/offers.ts'
import { type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { hold, plan } from './signing-up-world.ts'

const t = await testTown()
const { read } = t.town.db
const DAYS = ['2026-12-21', '2026-12-22']
const START = Temporal.Instant.from('2026-11-23T09:00:00+01:00')

const families: Family[] = []
for (let n = 0; n < 4; n++) families.push(await family(t, { signedIn: false, children: ['Inès', 'Malo'] }))

const who = fc.nat({ max: families.length - 1 })
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      who,
      child: fc.nat({ max: 1 }),
      days: fc.subarray(DAYS, { minLength: 1 }),
      half: fc.constantFrom('day', 'morning', 'afternoon'),
      wait: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('confirm' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), who, nth: fc.nat({ max: 3 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('cancel' as const),
      who,
      nth: fc.nat({ max: 3 }),
      days: fc.nat({ max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('later' as const), minutes: fc.constantFrom(4, 11, 60 * 50) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('capacity' as const),
      day: fc.constantFrom(...DAYS),
      places: fc.integer({ min: 1, max: 3 }),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

test('whatever families do at once and after each other, no place is given twice and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 12, size: 'max' }),
      async rounds => {
        const world = await plan(t, { days: DAYS, groups: [{ places: 1 }] })
        let now = START
        t.at(now.toString())
        for (const round of rounds) {
          const later = round.find(one => one.do === 'later')
          if (later) {
            now = now.add({ minutes: later.minutes })
            t.at(now.toString())
          }
          await Promise.all(round.map(one => run(world, one)))
          await t.settle()
          await holds(world)
        }
        // Everybody leaves: not one place stays taken.
        for (const one of families) await leaveAll(world, one)
        t.at(now.add({ hours: 100 }).toString())
        for (let n = 0; n < 40 && (await taken(world)).some(places => places > 0); n++) {
          for (const one of families) await leaveAll(world, one)
          now = now.add({ hours: 100 })
          t.at(now.toString())
          await t.settle()
        }
        assert.deepEqual(await taken(world), [0, 0, 0, 0])
        t.at(START.toString())
      },
    ),
    { numRuns: 30 },
  )
})

type World = Awaited<ReturnType<typeof plan>>

/** What cannot be done is refused, not half done. */
const refused = (error: unknown) => {
  if (!(error instanceof Problem)) throw error
}

async function run(world: World, one: Step): Promise<unknown> {
  switch (one.do) {
    case 'hold': {
      const half = one.half
      const way = half === 'day' ? {} : { unit: 'half-day' as const, part: half, meal: false }
      const child = families[one.who]!.children[one.child]!.id
      return hold(t, families[one.who]!, world, one.days, { ...way, child, wait: one.wait })
    }
    case 'confirm': {
      const actor = families[one.who]!.actor
      const basket = await basketOf(read, families[one.who]!.household)
      if (!basket) return
      const answers = await Promise.allSettled([1, 2].map(() => confirmBasket(t.town, actor, basket.id)))
      for (const answer of answers) if (answer.status === 'rejected') refused(answer.reason)
      return
    }
    case 'remove': {
      const held = await signups(world, families[one.who]!, ['held'])
      const chosen = held[one.nth % Math.max(1, held.length)]
      return chosen && removeFromBasket(t.town, families[one.who]!.actor, chosen.id).catch(refused)
    }
    case 'cancel': {
      const booked = await signups(world, families[one.who]!, ['booked'])
      const chosen = booked[one.nth % Math.max(1, booked.length)]
      const days = chosen?.days.filter(({ state }) => state === 'taken').map(({ day }) => day) ?? []
      return chosen && days.length > 0
        ? cancelDays(t.town, families[one.who]!.actor, chosen.id, days.slice(0, one.days + 1)).catch(refused)
        : undefined
    }
    case 'later':
      return
    case 'capacity':
      return t.town.db.transaction(async tx => {
        const groupId = world.groups[0]!
        const rows = await tx.select().from(leisureSessions).where(eq(leisureSessions.groupId, groupId))
        const those = rows.filter(row => row.day.toString() === one.day).sort((a, b) => (a.id < b.id ? -1 : 1))
        for (const row of those) await setCapacity(tx, row.id, one.places)
        const day = Temporal.PlainDate.from(one.day)
        await offerPlaces(tx, { town: t.town, now: t.town.clock.now() }, [{ day, groupId, part: 'day' }])
      })
  }
}

const signups = async (world: World, { household }: Family, states: Parameters<typeof signupsOfHousehold>[2]) =>
  (await signupsOfHousehold(read, household, states)).filter(({ periodId }) => periodId === world.periodId)

const taken = async ({ groups }: World) =>
  (await read.select().from(leisureSessions).where(inArray(leisureSessions.groupId, groups))).map(row => row.taken)

async function leaveAll(world: World, one: Family): Promise<void> {
  for (const { id } of await signups(world, one, ['held'])) await removeFromBasket(t.town, one.actor, id).catch(refused)
  for (const { id, days } of await signups(world, one, ['booked']))
    await cancelDays(
      t.town,
      one.actor,
      id,
      days.filter(({ state }) => state === 'taken').map(({ day }) => day),
    ).catch(refused)
}

/** The model: every place counted is a day of a sign-up that has one, none above what there is, no child twice a day. */
async function holds(world: World): Promise<void> {
  assert.deepEqual(await leisurePlacesAreCounted(read), [])
  assert.deepEqual(await placesHaveTheirSignup(read), [])
  const rows = await read
    .select({
      childId: leisureSignupDays.childId,
      day: leisureSignupDays.day,
      part: leisureSignupDays.part,
      state: leisureSignups.state,
      since: leisureSignups.since,
      signupId: leisureSignups.id,
      dayState: leisureSignupDays.state,
    })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(and(eq(leisureSignups.periodId, world.periodId)))
  const places = rows.filter(({ dayState }) => dayState === 'taken')
  assert.ok(places.every(({ state }) => WITH_PLACES.includes(state)))
  assert.equal(new Set(places.map(({ childId, day }) => `${childId} ${day}`)).size, places.length, 'a child once a day')
  const sessions = await read.select().from(leisureSessions).where(inArray(leisureSessions.groupId, world.groups))
  for (const { day, half, capacity, taken: count } of sessions) {
    const there = places.filter(one => one.day.equals(day) && (one.part === 'day' || one.part === half)).length
    assert.equal(there, count)
    assert.ok(count <= capacity, 'not one more than there are')
  }
  // Nobody waits for days that are all free: such places are offered.
  const free = (day: Temporal.PlainDate, half: string) =>
    sessions.some(one => one.day.equals(day) && one.half === half && one.taken < one.capacity)
  const waiting = Map.groupBy(
    rows.filter(({ state }) => state === 'waiting'),
    ({ signupId }) => signupId,
  )
  for (const [, days] of waiting) {
    const halves = (part: string) => (part === 'day' ? ['morning', 'afternoon'] : [part])
    const busy = days.some(one => places.some(other => other.childId === one.childId && other.day.equals(one.day)))
    const room = days.every(one => halves(one.part).every(half => free(one.day, half)))
    assert.ok(busy || !room, 'a place nobody has while somebody waits for it')
  }
}
