import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumptionOfMonth } from '../../src/canteen/consumption.ts'
import { absenceClaims, attendances } from '../../src/canteen/schema.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { type Family, family, school, secondHousehold } from '../support/family.ts'
import { book, cancel, canteenTown, day } from './world.ts'

const t = await canteenTown()
const december = Temporal.PlainYearMonth.from('2026-12')

async function ticked(child: Id<'person'>, iso: string, present: boolean, justification: string | null = null) {
  const row = {
    id: newId<'attendance'>(),
    childId: child,
    schoolId: await school(t),
    day: day(iso),
    present,
    booked: true,
    justification,
    recordedBy: newId<'account'>(),
    recordedAt: t.town.clock.now(),
  }
  await t.town.db.transaction(async tx => void (await tx.insert(attendances).values(row)))
}

async function certificate(home: Family, iso: string, state: 'to-check' | 'accepted' | 'refused') {
  const row = {
    id: newId<'absence-claim'>(),
    childId: home.children[0]!.id,
    householdId: home.household,
    day: day(iso),
    fileId: newId<'file'>(),
    state,
    createdAt: t.town.clock.now(),
  }
  await t.town.db.transaction(async tx => void (await tx.insert(absenceClaims).values(row)))
}

const consumed = async (child: Id<'person'>) =>
  (await consumptionOfMonth(t.town.db.read, december))
    .filter(({ childId }) => childId === child)
    .map(({ day, kind }) => `${day} ${kind}`)

test('a booked meal is charged, eaten or unticked; an absence too, unless it is excused; a cancelled meal is not', async () => {
  const home = await family(t, { signedIn: false })
  const child = home.children[0]!.id
  await book(t, home, '2026-12-01', '2026-12-03', '2026-12-04', '2026-12-07', '2026-12-08', '2026-12-10', '2027-01-04')
  await cancel(t, home, '2026-12-10')
  await ticked(child, '2026-12-01', true)
  await ticked(child, '2026-12-03', false)
  await ticked(child, '2026-12-04', false, 'certificate')
  await certificate(home, '2026-12-07', 'accepted')
  await certificate(home, '2026-12-03', 'refused')
  assert.deepEqual(await consumed(child), ['2026-12-01 meal', '2026-12-03 absence', '2026-12-08 meal'])
})

test('a certificate still to check excuses nothing', async () => {
  const home = await family(t, { signedIn: false })
  const child = home.children[0]!.id
  await book(t, home, '2026-12-01')
  await ticked(child, '2026-12-01', false)
  await certificate(home, '2026-12-01', 'to-check')
  assert.deepEqual(await consumed(child), ['2026-12-01 absence'])
})

test('a child who ate without being booked is charged to whoever has the child that day', async () => {
  const mother = await family(t, { signedIn: false })
  const father = await secondHousehold(t, mother, { signedIn: false })
  const child = mother.children[0]!.id
  await ticked(child, '2026-12-01', true) // the father’s week
  await ticked(child, '2026-12-07', true)
  await ticked(child, '2026-12-08', false)
  const mine = (await consumptionOfMonth(t.town.db.read, december)).filter(({ childId }) => childId === child)
  assert.deepEqual(
    mine.map(({ day, kind, householdId }) => [day.toString(), kind, householdId]),
    [
      ['2026-12-01', 'unbooked-meal', father.household],
      ['2026-12-07', 'unbooked-meal', mother.household],
    ],
  )
})
