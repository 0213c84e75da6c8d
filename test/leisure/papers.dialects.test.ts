import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFeed } from '../../src/canteen/calendar-feed.ts'
import { confirmBasket } from '../../src/leisure/signing-up/basket.ts'
import { signupsOfHousehold } from '../../src/leisure/signups.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { day, hold, plan, XMAS } from './signing-up-world.ts'
import { textOf } from './world.ts'

const t = await testTown()
const START = '2026-11-23T09:00:00+01:00'

async function confirmed(home: Family, centre: Awaited<ReturnType<typeof plan>>, days: readonly string[]) {
  const held = await hold(t, home, centre, days)
  assert.ok(held.basket, 'nothing was held')
  await confirmBasket(t.town, home.actor, held.basket.id)
  await t.settle()
}

const lettersTo = async (home: Family, kind: string) =>
  (await t.letters()).filter(letter => letter.personId === home.personId && letter.kind === kind)

test('what was confirmed is told by mail, with a PDF, once', async () => {
  t.at(START)
  const home = await family(t, { signedIn: false })
  const centre = await plan(t, { centre: 'Centre des Lilas' })
  await confirmed(home, centre, XMAS)
  const letters = await lettersTo(home, 'leisure.confirmed')
  assert.equal(letters.length, 1)
  const [letter] = letters
  assert.match(letter?.subject ?? '', /^Inscription confirmée/)
  assert.match(letter?.text ?? '', /Centre des Lilas/)
  assert.match(letter?.text ?? '', /lundi 21 décembre/)
  // Nothing of the file was filled in: the family is told before the first day.
  assert.match(letter?.text ?? '', /Il manque des papiers/)
  assert.equal(letter?.documents.length, 1)
  await t.settle()
  assert.equal((await lettersTo(home, 'leisure.confirmed')).length, 1)
})

test('a family takes its confirmation and its days home, and nobody else’s', async () => {
  t.at(START)
  const [home, other] = [await family(t), await family(t)]
  const centre = await plan(t, { centre: 'Centre des Saules' })
  await confirmed(home, centre, XMAS.slice(0, 2))
  const at = `/centres-de-loisirs/inscriptions/${centre.periodId}/confirmation`
  const pdf = await home.parent.get(`${at}.pdf`)
  assert.equal(pdf.status, 200)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  const calendar = await home.parent.get(`${at}.ics`).buffer(true)
  assert.match(calendar.headers['content-type'] ?? '', /^text\/calendar/)
  const text = calendar.text.replaceAll('\r\n ', '')
  assert.equal(text.match(/BEGIN:VEVENT/g)?.length, 2)
  assert.match(text, /DTSTART;VALUE=DATE:20261221/)
  assert.match(text, /SUMMARY:Inès\s: Centre des Saules/)
  assert.match(text, /LOCATION:12 avenue du Parc/)
  for (const ending of ['pdf', 'ics']) {
    assert.equal((await other.parent.get(`${at}.${ending}`)).status, 404)
    assert.equal((await t.visitor().get(`${at}.${ending}`)).status, 303)
  }
})

test('two days before the first day a reminder leaves in the morning, and none for the days after it', async () => {
  t.at(START)
  const home = await family(t, { signedIn: false })
  const centre = await plan(t, { centre: 'Centre des Pins' })
  await confirmed(home, centre, XMAS)
  const reminders = () => lettersTo(home, 'leisure.reminder')
  for (const morning of ['2026-12-18T09:01', '2026-12-19T08:59']) {
    t.at(`${morning}:00+01:00`)
    await t.tick()
    assert.equal((await reminders()).length, 0, morning)
  }
  for (const morning of ['2026-12-19T09:01', '2026-12-20T09:01', '2026-12-21T09:01']) {
    t.at(`${morning}:00+01:00`)
    await t.tick()
    assert.equal((await reminders()).length, 1, morning)
  }
  const [letter] = await reminders()
  assert.match(letter?.subject ?? '', /Inès.*lundi 21 décembre/)
  for (const said of ['Centre des Pins', '12 avenue du Parc', 'Une gourde', 'Journée avec repas, de 8 h à 18 h'])
    assert.ok(textOf(letter?.text ?? '').includes(said), `« ${said} » is missing in: ${letter?.text}`)
})

test('who gave up the place is not reminded of it', async () => {
  t.at(START)
  const home = await family(t, { signedIn: false })
  const centre = await plan(t, { centre: 'Centre des Ormes' })
  await hold(t, home, centre, XMAS)
  // Never confirmed: ten minutes later the places are gone.
  t.at('2026-11-23T09:11:00+01:00')
  await t.tick()
  t.at('2026-12-19T09:01:00+01:00')
  await t.tick()
  assert.deepEqual(await lettersTo(home, 'leisure.reminder'), [])
})

test('a parent sees the next days at the centre beside the meals, and a basket that waits', async () => {
  t.at('2026-12-17T09:00:00+01:00')
  const home = await family(t)
  const centre = await plan(t, { centre: 'Centre des Buis' })
  await confirmed(home, centre, ['2026-12-21'])
  await hold(t, home, centre, ['2026-12-22'])
  const page = textOf((await home.parent.get('/accueil')).text)
  assert.match(page, /lun\. 21 déc\. Centre de loisirs : journée avec repas/)
  assert.match(page, /Votre panier du centre de loisirs est gardé jusqu’à 9 h 10/)
  assert.doesNotMatch(page, /22 déc\. Centre de loisirs/)
})

test('the phone’s calendar has the days at the centre beside the meals, and forgets those given up', async () => {
  t.at(START)
  const home = await family(t)
  const centre = await plan(t, { centre: 'Centre des Aulnes' })
  await confirmed(home, centre, ['2026-12-23'])
  const url = await makeFeed(t.town, home.actor)
  const feed = async () => (await t.visitor().get(`/calendrier/${url}.ics`).buffer(true)).text.replaceAll('\r\n ', '')
  assert.match(await feed(), /DTSTART;VALUE=DATE:20261223[\s\S]*SUMMARY:Inès\s: Centre des Aulnes/)
  const [signup] = await signupsOfHousehold(t.town.db.read, home.household, ['booked'])
  assert.ok(signup)
  await cancelDays(t.town, home.actor, signup.id, [day('2026-12-23')])
  assert.doesNotMatch(await feed(), /Centre des Aulnes/)
})
