import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { quotientOn, residentOn } from '../../src/people/rules.ts'
import {
  highestPrice,
  type PriceQuestion,
  priceAfter,
  priceOf,
  type Scale,
  sharedPrice,
  type Tariff,
  type TariffRule,
  tariffOn,
} from '../../src/tariffs/rules.ts'

const day = Temporal.PlainDate.from
const flat = (price: number): Scale => ({ kind: 'flat', price: cents(price) })
/** A real town's: up to 228.67 € 0.60 €, to 381.12 € 0.90 €, to 647.91 € 1.15 €, above 1.80 €. */
const brackets: Scale = {
  kind: 'brackets',
  brackets: [
    { upTo: cents(22867), price: cents(60) },
    { upTo: cents(38112), price: cents(90) },
    { upTo: cents(64791), price: cents(115) },
    { upTo: null, price: cents(180) },
  ],
}
/** Another's: 0.36 % of the quotient, at least 2.60 €, at most 4.50 €. */
const effort: Scale = { kind: 'effort-rate', ratePerMillion: 3600, floor: cents(260), ceiling: cents(450) }
const rule: TariffRule = {
  residents: brackets,
  nonResidents: flat(240),
  mealTypes: { 'pai-basket': { residents: flat(55), nonResidents: flat(70) } },
  unbooked: { kind: 'surcharge', amount: cents(100) },
  chargesAbsence: true,
}
const tariff = (changes: Partial<Tariff> = {}): Tariff => ({
  id: 'tariff-2026' as Id<'tariff'>,
  service: 'canteen',
  from: day('2026-09-01'),
  to: null,
  rule,
  ...changes,
})
const question: PriceQuestion = {
  service: 'canteen',
  day: day('2026-11-23'),
  tariffs: [tariff()],
  quotient: cents(64000),
  resident: true,
  mealType: 'standard',
  situation: 'meal',
}
const price = (changes: Partial<PriceQuestion> = {}) => priceOf({ ...question, ...changes })?.cents
const withRule = (changes: Partial<TariffRule>) => [tariff({ rule: { ...rule, ...changes } })]

test('the price is that of the bracket the quotient is in, its upper limit included', () => {
  assert.equal(price({ quotient: cents(22867) }), 60)
  assert.equal(price({ quotient: cents(22868) }), 90)
  assert.equal(price({ quotient: cents(64000) }), 115)
  assert.equal(price({ quotient: cents(64791) }), 115)
  assert.equal(price({ quotient: cents(1_000_000) }), 180)
})

test('trap 9: a quotient of 0 has the lowest price, no quotient the highest', () => {
  assert.equal(price({ quotient: cents(0) }), 60)
  assert.equal(price({ quotient: undefined }), 180)
  assert.equal(price({ quotient: undefined, tariffs: withRule({ residents: effort }) }), 450)
  assert.equal(price({ quotient: cents(0), tariffs: withRule({ residents: effort }) }), 260)
})

test('by effort rate, a quotient of 800 € pays 2.88 €, between the floor and the ceiling', () => {
  const tariffs = withRule({ residents: effort })
  assert.equal(price({ tariffs, quotient: cents(80000) }), 288)
  assert.equal(price({ tariffs, quotient: cents(50000) }), 260)
  assert.equal(price({ tariffs, quotient: cents(125278) }), 450) // 4.51 €
  assert.equal(price({ tariffs, quotient: cents(72223) }), 260)
})

test('trap 13: half a cent of effort rounds up, on whole numbers', () => {
  const scale: Scale = { kind: 'effort-rate', ratePerMillion: 1005, floor: cents(0), ceiling: cents(1000) }
  assert.equal(price({ tariffs: withRule({ residents: scale }), quotient: cents(100000) }), 101) // 1.005 €
  assert.equal(price({ tariffs: withRule({ residents: scale }), quotient: cents(99999) }), 100) // 1.00498995 €
})

test('outside the town the other scale applies, and a family’s own basket has its own price', () => {
  assert.equal(price({ resident: false }), 240)
  assert.equal(price({ mealType: 'pai-basket' }), 55)
  assert.equal(price({ mealType: 'pai-basket', resident: false }), 70)
  assert.equal(price({ mealType: 'vegetarian' }), 115)
})

test('a child who came unbooked costs what the town voted for that', () => {
  const unbooked = (kind: TariffRule['unbooked']) =>
    price({ situation: 'unbooked-meal', tariffs: withRule({ unbooked: kind }) })
  assert.equal(unbooked({ kind: 'same' }), 115)
  assert.equal(unbooked({ kind: 'surcharge', amount: cents(100) }), 215)
  assert.equal(unbooked({ kind: 'increase', basisPoints: 5000 }), 173) // 57.5 cents more
  assert.equal(unbooked({ kind: 'highest' }), 180)
})

test('an absence is due unless it is excused, or the town does not charge any', () => {
  assert.equal(price({ situation: 'absence' }), 115)
  assert.equal(price({ situation: 'excused-absence' }), 0)
  assert.equal(price({ situation: 'absence', tariffs: withRule({ chargesAbsence: false }) }), 0)
})

test('next year’s price entered in spring counts from September', () => {
  const next = tariff({ from: day('2027-09-01'), rule: { ...rule, residents: flat(200) } })
  const tariffs = [next, tariff()]
  assert.equal(price({ tariffs, day: day('2027-08-31') }), 115)
  assert.equal(price({ tariffs, day: day('2027-09-01') }), 200)
})

