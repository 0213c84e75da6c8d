import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Id } from '../../src/kernel/ids.ts'
import {
  drawNumber,
  endOfRamp,
  fingerprintOf,
  newSeed,
  placeOf,
  publicFrom,
  type Ramp,
  rankOf,
  rankOfHousehold,
  turnOf,
} from '../../src/leisure/opening/draw.ts'
import { drawCommands } from '../../src/leisure/opening/draw-words.ts'

const OPENS = Temporal.Instant.from('2026-12-07T07:00:00Z')
const seeds = Array.from({ length: 10 }, (_, i) => fingerprintOf(`seed ${i}`))
const household = (i: number) => `household-${i}` as Id<'household'>
const ms = (instant: Temporal.Instant) => instant.epochMilliseconds - OPENS.epochMilliseconds
const at = (milliseconds: number) => OPENS.add({ milliseconds })

const ramps = fc.record({
  opensAt: fc.constant(OPENS),
  households: fc.integer({ min: 1, max: 20_000 }),
  perSecond: fc.integer({ min: 1, max: 200 }),
})
const ranks = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const early = fc.integer({ min: -1_800_000, max: -1 })
const late = fc.integer({ min: 0, max: 7_200_000 })

test('nobody has a turn before the opening instant', () => {
  fc.assert(
    fc.property(ramps, ranks, fc.oneof(early, late), (ramp, rank, arrival) => {
      assert.ok(ms(turnOf(ramp, { rank, arrivedAt: at(arrival) })) >= 0)
    }),
  )
})

test('of those present at the opening, the smaller rank never comes later; when they arrived changes nothing', () => {
  fc.assert(
    fc.property(ramps, ranks, ranks, early, early, (ramp, a, b, first, second) => {
      const [small, large] = a < b ? [a, b] : [b, a]
      const turn = (rank: bigint, arrival: number) => ms(turnOf(ramp, { rank, arrivedAt: at(arrival) }))
      assert.ok(turn(small, first) <= turn(large, second))
      assert.equal(turn(a, first), turn(a, second), 'refreshing, another tab, another device')
    }),
  )
})

test('late-comers are behind everybody of the draw, first come first served, and never before they came', () => {
  fc.assert(
    fc.property(ramps, ranks, ranks, early, late, late, (ramp, a, b, present, one, other) => {
      const turn = (rank: bigint, arrival: number) => ms(turnOf(ramp, { rank, arrivedAt: at(arrival) }))
      const [first, second] = one < other ? [one, other] : [other, one]
      assert.ok(turn(a, present) <= turn(b, one))
      assert.ok(turn(a, present) < ms(endOfRamp(ramp)))
      assert.ok(turn(a, first) <= turn(b, second), 'coming again later gains nothing')
      assert.ok(turn(a, one) >= one)
    }),
  )
})

test('a late-comer waits a quarter of the lateness behind the ramp, and once that has caught up nobody waits', () => {
  const ramp: Ramp = { opensAt: OPENS, households: 3_000, perSecond: 25 } // 120 s
  const turn = (arrival: number) => ms(turnOf(ramp, { rank: 0n, arrivedAt: at(arrival) }))
  assert.equal(turn(0), 120_000)
  assert.equal(turn(60_000), 135_000)
  assert.equal(turn(159_999), 159_999)
  assert.equal(turn(160_000), 160_000)
  assert.equal(turn(900_000), 900_000)
})

test('no more families have their turn in a second than the town lets in', () => {
  const ramp: Ramp = { opensAt: OPENS, households: 500, perSecond: 7 }
  const turns = Array.from({ length: 500 }, (_, place) =>
    ms(turnOf(ramp, { rank: (BigInt(place) * 2n ** 64n) / 500n + 1n, arrivedAt: at(-1) })),
  )
  const bySecond = Map.groupBy(turns, turn => Math.floor(turn / 1_000))
  for (const [second, some] of bySecond) assert.ok(some.length <= 7, `${second}: ${some.length}`)
  assert.equal(new Set(turns).size, 500)
})

