import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumptionOfMonth } from '../../src/canteen/consumption.ts'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { saveMeals } from '../../src/canteen/save-meals.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { correctAttendance, saveAttendance } from '../../src/canteen/staff-attendance.ts'
import {
  type ClosureForm,
  closuresForClerk,
  declareClosure,
  planClosure,
  withdrawClosure,
} from '../../src/canteen/staff-closures.ts'
import { eq, like } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { clerkSchools } from '../../src/schools/schema.ts'
import { clerkAccount, family, school, secondHousehold } from '../support/family.ts'
import { book, cancel, canteenTown, day, meals, places, setCapacity, wait, waitingState, wishes } from './world.ts'

const t = await canteenTown()
const desk = await clerkAccount(t, 'canteen')

const strike = (given: Partial<ClosureForm> & { schools?: string[] }): ClosureForm => ({
  wholeTown: false,
  schools: [],
  classes: [],
  from: day('2026-12-10'),
  to: day('2026-12-10'),
  reason: 'strike',
  message: 'Grève nationale.',
  ...given,
})
const credits = async () => {
  const rows = await t.town.db.read.select().from(outbox).where(like(outbox.topic, 'billing.credit'))
  return rows.map(row => row.payload as { sources: string[]; reason: string })
}
const lettersTo = async (email: string) => (await t.letters()).filter(letter => letter.to === email)
let made = 0
const newSchool = async () => {
  const name = `École ${++made}`
  return { name, id: await school(t, name) }
}

test('a strike in one school cancels its meals, frees the places, and writes once to each family about all its children', async () => {
  const [here, there] = [await newSchool(), await newSchool()]
  const twoChildren = await family(t, { children: ['Inès', 'Malo'], school: here.name, signedIn: false })
  const other = await family(t, { school: there.name, signedIn: false })
  const [ines, malo] = twoChildren.children.map(({ id }) => id) as [Id<'person'>, Id<'person'>]
  await book(t, twoChildren, '2026-12-10', '2026-12-11')
  await saveMeals(t.town, twoChildren.actor, wishes(twoChildren, 'book', ['2026-12-10'], malo))
  await book(t, other, '2026-12-10')
  await t.settle()

  const plan = await planClosure(t.town, desk.actor, strike({ schools: [here.id] }))
  assert.deepEqual([plan.effect.meals, plan.effect.households.size], [2, 1])
  await declareClosure(t.town, desk.actor, { ...strike({ schools: [here.id] }), meals: 2 })
  await t.settle()

  assert.deepEqual(await meals(t, ines), ['2026-12-11'])
  assert.deepEqual(await meals(t, malo), [])
  assert.deepEqual(await meals(t, other.children[0]!.id), ['2026-12-10'])
  assert.equal((await places(t, here.id, '2026-12-10'))?.taken, 0)
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  const [letter, ...more] = (await lettersTo(twoChildren.email)).filter(({ kind }) => kind === 'canteen-closed')
  assert.equal(more.length, 0)
  assert.match(letter!.subject, /Pas de cantine jeudi 10 décembre/)
  for (const said of ['Inès', 'Malo', 'Grève nationale.', 'Vous ne payez pas ces repas'])
    assert.ok(letter!.text.includes(said), said)
  assert.equal((await lettersTo(other.email)).filter(({ kind }) => kind === 'canteen-closed').length, 0)

  const again = await book(t, twoChildren, '2026-12-10')
  assert.equal(again.refused[0]?.code, 'not-serving')
})

test('the number typed must be the number of meals, as it is at that moment', async () => {
  const here = await newSchool()
  const home = await family(t, { school: here.name, signedIn: false })
  await book(t, home, '2026-12-14')
  const form = strike({ schools: [here.id], from: day('2026-12-14'), to: day('2026-12-14') })
  await assert.rejects(declareClosure(t.town, desk.actor, { ...form, meals: 7 }), {
    errors: [{ field: 'meals', code: 'meals-differ', params: { count: 1 } }],
  })
  assert.deepEqual(await meals(t, home.children[0]!.id), ['2026-12-14'])
})

