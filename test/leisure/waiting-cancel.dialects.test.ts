import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq, like } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { signupById } from '../../src/leisure/signups.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { day, plan, takenOn, told, XMAS } from './signing-up-world.ts'
import { book, lettersTo, offerToken, wait } from './waiting-world.ts'
import { post, textOf } from './world.ts'

const t = await testTown()
const { read } = t.town.db
const NOW = '2026-11-23T09:00:00+01:00'
const parent = (given = {}) => family(t, { signedIn: false, ...given })
const [MONDAY, TUESDAY] = [XMAS[0]!, XMAS[1]!]

/** The sources promised to be credited for a sign-up. */
async function credited(signupId: string): Promise<string[]> {
  const rows = await read.select().from(outbox).where(eq(outbox.topic, 'billing.credit'))
  const sources = rows.flatMap(({ payload }) => (payload as { sources: string[] }).sources)
  return sources.filter(source => source.includes(signupId)).sort()
}

test('on the last free day cancelling costs nothing; the day after, in Paris, it is charged', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const home = await parent()
  const id = await book(t, home, centre, [MONDAY, TUESDAY])
  t.at('2026-12-14T23:59:59+01:00')
  const first = await cancelDays(t.town, home.actor, id, [day(MONDAY)])
  assert.deepEqual(first, { free: [MONDAY], late: [], already: [] })
  t.at('2026-12-16T00:00:00+01:00')
  const second = await cancelDays(t.town, home.actor, id, [day(TUESDAY), day(MONDAY)])
  assert.deepEqual(second, { free: [], late: [TUESDAY], already: [MONDAY] })
  const signup = await signupById(read, id)
  assert.equal(signup?.state, 'cancelled', 'no day is left')
  assert.deepEqual(
    signup.days.map(({ state, late, excused }) => [state, late, excused]),
    [
      ['freed', false, false],
      ['freed', true, false],
    ],
  )
  assert.deepEqual(await credited(id), [`stay:${id}:${MONDAY}`], 'only what costs nothing')
  assert.deepEqual(await takenOn(t, centre.groups[0]!, TUESDAY), [0, 0])
  const [late, free] = await lettersTo(t, home, 'cancelled')
  assert.match(free!.text, /Annulé, rien à payer[\s\S]*lundi 21 décembre/)
  assert.match(late!.text, /Annulé trop tard, facturé[\s\S]*mardi 22 décembre/)
})

test('one day of two is cancelled, once however often it is asked, and the sign-up stands', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const home = await parent()
  const id = await book(t, home, centre, [MONDAY, TUESDAY])
  const cancel = (key?: string) => cancelDays(t.town, home.actor, id, [day(MONDAY)], { key })
  const [one, two] = await Promise.all([cancel('same'), cancel('same')])
  assert.deepEqual(one, two)
  assert.deepEqual(await cancel(), { free: [], late: [], already: [MONDAY] })
  assert.deepEqual(await told(t, home), ['booked: 12-21 freed, 12-22 taken'])
  assert.deepEqual(await takenOn(t, centre.groups[0]!, MONDAY), [0, 0])
  assert.equal((await lettersTo(t, home, 'cancelled')).length, 1)
})

test('a day that is past or the day itself, of another sign-up, or of nobody cannot be cancelled', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const [home, other] = [await parent(), await parent()]
  const id = await book(t, home, centre, [MONDAY])
  const refused = { status: 422, errors: [{ field: 'days', code: 'not-cancellable' }] }
  await assert.rejects(cancelDays(t.town, home.actor, id, [day(TUESDAY)]), refused)
  await assert.rejects(cancelDays(t.town, home.actor, id, []), { errors: [{ field: 'days', code: 'no-day' }] })
  await assert.rejects(cancelDays(t.town, other.actor, id, [day(MONDAY)]), { status: 404 })
  const byClerk = { reason: 'x', forNothing: true }
  await assert.rejects(cancelDays(t.town, home.actor, id, [day(MONDAY)], { byClerk }), { status: 404 })
  const canteen = await clerkAccount(t, 'canteen')
  await assert.rejects(cancelDays(t.town, canteen.actor, id, [day(MONDAY)], { byClerk }), { status: 404 })
  t.at('2026-12-21T00:00:00+01:00')
  await assert.rejects(cancelDays(t.town, home.actor, id, [day(MONDAY)]), refused)
  assert.deepEqual(await told(t, home), ['booked: 12-21 taken'])
})

test('a clerk cancels for a family with a reason, for nothing when the town is the cause', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const home = await parent()
  const { actor } = await clerkAccount(t, 'leisure')
  const id = await book(t, home, centre, [MONDAY, TUESDAY])
  t.at('2026-12-21T07:00:00+01:00')
  const noReason = { byClerk: { reason: ' ', forNothing: true } }
  await assert.rejects(cancelDays(t.town, actor, id, [day(MONDAY)], noReason), { status: 422 })
  const heating = { byClerk: { reason: 'Le chauffage est en panne.', forNothing: true } }
  assert.deepEqual((await cancelDays(t.town, actor, id, [day(MONDAY)], heating)).free, [MONDAY])
  const wish = { byClerk: { reason: 'Par téléphone.', forNothing: false } }
  assert.deepEqual((await cancelDays(t.town, actor, id, [day(TUESDAY)], wish)).late, [TUESDAY])
  assert.deepEqual(await credited(id), [`stay:${id}:${MONDAY}`])
  const letters = await lettersTo(t, home, 'cancelled')
  assert.ok(letters.some(({ text }) => text.includes('Le chauffage est en panne.')))
})

