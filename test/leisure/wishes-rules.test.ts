import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Applicant, type AskedWish, allocate, inLine, type WishResult } from '../../src/leisure/wishes/allocate.ts'

const DAYS = ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24']
const CENTRES = ['parc', 'lac']
const HALVES = ['morning', 'afternoon']

/** Half-days of a centre on these days. */
const asked = (centre: string, days: readonly string[], halves = HALVES) =>
  days.flatMap(day => halves.map(half => `${centre} ${day} ${half}`))

const wish = (id: string, rank: number, centre: string, days: readonly string[]): AskedWish => ({
  id,
  rank,
  asks: asked(centre, days),
  days,
  busy: false,
})

const child = (name: string, given: Partial<Applicant>): Applicant => ({
  household: name,
  child: name,
  childOrder: 0,
  met: [],
  draw: name,
  most: null,
  wishes: [],
  ...given,
})

const everywhere = (count: number) =>
  Object.fromEntries(CENTRES.flatMap(centre => asked(centre, DAYS)).map(key => [key, count]))

const outcomes = (results: readonly WishResult[]) => Object.fromEntries(results.map(one => [one.wish, one.outcome]))

test('criteria come before the draw, the weightiest first', () => {
  const wants = (name: string, draw: string, met: boolean[]) =>
    child(name, { draw, met, wishes: [wish(name, 1, 'parc', DAYS)] })
  const results = allocate(
    [
      wants('sibling only', '1', [false, true]),
      wants('nothing', '0', [false, false]),
      wants('resident', '3', [true, false]),
      wants('resident, drawn before', '2', [true, false]),
    ],
    everywhere(1),
  )
  assert.deepEqual(
    results.map(one => [one.wish, one.position, one.outcome]),
    [
      ['resident, drawn before', 1, 'given'],
      ['resident', 2, 'full'],
      ['sibling only', 3, 'full'],
      ['nothing', 4, 'full'],
    ],
  )
})

test('everybody gets one wish before anybody gets a second', () => {
  const [first, second] = ['a', 'b'].map(name =>
    child(name, {
      wishes: [wish(`${name}1`, 1, 'parc', DAYS.slice(0, 2)), wish(`${name}2`, 2, 'parc', DAYS.slice(2))],
    }),
  )
  assert.ok(first && second)
  assert.deepEqual(outcomes(allocate([second, first], everywhere(1))), {
    a1: 'given',
    b1: 'full',
    b2: 'given',
    a2: 'full',
  })
})

test('siblings take turns, the eldest first, and each has the wishes of its own', () => {
  const twoOf = (childOrder: number, name: string) =>
    child(name, {
      household: 'diallo',
      draw: '1',
      childOrder,
      wishes: [wish(`${name} parc`, 1, 'parc', DAYS), wish(`${name} lac`, 2, 'lac', DAYS)],
    })
  const results = allocate([twoOf(1, 'Malo'), twoOf(0, 'Inès')], everywhere(1))
  assert.deepEqual(
    results.map(one => [one.wish, one.outcome]),
    [
      ['Inès parc', 'given'],
      ['Inès lac', 'same-day'],
      ['Malo parc', 'full-settled'],
      ['Malo lac', 'given'],
    ],
  )
})

test('a child gets no more than the family would like, and does not wait for more', () => {
  const elsewhere = child('0', { wishes: [wish('full', 1, 'parc', DAYS)] })
  const one = child('1', {
    most: 1,
    wishes: [
      wish('dearest', 1, 'parc', DAYS.slice(0, 1)),
      wish('second', 2, 'lac', DAYS.slice(1, 2)),
      wish('third', 3, 'lac', DAYS.slice(2)),
    ],
  })
  const results = allocate([one, elsewhere], everywhere(1))
  assert.deepEqual(outcomes(results), { full: 'given', dearest: 'full-settled', second: 'given', third: 'enough' })
  assert.deepEqual(inLine(results), [])
  assert.deepEqual(
    inLine(allocate([{ ...one, most: 2 }, elsewhere], everywhere(1))).map(({ wish: id }) => id),
    [],
  )
  assert.deepEqual(
    inLine(allocate([{ ...one, most: null }, elsewhere], everywhere(1))).map(({ wish: id }) => id),
    ['dearest'],
  )
})

test('a child of two homes is in one place at a time, and a day that closed is not given', () => {
  const at = (household: string, centre: string) =>
    child('Inès', { household, draw: household, wishes: [wish(household, 1, centre, DAYS)] })
  const results = allocate(
    [
      at('1', 'parc'),
      at('2', 'lac'),
      child('3', { wishes: [wish('3', 1, 'none', DAYS)] }),
      child('4', { wishes: [{ ...wish('4', 1, 'lac', DAYS), busy: true }] }),
    ],
    everywhere(4),
  )
  assert.deepEqual(outcomes(results), { 1: 'given', 2: 'busy', 3: 'closed', 4: 'busy' })
})

