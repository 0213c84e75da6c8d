import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayInParis } from '../../src/kernel/clock.ts'
import { cancelRule } from '../../src/leisure/waiting/cancel-rule.ts'
import { offerExpires } from '../../src/leisure/waiting/offer-time.ts'

const at = (text: string) => Temporal.Instant.from(text)
const day = (iso: string) => Temporal.PlainDate.from(iso)
const DEMO = { hours: 48, hoursBeforeStay: 12 }
const MONDAY = at('2026-12-21T08:00:00+01:00')

test('a place is kept for 48 hours when its day is far, and for half of the time left when it is near', () => {
  const until = (now: string) => offerExpires(at(now), MONDAY, DEMO)?.toString()
  assert.equal(until('2026-12-01T10:00:00+01:00'), '2026-12-03T09:00:00Z')
  assert.equal(until('2026-12-19T20:00:00+01:00'), '2026-12-20T07:00:00Z', 'a day is left until the evening before')
  assert.equal(until('2026-12-20T17:30:00+01:00'), '2026-12-20T18:30:00Z', 'never shorter than two hours')
  assert.equal(until('2026-12-20T18:00:01+01:00'), undefined, 'too late to read a letter')
  assert.equal(until('2026-12-22T10:00:00+01:00'), undefined)
})

const instants = fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }).map(s => at(new Date(s * 1000).toISOString()))

test('an offer ends after it began, within the town’s hours, never nearer to the stay than it may', () => {
  fc.assert(
    fc.property(
      instants,
      fc.integer({ min: -100, max: 2_000 }),
      fc.integer({ min: 2, max: 168 }),
      fc.integer({ min: 0, max: 24 }),
      (now, ahead, hours, hoursBeforeStay) => {
        const begins = now.add({ hours: ahead })
        const until = offerExpires(now, begins, { hours, hoursBeforeStay })
        if (!until) return ahead - hoursBeforeStay < 2
        const lasts = until.since(now).total('hours')
        return lasts >= 2 && lasts <= hours && until.until(begins).total('hours') >= hoursBeforeStay
      },
    ),
  )
})

test('the later a place comes free, the less long it is kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }), (a, b) => {
      const lasts = (hoursAhead: number) => {
        const now = MONDAY.subtract({ hours: hoursAhead })
        return offerExpires(now, MONDAY, DEMO)?.since(now).total('hours') ?? 0
      }
      return a <= b ? lasts(a) <= lasts(b) : lasts(a) >= lasts(b)
    }),
  )
})

test('a day is cancelled for nothing up to and with the last day the town says, in Paris', () => {
  assert.deepEqual(cancelRule(day('2026-12-21'), 7, day('2026-12-14')), { lastFreeDay: day('2026-12-14'), free: true })
  assert.equal(cancelRule(day('2026-12-21'), 7, day('2026-12-15')).free, false)
  // 23:30 UTC on the 14th is the 15th in Paris already.
  assert.equal(cancelRule(day('2026-12-21'), 7, dayInParis(at('2026-12-14T23:30:00Z'))).free, false)
  // In summer time Paris is two hours ahead; the days between count the same across the change of 29 March 2026.
  assert.equal(cancelRule(day('2026-04-01'), 7, dayInParis(at('2026-03-25T22:59:00Z'))).free, true)
  assert.equal(cancelRule(day('2026-04-01'), 7, dayInParis(at('2026-03-25T23:00:00Z'))).free, false)
  assert.equal(cancelRule(day('2026-07-08'), 7, dayInParis(at('2026-07-01T21:59:00Z'))).free, true)
  assert.equal(cancelRule(day('2026-07-08'), 7, dayInParis(at('2026-07-01T22:00:00Z'))).free, false)
})

test('exactly one day is the last free one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 60 }), (n, cancelDays) => {
      const stay = day('2024-01-01').add({ days: n })
      const { lastFreeDay } = cancelRule(stay, cancelDays, stay)
      const until = lastFreeDay.until(stay, { largestUnit: 'day' }).days
      return (
        until === cancelDays &&
        cancelRule(stay, cancelDays, lastFreeDay).free &&
        !cancelRule(stay, cancelDays, lastFreeDay.add({ days: 1 })).free
      )
    }),
  )
})
