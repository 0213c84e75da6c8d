import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readTrackingNumber, trackingNumber } from '../../src/civil-records/rules/tracking-number.ts'

const SIGNS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const numbers = fc.infiniteStream(fc.nat(255)).map(bytes => trackingNumber(size => Uint8Array.from(bytes.take(size))))

test('a number is twelve signs that nobody takes for others', () => {
  for (let i = 0; i < 500; i += 1) assert.match(trackingNumber(randomBytes), /^[2-9A-HJKMNP-Z]{12}$/)
})

test('numbers are given by chance alone, every sign as often as any other', () => {
  const seen = new Map<string, number>()
  for (let i = 0; i < 3_100; i += 1)
    for (const sign of trackingNumber(randomBytes).slice(0, 11)) seen.set(sign, (seen.get(sign) ?? 0) + 1)
  assert.equal(seen.size, 31)
  for (const [sign, times] of seen) assert.ok(times > 900 && times < 1_300, `${sign}: ${times} times of 1,100`)
  // 248 is 8 × 31: bytes from there on would favour the first signs, and are passed over.
  const given = [255, 248, 0, 30, 31, 247, ...Array<number>(30).fill(1)]
  assert.equal(trackingNumber(size => Uint8Array.from(given.splice(0, size))).slice(0, 4), '2Z2Z')
})

test('a number is read as people type it and say it', () => {
  const number = trackingNumber(randomBytes)
  const groups = number.match(/.{4}/g)!
  for (const typed of [
    number,
    number.toLowerCase(),
    groups.join(' '),
    groups.join('-'),
    ` ${groups.join(' – ')}\n`,
    groups.join('\u00a0'),
  ])
    assert.equal(readTrackingNumber(typed), number, typed)
})

test('what cannot be a number is none', () => {
  for (const typed of ['', '222222222222 2', '22222222222', 'O22222222222', '0'.repeat(12), 'été'.repeat(4)])
    assert.equal(readTrackingNumber(typed), undefined, typed)
})

test('one wrong sign never makes another number', () => {
  fc.assert(
    fc.property(numbers, number => {
      for (const [i, right] of [...number].entries())
        for (const sign of SIGNS)
          if (sign !== right)
            assert.equal(readTrackingNumber(number.slice(0, i) + sign + number.slice(i + 1)), undefined)
    }),
  )
})

test('two neighbours exchanged never make another number', () => {
  fc.assert(
    fc.property(numbers, fc.nat(10), (number, i) => {
      const exchanged = number.slice(0, i) + number[i + 1] + number[i] + number.slice(i + 2)
      assert.equal(readTrackingNumber(exchanged), exchanged === number ? number : undefined)
    }),
  )
})
