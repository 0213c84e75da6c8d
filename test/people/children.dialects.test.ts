import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { persons, schoolings } from '../../src/people/schema.ts'
import { childrenOf } from '../../src/people/store.ts'
import { schoolClasses } from '../../src/schools/schema.ts'
import { clerk, family, school, secondHousehold } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
const jules = await school(t, 'École Jules-Guesde')
const pasteur = await school(t, 'École Pasteur')

const add = (parent: Visitor, firstName: string, lastName: string, birth: string, more: object = {}) => {
  const [year, month, day] = birth.split('-')
  return parent
    .post('/famille/enfants/ajouter')
    .type('form')
    .send({ firstName, lastName, 'birthDate-day': day, 'birthDate-month': month, 'birthDate-year': year, ...more })
}
const idIn = (location: string | undefined) => /\/enfants\/([\w-]+)/.exec(location ?? '')?.[1] as Id<'person'>

test('a parent adds a child in three pages, each kept', async () => {
  const { parent, household } = await family(t, { children: [] })
  const added = await add(parent, 'Inès', 'Diallo', '2018-3-12')
  const id = idIn(added.headers['location'])
  assert.equal(added.headers['location'], `/famille/enfants/${id}/ecole?suite=1`)
  assert.match((await parent.get('/famille')).text, /Inès Diallo/, 'kept, whatever happens next')

  const atSchool = await parent
    .post(`/famille/enfants/${id}/ecole?suite=1`)
    .type('form')
    .send({ schoolId: jules, level: 'CE1' })
  assert.equal(atSchool.headers['location'], `/famille/enfants/${id}/repas?suite=1`)
  const done = await parent
    .post(`/famille/enfants/${id}/repas?suite=1`)
    .type('form')
    .send({ mealType: 'no-pork', pai: 'no' })
  assert.equal(done.headers['location'], '/famille')
  assert.match((await parent.get('/famille')).text, /Inès est dans votre famille/)

  const [child] = await childrenOf(t.town.db.read, household)
  assert.equal(child?.mealType, 'no-pork')
  assert.equal(child?.birthDate.toString(), '2018-03-12')
  assert.deepEqual(
    child?.schoolings.map(({ schoolId, className, from }) => [schoolId, className, from.toString()]),
    [[jules, 'CE1', '2026-11-23']],
  )
})

test('the same page sent twice adds one child', async () => {
  const { parent, household } = await family(t, { children: [] })
  const idempotencyKey = crypto.randomUUID()
  const answers = await Promise.all([
    add(parent, 'Malo', 'Petit', '2019-05-02', { idempotencyKey }),
    add(parent, 'Malo', 'Petit', '2019-05-02', { idempotencyKey }),
  ])
  assert.deepEqual(new Set(answers.map(({ headers }) => headers['location'])).size, 1)
  assert.equal((await childrenOf(t.town.db.read, household)).length, 1)
  const later = await add(parent, 'MALO', 'petit', '2019-05-02')
  assert.equal(later.status, 409)
  assert.match(later.text, /Cet enfant est déjà dans votre famille/)
})

test('twins, and a brother with the father’s name, are children of their own', async () => {
  const { parent, household } = await family(t, { children: [] })
  for (const [first, birth] of [
    ['Lou', '2019-02-28'],
    ['Léo', '2019-02-28'],
    ['Lou', '2022-02-28'],
  ] as const)
    assert.equal((await add(parent, first, 'Ménard', birth)).status, 303)
  assert.equal((await childrenOf(t.town.db.read, household)).length, 3)
})

test('a date that does not exist, or no child was born on, is told in words and nothing is lost', async () => {
  const { parent, household } = await family(t, { children: [] })
  for (const [birth, words] of [
    ['2019-2-30', /Cette date n’existe pas/],
    ['2027-1-1', /Cette date n’est pas encore passée/],
    ['1990-1-1', /celle d’un adulte/],
    ['19-1-1', /Cette date n’existe pas/],
  ] as const) {
    const answer = await add(parent, 'Zoé', 'N’Diaye', birth)
    assert.equal(answer.status, 422, birth)
    assert.match(answer.text, words)
    assert.match(answer.text, /value="Zoé"/)
    assert.match(answer.text, new RegExp(`value="${birth.split('-')[0]}"`))
  }
  const empty = await parent.post('/famille/enfants/ajouter').type('form').send({})
  assert.equal(empty.status, 422)
  assert.equal(empty.text.match(/href="#(firstName|lastName|birthDate)"/g)?.length, 3, 'one fault for each field')
  const hostile = await add(parent, '<img src=x onerror=alert(1)>', 'X', '2019-01-01')
  assert.equal(hostile.status, 422)
  assert.doesNotMatch(hostile.text, /<img src=x/)
  assert.deepEqual(await childrenOf(t.town.db.read, household), [])
})

