import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import {
  depositOf,
  isDue,
  type LeisureRule,
  type LeisureTariff,
  priceStay,
  type StayQuestion,
} from '../../src/tariffs/leisure-rules.ts'
import { priceAfter, type Scale, type Scales, scalePrice, sharedPrice } from '../../src/tariffs/rules.ts'
import { tariffErrors } from '../../src/tariffs/validation.ts'

const day = Temporal.PlainDate.from
const flat = (price: number): Scale => ({ kind: 'flat', price: cents(price) })
const brackets = (...prices: number[]): Scale => ({
  kind: 'brackets',
  brackets: prices.map((price, i) => ({ upTo: [cents(40_000), cents(64_000)][i] ?? null, price: cents(price) })),
})
const rule: LeisureRule = {
  day: { residents: brackets(500, 805, 1200), nonResidents: flat(2000) },
  halfDay: { residents: brackets(300, 450, 700), nonResidents: flat(1100) },
  lunch: { residents: brackets(100, 200, 300), nonResidents: flat(480) },
  lunchOnDays: 'included',
  weekDiscount: 1_000,
  siblingReduction: 2_000,
  deposit: 0,
  chargedAt: 'attendance',
  chargesAbsence: true,
}
const tariff = (changes: Partial<LeisureRule> = {}, service: LeisureTariff['service'] = 'leisure'): LeisureTariff => ({
  id: service as Id<'tariff'>,
  service,
  from: day('2026-09-01'),
  to: null,
  rule: { ...rule, ...changes },
})
const question: StayQuestion = {
  day: day('2026-12-21'),
  tariffs: [tariff()],
  wednesday: false,
  quotient: cents(64_000),
  resident: true,
  part: 'day',
  lunch: false,
  wholeWeek: false,
  afterSibling: false,
  situation: 'stay',
}
const ask = (changes: Partial<StayQuestion> = {}) => priceStay({ ...question, ...changes })
const price = (changes: Partial<StayQuestion> = {}) => ask(changes)?.cents
const withRule = (changes: Partial<LeisureRule>) => ({ tariffs: [tariff(changes)] })

test('a day and a half-day have their own prices by quotient, and for those who live elsewhere', () => {
  assert.equal(price(), 805)
  assert.equal(price({ quotient: cents(64_001) }), 1200)
  assert.equal(price({ part: 'half-day' }), 450)
  assert.equal(price({ resident: false }), 2000)
  assert.equal(price({ resident: false, part: 'half-day', lunch: true }), 1580)
})

test('a quotient of 0 has the lowest price, no quotient the highest, of the day and of lunch', () => {
  assert.equal(price({ quotient: cents(0), part: 'half-day', lunch: true }), 400)
  assert.equal(price({ quotient: undefined, part: 'half-day', lunch: true }), 1000)
})

test('lunch is added to a half-day; in a day it is included or added, as the town says', () => {
  assert.equal(price({ part: 'half-day', lunch: true }), 650)
  assert.equal(price({ lunch: true }), 805)
  assert.equal(price({ lunch: true, ...withRule({ lunchOnDays: 'added' }) }), 1005)
  assert.equal(price({ lunch: false, ...withRule({ lunchOnDays: 'added' }) }), 805)
})

test('what the town has no price for is not priced: half-days, lunches, days before the first tariff', () => {
  assert.equal(price({ part: 'half-day', ...withRule({ halfDay: null }) }), undefined)
  assert.equal(price({ part: 'half-day', lunch: true, ...withRule({ lunch: null }) }), undefined)
  assert.equal(price({ part: 'half-day', ...withRule({ lunch: null }) }), 450)
  assert.equal(price({ lunch: true, ...withRule({ lunch: null }) }), 805)
  assert.equal(price({ day: day('2026-08-31') }), undefined)
  assert.equal(price({ tariffs: [] }), undefined)
})

