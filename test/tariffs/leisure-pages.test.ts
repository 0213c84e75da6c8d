import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeisureRule } from '../../src/tariffs/leisure-rules.ts'
import { leisureTariffsOf } from '../../src/tariffs/store.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-23T09:00:00+01:00')
const cashier = await clerk(t, 'cash-office')
const leisureClerk = await clerk(t, 'leisure')
const parent = await family(t, { quotient: 64_000, children: ['Inès', 'Malo'] })

const DESK = '/guichet/tarifs/centres-de-loisirs'
const send = (fields: object, path = DESK) => cashier.post(`${path}/nouveau`).type('form').send(fields)
const rules = async () => (await leisureTariffsOf(town.db.read)).map(({ rule }): LeisureRule => rule)
const faultsIn = (html: string) =>
  [...html.matchAll(/href="#([\w-]+)">/g)].map(([, id]) => id).filter(id => id !== 'main-content')

const typed = {
  from: '2026-09-01',
  to: '',
  kind: 'brackets',
  'brackets.0.upTo': '640',
  'brackets.0.residents.day': '8,05',
  'brackets.0.residents.halfDay': '4,50',
  'brackets.0.residents.lunch': '1,15',
  'brackets.3.upTo': '',
  'brackets.3.residents.day': '12',
  'brackets.3.residents.halfDay': '7',
  'brackets.3.residents.lunch': '3,10',
  'others.day': '24',
  'others.halfDay': '14',
  'others.lunch': '4,80',
  lunchOnDays: 'included',
  weekDiscount: '10',
  siblingReduction: '20',
  deposit: '',
  chargedAt: 'attendance',
  chargesAbsence: 'yes',
}

test('before any price is known, the pages say so', async () => {
  assert.match((await t.visitor().get('/tarifs/centres-de-loisirs').expect(200)).text, /pas encore publiés/)
  assert.match((await cashier.get(DESK).expect(200)).text, /Aucun jour ne peut être facturé/)
  assert.match((await cashier.get('/guichet/tarifs/mercredis').expect(200)).text, /même prix que les vacances/)
  assert.doesNotMatch((await parent.parent.get('/mes-tarifs').expect(200)).text, /Au centre de loisirs/)
  assert.match((await cashier.get(`${DESK}?day=2026-12-21`).expect(200)).text, /Aucun tarif n’a ce prix/)
})

test('what is missing or wrong in the form is told beside its field, and nothing typed is lost', async () => {
  assert.match((await cashier.get(`${DESK}/nouveau`).expect(200)).text, /Réduction dès le deuxième enfant/)
  const wrong = await send({
    ...typed,
    from: '',
    'brackets.3.residents.halfDay': '',
    'others.lunch': '',
    weekDiscount: '120',
    deposit: 'abc',
    chargedAt: '',
  }).expect(422)
  assert.deepEqual(faultsIn(wrong.text), [
    'from',
    'brackets-3-residents-halfDay',
    'others-lunch',
    'deposit',
    'chargedAt',
  ])
  assert.match(wrong.text, /name="brackets\.0\.residents\.day" value="8,05"/)
  assert.match(wrong.text, /name="weekDiscount"[^>]*value="120"/)
  const bounds = await send({
    ...typed,
    weekDiscount: '120',
    'brackets.0.upTo': '',
    'brackets.3.residents.lunch': '1',
    'others.day': '2000',
  }).expect(422)
  assert.deepEqual(faultsIn(bounds.text), [
    'brackets-0-upTo',
    'others-day',
    'brackets-3-residents-lunch',
    'weekDiscount',
  ])
  const noRows = Object.fromEntries(Object.entries(typed).filter(([name]) => !name.startsWith('brackets')))
  assert.deepEqual(faultsIn((await send({ ...noRows, 'others.halfDay': '', 'others.lunch': '' }).expect(422)).text), [
    'brackets-0-residents-day',
  ])
  const effort = await send({
    ...noRows,
    kind: 'effort-rate',
    'effort.day.rate': '1',
    'effort.day.floor': '9',
    'effort.day.ceiling': '3',
  })
  assert.deepEqual(faultsIn(effort.text).slice(0, 3), [
    'effort-halfDay-rate',
    'effort-halfDay-floor',
    'effort-halfDay-ceiling',
  ])
  assert.deepEqual(faultsIn((await send({ ...noRows, kind: 'flat', 'flat.day': '-3' }).expect(422)).text).slice(0, 1), [
    'flat-day',
  ])
  assert.deepEqual(await rules(), [])
})