test('the page lists each day with what it costs, cancels those that are ticked, and says so', async () => {
  t.at('2026-12-15T10:00:00+01:00')
  const centre = await plan(t)
  const home = await family(t)
  const id = await book(t, home, centre, [MONDAY, TUESDAY])
  const path = `/centres-de-loisirs/inscriptions/${id}/annuler`
  const page = textOf((await home.parent.get(path).expect(200)).text)
  assert.match(page, /C’était gratuit jusqu’au lundi 14 décembre 2026\. Ce jour sera facturé/)
  assert.match(page, /Gratuit jusqu’au mardi 15 décembre 2026/)
  const none = await post(home.parent, path, {}).expect(422)
  assert.match(textOf(none.text), /Cochez au moins un jour/)
  await post(home.parent, path, { days: [MONDAY, TUESDAY] })
    .expect(303)
    .expect('location', path)
  const after = textOf((await home.parent.get(path).expect(200)).text)
  assert.match(after, /1 jour annulé, sans rien à payer\. 1 jour annulé trop tard/)
  assert.match(after, /lundi 21 décembre : annulé trop tard, facturé/)
  const other = await family(t)
  await other.parent.get(path).expect(404)
  await post(other.parent, path, { days: MONDAY }).expect(404)
  await t.visitor().get(path).expect(303)
})

test('a cancelled place reaches the first waiting family by mail and they take it by the link, without signing in', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const home = await family(t)
  const waits = await parent()
  const id = await book(t, home, centre, [TUESDAY])
  await wait(t, waits, centre, [TUESDAY])
  await post(home.parent, `/centres-de-loisirs/inscriptions/${id}/annuler`, { days: TUESDAY }).expect(303)
  const path = `/centres-de-loisirs/place/${await offerToken(t, waits)}`
  const visitor = t.visitor()
  const page = textOf((await visitor.get(path).expect(200)).text)
  assert.match(page, /Une place pour Inès/)
  assert.match(page, /gardée pour vous jusqu’au mercredi 25 novembre 2026 à 9 h/)
  assert.match(page, /annuler sans payer jusqu’au mardi 15 décembre 2026/)
  await post(visitor, path, { answer: 'accept' }).expect(303)
  assert.match(textOf((await visitor.get(path)).text), /C’est réservé/)
  assert.deepEqual(await told(t, waits), ['booked: 12-22 taken'])
  await visitor.get('/centres-de-loisirs/place/rien').expect(404)
})

test('from the sign-ups an offer is accepted or declined, and a line is left', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const first = await parent()
  const [one, two] = [await family(t), await family(t)]
  const id = await book(t, first, centre, [TUESDAY])
  const oneId = await wait(t, one, centre, [TUESDAY])
  const twoId = await wait(t, two, centre, [TUESDAY])
  const mine = '/centres-de-loisirs/inscriptions'
  await cancelDays(t.town, first.actor, id, [day(TUESDAY)])
  const home = textOf((await one.parent.get('/accueil')).text)
  assert.match(home, /Une place est libre pour Inès/)
  await post(two.parent, `${mine}/${oneId}/accepter`, {}).expect(404)
  await post(one.parent, `${mine}/${oneId}/quitter`, {}).expect(303).expect('location', mine)
  await post(two.parent, `${mine}/${twoId}/accepter`, {}).expect(303)
  assert.match(textOf((await two.parent.get(mine)).text), /C’est réservé/)
  await post(one.parent, `${mine}/${oneId}/accepter`, {}).expect(303)
  assert.match(textOf((await one.parent.get(mine)).text), /Vous n’avez pas répondu à temps/)
  assert.deepEqual(await told(t, two), ['booked: 12-22 taken'])
})

test('programs read the waiting lists, answer offers and cancel days', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const [first, one] = [await family(t), await family(t)]
  const id = await book(t, first, centre, [TUESDAY])
  const oneId = await wait(t, one, centre, [TUESDAY])
  const list = async () => (await one.parent.get('/api/v1/leisure/waiting').expect(200)).body.waiting
  assert.deepEqual(
    (await list()).map((each: Record<string, unknown>) => [each['id'], each['state'], each['rank'], each['days']]),
    [[oneId, 'waiting', 1, [TUESDAY]]],
  )
  await first.parent.post(`/api/v1/leisure/waiting/${oneId}/leave`).expect(404)
  const cancelled = await first.parent
    .post(`/api/v1/leisure/sign-ups/${id}/cancel`)
    .send({ days: [TUESDAY] })
    .expect(200)
  assert.deepEqual(cancelled.body, { free: [TUESDAY], late: [], already: [] })
  assert.equal((await list())[0].state, 'offered')
  await one.parent.post(`/api/v1/leisure/waiting/${oneId}/accept`).expect(204)
  assert.deepEqual(await list(), [])
  await t.visitor().get('/api/v1/leisure/waiting').expect(401)
})

test('an accepted place asks for the deposit as any other', async () => {
  const promised = await read.select().from(outbox).where(like(outbox.key, '%offer:%'))
  assert.ok(promised.some(({ topic }) => topic === 'leisure.confirmed'))
  assert.ok(promised.some(({ topic }) => topic.startsWith('billing.')))
})