test('before the first tariff, after the last day of one, and for another service there is no price', () => {
  assert.equal(price({ day: day('2026-08-31') }), undefined)
  const ended = [tariff({ to: day('2026-11-22') }), tariff({ from: day('2026-01-01') })]
  assert.equal(price({ tariffs: ended }), undefined)
  assert.equal(price({ service: 'leisure' }), undefined)
  assert.equal(tariffOn([], 'canteen', question.day), undefined)
})

test('every price can be told line by line, and kept as JSON with the charge', () => {
  const told = (changes: Partial<PriceQuestion>) =>
    JSON.parse(JSON.stringify(priceOf({ ...question, ...changes })?.explanation))
  assert.deepEqual(told({}), [
    { code: 'tariff', service: 'canteen', from: '2026-09-01' },
    { code: 'resident' },
    { code: 'bracket', quotient: 64000, above: 38112, upTo: 64791, price: 115 },
  ])
  assert.deepEqual(told({ quotient: cents(0) })[2], {
    code: 'bracket',
    quotient: 0,
    above: null,
    upTo: 22867,
    price: 60,
  })
  assert.deepEqual(told({ quotient: undefined, situation: 'unbooked-meal' }), [
    { code: 'tariff', service: 'canteen', from: '2026-09-01' },
    { code: 'resident' },
    { code: 'no-quotient', price: 180 },
    { code: 'unbooked-surcharge', amount: 100, price: 280 },
  ])
  assert.deepEqual(told({ resident: false, mealType: 'pai-basket' }), [
    { code: 'tariff', service: 'canteen', from: '2026-09-01' },
    { code: 'meal-type', mealType: 'pai-basket' },
    { code: 'non-resident' },
    { code: 'flat', price: 70 },
  ])
  assert.deepEqual(told({ tariffs: withRule({ residents: effort }), quotient: cents(50000) }).slice(2), [
    { code: 'effort-rate', quotient: 50000, ratePerMillion: 3600, price: 180 },
    { code: 'floor', price: 260 },
  ])
})

test('the explanation always ends with the price', () => {
  const situations = ['meal', 'unbooked-meal', 'absence', 'excused-absence'] as const
  for (const situation of situations)
    for (const residents of [brackets, effort, flat(123)])
      for (const quotient of [undefined, cents(0), cents(70000), cents(300000)]) {
        const priced = priceOf({ ...question, situation, quotient, tariffs: withRule({ residents }) })
        assert.equal(priced?.cents, priceAfter(priced?.explanation ?? []))
      }
})

test('a price is between floor and ceiling and never falls as the quotient rises; no quotient never pays less', () => {
  const scales = fc.oneof(
    fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 0, max: 300_000 }), { minLength: 0, maxLength: 8 }),
        fc.array(fc.nat(600), { minLength: 9, maxLength: 9 }),
      )
      .map(([limits, prices]): Scale => {
        const rising = prices.toSorted((a, b) => a - b).map(cents)
        const ends = [...limits.toSorted((a, b) => a - b).map(cents), null]
        return { kind: 'brackets', brackets: ends.map((upTo, i) => ({ upTo, price: rising[i] ?? cents(0) })) }
      }),
    fc.record({ ratePerMillion: fc.integer({ min: 1, max: 50_000 }), a: fc.nat(600), b: fc.nat(600) }).map(
      ({ ratePerMillion, a, b }): Scale => ({
        kind: 'effort-rate',
        ratePerMillion,
        floor: cents(Math.min(a, b)),
        ceiling: cents(Math.max(a, b)),
      }),
    ),
  )
  fc.assert(
    fc.property(scales, fc.nat(400_000), fc.nat(400_000), (residents, a, b) => {
      const tariffs = withRule({ residents })
      const at = (quotient: number) => price({ tariffs, quotient: cents(quotient) }) ?? Number.NaN
      const [low, high] = [at(Math.min(a, b)), at(Math.max(a, b))]
      const floor = residents.kind === 'effort-rate' ? residents.floor : at(0)
      assert.ok(floor <= low && low <= high && high <= highestPrice(residents))
      assert.equal(price({ tariffs, quotient: undefined }), highestPrice(residents))
    }),
  )
})

test('trap 12: a household that moves out of town on a date pays two prices in one month', () => {
  const addresses = [
    { from: day('2026-09-01'), resident: true },
    { from: day('2026-11-16'), resident: false },
  ]
  const on = (text: string) => price({ day: day(text), resident: residentOn(addresses, day(text)) })
  assert.equal(on('2026-11-13'), 115)
  assert.equal(on('2026-11-16'), 240)
})

test('trap 10: a quotient confirmed late counts from the day its proof was received, and not before', () => {
  const row = { value: cents(30000), from: day('2026-11-10'), to: day('2027-08-31'), state: 'to-check' as const }
  const on = (text: string, state: 'to-check' | 'confirmed') =>
    price({ day: day(text), quotient: quotientOn([{ ...row, state }], day(text))?.value })
  assert.equal(on('2026-11-12', 'to-check'), 180)
  assert.equal(on('2026-11-12', 'confirmed'), 90)
  assert.equal(on('2026-11-09', 'confirmed'), 180)
})

test('trap 14: of a meal shared 33 % and 67 %, each pays its part of its own price, half up', () => {
  const own = priceOf(question)
  const other = priceOf({ ...question, quotient: undefined })
  assert.ok(own && other)
  assert.equal(sharedPrice(own, 3300).cents, 38) // of 1.15 €
  assert.equal(sharedPrice(other, 6700).cents, 121) // of 1.80 €: 1.206
  assert.deepEqual(sharedPrice(own, 3300).explanation.at(-1), { code: 'custody-share', basisPoints: 3300, price: 38 })
  assert.equal(sharedPrice(own, 10_000), own)
})
