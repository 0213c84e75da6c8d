import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Charge,
  documentNumber,
  dueDate,
  invoiceOutcome,
  linesOf,
  numberSeriesOf,
  odditiesOf,
  pricesByHousehold,
  repriced,
  totalOf,
} from '../../src/billing/rules.ts'
import { workingDays } from '../../src/kernel/calendar.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { type Cents, cents, sum } from '../../src/kernel/money.ts'
import { sharesOfDay } from '../../src/people/custody.ts'
import { type Priced, type PriceExplanation, priceOf, type Tariff } from '../../src/tariffs/rules.ts'

const day = Temporal.PlainDate.from
const mother = 'mother' as Id<'household'>
const father = 'father' as Id<'household'>
const lea = 'lea' as Id<'person'>
const tom = 'tom' as Id<'person'>
const priced = (amount: number, code: 'flat' | 'no-quotient' = 'flat'): Priced => ({
  cents: cents(amount),
  explanation: [{ code, price: cents(amount) }],
})
const charge = (on: string, amount: number, changes: Partial<Charge> = {}): Charge => ({
  childId: lea,
  service: 'canteen',
  kind: 'meal',
  day: day(on),
  amount: cents(amount),
  explanation: priced(amount).explanation,
  ...changes,
})

test('trap 14: of a meal shared 33 % and 67 %, each pays its part of its own price, and the sum may be off by a cent', () => {
  const shares = (firstShare: number) =>
    sharesOfDay(
      { kind: 'percentage', first: mother, second: father, firstShare, from: day('2026-09-01') },
      day('2026-11-23'),
    )
  const own = (household: Id<'household'>) => (household === mother ? priced(115) : priced(180, 'no-quotient'))
  const split = pricesByHousehold(shares(3300), own)
  assert.deepEqual(
    split.prices.map(p => [p.household, p.price.cents]),
    [
      [mother, 38], // 37.95
      [father, 121], // 120.6
    ],
  )
  const halves = pricesByHousehold(shares(5000), () => priced(115)).prices.map(p => p.price.cents)
  assert.deepEqual(halves, [58, 58], 'rounded half up on each line: 1.16 € for a meal of 1.15 €')
  const alone = pricesByHousehold([{ household: mother, basisPoints: 10_000 }], own)
  assert.deepEqual(alone.prices[0]?.price, priced(115))
})

test('a household without price is not billed at random: it is listed', () => {
  const shares = [
    { household: mother, basisPoints: 5000 },
    { household: father, basisPoints: 5000 },
  ]
  const { prices, unpriced } = pricesByHousehold(shares, h => (h === mother ? priced(100) : undefined))
  assert.deepEqual([prices.map(p => p.household), unpriced], [[mother], [father]])
})

test('equal meals of a child are one line with its quantity, its unit price and its days', () => {
  const lines = linesOf([
    charge('2026-11-24', 115),
    charge('2026-11-23', 115),
    charge('2026-11-23', 115, { childId: tom }),
    charge('2026-11-26', 215, { kind: 'unbooked-meal' }),
    charge('2026-11-30', 180, { explanation: priced(180, 'no-quotient').explanation }),
  ])
  assert.deepEqual(
    lines.map(l => [l.childId, l.kind, l.quantity, l.unit, l.amount, l.days.join()]),
    [
      [lea, 'meal', 2, 115, 230, '2026-11-23,2026-11-24'],
      [lea, 'unbooked-meal', 1, 215, 215, '2026-11-26'],
      [lea, 'meal', 1, 180, 180, '2026-11-30'],
      [tom, 'meal', 1, 115, 115, '2026-11-23'],
    ],
  )
})

test('trap 12: meals at one price for two reasons are two lines, so that each can be explained', () => {
  const other: PriceExplanation = [{ code: 'non-resident' }, { code: 'flat', price: cents(115) }]
  assert.equal(linesOf([charge('2026-11-23', 115), charge('2026-11-24', 115, { explanation: other })]).length, 2)
})

test('trap 7: twins are two children, each with their own lines', () => {
  const twins = linesOf([charge('2026-11-23', 115), charge('2026-11-23', 115, { childId: tom })])
  assert.deepEqual(
    twins.map(l => l.childId),
    [lea, tom],
  )
})

test('grouping loses no cent and no day', () => {
  const charges = fc.array(
    fc
      .record({
        n: fc.nat(30),
        amount: fc.integer({ min: -500, max: 500 }),
        child: fc.constantFrom(lea, tom),
        kind: fc.constantFrom('meal', 'absence'),
      })
      .map(({ n, amount, child, kind }) =>
        charge(day('2026-11-01').add({ days: n }).toString(), amount, { childId: child, kind }),
      ),
  )
  fc.assert(
    fc.property(charges, list => {
      const lines = linesOf(list)
      assert.equal(totalOf(lines), sum(list.map(c => c.amount)))
      assert.equal(
        lines.reduce((n, line) => n + line.days.length, 0),
        list.length,
      )
      for (const line of lines) assert.equal(line.amount, line.unit * line.quantity)
    }),
  )
})