test('closing twice closes once: by the same page, and by two clerks', async () => {
  const here = await newSchool()
  const home = await family(t, { school: here.name, signedIn: false })
  await book(t, home, '2026-12-15')
  const form = { ...strike({ schools: [here.id], from: day('2026-12-15'), to: day('2026-12-15') }), meals: 1 }
  const first = await declareClosure(t.town, desk.actor, form, 'one-key')
  assert.equal(await declareClosure(t.town, desk.actor, form, 'one-key'), first)
  const colleague = await clerkAccount(t, 'canteen')
  await assert.rejects(declareClosure(t.town, colleague.actor, { ...form, meals: 0 }), {
    errors: [{ field: 'from', code: 'already-closed' }],
  })
  await t.settle()
  await t.settle()
  assert.equal((await lettersTo(home.email)).filter(({ kind }) => kind === 'canteen-closed').length, 1)
})

test('a family that only waits for a place is told that the day is closed, and leaves the list', async () => {
  const here = await newSchool()
  await setCapacity(t, here.id, 1)
  const [eats, offered, waits, both] = await Promise.all(
    ['Anna', 'Bilal', 'Chloé', 'Dina'].map(firstName =>
      family(t, { children: [firstName, `${firstName} junior`], school: here.name, signedIn: false }),
    ),
  )
  assert.ok(eats && offered && waits && both)
  await book(t, eats, '2026-12-14')
  for (const one of [offered, waits, both]) await wait(t, one, '2026-12-14')
  await cancel(t, eats, '2026-12-14')
  await book(t, both, '2026-12-15')
  await t.settle()
  assert.equal((await waitingState(t, offered.children[0]!.id, '2026-12-14'))?.state, 'offered')
  assert.equal((await places(t, here.id, '2026-12-14'))?.taken, 1, 'the place is kept for the answer')

  const days = { from: day('2026-12-14'), to: day('2026-12-15') }
  await declareClosure(t.town, desk.actor, { ...strike({ schools: [here.id], ...days }), meals: 1 })
  await t.settle()
  for (const one of [offered, waits, both])
    assert.equal((await waitingState(t, one.children[0]!.id, '2026-12-14'))?.state, 'left')
  assert.equal((await places(t, here.id, '2026-12-14'))?.taken, 0)
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  for (const one of [offered, waits]) {
    const [letter, ...more] = (await lettersTo(one.email)).filter(({ kind }) => kind === 'canteen-closed')
    assert.equal(more.length, 0)
    assert.match(letter?.subject ?? '', /Pas de cantine/)
    assert.match(letter?.text ?? '', /L’attente est finie/)
    assert.match(letter?.text ?? '', /, liste d’attente.*lundi 14 décembre/s)
    assert.doesNotMatch(letter?.text ?? '', /Nous avons annulé/)
  }
  const [letter, ...more] = (await lettersTo(both.email)).filter(({ kind }) => kind === 'canteen-closed')
  assert.equal(more.length, 0, 'one letter for the meal and the wait')
  assert.match(letter?.text ?? '', /L’attente est finie/)
  assert.match(letter?.text ?? '', /Nous avons annulé ces repas/)
  assert.deepEqual(await lettersTo(eats.email).then(all => all.filter(({ kind }) => kind === 'canteen-closed')), [])
})

