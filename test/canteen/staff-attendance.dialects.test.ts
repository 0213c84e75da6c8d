import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { consumptionOfMonth } from '../../src/canteen/consumption.ts'
import { attendances } from '../../src/canteen/schema.ts'
import { addUnbooked, correctAttendance, saveAttendance } from '../../src/canteen/staff-attendance.ts'
import { attendanceList, childrenToAdd } from '../../src/canteen/staff-attendance-list.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { schoolById } from '../../src/schools/store.ts'
import { clerk, clerkAccount, type Family, family, school } from '../support/family.ts'
import { book, canteenTown, day, places, setCapacity } from './world.ts'

const t = await canteenTown()
const desk = await clerkAccount(t, 'canteen')
const today = day('2026-11-26')
const NOON = '2026-11-26T11:40:00+01:00'
const BOOKING_TIME = '2026-11-23T09:00:00+01:00'

let made = 0
async function classroom(children: number, given: { capacity?: number } = {}) {
  t.at(BOOKING_TIME)
  const name = `École ${++made}`
  const id = await school(t, name)
  if (given.capacity !== undefined) await setCapacity(t, id, given.capacity)
  const homes: Family[] = []
  for (let i = 0; i < children; i++) homes.push(await family(t, { school: name, signedIn: false }))
  for (const home of homes) await book(t, home, '2026-11-26')
  t.at(NOON)
  return { id, name, ids: homes.map(home => home.children[0]!.id) }
}
const listOf = async (id: Id<'school'>, on = today) => attendanceList(t.town, await schoolById(t.town.db.read, id), on)
const rowsOf = async (id: Id<'school'>, ticked: readonly string[]) =>
  (await listOf(id)).classes.flatMap(({ children }) =>
    children.map(({ child, seen, revision }) => ({
      childId: child.id,
      shown: seen,
      revision,
      ticked: ticked.includes(child.id),
    })),
  )
const seenOf = async (child: Id<'person'>, on = today) => {
  const [row] = await t.town.db.read
    .select()
    .from(attendances)
    .where(and(eq(attendances.childId, child), eq(attendances.day, on)))
  return row
}

test('the list is ticked and saved: who is not ticked is absent, and the list shows both', async () => {
  const { id, ids } = await classroom(3)
  const rows = await rowsOf(id, [ids[0]!, ids[1]!])
  const saved = await saveAttendance(t.town, desk.actor, { schoolId: id, day: today, rows, complete: () => true })
  assert.deepEqual(saved, { present: 2, absent: 1, keptAsColleague: [] })
  const list = await listOf(id)
  assert.deepEqual([list.booked, list.present, list.absent, list.unbooked], [3, 2, 1, 0])
})

test('two clerks tick two classes at once: no tick is lost', async () => {
  const { id, ids } = await classroom(4)
  const [one, two] = [await rowsOf(id, [ids[0]!]), await rowsOf(id, [ids[3]!])]
  const save = (rows: typeof one) =>
    saveAttendance(t.town, desk.actor, { schoolId: id, day: today, rows, complete: () => true })
  await Promise.all([save(one), save(two)])
  assert.equal((await seenOf(ids[0]!))?.present, true)
  assert.equal((await seenOf(ids[3]!))?.present, true)
  assert.equal((await seenOf(ids[1]!))?.present, false)
})

test('a child who booked nothing eats though the day is full: found whatever the accents, charged as unbooked, and told apart', async () => {
  const { id, name } = await classroom(1, { capacity: 1 })
  t.at(BOOKING_TIME)
  const extra = await family(t, {
    children: [{ firstName: 'Zoé', lastName: 'Ben-Aïcha' }],
    school: name,
    signedIn: false,
  })
  const stranger = await family(t, { children: ['Zoé'], school: 'École ailleurs', signedIn: false })
  t.at(NOON)
  const found = await childrenToAdd(t.town, await listOf(id), 'ben aicha ZOE')
  assert.deepEqual(
    found.map(child => child.id),
    [extra.children[0]!.id],
  )
  await addUnbooked(t.town, desk.actor, { schoolId: id, day: today, childId: found[0]!.id })
  const list = await listOf(id)
  assert.deepEqual([list.booked, list.unbooked, list.capacity], [1, 1, 1])
  assert.equal((await places(t, id, '2026-11-26'))?.taken, 1)
  const november = await consumptionOfMonth(t.town.db.read, Temporal.PlainYearMonth.from('2026-11'))
  assert.deepEqual(
    november.filter(({ childId }) => childId === found[0]!.id).map(({ kind }) => kind),
    ['unbooked-meal'],
  )
  const notTheirs = addUnbooked(t.town, desk.actor, { schoolId: id, day: today, childId: stranger.children[0]!.id })
  await assert.rejects(notTheirs, { status: 404 })
})

