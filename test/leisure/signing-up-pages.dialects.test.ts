import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mealBookings } from '../../src/canteen/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
import { sessions } from '../../src/web/schema.ts'
import { formFields, textOf, urlencoded } from '../canteen/html.ts'
import { family, school, secondHousehold } from '../support/family.ts'
import { type TestTown, testTown, type Visitor } from '../support/town.ts'
import { day, hold, plan, told, XMAS } from './signing-up-world.ts'

const t = await testTown()
const NOW = '2026-11-23T09:00:00+01:00'
const BASKET = '/centres-de-loisirs/panier'
const MINE = '/centres-de-loisirs/inscriptions'

const signUpPath = ({ periodId }: { periodId: string }) => `/centres-de-loisirs/inscrire/${periodId}`

/** The value of the input or option whose words begin so, for a child named before it. */
function wordedValue(html: string, child: string, words: string): string {
  const section = html.slice(html.indexOf(`<h2 class="govuk-heading-m">${child}</h2>`))
  const label = new RegExp(`value="([^"]+)"[^>]*>(?:<label[^>]*>)?${words}`).exec(section)
  assert.ok(label?.[1], `${child}: ${words}`)
  return label[1]
}

/** Sends the sign-up form as it was shown, with more fields. */
async function send(visitor: Visitor, path: string, html: string, more: [string, string][]) {
  const fields = formFields(html, path)
  assert.ok(fields.length > 0, 'there is a form')
  return visitor
    .post(path)
    .type('form')
    .send(urlencoded([...fields, ...more]))
}

const get = async (visitor: Visitor, path: string) => (await visitor.get(path)).text

test('two children for a week of holidays and three Wednesdays: two forms, one basket, one confirmation', async () => {
  const xmas = await plan(t, { name: 'Vacances de Noël', centre: 'Centre du Parc' })
  const term = await plan(t, {
    name: 'Mercredis',
    kind: 'wednesdays',
    centre: 'Centre de la Gare',
    days: ['2027-01-06', '2027-01-13', '2027-01-20'],
    groups: [{ units: ['day'] }],
  })
  const awa = await family(t, { children: ['Inès', 'Malo'] })
  const first = await get(awa.parent, signUpPath(xmas))
  const week = wordedValue(first, 'Inès', 'Toute la semaine')
  assert.equal(week.split(' ').slice(1).join(' '), `week-meal ${XMAS.join(' ')}`)
  const same = /name="same" value="([^"]+)"/.exec(first)?.[1] ?? ''
  const sent = await send(awa.parent, signUpPath(xmas), first, [
    ['choose', week],
    ['same', same],
  ])
  assert.equal(sent.status, 303)
  assert.equal(sent.headers['location'], BASKET)

  const second = await get(awa.parent, signUpPath(term))
  const all = wordedValue(second, 'Inès', 'Tous les mercredis')
  const again = await send(awa.parent, signUpPath(term), second, [
    ['each', all],
    ['same', /name="same" value="([^"]+)"/.exec(second)?.[1] ?? ''],
  ])
  assert.equal(again.status, 303)

  const basket = await get(awa.parent, BASKET)
  const words = textOf(basket)
  assert.match(words, /Vos places sont gardées jusqu’à 9 h 10/)
  assert.match(words, /semaine du lundi 21 décembre/)
  assert.match(words, /mercredi 13 janvier/)
  assert.match(words, /Confirmer les 8 inscriptions/)
  assert.match(words, /Compléter le dossier d’Inès/)
  const confirm = formFields(basket, `${BASKET}/confirmer`)
  const confirmed = await awa.parent.post(`${BASKET}/confirmer`).type('form').send(urlencoded(confirm))
  assert.equal(confirmed.headers['location'], MINE)
  const mine = textOf(await get(awa.parent, MINE))
  assert.match(mine, /Les 8 inscriptions sont confirmées/)
  assert.match(mine, /Vacances de Noël Inès semaine du lundi 21 décembre Centre du Parc Confirmé/)
  assert.match(mine, /Compléter le dossier de Malo/)
  assert.equal((await told(t, awa)).filter(line => line.startsWith('booked')).length, 8)
  // The button pressed twice: the same answer, nothing more.
  const twice = await awa.parent.post(`${BASKET}/confirmer`).type('form').send(urlencoded(confirm))
  assert.equal(twice.headers['location'], MINE)
})

test('nothing ticked: the page comes back, and says so beside what was chosen besides', async () => {
  const xmas = await plan(t)
  const awa = await family(t)
  const path = signUpPath(xmas)
  const html = await get(awa.parent, path)
  const fields = formFields(html, path).filter(([name]) => name !== 'wait')
  const answer = await awa.parent.post(path).type('form').send(urlencoded(fields))
  assert.equal(answer.status, 422)
  assert.match(textOf(answer.text), /Cochez au moins un jour/)
  assert.doesNotMatch(/<input[^>]*name="wait"[^>]*>/.exec(answer.text)?.[0] ?? '', / checked/)
})

