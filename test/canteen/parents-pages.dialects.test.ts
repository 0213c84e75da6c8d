import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { absenceClaims, attendances, calendarFeeds, menuDishes } from '../../src/canteen/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { newId } from '../../src/kernel/ids.ts'
import { type Family, family, school, secondHousehold } from '../support/family.ts'
import { pdf } from '../uploads/files.ts'
import { textOf } from './html.ts'
import { book, cancel, canteenTown, day, meals, setCapacity, wait, waitingState } from './world.ts'

const t = await canteenTown()
beforeEach(() => t.at('2026-11-23T09:00:00+01:00'))
let pleins = 0

async function offered() {
  const name = `École pleine ${++pleins}`
  const schoolId = await school(t, name)
  await setCapacity(t, schoolId, 1)
  const [first, second] = [await family(t, { school: name, signedIn: false }), await family(t, { school: name })]
  await book(t, first, '2026-12-07')
  await wait(t, second, '2026-12-07')
  await cancel(t, first, '2026-12-07')
  const letter = (await t.letters()).find(one => one.personId === second.personId && one.kind === 'meal-offer')
  const path =
    /http:\/\/guichet\.test(\/cantine\/place\/[\w-]+)/.exec(letter?.text ?? '')?.[1] ?? assert.fail('no link')
  return { first, second, path }
}

test('the link of an offer needs no sign-in; opening it changes nothing, accepting it books the meal', async () => {
  const { second, path } = await offered()
  const visitor = t.visitor()
  const page = await visitor.get(path)
  assert.match(textOf(page.text), /Une place pour Inès Une place est libre à la cantine : lundi 7 décembre\./)
  await visitor.get(path)
  assert.equal((await waitingState(t, second.children[0]!.id, '2026-12-07'))?.state, 'offered')
  const answer = await visitor.post(path).type('form').send({ answer: 'accept' })
  assert.equal(answer.status, 303)
  assert.match(textOf((await visitor.get(path)).text), /C’est réservé Inès mange à la cantine : lundi 7 décembre/)
  assert.deepEqual(await meals(t, second.children[0]!.id), ['2026-12-07'])
  assert.equal((await visitor.get(`${path}x`)).status, 404)
})

test('who clicks too late is told so kindly', async () => {
  const { path } = await offered()
  t.at('2026-11-24T09:00:01+01:00')
  await t.visitor().post(path).type('form').send({ answer: 'accept' })
  assert.match(textOf((await t.visitor().get(path)).text), /La place vient d’être prise/)
})

test('the waiting lists show the offer first, and it is accepted there in one click', async () => {
  const { second } = await offered()
  const child = second.children[0]!.id
  const page = await second.parent.get('/cantine/liste-d-attente')
  assert.match(
    textOf(page.text),
    /Inès, lundi 7 décembre Une place est libre\. Elle est gardée pour vous jusqu’au mardi 24 novembre 2026 à 9 h/,
  )
  await second.parent
    .post('/cantine/liste-d-attente')
    .type('form')
    .send({ childId: child, day: '2026-12-07', wish: 'accept' })
  assert.deepEqual(await meals(t, child), ['2026-12-07'])
  assert.match(
    textOf((await second.parent.get('/cantine/liste-d-attente')).text),
    /1 repas réservé\..*Vous n’attendez aucune place/,
  )
  const nonsense = await second.parent
    .post('/cantine/liste-d-attente')
    .type('form')
    .send({ childId: child, day: 'x', wish: 'accept' })
  assert.equal(nonsense.status, 400)
})

async function feedAddress(home: Family): Promise<string> {
  await home.parent.post('/cantine/agenda')
  const page = await home.parent.get('/cantine/agenda')
  return /http:\/\/guichet\.test(\/calendrier\/[\w-]{43}\.ics)/.exec(page.text)?.[1] ?? assert.fail(page.text)
}

test('a phone reads the household’s meals at its secret address, one event a day, and is told when nothing is new', async () => {
  const home = await family(t, { children: ['Inès', 'Malo'] })
  await book(t, home, '2026-12-07', '2027-03-30')
  const url = await feedAddress(home)
  const phone = t.visitor()
  const feed = await phone.get(url)
  assert.equal(feed.status, 200)
  assert.match(String(feed.headers['content-type']), /^text\/calendar/)
  const events = feed.text.split('BEGIN:VEVENT').slice(1)
  assert.equal(events.length, 2)
  assert.match(events[0]!, /DTSTART;VALUE=DATE:20261207/)
  assert.match(events[0]!, /SUMMARY:Cantine\s: Inès/)
  assert.match(events[1]!, /DTSTART;VALUE=DATE:20270330/)
  const again = await phone.get(url).set('If-None-Match', String(feed.headers['etag']))
  assert.equal(again.status, 304)
  await cancel(t, home, '2026-12-07')
  assert.equal((await phone.get(url).set('If-None-Match', String(feed.headers['etag']))).status, 200)
})