test('a day that is over is corrected with its reason only; a justified absence costs nothing', async () => {
  const { id, ids } = await classroom(1)
  const rows = await rowsOf(id, [ids[0]!])
  await saveAttendance(t.town, desk.actor, { schoolId: id, day: today, rows, complete: () => true })
  t.at('2026-12-02T09:00:00+01:00')
  const correction = { childId: ids[0]!, day: today, present: false, justification: 'certificat remis', revision: 1 }
  await assert.rejects(correctAttendance(t.town, desk.actor, correction), {
    errors: [{ field: 'reason', code: 'reason-for-correction' }],
  })
  await correctAttendance(t.town, desk.actor, { ...correction, reason: 'pointé par erreur' })
  const row = await seenOf(ids[0]!)
  assert.deepEqual(
    [row?.present, row?.justification, row?.correction],
    [false, 'certificat remis', 'pointé par erreur'],
  )
  await assert.rejects(correctAttendance(t.town, desk.actor, { ...correction, reason: 'encore' }), {
    code: 'stale-page',
  })
  const november = await consumptionOfMonth(t.town.db.read, Temporal.PlainYearMonth.from('2026-11'))
  assert.ok(!november.some(({ childId }) => childId === ids[0]))
  const trail = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.action, 'attendance.corrected'))
  assert.ok(
    trail.every(({ details }) => !JSON.stringify(details).includes('certificat')),
    'no illness in the trail',
  )
})

test('nothing is ticked for a day to come', async () => {
  const { id, ids } = await classroom(1)
  t.at(BOOKING_TIME)
  const rows = await rowsOf(id, [ids[0]!])
  await assert.rejects(saveAttendance(t.town, desk.actor, { schoolId: id, day: today, rows, complete: () => true }), {
    errors: [{ field: '', code: 'day-to-come' }],
  })
})

test('on the page: a tick is kept when only one class is saved, and the tablet may be used without script', async () => {
  t.at(BOOKING_TIME)
  const name = 'École des deux classes'
  const id = await school(t, name)
  const cp = await family(t, { children: [{ firstName: 'Ana', className: 'CP' }], school: name, signedIn: false })
  const ce1 = await family(t, {
    children: [
      { firstName: 'Bob', className: 'CE1' },
      { firstName: 'Cyd', className: 'CE1' },
    ],
    school: name,
    signedIn: false,
  })
  await book(t, cp, '2026-11-26')
  const { saveMeals } = await import('../../src/canteen/save-meals.ts')
  await saveMeals(
    t.town,
    ce1.actor,
    ce1.children.map(({ id: childId }) => ({ childId, day: today, wish: 'book' as const })),
  )
  t.at(NOON)
  const visitor = await clerk(t, 'canteen')
  const address = `/guichet/cantine/presences/${id}?jour=2026-11-26`
  const page = await visitor.get(address)
  const rows = [...page.text.matchAll(/name="row" value="([^"]+)"/g)].map(match => match[1])
  assert.equal(rows.length, 3)
  const [ana, bob, cyd] = [cp.children[0]!.id, ce1.children[0]!.id, ce1.children[1]!.id]
  const sent = await visitor
    .post(address)
    .type('form')
    .send({ row: rows, present: [ana, bob], only: 'CE1' })
  assert.equal(sent.status, 303)
  assert.equal((await seenOf(ana))?.present, true, 'ticked in the other class')
  assert.equal((await seenOf(bob))?.present, true)
  assert.equal((await seenOf(cyd))?.present, false)
  const after = await visitor.get(address)
  assert.match(after.text, /Enregistré/)
  const csv = await visitor.get(`/guichet/cantine/presences/${id}/liste.csv?jour=2026-11-26`)
  assert.match(csv.text, /^\ufeff?Jour;École;Classe/)
  const stranger = await clerk(t, 'civil-registry')
  assert.equal((await stranger.get(address)).status, 404)
})

test('what a health plan says is on its own page, for canteen staff only, and each look is in the audit trail', async () => {
  t.at(BOOKING_TIME)
  const home = await family(t, {
    children: [{ firstName: 'Noé', pai: 'Allergie à l’arachide' }],
    school: 'École PAI',
    signedIn: false,
  })
  await book(t, home, '2026-11-26')
  const child = home.children[0]!.id
  const visitor = await clerk(t, 'canteen')
  const list = await visitor.get(`/guichet/cantine/presences/${await school(t, 'École PAI')}?jour=2026-11-26`)
  assert.match(list.text, /PAI/)
  assert.doesNotMatch(list.text, /arachide/)
  const looks = () =>
    t.town.db.read
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.action, 'health.viewed'), eq(auditEntries.subjectId, child)))
  assert.equal((await looks()).length, 0)
  const page = await visitor.get(`/guichet/cantine/enfants/${child}/pai?jour=2026-11-26`)
  assert.match(page.text, /Allergie à l’arachide/)
  assert.equal((await looks()).length, 1)
  const administrator = await clerk(t)
  assert.equal((await administrator.get(`/guichet/cantine/enfants/${child}/pai?jour=2026-11-26`)).status, 404)
})