test('a day of a whole week is 10 % cheaper, a younger child’s 20 % on what remains, each rounded half up', () => {
  assert.equal(price({ wholeWeek: true }), 725) // 7.245 €
  assert.equal(price({ afterSibling: true }), 644)
  assert.equal(price({ wholeWeek: true, afterSibling: true }), 580)
  const told = ask({ wholeWeek: true, afterSibling: true, lunch: true })?.explanation
  assert.deepEqual(JSON.parse(JSON.stringify(told)), [
    { code: 'tariff', service: 'leisure', from: '2026-09-01' },
    { code: 'resident' },
    { code: 'stay', part: 'day' },
    { code: 'bracket', quotient: 64_000, above: 40_000, upTo: 64_000, price: 805 },
    { code: 'lunch-included' },
    { code: 'week-discount', basisPoints: 1_000, amount: 80, price: 725 },
    { code: 'sibling-reduction', basisPoints: 2_000, amount: 145, price: 580 },
  ])
})

test('a price of 1.005 € is 1.01 €: halves of a cent go up, on whole numbers', () => {
  assert.equal(
    price({
      ...withRule({ day: { residents: flat(201), nonResidents: flat(0) }, weekDiscount: 5_000 }),
      wholeWeek: true,
    }),
    101,
  )
  const effort: Scale = { kind: 'effort-rate', ratePerMillion: 1005, floor: cents(0), ceiling: cents(1000) }
  const scales: Scales = { residents: effort, nonResidents: effort }
  assert.equal(price({ ...withRule({ day: scales }), quotient: cents(100_000) }), 101)
})

test('cancelled too late is paid whole, missed as the town says, excused costs nothing', () => {
  assert.equal(price({ situation: 'late-cancelled', wholeWeek: true }), 725)
  assert.equal(price({ situation: 'absence', afterSibling: true }), 644)
  assert.equal(price({ situation: 'absence', ...withRule({ chargesAbsence: false }) }), 0)
  assert.equal(price({ situation: 'late-cancelled', ...withRule({ chargesAbsence: false }) }), 805)
  assert.equal(price({ situation: 'excused' }), 0)
  assert.deepEqual(ask({ situation: 'late-cancelled' })?.explanation.at(-1), { code: 'late-cancelled', price: 805 })
})

test('who is excused, or missed a day that the town does not charge, is no elder child to others', () => {
  const counts = (situation: StayQuestion['situation'], changes: Partial<LeisureRule> = {}) =>
    isDue([tariff(changes)], { ...question, situation })
  assert.deepEqual(
    [counts('stay'), counts('late-cancelled'), counts('excused'), counts('absence')],
    [true, true, false, true],
  )
  assert.equal(counts('absence', { chargesAbsence: false }), false)
})

test('Wednesdays of term have their own prices where the town voted some', () => {
  const own = tariff({ day: { residents: flat(600), nonResidents: flat(900) } }, 'leisure-wednesdays')
  const tariffs = [tariff(), own]
  assert.equal(price({ tariffs, wednesday: true }), 600)
  assert.equal(price({ tariffs }), 805)
  assert.equal(price({ wednesday: true }), 805)
  const ended = [tariff(), { ...own, to: day('2026-11-30') }]
  assert.equal(price({ tariffs: ended, wednesday: true }), 805)
})

test('a deposit is its part of the price, half up; none is asked for where the town wants none', () => {
  assert.equal(depositOf(ask()!), undefined)
  const priced = ask(withRule({ deposit: 3_000 }))!
  assert.deepEqual(depositOf(priced)?.explanation.at(-1), { code: 'deposit', basisPoints: 3_000, price: 242 }) // 2.415 €
  assert.equal(priced.cents, 805)
  assert.deepEqual(priced.terms, { deposit: 3_000, chargedAt: 'attendance' })
})

const parts = fc.integer({ min: 0, max: 10_000 })
const rising = fc
  .array(fc.nat(5_000), { minLength: 3, maxLength: 3 })
  .map(prices => brackets(...prices.toSorted((a, b) => a - b)))
const scales = fc.record({ residents: rising, nonResidents: rising })
const rules: fc.Arbitrary<LeisureRule> = fc.record({
  day: scales,
  halfDay: scales,
  lunch: scales,
  lunchOnDays: fc.constantFrom('included', 'added'),
  weekDiscount: parts,
  siblingReduction: parts,
  deposit: parts,
  chargedAt: fc.constantFrom('sign-up', 'attendance'),
  chargesAbsence: fc.boolean(),
})
const questions = fc
  .record({
    quotient: fc.option(fc.nat(100_000).map(cents), { nil: undefined }),
    resident: fc.boolean(),
    part: fc.constantFrom('day', 'half-day'),
    lunch: fc.boolean(),
    wholeWeek: fc.boolean(),
    afterSibling: fc.boolean(),
    situation: fc.constantFrom('stay', 'absence', 'late-cancelled', 'excused'),
  })
  .map((some): StayQuestion => ({ ...question, ...some }))

