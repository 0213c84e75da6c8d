import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basketOf, confirmBasket, removeFromBasket } from '../../src/leisure/signing-up/basket.ts'
import { holdChoices } from '../../src/leisure/signing-up/hold.ts'
import { HELD_FOR } from '../../src/leisure/signing-up/hold-write.ts'
import { rankOf } from '../../src/leisure/waiting/ranks.ts'
import { family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { choice, day, hold, plan, takenOn, told, XMAS, XMAS_2 } from './signing-up-world.ts'

const t = await testTown()
const NOW = '2026-11-23T09:00:00+01:00'
const parent = (given = {}) => family(t, { signedIn: false, ...given })
const problem = (status: number, code: string) => (error: unknown) => {
  assert.ok(error instanceof Error)
  assert.deepEqual({ status: (error as never)['status'], code: (error as never)['code'] }, { status, code })
  return true
}

test('a whole week and single days of two children are held for ten minutes, then confirmed', async () => {
  const centre = await plan(t)
  const awa = await parent({ children: ['Inès', 'Malo'] })
  const [ines, malo] = awa.children.map(({ id }) => id)
  const held = await holdChoices(
    t.town,
    awa.actor,
    centre.periodId,
    [
      choice(centre, ines!, XMAS, { unit: 'week' }),
      choice(centre, malo!, XMAS, { unit: 'week' }),
      choice(centre, malo!, ['2026-12-28'], { unit: 'half-day', part: 'morning', meal: false }),
    ],
    { waitWhenFull: true },
  )
  assert.equal(held.held.length, 3)
  assert.deepEqual([held.waiting, held.refused, held.already], [[], [], []])
  assert.equal(held.basket?.heldUntil, Temporal.Instant.from(NOW).add(HELD_FOR).toString())
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-21'), [2, 2])
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-28'), [1, 0])
  const basket = await basketOf(t.town.db.read, awa.household)
  assert.equal(basket?.signups.length, 3)

  const done = await confirmBasket(t.town, awa.actor, held.basket.id, 'k1')
  assert.equal(done.signupIds.length, 3)
  assert.deepEqual(await confirmBasket(t.town, awa.actor, held.basket.id, 'k1'), done)
  assert.deepEqual(await confirmBasket(t.town, awa.actor, held.basket.id), done, 'without its key too')
  assert.equal(await basketOf(t.town.db.read, awa.household), undefined)
  assert.ok((await told(t, awa)).every(line => line.startsWith('booked')))
})

test('a full day puts the choice into the waiting list, with its rank, or refuses it, as was wanted', async () => {
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const [first, second, third, fourth] = [await parent(), await parent(), await parent(), await parent()]
  assert.equal((await hold(t, first, centre, ['2026-12-22'])).held.length, 1)
  const waits = await hold(t, second, centre, XMAS, { unit: 'week' })
  assert.deepEqual(
    waits.waiting.map(({ rank }) => rank),
    [1],
  )
  assert.equal(waits.basket, null, 'who only waits has nothing to confirm')
  assert.deepEqual(
    (await hold(t, third, centre, ['2026-12-22'])).waiting.map(({ rank }) => rank),
    [2],
  )
  const refused = await hold(t, fourth, centre, ['2026-12-21', '2026-12-22'], { wait: false })
  assert.deepEqual(
    refused.refused.map(({ code, refusedDays }) => ({ code, refusedDays })),
    [{ code: 'full', refusedDays: ['2026-12-22'] }],
  )
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-21'), [0, 0], 'all of its days or none')
})

test('the same request sent twice is done once, and told what the first one was, full or not since', async () => {
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const awa = await parent()
  const one = await hold(t, awa, centre, ['2026-12-22'], { key: 'form-1' })
  t.at('2026-11-23T09:20:00+01:00')
  await t.settle()
  await hold(t, await parent(), centre, ['2026-12-22'])
  assert.deepEqual(await hold(t, awa, centre, ['2026-12-22'], { key: 'form-1' }), one)
  assert.equal((await told(t, awa)).length, 1)
  await assert.rejects(hold(t, awa, centre, ['2026-12-23'], { key: 'form-1' }), problem(409, 'key-reused'))
  t.at(NOW)
})

test('of eight at once for the last place one has it; the others wait, each at the rank it was told', async () => {
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const families = await Promise.all(Array.from({ length: 8 }, () => parent()))
  const answers = await Promise.all(families.map(one => hold(t, one, centre, ['2026-12-22'])))
  assert.equal(answers.filter(({ held }) => held.length === 1).length, 1)
  const waiting = answers.flatMap(answer => answer.waiting)
  assert.deepEqual(
    waiting.map(({ rank }) => rank).sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7],
  )
  const ranks = await rankOf(
    t.town.db.read,
    waiting.map(({ signupId }) => signupId),
  )
  for (const { signupId, rank } of waiting) assert.equal(ranks.get(signupId), rank, 'a rank that is told stays')
  // Served by a process whose clock is behind.
  t.at('2026-11-23T08:59:59+01:00')
  assert.equal((await hold(t, await parent(), centre, ['2026-12-22'])).waiting[0]?.rank, 8)
  t.at(NOW)
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-22'), [1, 1])
})

