import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { declareClosure } from '../../src/canteen/staff-closures.ts'
import { changeSchool } from '../../src/canteen/staff-schools.ts'
import { schoolsForClerk } from '../../src/schools/clerk-schools.ts'
import { schoolById } from '../../src/schools/store.ts'
import { book, canteenTown, day, places, setCapacity, wait, waitingState } from '../canteen/world.ts'
import { clerk, clerkAccount, family, school } from '../support/family.ts'

const t = await canteenTown()
const desk = await clerkAccount(t, 'canteen')
let made = 0
async function newSchool(capacity: number) {
  const name = `École ${++made}`
  const id = await school(t, name)
  await setCapacity(t, id, capacity)
  return { id, name }
}
const usual = { canteen: true, mealWeekdays: [1, 2, 4, 5] }

test('more places a day: the days that had the usual number get them, and those who wait have an offer', async () => {
  const here = await newSchool(1)
  const [home, next] = [
    await family(t, { school: here.name, signedIn: false }),
    await family(t, { school: here.name, signedIn: false }),
  ]
  await book(t, home, '2026-12-07')
  await wait(t, next, '2026-12-07')
  await changeSchool(t.town, desk.actor, here.id, { ...usual, mealCapacity: 2 })
  assert.deepEqual(await places(t, here.id, '2026-12-07'), { capacity: 2, taken: 2 })
  assert.equal((await waitingState(t, next.children[0]!.id, '2026-12-07'))?.state, 'offered')
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
})

test('fewer places than meals booked are refused in words, for every day and for one', async () => {
  const here = await newSchool(5)
  for (let i = 0; i < 2; i++) await book(t, await family(t, { school: here.name, signedIn: false }), '2026-12-08')
  const visitor = await clerk(t, 'canteen')
  const whole = await visitor
    .post(`/guichet/ecoles/${here.id}`)
    .type('form')
    .send({ canteen: 'yes', mealWeekdays: ['1', '2', '4', '5'], mealCapacity: '1' })
  assert.equal(whole.status, 422)
  assert.match(whole.text, /2 repas sont déjà réservés mardi 8 décembre 2026/)
  const one = await visitor
    .post(`/guichet/ecoles/${here.id}/jour`)
    .type('form')
    .send({ day: '2026-12-08', capacity: '1' })
  assert.equal(one.status, 422)
  assert.match(one.text, /2 repas sont déjà réservés/)
  assert.equal(
    (await visitor.post(`/guichet/ecoles/${here.id}/jour`).type('form').send({ day: '2026-12-08', capacity: '2' }))
      .status,
    303,
  )
  assert.deepEqual(await places(t, here.id, '2026-12-08'), { capacity: 2, taken: 2 })
  // A day with its own number keeps it.
  await changeSchool(t.town, desk.actor, here.id, { ...usual, mealCapacity: 9 })
  assert.deepEqual(await places(t, here.id, '2026-12-08'), { capacity: 2, taken: 2 })
})

test('a weekday with meals booked is not taken away; Wednesday is added where a school serves', async () => {
  const here = await newSchool(5)
  const home = await family(t, { school: here.name, signedIn: false })
  await book(t, home, '2026-12-10')
  await assert.rejects(
    changeSchool(t.town, desk.actor, here.id, { canteen: true, mealWeekdays: [1, 2, 5], mealCapacity: 5 }),
    {
      errors: [{ field: 'mealWeekdays', code: 'weekday-booked', params: { count: 1, day: '2026-12-10' } }],
    },
  )
  await changeSchool(t.town, desk.actor, here.id, { canteen: true, mealWeekdays: [1, 2, 3, 4, 5], mealCapacity: 5 })
  assert.equal((await book(t, home, '2026-12-09')).changed.length, 1)
})

test('bad figures get words, and nothing changes', async () => {
  const here = await newSchool(5)
  const visitor = await clerk(t, 'canteen')
  for (const mealCapacity of ['', '-1', 'abc', '1.5', '99999'])
    assert.equal(
      (
        await visitor
          .post(`/guichet/ecoles/${here.id}`)
          .type('form')
          .send({ canteen: 'yes', mealWeekdays: '1', mealCapacity })
      ).status,
      422,
      mealCapacity,
    )
  for (const sent of [
    { day: '2026-02-30', capacity: '5' },
    { day: '2026-01-05', capacity: '5' },
    { day: '2026-12-10', capacity: '' },
    { day: '2030-01-07', capacity: '2' },
  ])
    assert.equal(
      (await visitor.post(`/guichet/ecoles/${here.id}/jour`).type('form').send(sent)).status,
      422,
      JSON.stringify(sent),
    )
  assert.equal((await schoolById(t.town.db.read, here.id)).mealCapacity, 5)
})

test('classes are added once, and not taken away from under the children', async () => {
  const here = await newSchool(5)
  await family(t, { children: [{ firstName: 'Ana', className: 'CP' }], school: here.name, signedIn: false })
  const visitor = await clerk(t, 'canteen')
  const add = (name: string) =>
    visitor.post(`/guichet/ecoles/${here.id}/classes`).type('form').send({ name, level: 'CP' })
  assert.equal((await add('CP')).status, 303)
  assert.equal((await add('CP')).status, 422)
  assert.equal((await add('CE1')).status, 303)
  const remove = (name: string) =>
    visitor.post(`/guichet/ecoles/${here.id}/classes/retirer`).type('form').send({ name })
  assert.equal((await remove('CP')).status, 422)
  assert.equal((await remove('CE1')).status, 303)
  assert.equal((await remove('CM2')).status, 404)
})

test('an administrator limits a clerk to schools; nobody else does', async () => {
  const here = await newSchool(5)
  const head = await clerkAccount(t, 'canteen')
  const address = `/guichet/ecoles/agents/${head.actor.accountId}`
  const administrator = await clerk(t)
  assert.equal((await desk.clerk.post(address).type('form').send({ schools: here.id })).status, 404)
  assert.equal((await administrator.post(address).type('form').send({ schools: 'no-school' })).status, 422)
  assert.equal((await administrator.post(address).type('form').send({ schools: here.id })).status, 303)
  const seen = await schoolsForClerk(t.town.db.read, head.actor)
  assert.deepEqual([seen.wholeTown, seen.schools.map(({ id }) => id)], [false, [here.id]])
  assert.equal((await head.clerk.get(`/guichet/ecoles/${here.id}`)).status, 404)
  assert.equal((await head.clerk.get('/guichet/ecoles')).status, 200)
})

test('the home page says first which canteens are closed this week', async () => {
  const here = await newSchool(5)
  const closing = {
    wholeTown: false,
    schools: [here.id],
    classes: [],
    reason: 'strike',
    message: 'Grève nationale.',
    meals: 0,
  } as const
  await declareClosure(t.town, desk.actor, {
    ...closing,
    schools: [here.id],
    classes: [],
    from: day('2026-11-26'),
    to: day('2026-11-26'),
  })
  const page = await t.visitor().get('/')
  assert.match(page.text, new RegExp(`Cantine fermée le jeudi 26 novembre.: ${here.name}`))
  assert.match(page.text, /Grève nationale\./)
  const english = await t.visitor().get('/?lang=en')
  assert.match(english.text, /Canteen closed on Thursday/)
})