test('trap 15: an invoice of 0.00 € exists and asks for nothing; trap 16: a negative month is money in hand', () => {
  assert.deepEqual(invoiceOutcome(cents(1955)), { kind: 'to-pay', amount: 1955 })
  assert.deepEqual(invoiceOutcome(cents(0)), { kind: 'nothing-to-pay', amount: 0 })
  assert.deepEqual(invoiceOutcome(totalOf([{ amount: cents(115) }, { amount: cents(-230) }])), {
    kind: 'in-credit',
    amount: 115,
  })
})

test('an invoice is due thirty days after it went out, on a day when the cash office works', () => {
  const calendar = workingDays({ closures: new Set(['2026-12-28']) })
  assert.equal(dueDate(day('2026-11-02'), 30, calendar).toString(), '2026-12-02')
  assert.equal(dueDate(day('2026-11-05'), 30, calendar).toString(), '2026-12-07') // a Saturday
  assert.equal(dueDate(day('2026-11-25'), 30, calendar).toString(), '2026-12-29') // Christmas, week-end, closed
})

test('trap 17: December billed in January is numbered in the new year, which begins at 1', () => {
  assert.equal(numberSeriesOf('invoice', day('2026-12-31')), 'invoice:2026')
  assert.equal(numberSeriesOf('invoice', day('2027-01-04')), 'invoice:2027')
  assert.equal(documentNumber('invoice', day('2027-01-04'), 1), 'F2027-000001')
})

test('each kind of document has its letter, and numbers sort as text', () => {
  const issued = day('2026-11-02')
  assert.equal(documentNumber('invoice', issued, 123), 'F2026-000123')
  assert.equal(documentNumber('credit-note', issued, 4), 'A2026-000004')
  assert.equal(documentNumber('receipt', issued, 87), 'R2026-000087')
  const numbers = [9, 10, 99, 100, 12345].map(n => documentNumber('invoice', issued, n))
  assert.deepEqual(numbers.toSorted(), numbers)
  for (const wrong of [0, -1, 1.5, Number.NaN])
    assert.throws(() => documentNumber('invoice', issued, wrong), RangeError)
})

const oddities = (amounts: number[], previous: number[] = [], unpriced = 0) =>
  odditiesOf({
    lines: amounts.map(amount => ({ amount: cents(amount), explanation: priced(amount).explanation })),
    unpriced,
    previousTotals: previous.map(cents),
  }).map(o => o.code)

test('a draft shows what a clerk should look at before it goes out', () => {
  assert.deepEqual(oddities([1955], [1800, 2000]), [])
  assert.deepEqual(oddities([]), ['zero'])
  assert.deepEqual(oddities([115, -115]), ['zero'])
  assert.deepEqual(oddities([-115]), ['in-credit'])
  assert.deepEqual(oddities([115], [], 2), ['no-tariff'])
  const without = odditiesOf({
    lines: [{ amount: cents(180), explanation: priced(180, 'no-quotient').explanation }],
    unpriced: 0,
    previousTotals: [],
  })
  assert.deepEqual(without, [{ code: 'no-quotient' }])
})

test('unusually high is twice the usual month and thirty euros more; a first month has no usual', () => {
  assert.deepEqual(oddities([6000], [2000, 2100, 1900]), ['unusually-high'])
  assert.deepEqual(oddities([3900], [2000, 2100, 1900]), [])
  assert.deepEqual(oddities([900], [300, 300]), [], 'three times 3 € is no matter')
  assert.deepEqual(oddities([6000], [2000, 50_000, 2000]), ['unusually-high'], 'one odd month does not hide the next')
  assert.deepEqual(oddities([60_000]), [])
})

test('trap 10: a quotient confirmed after the invoice went out gives back the difference, day by day', () => {
  const bracket = {
    kind: 'brackets',
    brackets: [
      { upTo: cents(38112), price: cents(90) },
      { upTo: null, price: cents(180) },
    ],
  } as const
  const tariffs: Tariff[] = [
    {
      id: 'tariff' as Id<'tariff'>,
      service: 'canteen',
      from: day('2026-09-01'),
      to: null,
      rule: {
        residents: bracket,
        nonResidents: bracket,
        mealTypes: {},
        unbooked: { kind: 'same' },
        chargesAbsence: true,
      },
    },
  ]
  const price = (on: Temporal.PlainDate, quotient: Cents | undefined) =>
    priceOf({ service: 'canteen', day: on, tariffs, quotient, resident: true, mealType: 'standard', situation: 'meal' })
  const issued = ['2026-10-05', '2026-10-13', '2026-10-15'].map(text =>
    charge(text, price(day(text), undefined)?.cents ?? 0),
  )
  const fromThe12th = (on: Temporal.PlainDate) =>
    Temporal.PlainDate.compare(on, day('2026-10-12')) < 0 ? undefined : cents(30000)
  const changed = repriced(issued, c => price(c.day, fromThe12th(c.day)))
  assert.deepEqual(
    changed.map(c => [c.charge.day.toString(), c.price.cents, c.difference]),
    [
      ['2026-10-13', 90, -90],
      ['2026-10-15', 90, -90],
    ],
  )
  assert.deepEqual(
    repriced(issued, c => price(c.day, undefined)),
    [],
    'asked twice, nothing changes',
  )
})