test('born on 29 February is a birthday like any', async () => {
  const { parent, household } = await family(t, { children: [] })
  assert.equal((await add(parent, 'Noé', 'Bissextil', '2020-2-29')).status, 303)
  assert.equal((await childrenOf(t.town.db.read, household))[0]?.birthDate.toString(), '2020-02-29')
})

test('a school with two CP classes asks which one, and « je ne sais pas » is an answer', async () => {
  const two = await school(t, 'École aux deux CP')
  await t.town.db.transaction(async tx => {
    for (const [name, level] of [
      ['CP A', 'CP'],
      ['CP-CE1', 'CP CE1'],
      ['CE2', 'CE2'],
    ] as const)
      await tx.insert(schoolClasses).values({ id: newId<'school-class'>(), schoolId: two, name, level })
  })
  const { parent, household } = await family(t, { children: [] })
  const id = idIn((await add(parent, 'Rose', 'Blanc', '2020-04-04')).headers['location'])
  const asked = await parent
    .post(`/famille/enfants/${id}/ecole?suite=1`)
    .type('form')
    .send({ schoolId: two, level: 'CP' })
  assert.equal(asked.headers['location'], `/famille/enfants/${id}/classe?suite=1`)
  const page = await parent.get(asked.headers['location'])
  assert.match(page.text, /CP A/)
  assert.match(page.text, /CP-CE1/)
  assert.doesNotMatch(page.text, /CE2/)
  assert.equal((await parent.post(`/famille/enfants/${id}/classe`).type('form').send({ className: 'CE2' })).status, 422)
  const className = async () => (await childrenOf(t.town.db.read, household))[0]?.schoolings[0]?.className
  await parent.post(`/famille/enfants/${id}/classe?suite=1`).type('form').send({ className: 'unknown' })
  assert.equal(await className(), 'CP')
  await parent.post(`/famille/enfants/${id}/classe`).type('form').send({ className: 'CP-CE1' })
  assert.equal(await className(), 'CP-CE1')
  const single = idIn((await add(parent, 'Jade', 'Blanc', '2018-04-04')).headers['location'])
  await parent.post(`/famille/enfants/${single}/ecole`).type('form').send({ schoolId: two, level: 'CE2' })
  const [, jade] = (await childrenOf(t.town.db.read, household)).sort((a, b) =>
    a.id === id ? -1 : b.id === id ? 1 : 0,
  )
  assert.equal(jade?.schoolings[0]?.className, 'CE2')
})

test('a child changes schools from a day on: days before stay with the old one', async () => {
  const { parent, household, children } = await family(t, { school: 'École Jules-Guesde' })
  const id = children[0]!.id
  const change = (more: object) =>
    parent
      .post(`/famille/enfants/${id}/ecole`)
      .type('form')
      .send({ schoolId: pasteur, level: 'CP', ...more })
  const day = (text: string) => {
    const [d, m, y] = text.split(' ')
    return { 'from-day': d, 'from-month': m, 'from-year': y }
  }
  assert.equal((await change(day('20 11 2026'))).status, 422, 'meals already eaten do not move')
  assert.equal((await change(day('31 4 2027'))).status, 422)
  assert.equal((await change(day('4 1 2027'))).status, 303)
  const [child] = await childrenOf(t.town.db.read, household)
  assert.deepEqual(
    child?.schoolings.map(one => [one.schoolId, one.from.toString(), one.to?.toString()]),
    [
      [jules, '2026-09-01', '2027-01-03'],
      [pasteur, '2027-01-04', undefined],
    ],
  )
  assert.match((await parent.get(`/famille/enfants/${id}`)).text, /École Pasteur, à partir du lundi 4 janvier 2027/)
  // A mind changed: the move that had not begun is replaced.
  assert.equal((await change({ schoolId: jules, level: 'CE1', ...day('5 1 2027') })).status, 303)
  const rows = await t.town.db.read.select().from(schoolings).where(eq(schoolings.childId, id))
  assert.equal(rows.length, 3)
})

test('a school or class of nowhere is refused', async () => {
  const { parent, children } = await family(t)
  const send = (body: object) => parent.post(`/famille/enfants/${children[0]!.id}/ecole`).type('form').send(body)
  assert.equal((await send({ schoolId: 'nowhere', level: 'CP' })).status, 422)
  assert.equal((await send({ schoolId: jules, level: 'Terminale' })).status, 422)
  assert.equal((await send({ schoolId: jules })).status, 422)
})

test('a family meal from home needs a health plan', async () => {
  const { parent, children } = await family(t)
  const answer = await parent
    .post(`/famille/enfants/${children[0]!.id}/repas`)
    .type('form')
    .send({ mealType: 'pai-basket', pai: 'no' })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /Ce repas demande un projet d’accueil/)
})