test('what cannot be granted is told with its reason, and the ticks stay when nothing could', async () => {
  const xmas = await plan(t, { groups: [{ places: 1 }] })
  const [awa, bea] = [await family(t), await family(t, { signedIn: false })]
  const path = signUpPath(xmas)
  const html = await get(awa.parent, path)
  await hold(t, bea, xmas, ['2026-12-22'])
  const wanted = `${awa.children[0]!.id} day-meal 2026-12-22`
  const without = formFields(html, path).filter(([name]) => name !== 'wait')
  const refused = await awa.parent
    .post(path)
    .type('form')
    .send(urlencoded([...without, ['choose', wanted]]))
  assert.equal(refused.status, 422)
  assert.match(textOf(refused.text), /Tout n’a pas pu être choisi Inès, mardi 22 décembre : c’est complet/)
  assert.match(refused.text, new RegExp(`value="${wanted}" selected`))

  // One is granted, the other told on the next page, once.
  const both = await awa.parent
    .post(path)
    .type('form')
    .send(
      urlencoded([
        ...without.map(([name, value]) => [name, name === 'idempotencyKey' ? 'another' : value] as const),
        ['choose', wanted],
        ['choose', `${awa.children[0]!.id} day-meal 2026-12-23`],
      ]),
    )
  assert.equal(both.status, 303)
  assert.match(textOf(await get(awa.parent, BASKET)), /mardi 22 décembre : c’est complet/)
  assert.doesNotMatch(textOf(await get(awa.parent, BASKET)), /c’est complet/)
})

test('who finds a day full waits in line, and reads the rank on the basket, the form and one’s sign-ups', async () => {
  const xmas = await plan(t, { groups: [{ places: 1 }] })
  const [awa, bea] = [await family(t), await family(t, { signedIn: false })]
  await hold(t, bea, xmas, ['2026-12-22'])
  const path = signUpPath(xmas)
  const html = await get(awa.parent, path)
  assert.match(textOf(html), /Complet : liste d’attente/)
  await send(awa.parent, path, html, [['choose', `${awa.children[0]!.id} day-meal 2026-12-22`]])
  const basket = textOf(await get(awa.parent, BASKET))
  assert.match(basket, /Sur la liste d’attente .*Inès ?, mardi 22 décembre/)
  assert.match(basket, /1er sur la liste/)
  assert.doesNotMatch(basket, /Confirmer/)
  assert.match(textOf(await get(awa.parent, MINE)), /1er sur la liste Quitter la liste d’attente/)
})

test('a family that signed nobody up writes nothing into its session', async () => {
  const xmas = await plan(t)
  const awa = await family(t)
  const before = await t.town.db.read.select().from(sessions)
  t.at('2026-11-23T09:05:00+01:00')
  const html = await get(awa.parent, signUpPath(xmas))
  await send(awa.parent, signUpPath(xmas), html, [['choose', `${awa.children[0]!.id} day-meal 2026-12-22`]])
  await get(awa.parent, BASKET)
  assert.deepEqual(await t.town.db.read.select().from(sessions), before)
  t.at(NOW)
})

test('what is removed leaves the basket; what was not confirmed in time is told, to be chosen again', async () => {
  const xmas = await plan(t, { name: 'Noël à refaire' })
  const awa = await family(t)
  await hold(t, awa, xmas, ['2026-12-22'])
  await hold(t, awa, xmas, ['2026-12-23'])
  const basket = await get(awa.parent, BASKET)
  const removed = await awa.parent
    .post(`${BASKET}/retirer`)
    .type('form')
    .send(urlencoded(formFields(basket, `${BASKET}/retirer`)))
  assert.equal(removed.headers['location'], BASKET)
  const left = await get(awa.parent, BASKET)
  assert.match(textOf(left), /Confirmer l’inscription/)
  t.at('2026-11-23T09:10:00+01:00')
  const confirm = formFields(left, `${BASKET}/confirmer`)
  const late = await awa.parent.post(`${BASKET}/confirmer`).type('form').send(urlencoded(confirm))
  assert.equal(late.headers['location'], BASKET)
  for (const settled of [false, true]) {
    if (settled) await t.settle()
    const words = textOf(await get(awa.parent, BASKET))
    assert.match(words, /Ces places ne sont plus gardées .*Inès, mercredi 23 décembre/)
    assert.match(words, /Choisir d’autres jours : Noël à refaire/)
    assert.doesNotMatch(words, /Confirmer/)
  }
  t.at(NOW)
})