test('two children of one family for a week with one place left on a day: the first named has it, the other waits, with no day of its own taken', async () => {
  const centre = await plan(t, { groups: [{ places: 2 }] })
  await hold(t, await parent(), centre, ['2026-12-22'])
  const awa = await parent({ children: ['Inès', 'Malo'] })
  const answer = await holdChoices(
    t.town,
    awa.actor,
    centre.periodId,
    awa.children.map(({ id }) => choice(centre, id, XMAS, { unit: 'week' })),
    { waitWhenFull: true },
  )
  assert.deepEqual([answer.held.map(({ index }) => index), answer.waiting.map(({ index }) => index)], [[0], [1]])
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-22'), [2, 2])
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-21'), [1, 1])
})

test('two requests for the same full day at once, each with its own key, are one place in line', async () => {
  const centre = await plan(t, { groups: [{ places: 1 }] })
  await hold(t, await parent(), centre, ['2026-12-22'])
  const awa = await parent()
  const answers = await Promise.all(['a', 'b', 'c'].map(key => hold(t, awa, centre, ['2026-12-22'], { key })))
  assert.equal(answers.filter(({ waiting }) => waiting.length === 1).length, 1)
  assert.deepEqual(await told(t, awa), ['waiting: 12-22 asked'])
})

test('two requests of one household at once share one basket', async () => {
  const centre = await plan(t)
  const awa = await parent()
  const answers = await Promise.all([
    hold(t, awa, centre, ['2026-12-22']),
    hold(t, awa, centre, ['2026-12-23']),
    hold(t, awa, centre, ['2026-12-24']),
  ])
  assert.equal(new Set(answers.map(({ basket }) => basket?.id)).size, 1)
  assert.equal((await basketOf(t.town.db.read, awa.household))?.signups.length, 3)
})

test('what is not confirmed in time is given back, and goes to who waits', async () => {
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const [awa, bea] = [await parent(), await parent()]
  const held = await hold(t, awa, centre, ['2026-12-22'])
  await hold(t, bea, centre, ['2026-12-22'])
  t.at('2026-11-23T09:10:00+01:00')
  await assert.rejects(confirmBasket(t.town, awa.actor, held.basket!.id), problem(409, 'basket-over'))
  assert.deepEqual(await told(t, awa), ['held: 12-22 taken'], 'nothing is half done')
  await t.settle()
  assert.deepEqual(await told(t, awa), ['lapsed: 12-22 freed'])
  assert.deepEqual(await told(t, bea), ['offered: 12-22 taken'])
  await t.settle()
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-22'), [1, 1])
  t.at(NOW)
})

test('a basket whose time is up is no obstacle to choosing the same again before its job has come', async () => {
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const awa = await parent()
  const before = await hold(t, awa, centre, ['2026-12-22'])
  t.at('2026-11-23T09:11:00+01:00')
  const again = await hold(t, awa, centre, ['2026-12-22'])
  assert.equal(again.held.length, 1)
  assert.notEqual(again.basket?.id, before.basket?.id)
  await t.settle()
  assert.deepEqual(await told(t, awa), ['lapsed: 12-22 freed', 'held: 12-22 taken'])
  t.at(NOW)
})

