import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { familyQuotients } from '../../src/people/schema.ts'
import { tariffsOf } from '../../src/tariffs/store.ts'
import { brackets, day, tariff } from '../billing/month.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { town } = t
t.at('2026-11-23T09:00:00+01:00')
const cashier = await clerk(t, 'cash-office')
const parent = await family(t)

test('before any price is known, the pages say so', async () => {
  assert.match((await t.visitor().get('/tarifs').expect(200)).text, /pas encore publiés/)
  assert.match((await parent.parent.get('/mes-tarifs').expect(200)).text, /Le prix n’est pas encore connu/)
  assert.match((await cashier.get('/guichet/tarifs').expect(200)).text, /Aucun tarif n’est en vigueur/)
})

test('anybody reads the prices in plain words, in French and English', async () => {
  await tariff(town, brackets, '2026-09-01')
  const page = await t.visitor().get('/tarifs').expect(200)
  assert.match(page.text, /de 400,00\s€ à 640,00\s€/)
  assert.match(page.text, /Un repas non réservé coûte 1,50\s€ de plus/)
  assert.match(
    (await t.visitor().get('/tarifs?lang=en').expect(200)).text,
    /A meal that was not booked costs €1\.50 more/,
  )
  const api = await t.visitor().get('/api/v1/tariffs').expect(200)
  assert.equal(api.body.tariffs[0].rule.residents.brackets[1].price, 240)
})

test('a family sees what a meal costs it and why: the highest price until its quotient is checked', async () => {
  const before = await parent.parent.get('/mes-tarifs').expect(200)
  assert.match(before.text, /3,60\s€/)
  assert.match(before.text, /Vous payez le prix le plus haut/)
  await town.db.transaction(async tx => {
    await tx.insert(familyQuotients).values({
      id: newId<'family-quotient'>(),
      householdId: parent.household,
      value: cents(3e4),
      state: 'to-check',
      from: day('2026-11-20'),
      to: day('2027-08-31'),
      createdAt: town.clock.now(),
    })
  })
  const waiting = await parent.parent.get('/mes-tarifs').expect(200)
  assert.match(waiting.text, /La mairie vérifie votre nouveau quotient\s: 300,00\s€/)
  assert.match(waiting.text, /3,60\s€/)
  await town.db.transaction(async tx => {
    await tx.update(familyQuotients).set({ state: 'confirmed', decidedAt: town.clock.now() })
  })
  const after = await parent.parent.get('/mes-tarifs').expect(200)
  assert.match(after.text, /1,20\s€/)
  assert.match(after.text, /Jusqu’à 400,00\s€, un repas coûte 1,20\s€/)
})

test('a clerk tries the prices for a family with a quotient of 640, and for one without', async () => {
  const tried = async (query: string) => (await cashier.get(`/guichet/tarifs?${query}`)).text
  const trial = 'day=2026-11-24&resident=yes&mealType=standard&kind=meal'
  assert.match(await tried(`${trial}&quotient=640`), /<strong><bdi class="app-money">2,40\s€/)
  assert.match(await tried(`${trial}&quotient=640%2C01`), /<strong><bdi class="app-money">3,60\s€/)
  assert.match(await tried(`${trial}&quotient=`), /pas de quotient confirmé/)
  assert.match(await tried('day=2026-02-30&quotient=abc'), /Cette date n’existe pas/)
  assert.match(await tried('day=2020-01-01&quotient=640'), /Aucun tarif ne couvre ce jour/)
  await parent.parent.get('/guichet/tarifs').expect(404)
})

test('an administrator enters next year’s prices as a copy of this year’s; faults are told beside what was typed', async () => {
  const [current] = await tariffsOf(town.db.read, 'canteen')
  const form = await cashier.get(`/guichet/tarifs/nouveau?copie=${current?.id}`).expect(200)
  assert.match(form.text, /name="brackets\.1\.residents" value="2,40"/)
  const send = (sent: object) => cashier.post('/guichet/tarifs/nouveau').type('form').send(sent)
  const typed = {
    from: '2027-09-01',
    to: '',
    kind: 'brackets',
    unbooked: 'surcharge',
    unbookedAmount: '1,60',
    'brackets.0.upTo': '400',
    'brackets.0.residents': '1,30',
    'brackets.2.upTo': '',
    'brackets.2.residents': '2',
    nonResidentPrice: '5,10',
    basket: '1,75',
    chargesAbsence: 'yes',
  }
  const falling = await send({ ...typed, 'brackets.2.residents': '1,00' }).expect(422)
  assert.match(falling.text, /href="#brackets-2-residents">Ce prix est plus bas/)
  assert.match(falling.text, /name="brackets\.0\.residents" value="1,30"/)
  const wrong = await send({ ...typed, from: '2027-02-30', unbookedAmount: '', basket: '-1' }).expect(422)
  for (const fault of ['#from', '#unbookedAmount', '#basket']) assert.ok(wrong.text.includes(`href="${fault}"`), fault)
  await send({ ...typed, from: '2026-09-01' }).expect(422)
  assert.equal((await tariffsOf(town.db.read, 'canteen')).length, 1)
  await send(typed).expect(303)
  const all = await tariffsOf(town.db.read, 'canteen')
  assert.deepEqual(all[1]?.rule.residents, {
    kind: 'brackets',
    brackets: [
      { upTo: 40_000, price: 130 },
      { upTo: null, price: 200 },
    ],
  })
  assert.deepEqual(all[1]?.rule.mealTypes['pai-basket']?.nonResidents, { kind: 'flat', price: 175 })
  assert.match((await t.visitor().get('/tarifs').expect(200)).text, /À partir du mercredi 1er septembre 2027/)
  const desk = await cashier.get('/guichet/tarifs').expect(200)
  const withdraw = /\/guichet\/tarifs\/[0-9a-f-]{36}\/retirer/.exec(desk.text)?.[0]
  await cashier.post(withdraw ?? '').expect(303)
  assert.equal((await tariffsOf(town.db.read, 'canteen')).length, 1)
})

test('an effort rate is entered in per cent and shown with examples', async () => {
  const rate = {
    from: '2027-09-01',
    kind: 'effort-rate',
    rate: '0,36',
    floor: '2,60',
    ceiling: '4,50',
    unbooked: 'highest',
  }
  await cashier.post('/guichet/tarifs/nouveau').type('form').send(rate).expect(303)
  const page = await t.visitor().get('/tarifs').expect(200)
  assert.match(page.text, /0,36\s% de votre quotient familial/)
  assert.match(page.text, /900,00\s€<\/th>[\s\S]*?3,24\s€/)
})