test('an outing closes the day for one class only, and its places go to the children of the others who wait', async () => {
  const here = await newSchool()
  await setCapacity(t, here.id, 2)
  const cp = await family(t, { children: [{ firstName: 'Zoé', className: 'CP' }], school: here.name, signedIn: false })
  const ce1 = await family(t, {
    children: [{ firstName: 'Ali', className: 'CE1' }],
    school: here.name,
    signedIn: false,
  })
  const late = await family(t, {
    children: [{ firstName: 'Eva', className: 'CE1' }],
    school: here.name,
    signedIn: false,
  })
  const lateToo = await family(t, {
    children: [{ firstName: 'Tom', className: 'CP' }],
    school: here.name,
    signedIn: false,
  })
  await book(t, cp, '2026-12-17')
  await book(t, ce1, '2026-12-17')
  await wait(t, lateToo, '2026-12-17')
  await wait(t, late, '2026-12-17')
  const outing = strike({
    schools: [here.id],
    classes: ['CP'],
    reason: 'outing',
    from: day('2026-12-17'),
    to: day('2026-12-17'),
  })
  await declareClosure(t.town, desk.actor, { ...outing, meals: 1 })
  await t.settle()
  assert.deepEqual(await meals(t, cp.children[0]!.id), [])
  assert.deepEqual(await meals(t, ce1.children[0]!.id), ['2026-12-17'])
  assert.equal((await waitingState(t, lateToo.children[0]!.id, '2026-12-17'))?.state, 'left')
  assert.equal((await waitingState(t, late.children[0]!.id, '2026-12-17'))?.state, 'offered')
  const told = (await lettersTo(lateToo.email)).filter(({ kind }) => kind === 'canteen-closed')
  assert.match(told[0]?.text ?? '', /La classe est en sortie\..*L’attente est finie/s)
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  assert.equal((await book(t, cp, '2026-12-17')).refused[0]?.code, 'not-serving')
})

test('a strike told after the cut-off, even after the day, cancels what was not eaten and has it credited', async () => {
  const here = await newSchool()
  const [struck, eaten] = [
    await family(t, { school: here.name, signedIn: false }),
    await family(t, { school: here.name, signedIn: false }),
  ]
  for (const home of [struck, eaten]) await book(t, home, '2026-12-18')
  await t.settle()
  t.at('2026-12-18T14:00:00+01:00')
  await saveAttendance(t.town, desk.actor, {
    schoolId: here.id,
    day: day('2026-12-18'),
    rows: [{ childId: eaten.children[0]!.id, shown: 'none', revision: 0, ticked: true }],
    complete: () => false,
  })
  t.at('2027-01-05T09:00:00+01:00')
  const [booking] = await t.town.db.read
    .select()
    .from(mealBookings)
    .where(eq(mealBookings.householdId, struck.household))
  const form = strike({ schools: [here.id], from: day('2026-12-18'), to: day('2026-12-18') })
  await declareClosure(t.town, desk.actor, { ...form, meals: 1 })
  await t.settle()
  assert.deepEqual(await meals(t, struck.children[0]!.id), [])
  assert.deepEqual(await meals(t, eaten.children[0]!.id), ['2026-12-18'], 'who ate has eaten')
  const credit = (await credits()).find(({ sources }) => sources.includes(`meal:${booking!.id}`))
  assert.match(credit!.reason, /Cantine fermée \(Grève\)/)
  const december = await consumptionOfMonth(t.town.db.read, Temporal.PlainYearMonth.from('2026-12'))
  assert.ok(!december.some(({ householdId }) => householdId === struck.household))
  assert.ok(december.some(({ householdId, kind }) => householdId === eaten.household && kind === 'meal'))
  t.at('2026-11-23T09:00:00+01:00')
})

test('the whole town is closed: each parent of a shared child is told of the own days only', async () => {
  const here = await newSchool()
  const first = await family(t, { school: here.name, signedIn: false })
  const second = await secondHousehold(t, first, { signedIn: false })
  assert.equal((await book(t, first, '2027-01-18')).changed.length, 1)
  assert.equal((await book(t, second, '2027-01-11')).changed.length, 1)
  const form = strike({ wholeTown: true, from: day('2027-01-11'), to: day('2027-01-18') })
  const { effect } = await planClosure(t.town, desk.actor, form)
  await declareClosure(t.town, desk.actor, { ...form, meals: effect.meals })
  await t.settle()
  const told = async (email: string) =>
    (await lettersTo(email))
      .find(({ kind }) => kind === 'canteen-closed')!
      .text.split('\n')
      .filter(line => !line.includes(' au '))
      .join('\n')
  assert.match(await told(first.email), /lundi 18 janvier/)
  assert.doesNotMatch(await told(first.email), /11 janvier/)
  assert.match(await told(second.email), /lundi 11 janvier/)
  assert.doesNotMatch(await told(second.email), /18 janvier/)
})