test('lunch that is added to days must have a price; half-days without price are not sold', async () => {
  const flat = { from: '2026-09-01', kind: 'flat', 'flat.day': '9', lunchOnDays: 'added', chargedAt: 'sign-up' }
  assert.deepEqual(faultsIn((await send(flat).expect(422)).text), ['flat-lunch'])
  assert.deepEqual(await rules(), [])
})

test('the cash office enters the prices; anybody reads them in plain words, also by the API', async () => {
  await leisureClerk.post(`${DESK}/nouveau`).type('form').send(typed).expect(404)
  await parent.parent.get(DESK).expect(404)
  await send(typed).expect(303).expect('location', DESK)
  const brackets = (...prices: number[]) => ({
    kind: 'brackets',
    brackets: prices.map((price, i) => ({ upTo: i === 0 ? 64_000 : null, price })),
  })
  const flat = (price: number) => ({ kind: 'flat', price })
  assert.deepEqual(await rules(), [
    {
      day: { residents: brackets(805, 1_200), nonResidents: flat(2_400) },
      halfDay: { residents: brackets(450, 700), nonResidents: flat(1_400) },
      lunch: { residents: brackets(115, 310), nonResidents: flat(480) },
      lunchOnDays: 'included',
      weekDiscount: 1_000,
      siblingReduction: 2_000,
      deposit: 0,
      chargedAt: 'attendance',
      chargesAbsence: true,
    },
  ])
  const page = (await t.visitor().get('/tarifs/centres-de-loisirs').expect(200)).text
  assert.match(page, /jusqu’à 640,00\s€<\/th>[\s\S]*?8,05\s€[\s\S]*?4,50\s€[\s\S]*?1,15\s€/)
  assert.match(page, /Une semaine complète coûte 10\s% de moins/)
  assert.doesNotMatch(page, /à l’inscription\. Nous/)
  assert.match((await t.visitor().get('/tarifs').expect(200)).text, /href="\/tarifs\/centres-de-loisirs"/)
  const english = await t.visitor().get('/tarifs/centres-de-loisirs?lang=en').expect(200)
  assert.match(english.text, /A whole week costs 10% less/)
  const api = await t.visitor().get('/api/v1/tariffs').expect(200)
  assert.deepEqual(api.body.tariffs, [])
  const [shown] = api.body.leisureTariffs
  assert.deepEqual([shown.service, shown.inForce, shown.rule.weekDiscount], ['leisure', true, 1_000])
})

test('leisure clerks read the prices and change none', async () => {
  const read = await leisureClerk.get(DESK).expect(200)
  assert.match(read.text, /8,05\s€/)
  assert.doesNotMatch(read.text, /nouveau\?copie|retirer/)
  await leisureClerk.get('/guichet/tarifs').expect(200)
  await leisureClerk.get(`${DESK}/nouveau`).expect(404)
})

test('a clerk tries the price of a family: quotient 640, two children, one week', async () => {
  const tried = async (query: string) => cashier.get(`${DESK}?day=2026-12-21&resident=yes&${query}`)
  const week = await tried('quotient=640&children=2&stay=week&days=5&meal=yes&situation=stay')
  assert.match(week.text, /<strong><bdi class="app-money">65,25\s€/) // 5 × (7,25 + 5,80)
  assert.match(week.text, /20\s% de moins \(1,45\s€\)\. Total\s: 5,80\s€/)
  const excused = await tried('quotient=640&children=3&stay=half-day-with-meal&days=1&situation=excused')
  assert.match(excused.text, /<strong><bdi class="app-money">0,00\s€/)
  const none = await tried('quotient=&stay=half-day&children=1&days=1')
  assert.match(none.text, /<strong><bdi class="app-money">7,00\s€/)
  const wrong = await tried('quotient=x&children=0&days=1,5')
  assert.equal(wrong.status, 422)
  assert.deepEqual(faultsIn(wrong.text), ['quotient', 'children', 'days'])
})