test('a meal at the canteen that day is told, with the way to it; a morning without lunch is still offered', async () => {
  const xmas = await plan(t)
  const awa = await family(t)
  await bookMeal(t, awa.children[0]!.id, awa.household, '2026-12-22')
  const html = await get(awa.parent, signUpPath(xmas))
  const row = html.slice(html.indexOf('mar. '), html.indexOf('mer. '))
  assert.doesNotMatch(row, /day-meal 2026-12-22/)
  assert.match(row, /morning 2026-12-22/)
  const only = await plan(t, { groups: [{ units: ['day'] }] })
  const marked = await get(awa.parent, signUpPath(only))
  assert.match(marked, /Repas réservé à la cantine<\/span> <a class="govuk-link" href="\/cantine\?mois=2026-12">/)
  const refused = await hold(t, awa, only, ['2026-12-22'])
  assert.equal(refused.refused[0]?.code, 'meal-booked')
})

test('the form shows each parent only what is theirs: the other’s days are told, not where', async () => {
  const xmas = await plan(t, { centre: 'Centre secret', groups: [{ units: ['day'] }] })
  const elsewhere = await plan(t, { period: xmas.periodId, centre: 'Centre montré', groups: [{ units: ['day'] }] })
  const first = await family(t)
  const second = await secondHousehold(t, first, { terms: { kind: 'percentage', firstShare: 5_000 } })
  await hold(t, first, xmas, ['2026-12-22'])
  const shown = await get(second.parent, `${signUpPath(xmas)}?centre=${elsewhere.centreId}`)
  assert.match(textOf(shown), /Inscrit par l’autre parent/)
  assert.doesNotMatch(textOf(shown), /Centre secret/)
  assert.doesNotMatch(textOf(await get(second.parent, BASKET)), /mardi 22/)
  assert.match(textOf(await get(second.parent, MINE)), /Vous n’avez pas d’inscription à venir/)

  const alternating = await family(t)
  await secondHousehold(t, alternating, {
    signedIn: false,
    terms: { kind: 'alternating-weeks', firstWeek: '2026-12-28' },
    from: '2026-11-01',
  })
  const own = textOf(await get(alternating.parent, `${signUpPath(xmas)}?centre=${elsewhere.centreId}`))
  assert.match(own, /lun\. 21 déc\. Chez l’autre parent/)
  assert.match(own, /lun\. 28 déc\. Journée avec repas/)
})

test('a child who turns six within the week is shown with both its groups; one too old for the centre with why', async () => {
  const xmas = await plan(t, {
    groups: [
      { name: 'Les petits', maxAge: 5 },
      { name: 'Les grands', minAge: 6, maxAge: 8 },
    ],
  })
  const awa = await family(t, {
    children: [
      { firstName: 'Malo', birthDate: '2020-12-23' },
      { firstName: 'Zoé', birthDate: '2012-02-29' },
    ],
  })
  const words = textOf(await get(awa.parent, signUpPath(xmas)))
  assert.match(words, /Malo Les petits \(de 3 à 5 ans\), de 8 h à 18 h Les grands \(de 6 à 8 ans\)/)
  assert.match(words, /Zoé a passé l’âge de ce centre/)
})

test('born on 29 February one is six on 1 March of a common year', async () => {
  const next = await plan(t, {
    days: ['2027-02-26', '2027-02-28', '2027-03-01'],
    groups: [{ minAge: 7, units: ['day'] }],
  })
  const awa = await family(t, { children: [{ firstName: 'Inès', birthDate: '2020-02-29' }], signedIn: false })
  const held = await hold(t, awa, next, ['2027-02-28'])
  assert.deepEqual([held.refused[0]?.code, held.refused[0]?.refusedDays], ['too-young', ['2027-02-28']])
  assert.equal((await hold(t, awa, next, ['2027-03-01'])).held.length, 1)
})

test('of several centres only those that take the children are offered', async () => {
  const one = await plan(t, { centre: 'Pour petits', groups: [{ maxAge: 5 }] })
  await plan(t, { period: one.periodId, centre: 'Pour grands', groups: [{ minAge: 6 }] })
  const both = await family(t, {
    children: [
      { firstName: 'Malo', birthDate: '2022-01-10' },
      { firstName: 'Inès', birthDate: '2018-01-10' },
    ],
  })
  const words = textOf(await get(both.parent, signUpPath(one)))
  assert.match(words, /Dans quel centre \?/)
  assert.match(words, /Pour grands Inès : Les enfants/)
  assert.match(words, /Pour petits Malo : Les enfants/)
  const little = await family(t, { children: [{ firstName: 'Malo', birthDate: '2022-01-10' }] })
  assert.match(textOf(await get(little.parent, signUpPath(one))), /Pour petits Inscrire : /)
})