test('a child that another family has waits for the town hall, and nothing of that family is said', async () => {
  const first = await family(t, {
    firstName: 'Nadia',
    lastName: 'Lefèvre',
    children: [{ firstName: 'Élise', lastName: 'Lefèvre', birthDate: '2018-07-14' }],
  })
  const { parent, household } = await family(t, { children: [] })
  const answer = await add(parent, 'Elise', 'LEFEVRE Martin', '2018-07-14')
  assert.equal(answer.headers['location'], '/famille')
  const page = (await parent.get('/famille')).text
  assert.match(page, /La mairie va vérifier/)
  assert.doesNotMatch(page, /Nadia/)
  assert.deepEqual(await childrenOf(t.town.db.read, household), [], 'not to be booked for yet')

  const theirs = await first.parent.get('/famille')
  assert.doesNotMatch(theirs.text, /vérifi/, 'the first family sees nothing of it')

  const waiting = await parent.get('/api/v1/household')
  const id = waiting.body.children[0].id
  assert.equal(waiting.body.children[0].toCheck, true)
  for (const path of ['ecole', 'repas', 'sante', 'personnes', 'garde', 'modifier'])
    assert.equal((await parent.get(`/famille/enfants/${id}/${path}`)).status, 404, path)
  assert.match((await parent.get(`/famille/enfants/${id}`)).text, /La mairie va vérifier/)
  assert.equal((await parent.post(`/famille/enfants/${id}/retirer`)).status, 303, 'a slip can be taken back')
  assert.doesNotMatch((await parent.get('/famille')).text, /LEFEVRE/)
})

test('renaming one’s child into another family’s child is for the town hall', async () => {
  await family(t, { children: [{ firstName: 'Sacha', lastName: 'Roy', birthDate: '2018-08-01' }] })
  const { parent, children } = await family(t)
  const at = `/famille/enfants/${children[0]!.id}/modifier`
  const send = (body: object) => parent.post(at).type('form').send(body)
  const sacha = {
    firstName: 'Sacha',
    lastName: 'Roy',
    'birthDate-day': 1,
    'birthDate-month': 8,
    'birthDate-year': 2018,
  }
  const stolen = await send(sacha)
  assert.equal(stolen.status, 409)
  assert.match(stolen.text, /La mairie doit vérifier/)
  assert.equal((await send({ ...sacha, 'birthDate-year': 2017 })).status, 303)
  assert.match((await parent.get(`/famille/enfants/${children[0]!.id}`)).text, /Sacha Roy/)
})

test('a child without meals or bills leaves without trace; one of two homes is for the town hall', async () => {
  const { parent, children, household } = await family(t, {
    children: [{ firstName: 'Tom', pai: 'allergie' }],
  })
  const id = children[0]!.id
  assert.match((await parent.get(`/famille/enfants/${id}/retirer`)).text, /Nous effaçons tout/)
  assert.equal((await parent.post(`/famille/enfants/${id}/retirer`)).headers['location'], '/famille')
  assert.deepEqual(await childrenOf(t.town.db.read, household), [])
  assert.deepEqual(await t.town.db.read.select().from(persons).where(eq(persons.id, id)), [])

  const one = await family(t)
  await secondHousehold(t, one)
  const answer = await one.parent.post(`/famille/enfants/${one.children[0]!.id}/retirer`)
  assert.equal(answer.status, 409)
  assert.match(answer.text, /Cet enfant a deux foyers/)
})

test('whoever may collect the child is on a list of this home alone', async () => {
  const one = await family(t)
  const other = await secondHousehold(t, one)
  const id = one.children[0]!.id
  const at = `/famille/enfants/${id}/personnes`
  const granny = { name: 'Fatou Diallo', phone: '06 12 34 56 78', relationship: 'grand-mère' }
  const idempotencyKey = crypto.randomUUID()
  for (let i = 0; i < 2; i++)
    assert.equal(
      (
        await one.parent
          .post(at)
          .type('form')
          .send({ ...granny, idempotencyKey })
      ).status,
      303,
    )
  const page = (await one.parent.get(at)).text
  assert.equal(page.match(/Fatou Diallo/g)?.length, 2, 'named once, and once for the button')
  assert.match(page, /06\s12\s34\s56\s78/)
  assert.doesNotMatch((await other.parent.get(at)).text, /Fatou/)
  const person = /name="person" value="([\w-]+)"/.exec(page)?.[1]
  assert.equal((await other.parent.post(`${at}/retirer`).type('form').send({ person })).status, 404)
  assert.equal(
    (
      await one.parent
        .post(at)
        .type('form')
        .send({ ...granny, phone: '12' })
    ).status,
    422,
  )
  assert.equal((await one.parent.post(`${at}/retirer`).type('form').send({ person })).status, 303)
  assert.doesNotMatch((await one.parent.get(at)).text, /Fatou/)
})

test('without any school online the page says what to do', async () => {
  const empty = await testTown()
  const { parent } = await family(empty, { children: [] })
  const id = idIn((await add(parent, 'Ana', 'Roche', '2019-01-01')).headers['location'])
  assert.match((await parent.get(`/famille/enfants/${id}/ecole`)).text, /Les écoles ne sont pas encore en ligne/)
  assert.equal((await (await clerk(empty, 'canteen')).get('/guichet/verifications')).status, 200)
})
