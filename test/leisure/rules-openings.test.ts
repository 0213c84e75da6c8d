import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countdown, inOrder, type Opening, openingFor } from '../../src/leisure/openings.ts'
import { placesLeft } from '../../src/leisure/places.ts'

const at = (iso: string) => Temporal.Instant.from(iso)
const residents: Opening = { audience: 'residents', opensAt: at('2026-12-07T08:00:00+01:00') }
const siblings: Opening = { audience: 'siblings', opensAt: at('2026-12-03T08:00:00+01:00') }
const everybody: Opening = { audience: 'everybody', opensAt: at('2026-12-14T08:00:00+01:00') }
const openings = [everybody, residents, siblings]
const nobody = { resident: false, siblingEnrolled: false, parentsWork: false }

test('a household signs up with the first audience it is of, and not an instant before', () => {
  const before = at('2026-12-07T07:59:59.999+01:00')
  const sharp = at('2026-12-07T08:00:00+01:00')
  const neighbour = { ...nobody, resident: true }
  assert.deepEqual(openingFor(openings, neighbour, before), { state: 'later', ...residents })
  assert.deepEqual(openingFor(openings, neighbour, sharp), { state: 'open', since: residents.opensAt })
  assert.equal(openingFor(openings, { ...neighbour, siblingEnrolled: true }, before).state, 'open')
  assert.deepEqual(openingFor(openings, nobody, sharp), { state: 'later', ...everybody })
  assert.deepEqual(openingFor([residents], nobody, sharp), { state: 'not-said' })
})

test('audiences are listed in the order in which they may sign up', () => {
  assert.deepEqual(inOrder(openings), [siblings, residents, everybody])
})

test('how long it takes is said in days by the calendar, then in hours and minutes rounded up', () => {
  const opensAt = residents.opensAt
  const table: [string, object][] = [
    ['2026-11-23T09:00:00+01:00', { unit: 'days', count: 14 }],
    ['2026-12-05T23:59:00+01:00', { unit: 'days', count: 2 }],
    ['2026-12-06T23:59:00+01:00', { unit: 'tomorrow' }],
    ['2026-12-07T00:00:00+01:00', { unit: 'hours', count: 8 }],
    ['2026-12-07T06:59:00+01:00', { unit: 'hours', count: 2 }],
    ['2026-12-07T07:00:00+01:00', { unit: 'minutes', count: 60 }],
    ['2026-12-07T07:59:59+01:00', { unit: 'minutes', count: 1 }],
    ['2026-12-07T08:00:00+01:00', { unit: 'now' }],
  ]
  for (const [now, expected] of table) assert.deepEqual(countdown(at(now), opensAt), expected, now)
})

test('the countdown never says that it is open before it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), seconds => {
      const now = residents.opensAt.add({ seconds })
      assert.equal(countdown(now, residents.opensAt).unit === 'now', seconds >= 0)
    }),
  )
})

test('places are free, nearly full or full, in words', () => {
  const table: [number, number, string][] = [
    [10, 0, 'free'],
    [10, 7, 'free'],
    [10, 8, 'few'],
    [10, 9, 'few'],
    [10, 10, 'full'],
    [0, 0, 'full'],
  ]
  for (const [capacity, taken, word] of table) assert.equal(placesLeft([{ capacity, taken }]), word)
  assert.equal(placesLeft([]), 'full')
})