test('a family sees what the centre costs it, a week and a younger child too, and why', async () => {
  const page = (await parent.parent.get('/mes-tarifs').expect(200)).text
  assert.match(page, /Au centre de loisirs/)
  const rowOf = (stay: string) =>
    [...(page.split(`${stay}</th>`)[1]?.split('</tr>')[0] ?? '').matchAll(/(\d+,\d\d)\s€/g)].map(([, price]) => price)
  assert.deepEqual(rowOf('Une journée'), ['8,05', '6,44'])
  assert.deepEqual(rowOf('Un jour d’une semaine complète'), ['7,25', '5,80'])
  assert.deepEqual(rowOf('Une demi-journée avec repas'), ['5,65', '4,52'])
  assert.match(page, /Jusqu’à 640,00\s€, une journée coûte 8,05\s€/)
})

test('next year’s prices begin as a copy of this year’s; until they begin they may be withdrawn', async () => {
  const desk = await cashier.get(DESK).expect(200)
  const copy = /href="([^"]*\/nouveau\?copie=[^"]*)"/.exec(desk.text)?.[1] ?? ''
  const form = (await cashier.get(copy).expect(200)).text
  const values = Object.fromEntries(
    [...form.matchAll(/<input class="govuk-input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"/g)].map(
      ([, name, value]) => [name, value],
    ),
  )
  assert.equal(values['brackets.1.residents.day'], '12')
  assert.equal(values['others.halfDay'], '14')
  assert.equal(values['weekDiscount'], '10')
  const next = { ...values, kind: 'brackets', lunchOnDays: 'included', chargedAt: 'sign-up', chargesAbsence: 'yes' }
  await send({ ...next, from: '2026-09-01' }).expect(422)
  await send({ ...next, from: '2027-09-01', deposit: '30' }).expect(303)
  const [now, later] = await rules()
  assert.deepEqual(later, { ...now, deposit: 3_000, chargedAt: 'sign-up' })
  const shown = (await t.visitor().get('/tarifs/centres-de-loisirs')).text
  assert.match(shown, /À partir du mercredi 1er septembre 2027/)
  assert.match(shown, /Vous payez 30\s% du prix à l’inscription/)
  const withdraw = /\/guichet\/tarifs\/[0-9a-f-]{36}\/retirer/.exec((await cashier.get(DESK)).text)?.[0] ?? ''
  await leisureClerk.post(withdraw).expect(404)
  await cashier.post(withdraw).expect(303).expect('location', DESK)
  assert.equal((await rules()).length, 1)
})

test('Wednesdays may have prices of their own, shown beside the others', async () => {
  const wednesdays = { from: '2027-01-01', kind: 'effort-rate', lunchOnDays: 'included', chargedAt: 'attendance' }
  const day = { 'effort.day.rate': '1,2', 'effort.day.floor': '3', 'effort.day.ceiling': '11' }
  await send({ ...wednesdays, ...day }, '/guichet/tarifs/mercredis').expect(303)
  const page = (await t.visitor().get('/tarifs/centres-de-loisirs')).text
  assert.match(page, /Mercredis<\/h2>[\s\S]*?1,2\s% de votre quotient familial/)
  assert.match(page, /600,00\s€<\/th>[\s\S]*?7,20\s€/)
  const mine = (await parent.parent.get('/mes-tarifs')).text
  assert.match(mine, /Le mercredi<\/h2>[\s\S]*?7,68\s€/)
  const tried = await cashier.get('/guichet/tarifs/mercredis?day=2027-01-06&quotient=640&resident=yes')
  assert.match(tried.text, /<strong><bdi class="app-money">7,68\s€/)
  await cashier.get('/guichet/tarifs/mercredis/nouveau').expect(200)
})
