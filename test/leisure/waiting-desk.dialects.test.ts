import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { leisureSessions } from '../../src/leisure/schema.ts'
import { signupById } from '../../src/leisure/signups.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { closeDay } from '../../src/leisure/waiting/close-day.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { day, hold, plan, takenOn, told, XMAS } from './signing-up-world.ts'
import { book, lettersTo, wait } from './waiting-world.ts'
import { post, textOf, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { read } = t.town.db
const NOW = '2026-11-23T09:00:00+01:00'
const LISTS = '/guichet/loisirs/listes-d-attente'
const [MONDAY, TUESDAY] = [XMAS[0]!, XMAS[1]!]
const parent = (given = {}) => family(t, { signedIn: false, ...given })
const { clerk, actor } = await clerkAccount(t, 'leisure')

test('the clerk sees who waits where, in which order, with the offers out', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1, name: 'Les petits' }], centre: 'Centre du Bois' })
  const [first, one, two] = [await parent(), await parent({ children: ['Léo'] }), await parent({ children: ['Zoé'] })]
  const id = await book(t, first, centre, [TUESDAY])
  await wait(t, one, centre, [TUESDAY])
  await wait(t, two, centre, [TUESDAY])
  const list = async () => textOf((await clerk.get(`${LISTS}?periode=${centre.periodId}`).expect(200)).text)
  assert.match(await list(), /Centre du Bois .*mardi 22 décembre Les petits 1 sur 1 2/)
  const path = `${LISTS}/jour?groupe=${centre.groups[0]}&jour=${TUESDAY}`
  const page = textOf((await clerk.get(path).expect(200)).text)
  assert.match(page, /1er Léo .* 2e Zoé/)
  await cancelDays(t.town, first.actor, id, [day(TUESDAY)])
  assert.match(await list(), /1 sur 1 1 1, réponse jusqu’au mercredi 25 novembre 2026 à 9 h/)
  await clerk.get(LISTS).expect(200)
  await clerk.get(`${LISTS}/jour?groupe=rien&jour=${TUESDAY}`).expect(404)
  await clerk.get(`${LISTS}/jour?groupe=${centre.groups[0]}`).expect(404)
  const canteen = await clerkAccount(t, 'canteen')
  await canteen.clerk.get(LISTS).expect(404)
})

test('a place that came free too late is offered by a clerk, who sees to whom first; once', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const [first, one, two] = [await parent(), await parent({ children: ['Léo'] }), await parent()]
  const id = await book(t, first, centre, [TUESDAY])
  const oneId = await wait(t, one, centre, [TUESDAY])
  const twoId = await wait(t, two, centre, [TUESDAY])
  t.at('2026-12-21T21:00:00+01:00')
  await cancelDays(t.town, first.actor, id, [day(TUESDAY)])
  assert.equal((await signupById(read, oneId))?.state, 'waiting')
  const { clerk: atWork } = await clerkAccount(t, 'leisure')
  const path = `${LISTS}/jour?groupe=${centre.groups[0]}&jour=${TUESDAY}`
  assert.match(textOf((await atWork.get(path)).text), /Elle irait à Léo/)
  const form = { groupe: centre.groups[0], jour: TUESDAY }
  await post(atWork, `${LISTS}/jour`, { ...form, signupId: twoId }).expect(303)
  assert.match(textOf((await atWork.get(path)).text), /Rien n’est envoyé/)
  await post(atWork, `${LISTS}/jour`, { ...form, signupId: oneId }).expect(303)
  await post(atWork, `${LISTS}/jour`, { ...form, signupId: oneId }).expect(303)
  assert.deepEqual(
    [(await signupById(read, oneId))?.state, (await signupById(read, twoId))?.state],
    ['offered', 'waiting'],
  )
  assert.equal((await lettersTo(t, one, 'offer')).length, 1)
  assert.deepEqual(await takenOn(t, centre.groups[0]!, TUESDAY), [1, 1])
})

