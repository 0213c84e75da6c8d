// What came in, what went out, how long it took: on the dashboard, as a file, and in Monday's letter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { civilFigures } from '../../src/civil-records/figures.ts'
import { saveSettings } from '../../src/settings/save-settings.ts'
import { moveOn, submittedRequest } from '../civil-records/world.ts'
import { clerk, clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const civil = await clerk(t, 'civil-registry')
const canteen = await clerk(t, 'canteen')
const administrator = await clerkAccount(t)

/** A request received one day and answered another, at noon in Paris. */
async function answered(received: string, on: string, given: Parameters<typeof submittedRequest>[1] = {}) {
  t.at(`${received}T12:00:00+01:00`)
  const request = await submittedRequest(t, { papers: 0, state: 'signed', ...given })
  t.at(`${on}T12:00:00+01:00`)
  await moveOn(t, request.id, ['posted'])
  return request
}

// Four births in 1, 2, 2 and 6 working days, one death still waiting, one marriage made at the counter.
await answered('2026-11-16', '2026-11-17')
await answered('2026-11-16', '2026-11-18')
await answered('2026-11-13', '2026-11-17')
const slow = await answered('2026-11-12', '2026-11-20')
t.at('2026-11-18T12:00:00+01:00')
await submittedRequest(t, { papers: 0, answers: { kind: 'death' } })
await submittedRequest(t, { papers: 0, answers: { kind: 'marriage' }, channel: 'counter' })
t.at('2026-11-23T09:00:00+01:00')

test('requests are counted by the month they came in and were answered, with their delays in working days', async () => {
  const { keys, monthly } = await civilFigures(t.town.db.read, t.town.clock.now())
  const key = Object.fromEntries(keys.map(one => [one.key, one.value]))
  assert.deepEqual(key, {
    'civil.waiting': 2,
    'civil.receivedThisMonth': 6,
    'civil.median': 2,
    'civil.ninetieth': 6,
    'civil.atCounter': 1 / 6,
  })
  const november = Object.fromEntries(
    monthly.map(one => [one.key, Object.fromEntries(one.series.map(({ name, values }) => [name, values.at(-1)]))]),
  )
  assert.deepEqual(november['civil.received'], { birth: 4, marriage: 1, death: 1, recognition: 0 })
  assert.deepEqual(november['civil.answered'], { birth: 4, marriage: 0, death: 0, recognition: 0 })
  assert.deepEqual(november['civil.delayMedian'], { birth: 2, marriage: null, death: null, recognition: null })
  assert.deepEqual(november['civil.delayNinetieth'], { birth: 6, marriage: null, death: null, recognition: null })
})

test('a record that came back and went out again was answered the first time', async () => {
  t.at('2026-11-30T12:00:00+01:00')
  await moveOn(t, slow.id, ['signed', 'posted'])
  t.at('2026-12-01T09:00:00+01:00')
  const { monthly } = await civilFigures(t.town.db.read, t.town.clock.now())
  const births = monthly.find(one => one.key === 'civil.delayNinetieth')!.series[0]!.values
  assert.deepEqual(births.slice(-2), [6, null])
  t.at('2026-11-23T09:00:00+01:00')
})

test('a clerk sees the figures of their own service, each chart with its table', async () => {
  const page = await civil.get('/guichet/tableau-de-bord')
  assert.equal(page.status, 200)
  assert.match(page.text, /Demandes reçues/)
  assert.doesNotMatch(page.text, /Repas réservés/)
  assert.match(page.text, /<svg[^>]*role="img"/)
  assert.match(page.text, /<caption[^>]*>Demandes reçues<\/caption>/)
  const other = await canteen.get('/guichet/tableau-de-bord')
  assert.match(other.text, /Repas réservés/)
  assert.doesNotMatch(other.text, /Demandes reçues/)
  const all = await administrator.clerk.get('/guichet/tableau-de-bord')
  assert.match(all.text, /Montant facturé/)
})

test('the table comes as a file, for the service’s own clerks', async () => {
  const file = await civil.get('/guichet/tableau-de-bord/civil.csv')
  assert.equal(file.status, 200)
  assert.match(file.headers['content-type']!, /text\/csv/)
  assert.match(file.text, /2026-11;Demandes reçues;Naissance;4/)
  assert.equal((await canteen.get('/guichet/tableau-de-bord/civil.csv')).status, 404)
  assert.equal((await civil.get('/guichet/tableau-de-bord/nothing.csv')).status, 404)
  assert.notEqual((await t.visitor().get('/guichet/tableau-de-bord')).status, 200)
})

test('on Monday the head of service gets the week’s figures once, nobody before one is named', async () => {
  const weekly = async () => (await t.letters()).filter(({ kind }) => kind === 'figures.weekly')
  t.at('2026-11-23T09:00:00+01:00')
  await t.tick()
  assert.equal((await weekly()).length, 0)
  await saveSettings(t.town, administrator.actor, { weeklyMailTo: 'chef@valmont.example' })
  t.at('2026-11-30T06:59:00+01:00')
  await t.tick()
  assert.equal((await weekly()).length, 0)
  t.at('2026-11-30T07:01:00+01:00')
  await t.tick()
  await t.tick()
  const [letter, ...more] = await weekly()
  assert.deepEqual(more, [])
  assert.equal(letter!.to, 'chef@valmont.example')
  assert.match(letter!.subject, /23 novembre/)
  assert.match(letter!.text, /Demandes en attente ce matin/)
})
