import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confirmBasket } from '../../src/leisure/signing-up/basket.ts'
import { holdChoices } from '../../src/leisure/signing-up/hold.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { choice, plan, told, XMAS_2 } from './signing-up-world.ts'

const t = await testTown()

test('programs put into the basket, read it, take out of it and confirm it, with the same rules', async () => {
  const xmas = await plan(t, { groups: [{ places: 1 }] })
  const awa = await family(t, { children: ['Inès', 'Malo'] })
  const [ines, malo] = awa.children.map(({ id }) => id)
  const one = (childId: string | undefined, days: string[]) => ({
    childId,
    centreId: xmas.centreId,
    unit: days.length > 1 ? 'week' : 'day',
    part: 'day',
    meal: true,
    days,
  })
  const asked = {
    periodId: xmas.periodId,
    choices: [one(ines, XMAS_2), one(malo, ['2026-12-28']), one(malo, ['2026-12-21'])],
  }
  const post = () => awa.parent.post('/api/v1/leisure/basket').set('Idempotency-Key', 'abc').send(asked)
  const held = await post()
  assert.equal(held.status, 200)
  assert.deepEqual(
    held.body.held.map(({ index }: { index: number }) => index),
    [0, 2],
  )
  assert.deepEqual([held.body.waiting[0].index, held.body.waiting[0].rank], [1, 1])
  assert.deepEqual((await post()).body, held.body)

  const basket = await awa.parent.get('/api/v1/leisure/basket')
  assert.equal(basket.body.signUps.length, 2)
  const removed = await awa.parent.delete(`/api/v1/leisure/basket/sign-ups/${held.body.held[1].signupId}`)
  assert.equal(removed.status, 204)
  const confirmed = await awa.parent.post(`/api/v1/leisure/basket/${basket.body.id}/confirm`).send({})
  assert.deepEqual(confirmed.body.signupIds, [held.body.held[0].signupId])
  assert.equal((await awa.parent.get('/api/v1/leisure/basket')).status, 404)
  const list = await awa.parent.get('/api/v1/leisure/sign-ups')
  assert.deepEqual(
    list.body.signUps.map(({ state, rank }: { state: string; rank: number | null }) => [state, rank]).sort(),
    [
      ['booked', null],
      ['left', null],
      ['waiting', 1],
    ],
  )
  const other = await family(t)
  assert.equal((await other.parent.post('/api/v1/leisure/basket').send(asked)).status, 404)
  assert.equal((await other.parent.post(`/api/v1/leisure/basket/${basket.body.id}/confirm`).send({})).status, 404)
  assert.deepEqual((await other.parent.get('/api/v1/leisure/sign-ups')).body, { signUps: [] })
  assert.equal((await t.visitor().get('/api/v1/leisure/sign-ups')).status, 401)
  const early = await plan(t, { opensAt: '2026-12-01T08:00:00+01:00' })
  const refused = await awa.parent
    .post('/api/v1/leisure/basket')
    .send({ periodId: early.periodId, choices: [{ ...one(ines, ['2026-12-22']), centreId: early.centreId }] })
  assert.deepEqual([refused.status, refused.body.code], [409, 'leisure-later'])
})

test('a leisure clerk signs up at the counter for the family that is there; a clerk of another service does not', async () => {
  const xmas = await plan(t)
  const awa = await family(t, { signedIn: false })
  const [leisure, canteen] = [await clerkAccount(t, 'leisure'), await clerkAccount(t, 'canteen')]
  const as = (clerk: typeof leisure.actor) => ({ kind: 'on-behalf', clerk, personId: awa.personId }) as const
  const choices = [choice(xmas, awa.children[0]!.id, ['2026-12-22'])]
  const hold = (clerk: typeof leisure.actor) =>
    holdChoices(t.town, as(clerk), xmas.periodId, choices, { waitWhenFull: true })
  await assert.rejects(hold(canteen.actor), { status: 404 })
  const held = await hold(leisure.actor)
  await confirmBasket(t.town, as(leisure.actor), held.basket?.id ?? '')
  assert.deepEqual(await told(t, awa), ['booked: 12-22 taken'])
})
