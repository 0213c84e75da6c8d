import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cents, fromEuros, negate, roundHalfUp, share, split, sum, times } from '../../src/kernel/money.ts'

const amounts = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map(cents)

test('an amount is a whole number of cents and nothing else', () => {
  for (const wrong of [0.5, 1.005, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    assert.throws(() => cents(wrong), RangeError)
  assert.equal(cents(-180), -180)
  assert.ok(Object.is(cents(-0), 0), 'no negative zero in a total or a JSON answer')
})

test('amounts add up, and a credit takes its charge back to zero', () => {
  assert.equal(sum([cents(115), cents(115), cents(-90)]), 140)
  assert.equal(sum([]), 0)
  fc.assert(fc.property(amounts, amount => sum([amount, negate(amount)]) === 0))
})

test('a total too large to be exact is refused, never rounded', () => {
  assert.throws(() => sum([cents(Number.MAX_SAFE_INTEGER), cents(1)]), RangeError)
  assert.throws(() => times(cents(Number.MAX_SAFE_INTEGER), 2), RangeError)
})

test('seventeen meals at 1.15 € cost 19.55 €; half a meal is no quantity', () => {
  assert.equal(times(cents(115), 17), 1955)
  assert.throws(() => times(cents(115), 1.5), RangeError)
})

test('trap 13: a price of 1.005 € is refused when typed and rounds up to 1.01 € when computed', () => {
  assert.equal(fromEuros('1,005'), undefined)
  assert.equal(fromEuros('1.005'), undefined)
  assert.equal(roundHalfUp(1005n, 10n), 101n)
  assert.equal(share(cents(201), 5000), 101, 'half of 2.01 €')
  assert.equal(share(cents(-201), 5000), -101, 'the credit mirrors the charge')
})

test('trap 14: shares of 33 % and 67 % are each rounded to the cent, half up', () => {
  assert.equal(share(cents(115), 3300), 38) // 37.95
  assert.equal(share(cents(115), 6700), 77) // 77.05
  assert.equal(share(cents(50), 3300), 17) // 16.5
  assert.equal(share(cents(115), 10_000), 115)
  assert.equal(share(cents(115), 0), 0)
  for (const wrong of [-1, 33.3, Number.NaN]) assert.throws(() => share(cents(100), wrong), RangeError)
})

test('a share is the exact part to within half a cent, whatever the amount', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 20_000 }), (amount, basisPoints) => {
      const twiceTheGap = 2n * (BigInt(share(amount, basisPoints)) * 10_000n - BigInt(amount) * BigInt(basisPoints))
      return twiceTheGap <= 10_000n && twiceTheGap >= -10_000n
    }),
  )
})

test('the parts of a split add up to the whole and are each within a cent of their due', () => {
  assert.deepEqual(split(cents(100), [1, 1, 1]), [34, 33, 33])
  assert.deepEqual(split(cents(-100), [1, 1, 1]), [-34, -33, -33])
  assert.deepEqual(split(cents(50), [33, 67]), [17, 33])
  const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(amounts, weights, (amount, weights) => {
      fc.pre(weights.some(weight => weight > 0))
      const parts = split(amount, weights)
      const whole = weights.reduce((total, weight) => total + weight, 0)
      assert.equal(sum(parts), amount)
      for (const [i, part] of parts.entries())
        assert.ok(Math.abs(part - (amount * (weights[i] ?? 0)) / whole) < 1 + 1e-6, `${amount} by ${weights}: ${parts}`)
    }),
  )
})

test('nothing is split by no weight, a negative one or a fraction', () => {
  for (const wrong of [[], [0, 0], [1, -1], [0.5, 0.5]]) assert.throws(() => split(cents(100), wrong), RangeError)
})

test('an amount is read as people write it in French and in English', () => {
  const same = { '1,05': 105, '1.05': 105, ' 12 ': 1200, '12,5': 1250, '0': 0, '0,60 €': 60, '2,10 €': 210 }
  for (const [text, amount] of Object.entries(same)) assert.equal(fromEuros(text), amount, text)
  assert.equal(fromEuros('1 234,56 €'), 123456)
  assert.equal(fromEuros('1\u202f234,56\u00a0€'), 123456)
})

test('what is not plainly an amount is refused', () => {
  const refused = [
    '',
    ',',
    '1,',
    ',5',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1,2,3',
    '1.234,56',
    '12 34',
    '1234567890',
    '١٢',
    'NaN',
    '1,005',
  ]
  for (const text of refused) assert.equal(fromEuros(text), undefined, text)
})

test('any amount printed in euros is read back the same', () => {
  const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' })
  fc.assert(fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), n => fromEuros(euros.format(n / 100)) === n))
})