test('the rank is uniform: χ² over a hundred classes keeps p > 0.01 for each of ten seeds', () => {
  const CLASSES = 100
  const FAMILIES = 20_000
  const LIMIT = 134.642 // χ² with 99 degrees of freedom, p = 0.01
  const numbers = Array.from({ length: FAMILIES }, (_, i) => drawNumber(household(i)))
  for (const seed of seeds) {
    const seen = Array.from({ length: CLASSES }, () => 0)
    for (const number of numbers) {
      const place = placeOf(rankOf(seed, number), CLASSES)
      seen[place] = (seen[place] ?? 0) + 1
    }
    const expected = FAMILIES / CLASSES
    const chi = seen.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    assert.ok(chi < LIMIT, `${seed}: ${chi}`)
    assert.ok(chi > 50, `too even to be drawn: ${chi}`)
  }
})

test('another seed gives another order', () => {
  const order = (seed: string) =>
    Array.from({ length: 200 }, (_, i) => i).sort((a, b) =>
      rankOfHousehold(seed, household(a)) < rankOfHousehold(seed, household(b)) ? -1 : 1,
    )
  const [one = '', two = ''] = seeds
  const [first, second] = [order(one), order(two)]
  assert.deepEqual(order(one), first)
  assert.ok(first.filter((family, i) => family === second[i]).length < 10)
})

test('places go from the first to the last and never beyond', () => {
  assert.equal(placeOf(0n, 5_000), 0)
  assert.equal(placeOf(2n ** 64n - 1n, 5_000), 4_999)
  assert.equal(placeOf(2n ** 63n, 5_000), 2_500)
  assert.equal(placeOf(2n ** 64n - 1n, 0), 0)
})

test('a draw number is twelve digits that tell nothing, a seed sixty-four that nobody can guess', () => {
  assert.match(drawNumber(household(1)), /^[0-9a-f]{12}$/)
  assert.notEqual(drawNumber(household(1)), drawNumber(household(2)))
  assert.match(newSeed(), /^[0-9a-f]{64}$/)
  assert.notEqual(newSeed(), newSeed())
})

test('with the published seed, openssl and sha256sum find the fingerprint and every rank again', () => {
  const run = (command: string) => execFileSync('sh', ['-c', command], { encoding: 'utf8' })
  const [seed = ''] = seeds
  for (const i of [1, 2, 3]) {
    const number = drawNumber(household(i))
    const commands = drawCommands(seed, number)
    assert.equal(run(commands.fingerprint).split(' ')[0], fingerprintOf(seed))
    const drawn = /([0-9a-f]{64})\s*$/.exec(run(commands.rank))?.[1]?.slice(0, 16)
    assert.equal(drawn, rankOf(seed, number).toString(16).padStart(16, '0'))
    const place = Number((BigInt(`0x${drawn}`) * 4_321n) / 2n ** 64n)
    assert.equal(place, placeOf(rankOf(seed, number), 4_321), 'the formula of the page')
  }
})

test('the seed stays secret until nobody can come to take part any more', () => {
  const openings = [
    { audience: 'residents', opensAt: OPENS },
    { audience: 'everybody', opensAt: at(7 * 86_400_000) },
  ] as const
  const until = at(14 * 86_400_000)
  const period = { wishesUntil: null, from: Temporal.PlainDate.from('2026-12-19') }
  assert.equal(publicFrom({ ...period, allocation: 'draw' }, openings), openings[1].opensAt)
  assert.equal(publicFrom({ ...period, allocation: 'wishes', wishesUntil: until }, openings), until)
  const begins = publicFrom({ ...period, allocation: 'wishes' }, openings)
  assert.equal(`${begins}`, '2026-12-18T23:00:00Z', 'without an end of their own, wishes end when the period begins')
  assert.equal(publicFrom({ ...period, allocation: 'draw' }, []), undefined)
})
