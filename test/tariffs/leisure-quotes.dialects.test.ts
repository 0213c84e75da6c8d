import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Actor } from '../../src/kernel/actor.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { pricesOfStays, quoteStays } from '../../src/leisure/prices.ts'
import { leisureSignupDays, leisureSignups } from '../../src/leisure/schema.ts'
import { eldestOfDays, isWholeWeek, type SignedStay, type StayChild } from '../../src/leisure/stays.ts'
import type { LeisureRule } from '../../src/tariffs/leisure-rules.ts'
import type { Scale } from '../../src/tariffs/rules.ts'
import { createTariff } from '../../src/tariffs/service.ts'
import { day, quotient } from '../billing/month.ts'
import { clerkAccount, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-23T09:00:00+01:00')
const { actor: cashier } = await clerkAccount(t, 'cash-office')

const byQuotient = (low: number, high: number): Scale => ({
  kind: 'brackets',
  brackets: [
    { upTo: cents(50_000), price: cents(low) },
    { upTo: null, price: cents(high) },
  ],
})
const scales = (low: number, high: number) => ({
  residents: byQuotient(low, high),
  nonResidents: { kind: 'flat', price: cents(3_000) } as const,
})
const rule: LeisureRule = {
  day: scales(500, 1_000),
  halfDay: scales(300, 600),
  lunch: scales(100, 200),
  lunchOnDays: 'included',
  weekDiscount: 1_000,
  siblingReduction: 2_000,
  deposit: 0,
  chargedAt: 'attendance',
  chargesAbsence: true,
}
const vote = (actor: Actor, service: 'leisure' | 'leisure-wednesdays', changes: Partial<LeisureRule> = {}) =>
  createTariff(town, actor, { service, from: day('2026-09-01'), to: null, rule: { ...rule, ...changes } })

const three = await family(t, {
  signedIn: false,
  children: [
    { firstName: 'Rosa', birthDate: '2020-05-01' },
    { firstName: 'Nino', birthDate: '2016-05-01' },
    { firstName: 'Lina', birthDate: '2020-05-01' },
  ],
})
const [rosa, nino, lina] = three.children.map(({ id }) => id) as [Id<'person'>, Id<'person'>, Id<'person'>]

const stay = (childId: Id<'person'>, on: string, changes: Partial<SignedStay> = {}): SignedStay => ({
  childId,
  householdId: three.household,
  day: day(on),
  periodKind: 'holidays',
  unit: 'day',
  part: 'day',
  meal: true,
  wholeWeek: false,
  situation: 'stay',
  ...changes,
})
const quoted = async (household: Id<'household'>, stays: readonly SignedStay[]) =>
  (await quoteStays(town.db.read, household, stays)).map(price => price?.cents)
const billed = async (stays: readonly SignedStay[]) =>
  (await pricesOfStays(town.db.read, stays)).map(({ prices }) => prices.map(({ price }) => price.cents))

/** Places that a child has already. */
async function places(
  householdId: Id<'household'>,
  childId: Id<'person'>,
  on: string,
  state: 'held' | 'booked' | 'offered' | 'cancelled',
  what: Partial<typeof leisureSignupDays.$inferInsert> = {},
) {
  const id = newId<'leisure-signup'>()
  await town.db.transaction(async tx => {
    await tx.insert(leisureSignups).values({
      id,
      householdId,
      childId,
      centreId: newId<'leisure-centre'>(),
      periodId: newId<'leisure-period'>(),
      unit: 'day',
      part: 'day',
      meal: true,
      state,
      since: town.clock.now(),
    })
    await tx.insert(leisureSignupDays).values({
      signupId: id,
      day: day(on),
      childId,
      groupId: newId<'leisure-group'>(),
      part: 'day',
      state: 'taken',
      ...what,
    })
  })
}

test('without a tariff nothing is quoted, and billing is told whom it cannot charge', async () => {
  const stays = [stay(nino, '2026-12-21')]
  assert.deepEqual(await quoted(three.household, stays), [undefined])
  assert.deepEqual(await pricesOfStays(town.db.read, stays), [
    { stay: stays[0], prices: [], unpriced: [three.household] },
  ])
  assert.deepEqual(await quoted(three.household, []), [])
})

test('the eldest who comes that day pays whole, the others less; of twins always the same one', async () => {
  await vote(cashier, 'leisure')
  const all = [stay(rosa, '2026-12-21'), stay(lina, '2026-12-21'), stay(nino, '2026-12-21'), stay(rosa, '2026-12-22')]
  assert.deepEqual(await quoted(three.household, all), [800, 800, 1_000, 1_000])
  const twins = [stay(rosa, '2026-12-23'), stay(lina, '2026-12-23')]
  const prices = await quoted(three.household, twins)
  assert.deepEqual((await quoted(three.household, twins.toReversed())).toReversed(), prices)
  assert.deepEqual(
    prices.map(price => price === 1_000),
    [rosa < lina, lina < rosa],
  )
})

test('places that a brother has already, in a basket or booked, reduce the price; an offer not taken up does not', async () => {
  const asked = async (on: string) => (await quoted(three.household, [stay(rosa, on)]))[0]
  await places(three.household, nino, '2027-02-08', 'held')
  await places(three.household, nino, '2027-02-09', 'booked')
  await places(three.household, nino, '2027-02-10', 'offered')
  await places(three.household, nino, '2027-02-11', 'cancelled', { state: 'freed', late: true })
  await places(three.household, nino, '2027-02-12', 'cancelled', { state: 'freed' })
  await places(three.household, nino, '2027-02-15', 'booked', { excused: true })
  await places(three.household, lina, '2027-02-16', 'booked', { state: 'asked' })
  const days = ['08', '09', '10', '11', '12', '15', '16'].map(on => `2027-02-${on}`)
  assert.deepEqual(await Promise.all(days.map(asked)), [800, 800, 1_000, 800, 1_000, 1_000, 1_000])
  assert.deepEqual(await quoted(three.household, [stay(nino, '2027-02-08')]), [1_000], 'his own place is his own')
})

test('a household pays by its own quotient and address, on the day', async () => {
  await quotient(town, three.household, 30_000, '2026-12-22')
  const on = (text: string) => stay(nino, text, { part: 'morning', unit: 'half-day-with-meal' })
  assert.deepEqual(await quoted(three.household, [on('2026-12-21'), on('2026-12-22')]), [800, 400])
  const away = await family(t, { signedIn: false, resident: false })
  const child = away.children[0]!.id
  assert.deepEqual(await quoted(away.household, [stay(child, '2026-12-21', { householdId: away.household })]), [3_000])
})

test('a child in custody by percentage is divided 33 / 67, each by the own quotient, and counts in both homes', async () => {
  const mother = await family(t, {
    signedIn: false,
    children: [
      { firstName: 'Sami', birthDate: '2015-01-01' },
      { firstName: 'Zoé', birthDate: '2019-01-01' },
    ],
  })
  const [sami, zoe] = mother.children.map(({ id }) => id) as [Id<'person'>, Id<'person'>]
  const terms = { kind: 'percentage', firstShare: 3_300 } as const
  const father = await secondHousehold(t, mother, { child: sami, terms, from: '2026-09-01', signedIn: false })
  await quotient(town, father.household, 0)
  const of = (childId: Id<'person'>, householdId: Id<'household'>) => stay(childId, '2026-12-21', { householdId })
  const all = [of(sami, mother.household), of(zoe, mother.household)]
  assert.deepEqual(await billed(all), [[330, 335], [800]])
  assert.deepEqual(await quoted(mother.household, all), [330, 800])
  assert.deepEqual(await quoted(father.household, [of(sami, father.household)]), [335])
  // The father signs up: at the mother's, he is still the elder brother.
  await places(father.household, sami, '2026-12-22', 'booked')
  assert.deepEqual(await quoted(mother.household, [{ ...of(zoe, mother.household), day: day('2026-12-22') }]), [800])
})

test('by alternating weeks a stay is all of the household that signed up', async () => {
  const mother = await family(t, { signedIn: false })
  const child = mother.children[0]!.id
  const father = await secondHousehold(t, mother, { signedIn: false, from: '2026-09-01' })
  const stays = [mother, father].map(({ household: householdId }) => stay(child, '2026-12-21', { householdId }))
  assert.deepEqual(await billed(stays), [[1_000], [1_000]])
})

test('who is excused pays nothing, and is no elder brother that day', async () => {
  const stays = [stay(nino, '2026-12-28', { situation: 'excused' }), stay(rosa, '2026-12-28')]
  assert.deepEqual(await billed(stays), [[0], [500]])
  const late = [stay(nino, '2026-12-28', { situation: 'late-cancelled' }), stay(rosa, '2026-12-28')]
  assert.deepEqual(await billed(late), [[500], [400]])
})

test('a week without one day is no week any more when the day was given back in time', () => {
  const [taken, inTime] = [
    { state: 'taken', late: false, excused: false },
    { state: 'freed', late: false, excused: false },
  ] as const
  assert.equal(isWholeWeek({ unit: 'week', days: [taken, taken, taken, taken, taken] }), true)
  assert.equal(isWholeWeek({ unit: 'week', days: [taken, taken, inTime, taken, taken] }), false)
  assert.equal(isWholeWeek({ unit: 'week', days: [taken, { ...inTime, late: true }] }), true)
  assert.equal(isWholeWeek({ unit: 'week', days: [taken, { ...inTime, excused: true }] }), true)
  assert.equal(isWholeWeek({ unit: 'day', days: [taken] }), false)
})

test('on Wednesdays of term the prices of Wednesdays apply, with their own reductions', async () => {
  await vote(cashier, 'leisure-wednesdays', { day: scales(700, 700), siblingReduction: 5_000 })
  const stays = [nino, rosa].map(child => stay(child, '2026-12-09', { periodKind: 'wednesdays' }))
  assert.deepEqual(await quoted(three.household, stays), [700, 350])
  assert.deepEqual(await billed(stays), [[700], [350]])
})

test('the basket, the confirmation and the invoice have one price, in whatever order the stays come', async () => {
  const someStay = fc.record({
    childId: fc.constantFrom(rosa, nino, lina),
    on: fc.constantFrom('2027-04-12', '2027-04-13', '2027-04-14'),
    part: fc.constantFrom('day', 'morning', 'afternoon'),
    meal: fc.boolean(),
    wholeWeek: fc.boolean(),
    situation: fc.constantFrom('stay', 'absence', 'late-cancelled', 'excused'),
  })
  const shuffled = fc
    .uniqueArray(someStay, { selector: ({ childId, on }) => `${childId} ${on}`, minLength: 1 })
    .chain(stays => fc.tuple(fc.constant(stays), fc.shuffledSubarray(stays, { minLength: stays.length })))
  await fc.assert(
    fc.asyncProperty(shuffled, async ([some, again]) => {
      const [stays, other] = [some, again].map(list => list.map(({ on, ...rest }) => stay(rest.childId, on, rest)))
      const prices = await quoted(three.household, stays!)
      assert.deepEqual(
        await billed(stays!),
        prices.map(price => [price]),
      )
      const reordered = await quoted(three.household, other!)
      assert.deepEqual(
        reordered,
        again.map(one => prices[some.indexOf(one)]),
      )
    }),
    { numRuns: 30 },
  )
})

test('one child of each household and day is the eldest, whatever the order', () => {
  const ids = ['a', 'b', 'c', 'd'] as Id<'person'>[]
  const household = 'home' as Id<'household'>
  const births = fc.array(fc.constantFrom('2018-01-01', '2018-01-02', '2016-02-29'), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(births, fc.shuffledSubarray(ids, { minLength: 1 }), (dates, there) => {
      const children = new Map(ids.map((id, i): [typeof id, StayChild] => [id, { id, birthDate: day(dates[i]!) }]))
      const present = there.map(id => stay(id, '2026-12-21', { householdId: household }))
      const eldest = eldestOfDays([], children, present).get(`${household} 2026-12-21`)
      const [expected] = there.toSorted((a, b) =>
        `${dates[ids.indexOf(a)]}${a}` < `${dates[ids.indexOf(b)]}${b}` ? -1 : 1,
      )
      assert.equal(eldest?.id, expected)
    }),
  )
})