test('before the opening the page says from when, and nobody gets in; afterwards there is the form', async () => {
  const xmas = await plan(t, { opensAt: '2026-11-25T08:00:00+01:00', name: 'Bientôt' })
  const awa = await family(t)
  const words = textOf(await get(awa.parent, signUpPath(xmas)))
  assert.match(words, /à partir du mercredi 25 novembre 2026 à 8 h \(dans 2 jours\)/)
  const early = await awa.parent
    .post(signUpPath(xmas))
    .type('form')
    .send({ centre: xmas.centreId, choose: `${awa.children[0]!.id} day-meal 2026-12-22` })
  assert.equal(early.status, 409)
  assert.deepEqual(await told(t, awa), [])
  assert.match(
    textOf(await get(awa.parent, '/centres-de-loisirs')),
    /Pour vous, c’est à partir du mercredi 25 novembre/,
  )
  t.at('2026-11-25T08:00:00+01:00')
  assert.match(textOf(await get(awa.parent, signUpPath(xmas))), /Mettre dans le panier/)
  assert.match(await get(awa.parent, '/centres-de-loisirs'), new RegExp(`href="${signUpPath(xmas)}"`))
  t.at(NOW)
})

test('for a period with wishes one is led to one’s wishes, also who sends the form all the same', async () => {
  const wishes = await plan(t, { allocation: 'wishes' })
  const awa = await family(t)
  const led = await awa.parent.get(signUpPath(wishes))
  assert.equal(led.headers['location'], `/centres-de-loisirs/souhaits/${wishes.periodId}`)
  const sent = await awa.parent
    .post(signUpPath(wishes))
    .type('form')
    .send({ centre: wishes.centreId, choose: `${awa.children[0]!.id} day-meal 2026-12-22` })
  assert.equal(sent.headers['location'], `/centres-de-loisirs/souhaits/${wishes.periodId}`)
  assert.deepEqual(await told(t, awa), [])
})

test('somebody else’s child, basket and sign-ups do not exist', async () => {
  const xmas = await plan(t)
  const [awa, bea] = [await family(t), await family(t)]
  const held = await hold(t, awa, xmas, ['2026-12-22'])
  const stolen = await bea.parent
    .post(signUpPath(xmas))
    .type('form')
    .send({ centre: xmas.centreId, choose: `${awa.children[0]!.id} day-meal 2026-12-23` })
  assert.equal(stolen.status, 404)
  for (const [path, fields] of [
    [`${BASKET}/confirmer`, { basket: held.basket?.id }],
    [`${BASKET}/retirer`, { signup: held.held[0]?.signupId }],
  ] as const)
    assert.equal((await bea.parent.post(path).type('form').send(fields)).status, 404)
  assert.match(textOf(await get(bea.parent, BASKET)), /Votre panier est vide/)
  assert.equal((await t.visitor().get(BASKET)).headers['location'], '/connexion')
  assert.equal((await awa.parent.get('/centres-de-loisirs/inscrire/none')).status, 404)
})

test('nonsense in the form is passed over, never a crash', async () => {
  const xmas = await plan(t)
  const awa = await family(t)
  const child = awa.children[0]!.id
  for (const choose of [
    'x',
    `${child} day-meal`,
    `${child} toString 2026-12-22`,
    `${child} day-meal 2026-02-30`,
    `${child} day-meal 2026-12-22 2026-12-22`,
    `${child} week-meal ${Array.from({ length: 80 }, (_, n) => day('2026-12-21').add({ days: n })).join(' ')}`,
    '\u0000',
  ]) {
    const answer = await awa.parent.post(signUpPath(xmas)).type('form').send({ centre: xmas.centreId, choose })
    assert.equal(answer.status, 422, choose)
  }
  assert.deepEqual(await told(t, awa), [])
})

test('a child with sign-ups to come is not forgotten by mistake', async () => {
  const xmas = await plan(t)
  const awa = await family(t)
  await hold(t, awa, xmas, ['2026-12-22'])
  const child = awa.children[0]!.id
  const page = await awa.parent.get(`/famille/enfants/${child}/retirer`)
  assert.match(textOf(page.text), /Des inscriptions aux centres de loisirs sont en cours/)
  assert.equal((await awa.parent.post(`/famille/enfants/${child}/retirer`).type('form').send({})).status, 409)
})

async function bookMeal(town: TestTown, childId: string, householdId: string, iso: string) {
  const schoolId = await school(town)
  const now = town.town.clock.now()
  await town.town.db.transaction(async tx => {
    await tx.insert(mealBookings).values({
      id: newId<'meal-booking'>(),
      childId: childId as never,
      householdId: householdId as never,
      schoolId,
      day: day(iso),
      mealType: 'standard',
      state: 'booked',
      changedAt: now,
      createdAt: now,
    })
  })
}
