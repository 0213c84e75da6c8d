import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clerk, family, school } from '../support/family.ts'
import { book, canteenTown } from './world.ts'

const t = await canteenTown()
const NAME = 'École Jules-Guesde'

test('a program closes a day as the page does: preview, the number, and how far it is', async () => {
  const id = await school(t, NAME)
  const home = await family(t, { signedIn: false })
  await book(t, home, '2026-12-10')
  const visitor = await clerk(t, 'canteen')
  const body = { schools: [id], from: '2026-12-10', to: '2026-12-10', reason: 'strike', message: 'Grève.' }
  const preview = await visitor.post('/api/v1/canteen/closures/preview').send(body)
  assert.deepEqual(preview.body, { meals: 1, households: 1 })
  assert.equal((await visitor.post('/api/v1/canteen/closures').send({ ...body, meals: 2 })).status, 422)
  const send = () =>
    visitor
      .post('/api/v1/canteen/closures')
      .set('Idempotency-Key', 'k1')
      .send({ ...body, meals: 1 })
  const [first, again] = [await send(), await send()]
  assert.equal(first.status, 202)
  assert.equal(again.body.id, first.body.id)
  await t.settle()
  const after = await visitor.get(`/api/v1/canteen/closures/${first.body.id}`)
  assert.deepEqual([after.body.state, after.body.meals], ['closed', { expected: 1, cancelled: 1 }])
  assert.equal((await visitor.delete(`/api/v1/canteen/closures/${first.body.id}`)).status, 204)
  await t.settle()
  const counts = await visitor.get('/api/v1/canteen/counts?day=2026-12-10')
  assert.equal(counts.body.schools[0].now.standard, 1)
  assert.equal((await visitor.delete(`/api/v1/canteen/closures/${first.body.id}`)).status, 409)
})

test('a program ticks the list', async () => {
  const id = await school(t, NAME)
  const home = await family(t, { signedIn: false })
  await book(t, home, '2026-11-26')
  t.at('2026-11-26T11:40:00+01:00')
  const visitor = await clerk(t, 'canteen')
  const address = `/api/v1/canteen/schools/${id}/attendance/2026-11-26`
  const list = await visitor.get(address)
  const [child] = list.body.children
  const row = { childId: child.id, shown: child.seen, revision: child.revision, present: true }
  assert.deepEqual((await visitor.put(address).send({ rows: [row] })).body, {
    present: 1,
    absent: 0,
    keptAsColleague: [],
  })
  assert.equal((await visitor.get(address)).body.present, 1)
  t.at('2026-11-23T09:00:00+01:00')
})

test('what is not understood gets a clear answer; others see nothing', async () => {
  const id = await school(t, NAME)
  const visitor = await clerk(t, 'canteen')
  const good = { schools: [id], from: '2026-12-11', to: '2026-12-11', reason: 'works', message: 'Travaux.', meals: 0 }
  const bad = [
    { from: '2026-02-30' },
    { from: 5 },
    { reason: 'party' },
    { message: ' ' },
    { meals: -1 },
    { meals: '0' },
    { schools: [] },
    { classes: 'CP' },
  ]
  for (const wrong of bad)
    assert.equal(
      (await visitor.post('/api/v1/canteen/closures').send({ ...good, ...wrong })).status,
      422,
      JSON.stringify(wrong),
    )
  assert.equal((await visitor.post('/api/v1/canteen/closures').send({ ...good, schools: ['none'] })).status, 404)
  assert.equal((await visitor.get('/api/v1/canteen/counts?day=demain')).status, 422)
  assert.equal(
    (await visitor.put(`/api/v1/canteen/schools/${id}/attendance/2026-11-23`).send({ rows: 'all' })).status,
    422,
  )
  const home = await family(t)
  const stranger = await clerk(t, 'cash-office')
  for (const asker of [home.parent, stranger])
    for (const path of ['/counts?day=2026-12-11', '/closures', `/schools/${id}/attendance/2026-11-26`])
      assert.equal((await asker.get(`/api/v1/canteen${path}`)).status, 404, path)
  assert.equal((await t.visitor().get('/api/v1/canteen/closures')).status, 401)
})

test('the operations are in the description of the API', async () => {
  const { body } = await t.visitor().get('/api/openapi.json')
  assert.ok(body.paths['/canteen/closures/{id}'] ?? body.paths['/api/v1/canteen/closures/{id}'])
})