test('a clerk cancels for a family from the day’s page', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const home = await parent()
  const id = await book(t, home, centre, [MONDAY, TUESDAY])
  const day = await clerk.get(`${LISTS}/jour?groupe=${centre.groups[0]}&jour=${TUESDAY}`)
  const path = `/guichet/loisirs/inscriptions/${id}/annuler`
  assert.ok(day.text.includes(path))
  await clerk.get(path).expect(200)
  const none = await post(clerk, path, { days: TUESDAY }).expect(422)
  assert.match(textOf(none.text), /Écrivez la raison/)
  await post(clerk, path, { days: TUESDAY, reason: 'Sortie annulée', forNothing: 'yes' }).expect(303)
  assert.deepEqual(await told(t, home), ['booked: 12-21 taken, 12-22 freed'])
})

test('closing a day cancels all for nothing, ends lines and baskets, tells each family once, and takes the half-days away', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 2 }] })
  const [group] = centre.groups
  const [booked, holder, waits] = [await parent({ children: ['Inès', 'Malo'] }), await parent(), await parent()]
  const id = await book(t, booked, centre, [MONDAY, TUESDAY])
  await hold(t, holder, centre, XMAS, { unit: 'week' })
  await wait(t, waits, centre, [TUESDAY])
  const mondayOnly = await parent()
  const later = await wait(t, mondayOnly, centre, [MONDAY])
  t.at('2026-11-23T09:05:00+01:00')
  const path = `/guichet/loisirs/fermer?centre=${centre.centreId}&jour=${TUESDAY}`
  assert.match(textOf((await clerk.get(path).expect(200)).text), /1 enfant inscrit, 2 en attente ou sans réponse/)
  const form = { centre: centre.centreId, jour: TUESDAY, groups: group, reason: '' }
  await post(clerk, '/guichet/loisirs/fermer', form).expect(422)
  await post(clerk, '/guichet/loisirs/fermer', { ...form, groups: [], reason: 'x' }).expect(422)
  await post(clerk, '/guichet/loisirs/fermer', { ...form, reason: 'Grève' }).expect(303)
  assert.deepEqual(await told(t, booked), ['booked: 12-21 taken, 12-22 freed'])
  assert.match((await told(t, holder))[0]!, /^left: .*12-21 freed/)
  assert.deepEqual(await told(t, waits), ['left: 12-22 asked'])
  assert.equal((await signupById(read, later))?.state, 'offered', 'the Monday of the week that was held')
  const sessions = await read.select().from(leisureSessions).where(eq(leisureSessions.groupId, group!))
  assert.deepEqual(
    sessions.filter(session => session.day.toString() === TUESDAY),
    [],
  )
  const credits = await read
    .select()
    .from(outbox)
    .where(eq(outbox.key, `billing.credit:closed:${id}:${TUESDAY}`))
  assert.equal(credits.length, 1)
  await t.settle()
  await t.settle()
  for (const home of [booked, holder, waits]) {
    const letters = await lettersTo(t, home, 'day-closed')
    assert.equal(letters.length, 1)
    assert.match(letters[0]!.text, /Grève/)
  }
  assert.equal((await lettersTo(t, mondayOnly, 'day-closed')).length, 0)
  const again = { centreId: centre.centreId, day: day(TUESDAY), groupIds: [group!], reason: 'Grève' }
  await assert.rejects(closeDay(t.town, actor, again), { status: 404 })
  assert.equal(await closeDay(t.town, actor, { ...again, day: day(MONDAY) }), 2)
  assert.deepEqual(await told(t, booked), ['cancelled: 12-21 freed, 12-22 freed'])
  const past = { ...again, day: day('2026-11-22') }
  await assert.rejects(closeDay(t.town, actor, past), { status: 422 })
})

test('the places counted are the places taken, whatever was cancelled, offered and closed', async () => {
  for (const { check } of t.invariants) assert.deepEqual(await check(read), [])
})