test('the address is shown once, kept nowhere, and a new one or its deletion makes it stop working', async () => {
  const home = await family(t)
  const url = await feedAddress(home)
  const token = url.slice('/calendrier/'.length, -'.ics'.length)
  assert.ok(!(await home.parent.get('/cantine/agenda')).text.includes(token))
  const rows = await t.town.db.read.select().from(calendarFeeds)
  assert.ok(!JSON.stringify(rows).includes(token))
  const other = await feedAddress(home)
  assert.equal((await t.visitor().get(url)).status, 404)
  assert.equal((await t.visitor().get(other)).status, 200)
  await home.parent.post('/cantine/agenda/supprimer')
  assert.equal((await t.visitor().get(other)).status, 404)
  assert.equal((await t.visitor().get('/calendrier/nothing.ics')).status, 404)
})

test('the feed of one parent has nothing of the other’s', async () => {
  const mother = await family(t)
  const father = await secondHousehold(t, mother)
  await book(t, mother, '2026-12-07')
  await book(t, father, '2026-12-01')
  const feed = (await t.visitor().get(await feedAddress(father))).text
  assert.match(feed, /20261201/)
  for (const secret of ['20261207', mother.email, mother.household]) assert.ok(!feed.includes(secret))
})

test('the menus of a week say what is in each dish, and which is vegetarian; without menus, so', async () => {
  const dish = {
    day: day('2026-12-03'),
    position: 1,
    labels: ['organic', 'Fait maison'],
    updatedAt: t.town.clock.now(),
  }
  await t.town.db.transaction(async tx => {
    await tx.insert(menuDishes).values([
      {
        ...dish,
        id: newId<'menu-dish'>(),
        kind: 'dessert',
        name: 'Pomme',
        vegetarian: false,
        allergens: [],
        labels: [],
      },
      {
        ...dish,
        id: newId<'menu-dish'>(),
        kind: 'main',
        name: 'Lasagnes',
        vegetarian: true,
        allergens: ['gluten', 'milk'],
      },
    ])
  })
  const page = textOf((await t.visitor().get('/menus?semaine=2026-W49')).text)
  assert.match(
    page,
    /jeudi 3 décembre Plat Lasagnes végétarien, bio, Fait maison Contient : gluten et lait\. Dessert Pomme/,
  )
  assert.match(
    textOf((await t.visitor().get('/menus?semaine=2026-W50')).text),
    /Les menus de cette semaine ne sont pas encore là/,
  )
  for (const week of ['2026-W54', '2026-w49', 'x'])
    assert.equal((await t.visitor().get(`/menus?semaine=${week}`)).status, 404)
})

test('a meal that could not be cancelled is excused by a doctor’s paper, for a clerk to check', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  await book(t, home, '2026-11-26', '2026-11-27', '2026-12-07')
  t.at('2026-11-26T14:00:00+01:00')
  const page = await home.parent.get('/cantine/absence')
  assert.match(textOf(page.text), /Inès, jeudi 26 novembre à envoyer jusqu’au mardi 1er décembre/)
  assert.doesNotMatch(textOf(page.text), /Inès, lundi 7 décembre/) // may still be cancelled
  const send = (days: string[], file: Buffer | undefined, name = 'certificat.pdf') => {
    let request = home.parent.post('/cantine/absence')
    for (const one of days) request = request.field('days', one)
    return file ? request.attach('paper', file, name) : request.field('x', '')
  }
  assert.equal((await send([`${child}.2026-11-26`], undefined)).status, 422)
  assert.equal((await send([], pdf())).status, 422)
  assert.equal((await send([`${child}.2026-11-26`], Buffer.from('MZ program'), 'papier.pdf')).status, 422)
  assert.equal((await send([`${child}.2026-12-07`], pdf())).status, 422)
  const stranger = await family(t, { signedIn: false })
  assert.equal((await send([`${stranger.children[0]!.id}.2026-11-26`], pdf())).status, 404)
  assert.equal((await t.town.db.read.select().from(absenceClaims)).length, 0)
  assert.equal((await send([`${child}.2026-11-26`, `${child}.2026-11-27`], pdf())).status, 303)
  const claims = await t.town.db.read.select().from(absenceClaims).where(eq(absenceClaims.childId, child))
  assert.deepEqual(claims.map(({ day, state }) => `${day} ${state}`).sort(), [
    '2026-11-26 to-check',
    '2026-11-27 to-check',
  ])
  const after = await home.parent.get('/cantine/absence')
  assert.match(textOf(after.text), /Inès, jeudi 26 novembre : La mairie vérifie/)
  const path = `/cantine/absence/${claims[0]!.id}/papier`
  assert.equal((await home.parent.get(path)).status, 200)
  assert.equal((await (await family(t)).parent.get(path)).status, 404)
  const entries = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.action, 'absence.claimed'))
  assert.equal(entries.length, 1)
})

test('after the town’s days, or for a meal that was eaten, no paper counts', async () => {
  const home = await family(t)
  const child = home.children[0]!.id
  await book(t, home, '2026-11-26', '2026-11-27')
  await t.town.db.transaction(async tx => {
    await tx.insert(attendances).values({
      id: newId<'attendance'>(),
      childId: child,
      schoolId: await school(t),
      day: day('2026-11-27'),
      present: true,
      booked: true,
      recordedBy: newId<'account'>(),
      recordedAt: t.town.clock.now(),
    })
  })
  t.at('2026-12-02T08:00:00+01:00')
  const page = textOf((await home.parent.get('/cantine/absence')).text)
  assert.match(page, /Aucun repas réservé ne peut être excusé en ce moment/)
})