test('what is removed from the basket is free again; the last one ends it', async () => {
  const centre = await plan(t)
  const awa = await parent()
  const one = await hold(t, awa, centre, ['2026-12-22'])
  const other = await hold(t, awa, centre, ['2026-12-23'])
  await removeFromBasket(t.town, awa.actor, one.held[0]!.signupId)
  await removeFromBasket(t.town, awa.actor, one.held[0]!.signupId)
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-22'), [0, 0])
  assert.equal((await basketOf(t.town.db.read, awa.household))?.signups.length, 1)
  await removeFromBasket(t.town, awa.actor, other.held[0]!.signupId)
  assert.equal(await basketOf(t.town.db.read, awa.household), undefined)
  await assert.rejects(confirmBasket(t.town, awa.actor, one.basket!.id), problem(409, 'basket-over'))
})

test('a day is asked for once: the same choice again stands already, another one clashes', async () => {
  const centre = await plan(t)
  const other = await plan(t, { period: centre.periodId })
  const awa = await parent()
  const first = await hold(t, awa, centre, ['2026-12-22'])
  const again = await hold(t, awa, centre, ['2026-12-22'])
  assert.equal(again.already[0]?.signupId, first.held[0]?.signupId)
  const elsewhere = await hold(t, awa, other, ['2026-12-22'])
  assert.equal(elsewhere.refused[0]?.code, 'signed-up')
  const twice = await holdChoices(
    t.town,
    awa.actor,
    centre.periodId,
    [
      choice(centre, awa.children[0]!.id, XMAS_2, { unit: 'week' }),
      choice(centre, awa.children[0]!.id, ['2026-12-28']),
    ],
    { waitWhenFull: true },
  )
  assert.equal(twice.held.length, 1)
  assert.deepEqual(
    twice.refused.map(({ code, refusedDays }) => [code, ...refusedDays]),
    [['chosen-twice', '2026-12-28']],
  )
})

test('the other household of a child is told that the day is taken, not where; alternating weeks decide whose day it is', async () => {
  const centre = await plan(t)
  const first = await parent()
  const second = await secondHousehold(t, first, {
    signedIn: false,
    terms: { kind: 'percentage', firstShare: 5_000 },
  })
  await hold(t, first, centre, ['2026-12-22'])
  const refused = await hold(t, second, centre, ['2026-12-22'], { child: first.children[0]!.id })
  assert.equal(refused.refused[0]?.code, 'signed-up-by-other')
  assert.ok(!JSON.stringify(refused.refused).includes(first.household))

  const alternating = await parent()
  const other = await secondHousehold(t, alternating, {
    signedIn: false,
    terms: { kind: 'alternating-weeks', firstWeek: '2026-12-21' },
    from: '2026-11-01',
  })
  const child = alternating.children[0]!.id
  assert.equal((await hold(t, other, centre, ['2026-12-22'], { child })).refused[0]?.code, 'other-household')
  assert.equal((await hold(t, other, centre, ['2026-12-29'], { child })).held.length, 1)
  assert.equal((await hold(t, alternating, centre, ['2026-12-22'])).held.length, 1)
})

test('both households of a child ask for the same day at once: one has it', async () => {
  const centre = await plan(t)
  const first = await parent()
  const second = await secondHousehold(t, first, { signedIn: false, terms: { kind: 'percentage', firstShare: 5_000 } })
  const child = first.children[0]!.id
  const answers = await Promise.all([
    hold(t, first, centre, ['2026-12-22']),
    hold(t, second, centre, ['2026-12-22'], { child }),
  ])
  assert.deepEqual(
    answers
      .map(({ held, refused }) => [held.length, refused[0]?.code])
      .sort(([a = 0], [b = 0]) => Number(a) - Number(b)),
    [
      [0, 'signed-up-by-other'],
      [1, undefined],
    ],
  )
  assert.deepEqual(await takenOn(t, centre.groups[0]!, '2026-12-22'), [1, 1])
})