test('a withdrawn closure opens the days again, books the meals anew where places are left, and says so', async () => {
  const here = await newSchool()
  await setCapacity(t, here.id, 1)
  const home = await family(t, { school: here.name, signedIn: false })
  const quick = await family(t, { school: here.name, signedIn: false })
  await book(t, home, '2027-01-25', '2027-01-26')
  const form = strike({ schools: [here.id], from: day('2027-01-25'), to: day('2027-01-26') })
  const id = await declareClosure(t.town, desk.actor, { ...form, meals: 2 })
  await assert.rejects(withdrawClosure(t.town, desk.actor, id), { code: 'closure-in-progress' })
  await t.settle()
  await withdrawClosure(t.town, desk.actor, id)
  await book(t, quick, '2027-01-26') // before the meals are booked anew
  await t.settle()
  await t.settle()
  assert.deepEqual(await meals(t, home.children[0]!.id), ['2027-01-25'])
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  const letters = (await lettersTo(home.email)).filter(({ kind }) => kind === 'canteen-reopened')
  assert.equal(letters.length, 1)
  assert.match(letters[0]!.text, /réservé de nouveau/)
  assert.match(letters[0]!.text, /plus de place/)
  await assert.rejects(withdrawClosure(t.town, desk.actor, id), { code: 'closure-withdrawn' })
  assert.equal((await cancel(t, home, '2027-01-25')).changed.length, 1)
})

test('a clerk of one school sees and closes that school only', async () => {
  const [own, other] = [await newSchool(), await newSchool()]
  const head = await clerkAccount(t, 'canteen')
  await t.town.db.transaction(async tx => {
    await tx.insert(clerkSchools).values({ accountId: head.actor.accountId, schoolId: own.id })
  })
  const on = { from: day('2027-02-01'), to: day('2027-02-01') }
  await assert.rejects(planClosure(t.town, head.actor, strike({ schools: [other.id], ...on })), { status: 404 })
  await assert.rejects(planClosure(t.town, head.actor, strike({ wholeTown: true, ...on })), { status: 404 })
  const theirs = await declareClosure(t.town, desk.actor, { ...strike({ schools: [other.id], ...on }), meals: 0 })
  await declareClosure(t.town, head.actor, { ...strike({ schools: [own.id], ...on }), meals: 0 })
  await t.settle()
  await assert.rejects(withdrawClosure(t.town, head.actor, theirs), { status: 404 })
  const seen = (await closuresForClerk(t.town, head.actor)).flatMap(({ closures }) =>
    closures.map(({ schoolId }) => schoolId),
  )
  assert.ok(seen.includes(own.id) && !seen.includes(other.id))
  for (const path of [
    `/guichet/cantine/presences/${other.id}`,
    `/guichet/cantine/fermetures/${theirs}`,
    '/guichet/cantine/menus',
  ])
    assert.equal((await head.clerk.get(path)).status, 404, path)
  assert.equal((await head.clerk.get(`/guichet/cantine/presences/${own.id}`)).status, 200)
  const child = (await family(t, { school: other.name, signedIn: false })).children[0]!.id
  await assert.rejects(
    correctAttendance(t.town, head.actor, { childId: child, day: day('2026-11-23'), present: true, revision: 0 }),
    { status: 404 },
  )
})

test('days that make no closure are refused, with words', async () => {
  const here = await newSchool()
  const refused = async (given: Partial<ClosureForm>, code: string) =>
    assert.rejects(
      planClosure(t.town, desk.actor, strike({ schools: [here.id], ...given })),
      (error: { errors: { code: string }[] }) => {
        assert.equal(error.errors[0]?.code, code)
        return true
      },
    )
  await refused({ from: day('2026-12-10'), to: day('2026-12-09') }, 'ends-before-it-begins')
  await refused({ from: day('2026-01-10'), to: day('2026-01-10') }, 'date-too-old')
  await refused({ from: day('2028-12-10'), to: day('2028-12-10') }, 'date-too-far')
  await refused({ from: day('2026-12-10'), to: day('2027-06-10') }, 'closure-too-long')
  await refused({ schools: [] }, 'required')
})
