import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { type Gate, gateFor, householdFacts } from '../../src/leisure/opening/gate.ts'
import { leisureAllocations, leisureSignups, leisureWorkProofs } from '../../src/leisure/schema.ts'
import { centresOf } from '../../src/leisure/store.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { fromOpening, opensAt, periodOf, sayOpenings } from './opening-world.ts'
import { christmasPlan, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const desk = await clerk(t, 'leisure')
const { period: path } = await christmasPlan(desk)
const here = await family(t)
const elsewhere = await family(t, { resident: false })
const { read } = t.town.db

/** Instants have nothing that `deepEqual` would look at: they are compared as text. */
const asText = (gate: Gate) => JSON.parse(JSON.stringify(gate))
const same = (gate: Gate, wanted: Gate) => assert.deepEqual(asText(gate), asText(wanted))

const gate = async (one: { household: Id<'household'> }) =>
  gateFor(read, t.town, { householdId: one.household, period: await periodOf(t, path), now: t.town.clock.now() })

test('sign-ups that were not announced are not open', async () => {
  same(await gate(here), { state: 'not-said' })
})

test('first come, first served: each family from the instant of its own audience on, and not a moment before', async () => {
  await sayOpenings(desk, path, 'first-come', { residents: '2026-12-07', everybody: '2026-12-14' })
  const week = 7 * 86_400
  fromOpening(t, -0.001)
  same(await gate(here), { state: 'later', opensAt, audience: 'residents' })
  fromOpening(t, 0)
  same(await gate(here), { state: 'open' })
  const theirs = opensAt.add({ seconds: week })
  same(await gate(elsewhere), { state: 'later', opensAt: theirs, audience: 'everybody' })
  fromOpening(t, week - 0.001)
  assert.equal((await gate(elsewhere)).state, 'later')
  fromOpening(t, week)
  same(await gate(elsewhere), { state: 'open' })
})

test('what a clerk saves a moment before the opening counts at the opening', async () => {
  t.at('2026-11-23T10:00:00+01:00')
  const other = (
    await christmasPlan(desk, { name: 'Centre B' }, { name: 'Hiver', from: '2027-02-15', to: '2027-02-26' })
  ).period
  await sayOpenings(desk, other, 'first-come', { everybody: '2026-12-07' })
  const ask = async () =>
    gateFor(read, t.town, { householdId: here.household, period: await periodOf(t, other), now: t.town.clock.now() })
  fromOpening(t, -0.5)
  assert.equal((await ask()).state, 'later')
  await sayOpenings(desk, other, 'first-come', { everybody: '2026-12-08' })
  fromOpening(t, 0)
  assert.equal((await ask()).state, 'later')
})

test('wishes: told until their end, closed while places are given, then what is left is first come, first served', async () => {
  t.at('2026-11-23T10:00:00+01:00')
  const { period: wished } = await christmasPlan(
    desk,
    { name: 'Centre C' },
    { name: 'Printemps', from: '2027-04-12', to: '2027-04-23' },
  )
  const end = { 'wishesUntil.day': '2026-12-14', 'wishesUntil.time': '20:00' }
  await sayOpenings(desk, wished, 'wishes', { everybody: '2026-12-07' }, end)
  const until = Temporal.Instant.from('2026-12-14T20:00:00+01:00')
  const ask = async (at: string) => {
    t.at(at)
    const period = await periodOf(t, wished)
    return gateFor(read, t.town, { householdId: here.household, period, now: t.town.clock.now() })
  }
  assert.equal((await ask('2026-12-07T07:59:59+01:00')).state, 'later')
  same(await ask('2026-12-07T08:00:00+01:00'), { state: 'wishes', until })
  same(await ask('2026-12-14T19:59:59+01:00'), { state: 'wishes', until })
  same(await ask('2026-12-14T20:00:00+01:00'), { state: 'wishes-closed', since: until })
  const { id: periodId } = await periodOf(t, wished)
  await t.town.db.transaction(async tx => {
    const now = t.town.clock.now()
    await tx
      .insert(leisureAllocations)
      .values({ periodId, criteria: [], allocatedAt: now, finishedAt: now, places: {} })
  })
  same(await ask('2026-12-16T09:00:00+01:00'), { state: 'open' })
  same(await ask('2027-04-24T00:00:00+02:00'), { state: 'over' })
})

test('a family is known by its address, by a child who has a place, and by its proof of work, on the day', async () => {
  const period = await periodOf(t, path)
  const day = Temporal.PlainDate.from('2026-12-07')
  const facts = (one: { household: Id<'household'> }) => householdFacts(read, one.household, period, day)
  assert.deepEqual(await facts(here), { resident: true, siblingEnrolled: false, parentsWork: false })
  assert.deepEqual(await facts(elsewhere), { resident: false, siblingEnrolled: false, parentsWork: false })
  const now = t.town.clock.now()
  const [centre] = await centresOf(read)
  const child = elsewhere.children[0]?.id
  assert.ok(centre && child)
  await t.town.db.transaction(async tx => {
    for (const [householdId, state] of [
      [elsewhere.household, 'booked'],
      [here.household, 'waiting'],
    ] as const)
      await tx.insert(leisureSignups).values({
        id: newId<'leisure-signup'>(),
        householdId,
        childId: child,
        centreId: centre.id,
        periodId: period.id,
        unit: 'day',
        part: 'day',
        meal: true,
        state,
        since: now,
      })
    for (const [householdId, validUntil] of [
      [elsewhere.household, '2026-12-07'],
      [here.household, '2026-12-06'],
    ] as const)
      await tx.insert(leisureWorkProofs).values({
        id: newId<'leisure-work-proof'>(),
        householdId,
        state: 'accepted',
        validUntil: Temporal.PlainDate.from(validUntil),
        createdAt: now,
      })
  })
  assert.deepEqual(await facts(elsewhere), { resident: false, siblingEnrolled: true, parentsWork: true })
  assert.deepEqual(await facts(here), { resident: true, siblingEnrolled: false, parentsWork: false })
})

test('a family that proved work may come with those who work, before everybody', async () => {
  t.at('2026-11-23T10:00:00+01:00')
  const { period: summer } = await christmasPlan(
    desk,
    { name: 'Centre D' },
    { name: 'Octobre', from: '2026-11-30', to: '2026-12-18', kind: 'wednesdays', weekdays: ['3'] },
  )
  await sayOpenings(desk, summer, 'first-come', { 'working-parents': '2026-11-24', everybody: '2026-11-25' })
  t.at('2026-11-24T08:00:00+01:00')
  const ask = async (one: { household: Id<'household'> }) =>
    gateFor(read, t.town, {
      householdId: one.household,
      period: await periodOf(t, summer),
      now: t.town.clock.now(),
    })
  assert.equal((await ask(elsewhere)).state, 'open')
  assert.equal((await ask(here)).state, 'open', 'the proof counts until 6 December')
  const third = await family(t)
  assert.equal((await ask(third)).state, 'later')
})