test('nobody signs somebody else’s child up, nor touches their basket', async () => {
  const centre = await plan(t)
  const [awa, bea] = [await parent(), await parent()]
  const held = await hold(t, awa, centre, ['2026-12-22'])
  await assert.rejects(hold(t, bea, centre, ['2026-12-23'], { child: awa.children[0]!.id }), problem(404, 'not-found'))
  await assert.rejects(confirmBasket(t.town, bea.actor, held.basket!.id), problem(404, 'not-found'))
  await assert.rejects(removeFromBasket(t.town, bea.actor, held.held[0]!.signupId), problem(404, 'not-found'))
  await assert.rejects(hold(t, awa, { ...centre, periodId: 'none' as never }, XMAS), problem(404, 'not-found'))
})

test('nobody signs up before the opening, nor after the period', async () => {
  const centre = await plan(t, { opensAt: '2026-11-23T09:00:01+01:00' })
  const awa = await parent()
  await assert.rejects(hold(t, awa, centre, ['2026-12-22']), problem(409, 'leisure-later'))
  t.at('2026-11-23T09:00:01+01:00')
  assert.equal((await hold(t, awa, centre, ['2026-12-22'])).held.length, 1)
  t.at('2026-12-22T08:00:00+01:00')
  assert.equal((await hold(t, awa, centre, ['2026-12-21'])).refused[0]?.code, 'past')
  assert.equal((await hold(t, await parent(), centre, ['2026-12-22'])).refused[0]?.code, 'too-late')
  t.at('2027-01-01T08:00:00+01:00')
  await assert.rejects(hold(t, awa, centre, ['2026-12-22']), problem(409, 'leisure-over'))
  t.at(NOW)
  await assert.rejects(hold(t, awa, await plan(t, { opensAt: null }), ['2026-12-22']), problem(409, 'leisure-not-said'))
})

test('a child who turns six within the week changes groups, and takes its places where it is that day', async () => {
  const centre = await plan(t, { groups: [{ maxAge: 5 }, { minAge: 6 }] })
  const awa = await parent({ children: [{ firstName: 'Malo', birthDate: '2020-12-23' }] })
  assert.equal((await hold(t, awa, centre, XMAS, { unit: 'week' })).held.length, 1)
  const [little, big] = centre.groups
  assert.deepEqual(await takenOn(t, little!, '2026-12-22'), [1, 1])
  assert.deepEqual(await takenOn(t, big!, '2026-12-22'), [0, 0])
  assert.deepEqual(await takenOn(t, little!, '2026-12-23'), [0, 0])
  assert.deepEqual(await takenOn(t, big!, '2026-12-23'), [1, 1])
})

test('a child too young, too old or beyond what its group offers is told so', async () => {
  const centre = await plan(t, { groups: [{ minAge: 6, maxAge: 8, units: ['day'] }] })
  const born = (birthDate: string) => parent({ children: [{ firstName: 'Inès', birthDate }] })
  const young = await born('2020-12-23')
  assert.deepEqual(
    (await hold(t, young, centre, ['2026-12-22', '2026-12-23'])).refused.map(({ code, refusedDays }) => [
      code,
      refusedDays,
    ]),
    [['too-young', ['2026-12-22']]],
  )
  assert.equal((await hold(t, await born('2017-12-22'), centre, ['2026-12-22'])).refused[0]?.code, 'too-old')
  const half = { unit: 'half-day', part: 'morning', meal: false } as const
  const right = await born('2019-01-01')
  assert.equal((await hold(t, right, centre, ['2026-12-22'], half)).refused[0]?.code, 'not-offered')
  assert.equal((await hold(t, right, centre, ['2026-12-22'], { meal: false })).refused[0]?.code, 'not-offered')
  assert.equal((await hold(t, right, centre, ['2026-12-25'])).refused[0]?.code, 'not-open')
})

test('a week is all of its open days, and no others', async () => {
  const centre = await plan(t)
  const awa = await parent()
  assert.equal((await hold(t, awa, centre, XMAS.slice(0, 3), { unit: 'week' })).refused[0]?.code, 'not-whole-week')
  await assert.rejects(hold(t, awa, centre, ['2026-12-21', '2026-12-21']), problem(422, 'invalid'))
  assert.equal(day('2026-12-21').dayOfWeek, 1)
})
