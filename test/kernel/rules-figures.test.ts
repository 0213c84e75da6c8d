// Months, medians and percentiles of what services count.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { instantsOf, lastMonths, percentile } from '../../src/kernel/figures.ts'

test('the last months end with the month of the day, oldest first', () => {
  const months = lastMonths(Temporal.PlainDate.from('2026-02-28'), 3)
  assert.deepEqual(months.map(String), ['2025-12', '2026-01', '2026-02'])
})

test('a month lies between midnights in Paris, also where the clock changes', () => {
  const { from, to } = instantsOf(Temporal.PlainYearMonth.from('2026-10'))
  assert.equal(from.toString(), '2026-09-30T22:00:00Z')
  assert.equal(to.toString(), '2026-10-31T23:00:00Z')
})

test('the percentile is the value at its rank among all of them, in order', () => {
  const days = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 })
  const share = fc.integer({ min: 1, max: 100 }).map(percent => percent / 100)
  fc.assert(
    fc.property(days, share, (values, of) => {
      const histogram = new Map<number, number>()
      for (const value of values) histogram.set(value, (histogram.get(value) ?? 0) + 1)
      const sorted = values.toSorted((a, b) => a - b)
      const expected = sorted.length === 0 ? null : sorted[Math.max(1, Math.ceil(of * sorted.length)) - 1]
      assert.equal(percentile(histogram, of), expected)
    }),
  )
})
