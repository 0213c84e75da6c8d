import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cents } from '../../src/kernel/money.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { quoteFor } from '../../src/tariffs/quotes.ts'
import { createTariff, type NewTariff, withdrawTariff } from '../../src/tariffs/service.ts'
import { tariffsOf } from '../../src/tariffs/store.ts'
import { brackets, day, flat, quotient, tariff } from '../billing/month.ts'
import { clerkAccount, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-23T09:00:00+01:00')
const { actor: clerk } = await clerkAccount(t, 'cash-office')

const next = (from: string, to: string | null = null): NewTariff => ({
  service: 'canteen',
  from: day(from),
  to: to === null ? null : day(to),
  rule: brackets,
})
const fieldsOf = async (wish: NewTariff) => {
  try {
    await createTariff(town, clerk, wish)
    return []
  } catch (error) {
    if (error instanceof Problem) return error.errors.map(({ field, code }) => `${field} ${code}`)
    throw error
  }
}

test('only the cash office and administrators may change prices', async () => {
  const { actor: canteen } = await clerkAccount(t, 'canteen')
  const parent = await family(t, { signedIn: false })
  await assert.rejects(createTariff(town, canteen, next('2027-09-01')), { code: 'not-found' })
  await assert.rejects(createTariff(town, parent.actor, next('2027-09-01')), { code: 'not-found' })
  await assert.rejects(createTariff(town, { kind: 'anonymous' }, next('2027-09-01')), { code: 'sign-in-first' })
})

test('next year’s prices, entered now, apply from their day on; the ones in force stay until the day before', async () => {
  await tariff(town, flat(300), '2026-09-01')
  await createTariff(town, clerk, { ...next('2027-09-01'), rule: flat(320) })
  const { household } = await family(t, { signedIn: false })
  const price = async (on: string) =>
    (
      await quoteFor(town.db.read, {
        householdId: household,
        child: {},
        day: day(on),
        mealType: 'standard',
        kind: 'meal',
      })
    )?.cents
  assert.deepEqual(
    [await price('2026-08-31'), await price('2027-08-31'), await price('2027-09-01')],
    [undefined, 300, 320],
  )
})

test('a tariff that overlaps another, or leaves days without price, is refused by its field', async () => {
  assert.deepEqual(await fieldsOf(next('2027-09-01')), ['from overlaps-tariff'])
  assert.deepEqual(await fieldsOf(next('2027-01-01', '2027-09-30')), ['to overlaps-tariff'])
  assert.deepEqual(await fieldsOf(next('2027-01-01', '2027-08-30')), ['to leaves-a-gap'])
  assert.deepEqual(await fieldsOf(next('2028-01-01', '2027-12-31')), ['to ends-before-it-begins'])
  assert.deepEqual(await fieldsOf(next('2026-11-01')), ['from date-in-past'])
  assert.deepEqual(await fieldsOf(next('2027-03-01', '2027-08-31')), [])
  const other = await testTown()
  other.at('2026-11-23T09:00:00+01:00')
  await createTariff(other.town, clerk, next('2026-09-01', '2027-08-31'))
  await assert.rejects(createTariff(other.town, clerk, next('2027-09-02')), {
    errors: [{ field: 'from', code: 'leaves-a-gap', params: { from: '2027-09-01' } }],
  })
})

test('two clerks who enter the same day at once: one is told', async () => {
  const results = await Promise.allSettled([1, 2].map(() => createTariff(town, clerk, next('2029-09-01'))))
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const same = (await tariffsOf(town.db.read, 'canteen')).filter(({ from }) => from.equals(day('2029-09-01')))
  assert.equal(same.length, 1)
})

test('a tariff can be withdrawn until it begins', async () => {
  const id = await createTariff(town, clerk, next('2030-09-01'))
  const begun = (await tariffsOf(town.db.read, 'canteen'))[0]!
  await assert.rejects(withdrawTariff(town, clerk, begun.id), { code: 'tariff-in-force' })
  await withdrawTariff(town, clerk, id)
  await assert.rejects(withdrawTariff(town, clerk, id), { code: 'not-found' })
})

test('a household is quoted its own price: the highest until its quotient is confirmed, its share of a shared meal', async () => {
  const own = await testTown()
  own.at('2026-11-23T09:00:00+01:00')
  await tariff(own.town, brackets, '2026-09-01')
  const mother = await family(own, { signedIn: false })
  const father = await secondHousehold(own, mother, {
    quotient: 3e4,
    from: '2026-09-01',
    terms: {
      kind: 'percentage',
      firstShare: 1e4,
    },
    signedIn: false,
  })
  const { childOf } = await import('../../src/people/store.ts')
  const quote = async (householdId: typeof mother.household, kind: 'meal' | 'unbooked-meal' = 'meal') => {
    const child = await childOf(own.town.db.read, householdId, mother.children[0]!.id)
    const asked = { householdId, child, day: day('2026-11-24'), mealType: 'standard', kind } as const
    return (await quoteFor(own.town.db.read, asked))?.cents
  }
  assert.equal(await quote(mother.household), 360)
  assert.equal(await quote(mother.household, 'unbooked-meal'), 510)
  assert.equal(await quote(father.household), cents(0)) // the mother pays it all
  await quotient(own.town, mother.household, 50_000, '2026-11-24')
  assert.equal(await quote(mother.household), 240)
})
