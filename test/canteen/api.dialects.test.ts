import assert from 'node:assert/strict'
import { test } from 'node:test'
import { family, secondHousehold } from '../support/family.ts'
import { canteenTown, meals } from './world.ts'

const t = await canteenTown()
const url = (child: string, day: string) => `/api/v1/canteen/children/${child}/meals/${day}`

test('a program books a meal, sees it in the month, and cancels it', async () => {
  const { parent, children } = await family(t)
  const child = children[0]!.id
  const booked = await parent.put(url(child, '2026-12-07')).send({})
  assert.equal(booked.status, 200, booked.text)
  const month = await parent.get('/api/v1/canteen/months/2026-12')
  const meal = month.body.meals.find((one: { day: string }) => one.day === '2026-12-07')
  assert.deepEqual(
    { state: meal.state, booked: meal.booked, until: meal.changeableUntil },
    { state: 'open', booked: true, until: '2026-12-03T09:00:00Z' },
  )
  assert.equal(month.body.total.meals, 1)
  assert.equal((await parent.delete(url(child, '2026-12-07'))).status, 204)
  assert.deepEqual(await meals(t, child), [])
})

test('a meal cannot be cancelled after ten o’clock two working days before, and stays booked', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const { parent, children } = await family(t)
  const child = children[0]!.id
  await parent.put(url(child, '2026-11-26'))
  t.at('2026-11-24T10:00:01+01:00')
  const answer = await parent.delete(url(child, '2026-11-26'))
  assert.deepEqual(
    [answer.status, answer.body.code, answer.body.params.deadline],
    [409, 'too-late', '2026-11-24T10:00:00+01:00'],
  )
  assert.deepEqual(await meals(t, child), ['2026-11-26'])
  t.at('2026-11-23T09:00:00+01:00')
})

test('several meals at once: what can be done is done, the rest is told', async () => {
  const { parent, children } = await family(t, { children: ['Inès', 'Malo'] })
  const wish = (child: number, day: string) => ({ childId: children[child]!.id, day, booked: true })
  const answer = await parent
    .put('/api/v1/canteen/meals')
    .send({ meals: [wish(0, '2026-12-07'), wish(1, '2026-12-07'), wish(1, '2026-12-09')] })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.body.changed.length, 2)
  assert.deepEqual(
    answer.body.refused.map((one: { day: string; code: string }) => [one.day, one.code]),
    [['2026-12-09', 'not-serving']],
  )
})

test('another family’s child does not exist for this one', async () => {
  const [one, other] = [await family(t), await family(t)]
  const child = other.children[0]!.id
  for (const answer of [
    await one.parent.put(url(child, '2026-12-07')),
    await one.parent.delete(url(child, '2026-12-07')),
    await one.parent.put(`/api/v1/canteen/children/${child}/waiting/2026-12-07`),
    await one.parent
      .put('/api/v1/canteen/meals')
      .send({ meals: [{ childId: child, day: '2026-12-07', booked: true }] }),
    await one.parent
      .post('/api/v1/canteen/patterns')
      .send({ children: [{ childId: child, weekdays: [1] }], from: '2026-12-01', to: '2026-12-18' }),
  ])
    assert.equal(answer.status, 404, answer.text)
  assert.deepEqual(await meals(t, child), [])
})

test('whoever has not signed in is asked to', async () => {
  const visitor = t.visitor()
  assert.equal((await visitor.get('/api/v1/canteen/months/2026-12')).status, 401)
  assert.equal((await visitor.put(url('some-child', '2026-12-07'))).status, 401)
})

test('the other parent’s weeks tell nothing of what is booked there', async () => {
  const mother = await family(t)
  const father = await secondHousehold(t, mother)
  await mother.parent.put(url(mother.children[0]!.id, '2026-12-07')) // her week
  const month = await father.parent.get('/api/v1/canteen/months/2026-12')
  const meal = month.body.meals.find((one: { day: string }) => one.day === '2026-12-07')
  assert.deepEqual([meal.state, meal.booked, meal.changeableUntil], ['other-household', false, null])
})

test('what makes no sense is refused with its field, and leaves nothing behind', async () => {
  const { parent, children } = await family(t)
  const child = children[0]!.id
  const put = (body: object) => parent.put('/api/v1/canteen/meals').send(body)
  const meal = { childId: child, day: '2026-12-07', booked: true }
  const refused: [string, { status: number; body: { errors?: { field: string; code: string }[] } }][] = [
    ['params.day', await parent.put(url(child, '2027-02-30'))],
    ['unknown', await parent.put(url(child, '2026-12-07')).send({ price: 0 })],
    ['meals.0.day', await put({ meals: [{ ...meal, day: '2027-02-30' }] })],
    ['meals.0.booked', await put({ meals: [{ ...meal, booked: 'yes' }] })],
    ['meals.0.mealType', await put({ meals: [{ ...meal, mealType: 'caviar' }] })],
    ['meals.0.price', await put({ meals: [{ ...meal, price: -1 }] })],
    ['meals', await put({ meals: [] })],
    ['meals', await put({ meals: Array.from({ length: 801 }, () => meal) })],
    ['meals.1.day', await put({ meals: [meal, meal] })],
    ['meals', await put({ meals: 'all of them' })],
    ['month', await parent.get('/api/v1/canteen/months/2026-13')],
    ['week', await parent.get('/api/v1/canteen/menus/2026-W54')],
  ]
  for (const [what, { status, body }] of refused) {
    assert.equal(status, 422, `${what}: ${JSON.stringify(body)}`)
    assert.ok((body.errors?.length ?? 0) > 0, what)
  }
  assert.deepEqual(await meals(t, child), [])
})

test('a request with the same key is answered as the first time, whatever happened since', async () => {
  const { parent, children } = await family(t)
  const child = children[0]!.id
  const put = () => parent.put(url(child, '2026-12-07')).set('Idempotency-Key', 'k1')
  assert.equal((await put()).status, 200)
  await parent.delete(url(child, '2026-12-07'))
  assert.equal((await put()).status, 200)
  assert.deepEqual(await meals(t, child), [])
  const other = await parent.put(url(child, '2026-12-08')).set('Idempotency-Key', 'k1')
  assert.deepEqual([other.status, other.body.code], [409, 'key-reused'])
})
