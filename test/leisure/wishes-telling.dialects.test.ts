import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { wishesOf } from '../../src/leisure/wishes/wish-lists.ts'
import { clerk, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { ENDED, FIRST_WEEK, formsOf, TELLING, week, wishesPlan } from './wishes-world.ts'
import { fieldsOf, post, send, textOf, withHolidays } from './world.ts'

const t = await testTown()
const { read } = t.town.db
await withHolidays(t)
const first = await clerk(t, 'leisure')
const { period, lake, park } = await wishesPlan(t, first)
const PAGE = `/centres-de-loisirs/souhaits/${period.id}`
const awa = await family(t, { children: ['Inès', 'Malo'] })
const far = await family(t, { firstName: 'Karim', resident: false, children: ['Nour'] })
const [ines, malo] = awa.children

const shown = async (visitor: Visitor) => textOf((await visitor.get(PAGE)).text)
/** What a browser sends from the form for a child's next wish. */
const addForm = (child: string, way: string, when: string, key: string = crypto.randomUUID()) => ({
  idempotencyKey: key,
  child,
  [`way.${child}`]: way,
  [`when.${child}`]: when,
  do: 'add',
})
const WEEK = 'week day meal'
const ranked = async () =>
  (await wishesOf(read, awa.household, period.id)).map(
    one =>
      `${one.childId === ines?.id ? 'Inès' : 'Malo'} ${one.wishRank}: ${one.centreId === park ? 'Parc' : 'Lac'} ${one.unit} ${one.days[0]?.day}`,
  )

test('nobody tells wishes before the opening of the audience they are of', async () => {
  t.at('2026-11-30T10:00:00+01:00')
  assert.match(await shown(awa.parent), /à partir du mardi 1er décembre 2026 à 8 h \(demain\)/)
  assert.equal(
    (await post(awa.parent, PAGE, addForm(ines?.id ?? '', `${park} ${WEEK}`, 'week 2026-12-21'))).status,
    409,
  )
  t.at('2026-12-02T10:00:00+01:00')
  assert.match(await shown(awa.parent), /Dites vos souhaits jusqu’au dimanche 13 décembre 2026 à 20 h/)
  assert.match(await shown(far.parent), /à partir du lundi 7 décembre 2026 à 8 h/)
  const nour = far.children[0]?.id ?? ''
  assert.equal((await post(far.parent, PAGE, addForm(nour, `${park} ${WEEK}`, 'week 2026-12-21'))).status, 409)
  assert.deepEqual(await wishesOf(read, far.household, period.id), [])
  assert.equal((await t.visitor().get(PAGE)).status, 303)
})

test('a family ranks wishes on its page, moves and removes them', async () => {
  t.at(TELLING)
  const child = ines?.id ?? ''
  const page = (await awa.parent.get(PAGE)).text
  assert.ok(gzipSync(page).length < 14_000)
  assert.match(textOf(page), /Comment les places sont données/)
  const options = formsOf(page).flatMap(form => form.options)
  assert.ok(
    options.includes(`${park} ${WEEK}`) && options.includes('week 2026-12-21') && options.includes('day 2026-12-24'),
  )
  assert.ok(!options.includes('day 2026-12-25'), 'a public holiday')
  await send(awa.parent, PAGE, addForm(child, `${lake} ${WEEK}`, 'week 2026-12-21'))
  await send(awa.parent, PAGE, addForm(child, `${park} ${WEEK}`, 'week 2026-12-21'))
  await send(awa.parent, PAGE, addForm(child, `${park} half-day morning no-meal`, 'day 2026-12-28'))
  await send(awa.parent, PAGE, addForm(malo?.id ?? '', `${park} day day meal`, 'week 2026-12-28'))
  assert.deepEqual(await ranked(), [
    'Inès 1: Lac week 2026-12-21',
    'Malo 1: Parc day 2026-12-28',
    'Inès 2: Parc week 2026-12-21',
    'Inès 3: Parc half-day 2026-12-28',
  ])
  const of = (html: string, at: number) =>
    formsOf(html).flatMap(({ buttons }) => buttons.filter(one => one.startsWith('up')))[at]
  const up = of((await awa.parent.get(PAGE)).text, 0)
  await send(awa.parent, PAGE, { child, do: up })
  assert.deepEqual(
    (await ranked()).filter(one => one.startsWith('Inès')),
    ['Inès 1: Parc week 2026-12-21', 'Inès 2: Lac week 2026-12-21', 'Inès 3: Parc half-day 2026-12-28'],
  )
  const last = of((await awa.parent.get(PAGE)).text, 1)?.replace('up', 'remove')
  await send(awa.parent, PAGE, { child, do: last })
  await send(awa.parent, PAGE, { child, [`most.${child}`]: '1', do: 'most' })
  assert.deepEqual(
    (await ranked()).filter(one => one.startsWith('Inès')),
    ['Inès 1: Parc week 2026-12-21', 'Inès 2: Lac week 2026-12-21'],
  )
  assert.match(await shown(awa.parent), /Centre du Parc, semaine du lundi 21 décembre/)
})

test('the same form sent twice is done once', async () => {
  const form = addForm(malo?.id ?? '', `${lake} day day meal`, 'day 2026-12-23', 'twice')
  await send(awa.parent, PAGE, form)
  await send(awa.parent, PAGE, form)
  assert.equal((await ranked()).filter(one => one.startsWith('Malo')).length, 2)
})

test('what the rules do not allow is told on the form, with what was typed', async () => {
  const child = ines?.id ?? ''
  const refused = async (way: string, when: string, why: RegExp) => {
    const answer = await post(awa.parent, PAGE, addForm(child, way, when))
    assert.equal(answer.status, 422)
    assert.match(textOf(answer.text), why)
    assert.match(answer.text, new RegExp(`<option value="${way}" selected`))
  }
  await refused(`${park} ${WEEK}`, 'week 2026-12-21', /déjà dans la liste/)
  await refused(`${park} ${WEEK}`, 'day 2026-12-22', /pour une semaine entière/)
  assert.equal((await post(awa.parent, PAGE, addForm(child, '', ''))).status, 422)
  assert.equal((await post(awa.parent, PAGE, addForm(child, `${park} ${WEEK}`, 'day 2027-05-05'))).status, 422)
})

test('nobody touches another family’s wishes', async () => {
  const [wish] = await wishesOf(read, awa.household, period.id)
  for (const what of ['up', 'down', 'remove'])
    assert.equal((await post(far.parent, PAGE, { child: ines?.id, do: `${what} ${wish?.id}` })).status, 404)
  const theirs = await post(far.parent, PAGE, addForm(ines?.id ?? '', `${park} ${WEEK}`, 'week 2026-12-21'))
  assert.equal(theirs.status, 422)
  const put = await far.parent
    .put(`/api/v1/leisure/wishes/${period.id}`)
    .send({ children: [{ childId: ines?.id, most: null, choices: [] }] })
  assert.equal(put.status, 404)
  assert.doesNotMatch(await shown(far.parent), /Inès/)
  assert.deepEqual((await far.parent.get(`/api/v1/leisure/wishes/${period.id}`)).body.children, [])
})

test('a letter says what was told, once, ten minutes after the last change', async () => {
  t.at('2026-12-08T10:09:59+01:00')
  await t.settle()
  const receipts = async () => (await t.letters()).filter(({ kind }) => kind === 'leisure.wishes-told')
  assert.equal((await receipts()).length, 0)
  t.at('2026-12-08T10:10:01+01:00')
  await t.settle()
  await t.settle()
  const [letter, ...more] = await receipts()
  assert.equal(more.length, 0)
  assert.match(letter?.text ?? '', /Inès, souhait 1 : Centre du Parc, semaine du lundi 21 décembre/)
  assert.match(letter?.text ?? '', /Inès.: 1 souhait au plus/)
})

test('programs read the list and replace it whole, unless it has changed meanwhile', async () => {
  const at = `/api/v1/leisure/wishes/${period.id}`
  const { body } = await awa.parent.get(at).expect(200)
  const own = body.children.find(({ childId }: { childId: string }) => childId === ines?.id)
  assert.deepEqual([body.state, own.most, own.wishes.length, own.wishes[0].days], ['wishes', 1, 2, FIRST_WEEK])
  const choices = own.wishes.map(({ id: _, rank: __, ...rest }: Record<string, unknown>) => rest).reverse()
  const children = [{ childId: ines?.id, most: null, choices }]
  await awa.parent.put(at).send({ revision: body.revision, children }).expect(204)
  assert.equal((await awa.parent.put(at).send({ revision: body.revision, children })).status, 409)
  const after = (await awa.parent.get(at)).body
  const now = after.children.find(({ childId }: { childId: string }) => childId === ines?.id)
  assert.deepEqual(
    [now.most, now.wishes.map((one: { id: string }) => one.id)],
    [null, own.wishes.map((one: { id: string }) => one.id).reverse()],
  )
  const { childId: _, days, ...rest } = week(awa, park)
  const wrong = { ...rest, days: days.slice(1).map(String) }
  const refused = await awa.parent.put(at).send({ children: [{ childId: ines?.id, most: null, choices: [wrong] }] })
  assert.equal(refused.status, 422)
  assert.deepEqual(refused.body.errors[0], {
    ...refused.body.errors[0],
    field: 'children.0.choices.0',
    code: 'wish-refused',
  })
  assert.deepEqual((await awa.parent.get(at)).body, after, 'nothing half-written stays')
})

test('the clerk sees how many wish for what, and criteria stand once families have read them', async () => {
  const desk = await clerk(t, 'leisure')
  const page = textOf((await desk.get(`/guichet/loisirs/souhaits/${period.id}`)).text)
  assert.match(page, /Les familles disent leurs souhaits/)
  assert.match(page, /Centre du Parc, Les enfants semaine du lundi 21 décembre 2 1 0/)
  assert.match(page, /Des familles ont lu ces critères/)
  const changed = await post(desk, `/guichet/loisirs/souhaits/${period.id}/criteres`, {
    first: 'siblings',
    second: '',
    third: '',
  })
  assert.equal(changed.status, 409)
  for (const visitor of [awa.parent, await clerk(t, 'canteen')])
    assert.equal((await visitor.get(`/guichet/loisirs/souhaits/${period.id}`)).status, 404)
})

test('nobody tells or changes wishes after the end', async () => {
  const before = await ranked()
  t.at(ENDED)
  assert.match(await shown(awa.parent), /Les places seront bientôt données/)
  const [wish] = await wishesOf(read, awa.household, period.id)
  assert.equal((await post(awa.parent, PAGE, { child: ines?.id, do: `remove ${wish?.id}` })).status, 409)
  const put = await awa.parent
    .put(`/api/v1/leisure/wishes/${period.id}`)
    .send({ children: [{ childId: ines?.id, most: null, choices: [] }] })
  assert.equal(put.status, 409)
  assert.deepEqual(await ranked(), before)
  const desk = await clerk(t, 'leisure')
  assert.match(textOf((await desk.get('/guichet')).text), /1 période dont les places sont à donner/)
})

test('the end of the wishes cannot be moved once it has come, nor before an opening', async () => {
  const desk = await clerk(t, 'leisure')
  const at = `/guichet/centres/periodes/${period.id}/ouvertures`
  const fields = fieldsOf((await desk.get(at)).text)
  const late = await post(desk, at, { ...fields, 'wishesUntil.day': '2026-12-16' })
  assert.equal(late.status, 422)
  assert.match(textOf(late.text), /cette date ne change plus/)
  t.at('2026-12-03T10:00:00+01:00')
  const early = await post(await clerk(t, 'leisure'), at, { ...fields, 'wishesUntil.day': '2026-12-06' })
  assert.match(textOf(early.text), /après toutes les ouvertures/)
})
