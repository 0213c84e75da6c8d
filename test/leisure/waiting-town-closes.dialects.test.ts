import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stayPricesOf } from '../../src/billing/leisure-books.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { leisureConsumptionOfMonth, staySource } from '../../src/leisure/consumption.ts'
import { quoteStays } from '../../src/leisure/prices.ts'
import { signupById } from '../../src/leisure/signups.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { closeDay } from '../../src/leisure/waiting/close-day.ts'
import { createTariff } from '../../src/tariffs/service.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { choice, day, hold, plan, XMAS } from './signing-up-world.ts'
import { book, type Plan } from './waiting-world.ts'
import { withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { read } = t.town.db
const NOW = '2026-11-23T09:00:00+01:00'
t.at(NOW)
const [MONDAY, TUESDAY] = [XMAS[0]!, XMAS[1]!]
const flat = {
  residents: { kind: 'flat', price: cents(1_000) },
  nonResidents: { kind: 'flat', price: cents(2_000) },
} as const
const { actor: cashier } = await clerkAccount(t, 'cash-office')
const { actor: clerk } = await clerkAccount(t, 'leisure')
await createTariff(t.town, cashier, {
  service: 'leisure',
  from: day('2026-09-01'),
  to: null,
  rule: {
    day: flat,
    halfDay: flat,
    lunch: null,
    lunchOnDays: 'included',
    weekDiscount: 1_000,
    siblingReduction: 2_000,
    deposit: 0,
    chargedAt: 'attendance',
    chargesAbsence: true,
  },
})

/** What each of these days of a sign-up costs its household now, in cents. */
async function costs(home: Family, id: Id<'leisure-signup'>, days: readonly string[]) {
  const prices = await stayPricesOf(read, [home.household], days.map(day))
  return days.map(iso => prices.get(`${staySource(id, day(iso))} ${home.household}`)?.cents)
}

const close = (centre: Plan, iso: string, groups = centre.groups) =>
  closeDay(t.town, clerk, { centreId: centre.centreId, day: day(iso), groupIds: groups, reason: 'Grève' })
const week = { unit: 'week' } as const

test('a day that the town closes costs nothing, and the other days keep the price of the week', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const home = await family(t, { signedIn: false })
  const id = await book(t, home, centre, XMAS, week)
  assert.deepEqual(await costs(home, id, XMAS), [900, 900, 900, 900])
  await close(centre, MONDAY)
  assert.deepEqual(await costs(home, id, XMAS), [undefined, 900, 900, 900])
  const charged = (await leisureConsumptionOfMonth(read, Temporal.PlainYearMonth.from('2026-12'))).filter(
    ({ signupId }) => signupId === id,
  )
  assert.deepEqual(
    charged.map(stay => [stay.day.toString(), stay.wholeWeek]),
    XMAS.slice(1).map(iso => [iso, true]),
  )
})

test('nor does a day that a clerk gives back because of the town; one that the family cancels in time does', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const [freed, cancels] = [await family(t, { signedIn: false }), await family(t, { signedIn: false })]
  const id = await book(t, freed, centre, XMAS, week)
  await cancelDays(t.town, clerk, id, [day(MONDAY)], { byClerk: { reason: 'Inondation', forNothing: true } })
  assert.deepEqual(await costs(freed, id, XMAS), [undefined, 900, 900, 900])
  const { days = [] } = (await signupById(read, id)) ?? {}
  assert.deepEqual(
    days.map(({ late, excused }) => [late, excused]),
    [[false, true], ...Array(3).fill([false, false])],
  )
  const other = await book(t, cancels, centre, XMAS, week)
  await cancelDays(t.town, cancels.actor, other, [day(MONDAY)])
  assert.deepEqual(await costs(cancels, other, XMAS), [undefined, 1_000, 1_000, 1_000])
  const asked = { byClerk: { reason: 'La famille appelle', forNothing: false } }
  const byPhone = await family(t, { signedIn: false })
  const third = await book(t, byPhone, centre, XMAS, week)
  await cancelDays(t.town, clerk, third, [day(MONDAY)], asked)
  assert.deepEqual(await costs(byPhone, third, XMAS), [undefined, 1_000, 1_000, 1_000])
})

test('when the town closes the elder’s group only, the younger child does not lose its reduction', async () => {
  t.at(NOW)
  const groups = [
    { name: 'Petits', minAge: 3, maxAge: 6 },
    { name: 'Grands', minAge: 7, maxAge: 12 },
  ]
  const centre = await plan(t, { groups })
  const home = await family(t, {
    signedIn: false,
    children: [
      { firstName: 'Nino', birthDate: '2016-05-01' },
      { firstName: 'Rosa', birthDate: '2021-05-01' },
    ],
  })
  const rosa = home.children[1]!.id
  const elder = await book(t, home, centre, [MONDAY, TUESDAY])
  const younger = await book(t, home, centre, [MONDAY, TUESDAY], { child: rosa })
  assert.deepEqual(await costs(home, younger, [MONDAY, TUESDAY]), [800, 800])
  await close(centre, MONDAY, [centre.groups[1]!])
  assert.deepEqual(await costs(home, elder, [MONDAY, TUESDAY]), [undefined, 1_000])
  assert.deepEqual(await costs(home, younger, [MONDAY, TUESDAY]), [800, 800])
  // And whoever asks for a price now is told the same.
  const { days, ...way } = choice(centre, rosa, [MONDAY])
  const stay = {
    ...way,
    childId: rosa,
    day: days[0]!,
    periodKind: 'holidays',
    wholeWeek: false,
    situation: 'stay',
  } as const
  assert.deepEqual(
    (await quoteStays(read, home.household, [stay])).map(price => price?.cents),
    [800],
  )
  // A place that the family gave back itself counts for nobody.
  await cancelDays(t.town, home.actor, elder, [day(TUESDAY)])
  assert.deepEqual(await costs(home, younger, [MONDAY, TUESDAY]), [800, 1_000])
})

test('the places counted are the places taken', async () => {
  await hold(t, await family(t, { signedIn: false }), await plan(t), [MONDAY])
  for (const { check } of t.invariants) assert.deepEqual(await check(read), [])
})