test('the parts of a price add up to it exactly; it is never negative, and the last step says it', () => {
  fc.assert(
    fc.property(rules, questions, (voted, asked) => {
      const priced = priceStay({ ...asked, ...withRule(voted) })!
      const { resident, part, lunch, quotient, situation } = asked
      const lives = resident ? 'residents' : 'nonResidents'
      let total: number = scalePrice((part === 'day' ? voted.day : voted.halfDay!)[lives], quotient)
      if (lunch && (part === 'half-day' || voted.lunchOnDays === 'added'))
        total += scalePrice(voted.lunch![lives], quotient)
      for (const step of priced.explanation)
        if (step.code === 'week-discount' || step.code === 'sibling-reduction') {
          assert.ok(step.amount >= 0)
          total -= step.amount
        }
      const free = situation === 'excused' || (situation === 'absence' && !voted.chargesAbsence)
      assert.equal(priced.cents, free ? 0 : total)
      assert.ok(priced.cents >= 0)
      assert.equal(priced.cents, priceAfter(priced.explanation))
      const deposit = depositOf(priced)?.cents ?? 0
      assert.ok(deposit >= 0 && deposit <= priced.cents)
    }),
  )
})

test('no discount ever raises a price, and a higher quotient never lowers it', () => {
  fc.assert(
    fc.property(rules, questions, fc.nat(100_000), (voted, asked, other) => {
      const at = (changes: Partial<StayQuestion>) => priceStay({ ...asked, ...withRule(voted), ...changes })!.cents
      assert.ok(at({ wholeWeek: true }) <= at({ wholeWeek: false }))
      assert.ok(at({ afterSibling: true }) <= at({ afterSibling: false }))
      const [low, high] = [other, asked.quotient ?? 0].toSorted((a, b) => a - b) as [number, number]
      assert.ok(at({ quotient: cents(low) }) <= at({ quotient: cents(high) }))
      assert.ok(at({ quotient: cents(high) }) <= at({ quotient: undefined }))
    }),
  )
})

test('33 % and 67 % of one price are each rounded half up, a cent apart from the whole at most', () => {
  assert.equal(sharedPrice(ask()!, 3_300).cents, 266) // 2.6565 €
  assert.equal(sharedPrice(ask()!, 6_700).cents, 539) // 5.3935 €
  fc.assert(
    fc.property(rules, questions, parts, (voted, asked, first) => {
      const whole = priceStay({ ...asked, ...withRule(voted) })!
      const both = sharedPrice(whole, first).cents + sharedPrice(whole, 10_000 - first).cents
      assert.ok(both - whole.cents === 0 || both - whole.cents === 1)
    }),
  )
})

test('a tariff of leisure centres as towns vote them may be kept; one out of bounds is refused by its field', () => {
  const faults = (changes: Partial<LeisureRule>) =>
    tariffErrors(tariff(changes), []).map(({ field, code }) => `${field} ${code}`)
  assert.deepEqual(faults({}), [])
  assert.deepEqual(faults({ halfDay: null, lunch: null, deposit: 10_000 }), [])
  assert.deepEqual(faults({ weekDiscount: -1, siblingReduction: 10_001, deposit: 0.5 }), [
    'rule.weekDiscount negative',
    'rule.siblingReduction too-high',
    'rule.deposit not-a-whole-number',
  ])
  assert.deepEqual(faults({ day: { residents: brackets(500, 400, 600), nonResidents: flat(-1) } }), [
    'rule.day.residents.brackets.1.price price-falls',
    'rule.day.nonResidents.price negative',
  ])
  assert.deepEqual(faults({ lunch: { residents: flat(100_001), nonResidents: flat(1) } }), [
    'rule.lunch.residents.price too-high',
  ])
  const others = [tariff({}, 'leisure-wednesdays')]
  assert.deepEqual(tariffErrors(tariff(), others), [], 'another service’s dates do not matter')
})
