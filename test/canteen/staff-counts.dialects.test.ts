import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { bookForChild, cancelForChild } from '../../src/canteen/staff-child-day.ts'
import { declareClosure } from '../../src/canteen/staff-closures.ts'
import { fixCounts, kitchenCounts, totalOf } from '../../src/canteen/staff-counts.ts'
import { like } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { schoolById } from '../../src/schools/store.ts'
import { clerk, clerkAccount, family, school } from '../support/family.ts'
import { book, canteenTown, day, meals, setCapacity, wait, waitingState } from './world.ts'

const t = await canteenTown()
const desk = await clerkAccount(t, 'canteen')
let made = 0
const newSchool = async () => {
  const name = `École ${++made}`
  return { name, id: await school(t, name) }
}
const countOf = async (id: Awaited<ReturnType<typeof school>>, iso: string) =>
  (await kitchenCounts(t.town, [await schoolById(t.town.db.read, id)], day(iso)))[0]!

test('the count is fixed at the cut-off, not before; later changes are marked against it', async () => {
  const here = await newSchool()
  const homes = [
    await family(t, { school: here.name, signedIn: false }),
    await family(t, { children: [{ firstName: 'Ali', mealType: 'no-pork' }], school: here.name, signedIn: false }),
  ]
  const late = await family(t, {
    children: [{ firstName: 'Eva', mealType: 'vegetarian' }],
    school: here.name,
    signedIn: false,
  })
  for (const home of homes) await book(t, home, '2026-11-26')
  t.at('2026-11-24T10:00:00+01:00')
  await t.tick()
  assert.equal((await countOf(here.id, '2026-11-26')).counted, undefined)
  t.at('2026-11-24T10:05:00+01:00')
  await t.tick()
  assert.deepEqual((await countOf(here.id, '2026-11-26')).counted, {
    standard: 1,
    'no-pork': 1,
    vegetarian: 0,
    'pai-basket': 0,
  })
  assert.equal((await countOf(here.id, '2026-11-27')).counted, undefined)

  await bookForChild(t.town, desk.actor, {
    childId: late.children[0]!.id,
    day: day('2026-11-26'),
    reason: 'la mère est hospitalisée',
    revision: 0,
    mealType: 'vegetarian',
  })
  await fixCounts(t.town)
  const count = await countOf(here.id, '2026-11-26')
  assert.equal(totalOf(count.now) - totalOf(count.counted!), 1)
  const visitor = await clerk(t, 'canteen')
  const page = await visitor.get('/guichet/cantine/comptes?jour=2026-11-26')
  assert.match(page.text, /\+1<span> depuis le compte/)
  const pdf = await visitor.get('/guichet/cantine/comptes.pdf?jour=2026-11-26')
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  assert.match((await visitor.get('/guichet/cantine/comptes.csv?jour=2026-11-26')).text, /École 1;1;1;1;0;3;1;1;0;0/)
  t.at('2026-11-23T09:00:00+01:00')
})

test('after the cut-off a clerk books and cancels for a reason; what was invoiced is credited, the place goes on', async () => {
  const here = await newSchool()
  await setCapacity(t, here.id, 1)
  const home = await family(t, { school: here.name, signedIn: false })
  const next = await family(t, { school: here.name, signedIn: false })
  await book(t, home, '2026-12-07')
  await wait(t, next, '2026-12-07')
  const child = home.children[0]!.id
  const asked = { childId: child, day: day('2026-12-07'), revision: 1 }
  await assert.rejects(cancelForChild(t.town, desk.actor, { ...asked, reason: '  ' }), {
    errors: [{ field: 'reason', code: 'reason-for-correction' }],
  })
  const full = {
    childId: next.children[0]!.id,
    day: day('2026-12-07'),
    revision: 0,
    mealType: 'standard',
    reason: 'x',
  } as const
  await assert.rejects(bookForChild(t.town, desk.actor, full), { code: 'day-full' })
  await cancelForChild(t.town, desk.actor, { ...asked, reason: 'erreur de saisie' })
  assert.deepEqual(await meals(t, child), [])
  assert.equal((await waitingState(t, next.children[0]!.id, '2026-12-07'))?.state, 'offered')
  await bookForChild(t.town, desk.actor, full) // the place that was kept for this very child
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  const promised = await t.town.db.read.select().from(outbox).where(like(outbox.topic, 'billing.credit'))
  const [booking] = (await t.town.db.read.select().from(mealBookings)).filter(row => row.childId === child)
  assert.ok(promised.some(({ payload }) => JSON.stringify(payload).includes(`meal:${booking!.id}`)))
  await t.settle()
})

test('a meal is not booked on a closed day, twice, or from an old page', async () => {
  const here = await newSchool()
  const home = await family(t, { school: here.name, signedIn: false })
  const asked = { childId: home.children[0]!.id, revision: 0, mealType: 'standard', reason: 'x' } as const
  const closing = {
    wholeTown: false,
    schools: [here.id],
    classes: [],
    reason: 'works',
    message: 'Travaux.',
    meals: 0,
  } as const
  await declareClosure(t.town, desk.actor, {
    ...closing,
    schools: [here.id],
    classes: [],
    from: day('2026-12-08'),
    to: day('2026-12-08'),
  })
  await assert.rejects(bookForChild(t.town, desk.actor, { ...asked, day: day('2026-12-08') }), {
    code: 'day-not-served',
  })
  await assert.rejects(bookForChild(t.town, desk.actor, { ...asked, day: day('2026-12-09') }), {
    code: 'day-not-served',
  })
  await bookForChild(t.town, desk.actor, { ...asked, day: day('2026-12-10') })
  await assert.rejects(bookForChild(t.town, desk.actor, { ...asked, day: day('2026-12-10') }), { code: 'stale-page' })
  await assert.rejects(bookForChild(t.town, desk.actor, { ...asked, day: day('2026-12-10'), revision: 1 }), {
    code: 'already-booked',
  })
})

test('a table for a spreadsheet runs no formula of a child’s name', async () => {
  const here = await newSchool()
  const home = await family(t, {
    children: [{ firstName: '=HYPERLINK("http://x")', lastName: '@SUM' }],
    school: here.name,
    signedIn: false,
  })
  await book(t, home, '2026-12-11')
  const visitor = await clerk(t, 'canteen')
  const { text } = await visitor.get('/guichet/cantine/reservations.csv?mois=2026-12')
  assert.match(text, /;'@SUM;"'=HYPERLINK/)
  assert.equal((await visitor.get('/guichet/cantine/reservations.csv?jour=2026-02-30')).status, 422)
})