/** A made-up town: households with criteria, draw numbers and children, their wishes, and the places there are. */
const town = fc
  .record({
    households: fc.array(
      fc.record({
        met: fc.tuple(fc.boolean(), fc.boolean()),
        draw: fc.integer({ min: 0, max: 999 }),
        children: fc.array(
          fc.record({
            most: fc.option(fc.integer({ min: 1, max: 3 })),
            wishes: fc.array(
              fc.record({
                centre: fc.constantFrom(...CENTRES),
                days: fc.subarray(DAYS, { minLength: 1 }),
                halves: fc.constantFrom(['morning'], ['afternoon'], HALVES),
                busy: fc.nat(5).map(n => n === 0),
              }),
              { maxLength: 4 },
            ),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      { maxLength: 8 },
    ),
    places: fc.array(fc.integer({ min: 0, max: 3 }), {
      minLength: CENTRES.length * DAYS.length * 2,
      maxLength: CENTRES.length * DAYS.length * 2,
    }),
  })
  .map(({ households, places }) => ({
    applicants: households.flatMap(({ met, draw, children }, h) =>
      children.map(
        ({ most, wishes }, c): Applicant => ({
          household: `household ${h}`,
          child: `child ${h}.${c}`,
          childOrder: c,
          met,
          draw: String(draw).padStart(3, '0'),
          most,
          wishes: wishes.map(({ centre, days, halves, busy }, w) => ({
            id: `wish ${h}.${c}.${w}`,
            rank: w + 1,
            asks: asked(centre, days, halves),
            days,
            busy,
          })),
        }),
      ),
    ),
    places: Object.fromEntries(
      CENTRES.flatMap(centre => asked(centre, DAYS)).map((key, i) => [key, places[i] ?? 0] as const),
    ),
  }))

const wishOf = ({ applicant, wish: id }: WishResult): AskedWish => {
  const found = applicant.wishes.find(one => one.id === id)
  assert.ok(found)
  return found
}

test('no half-day is given more often than it has places, and no child is in two places on one day', () => {
  fc.assert(
    fc.property(town, ({ applicants, places }) => {
      const given = allocate(applicants, places).filter(({ outcome }) => outcome === 'given')
      for (const [key, capacity] of Object.entries(places))
        assert.ok(given.filter(one => wishOf(one).asks.includes(key)).length <= capacity, key)
      const days = given.flatMap(one => wishOf(one).days.map(day => `${one.applicant.child} ${day}`))
      assert.equal(new Set(days).size, days.length)
      for (const { child: name, most } of applicants)
        assert.ok(given.filter(one => one.applicant.child === name).length <= (most ?? Number.POSITIVE_INFINITY))
    }),
  )
})

test('every wish has its reason, which is true: nobody has less than was possible', () => {
  fc.assert(
    fc.property(town, ({ applicants, places }) => {
      const results = allocate(applicants, places)
      assert.equal(results.length, applicants.flatMap(({ wishes }) => wishes).length)
      const given = results.filter(({ outcome }) => outcome === 'given')
      const left = (key: string) => (places[key] ?? 0) - given.filter(one => wishOf(one).asks.includes(key)).length
      for (const result of results) {
        const { asks, days, rank } = wishOf(result)
        const own = given.filter(({ applicant }) => applicant === result.applicant)
        const enough = own.length === result.applicant.most
        const elsewhere = own.filter(one => wishOf(one).days.some(day => days.includes(day)))
        if (result.outcome === 'full' || result.outcome === 'full-settled') {
          assert.ok(asks.some(key => left(key) === 0))
          assert.equal(result.outcome === 'full-settled', enough || elsewhere.length > 0)
        }
        if (result.outcome === 'busy') assert.ok(wishOf(result).busy)
        if (result.outcome === 'enough') assert.ok(enough)
        if (result.outcome === 'same-day') assert.ok(elsewhere.some(one => wishOf(one).rank < rank))
        assert.notEqual(result.outcome, 'closed')
      }
    }),
  )
})

test('a wish is full only by those who came before: earlier rounds, better criteria, lower draw numbers', () => {
  fc.assert(
    fc.property(town, ({ applicants, places }) => {
      const results = allocate(applicants, places)
      const order = new Map(results.map((one, i) => [one, i]))
      const before = (a: WishResult, b: WishResult) =>
        a.round < b.round || (a.round === b.round && (order.get(a) ?? 0) < (order.get(b) ?? 0))
      const given = results.filter(({ outcome }) => outcome === 'given')
      for (const full of results.filter(({ outcome }) => outcome === 'full' || outcome === 'full-settled')) {
        const byOthers = (key: string) =>
          given.filter(one => wishOf(one).asks.includes(key) && before(one, full)).length === places[key]
        assert.ok(wishOf(full).asks.some(byOthers), full.wish)
      }
      for (const [a, b] of results.slice(1).map((one, i) => [results[i], one] as const)) {
        assert.ok(a && b && a.position <= b.position)
        const [weighty, light] = [a, b].map(({ applicant: { met } }) => met.map(met => (met ? '0' : '1')).join(''))
        assert.ok((weighty ?? '') <= (light ?? ''))
        if (weighty === light) assert.ok(a.applicant.draw <= b.applicant.draw)
      }
    }),
  )
})

test('in which order wishes were told changes nothing, and the same draw gives the same result', () => {
  const shuffled = town.chain(one =>
    fc.record({
      one: fc.constant(one),
      other: fc.record({
        places: fc.constant(one.places),
        applicants: fc
          .shuffledSubarray(one.applicants, { minLength: one.applicants.length })
          .map(list => list.map(applicant => ({ ...applicant, wishes: applicant.wishes.toReversed() }))),
      }),
    }),
  )
  const told = (results: readonly WishResult[]) => results.map(({ applicant: _, ...rest }) => JSON.stringify(rest))
  fc.assert(
    fc.property(shuffled, ({ one, other }) => {
      assert.deepEqual(told(allocate(one.applicants, one.places)), told(allocate(other.applicants, other.places)))
    }),
  )
})

test('who waits is in line by the round in which it was full, then by the order of households', () => {
  fc.assert(
    fc.property(town, ({ applicants, places }) => {
      const line = inLine(allocate(applicants, places))
      for (const [i, next] of line.slice(1).entries()) {
        const one = line[i]
        assert.ok(one && (one.round < next.round || (one.round === next.round && one.position <= next.position)))
      }
    }),
  )
})
