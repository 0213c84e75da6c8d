import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeRequestLink } from '../../src/civil-records/links.ts'
import { moveRequest } from '../../src/civil-records/moves.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { clerkAccount, family, secondHousehold } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { askFor, moveOn, requestNow, submittedRequest } from './world.ts'

const t = await testTown()

async function linkTo({ id }: Pick<CivilRequest, 'id'>): Promise<string> {
  const secret = await t.town.db.transaction(tx => makeRequestLink(tx, t.town.clock.now(), id, 'follow'))
  return `/etat-civil/suivi/${secret}`
}
const withdraw = (visitor: Visitor, base: string, state: string) =>
  visitor.post(`${base}/annuler`).type('form').send({ state })
const lettersOf = async (kind: string, id: Id<'civil-request'>) =>
  (await t.letters()).filter(letter => letter.kind === kind && letter.key.includes(id))

test('an applicant stops a request after being asked, and gets one letter', async () => {
  const request = await submittedRequest(t, { state: 'under-review' })
  const base = await linkTo(request)
  const visitor = t.visitor()
  const ask = await visitor.get(`${base}/annuler`).expect(200)
  assert.match(ask.text, /<h1[^>]*>Annuler ma demande\s\?/)
  assert.equal((await requestNow(t, request.id)).state, 'under-review', 'looking changes nothing')
  for (let i = 0; i < 2; i++) assert.equal((await withdraw(visitor, base, 'under-review')).headers['location'], base)
  assert.equal((await requestNow(t, request.id)).state, 'withdrawn')
  const page = (await visitor.get(base)).text
  assert.match(page, /Votre demande est annulée/)
  assert.doesNotMatch(page, /href="[^"]*\/annuler"/)
  assert.equal((await lettersOf('civil.withdrawn', request.id)).length, 1)
})

test('what was posted, collected or closed cannot be stopped: the page says what happened', async () => {
  const words = {
    posted: /déjà parti par la poste/,
    collected: /déjà été remis/,
    refused: /la demande est refusée/,
    expired: /déjà fermée/,
  } as const
  for (const [state, told] of Object.entries(words)) {
    const request = await submittedRequest(t, { state: state as keyof typeof words })
    const base = await linkTo(request)
    const answer = await withdraw(t.visitor(), base, 'under-review')
    assert.equal(answer.status, 409, state)
    assert.match(answer.text, told)
    assert.doesNotMatch(answer.text, /name="state"/, 'nothing more to press')
    assert.equal((await t.visitor().get(`${base}/annuler`)).status, 409)
    assert.equal((await requestNow(t, request.id)).state, state)
  }
})

test('a record signed since the page was opened is not stopped unasked: the applicant is asked anew', async () => {
  const request = await submittedRequest(t, { state: 'ready-to-print' })
  const base = await linkTo(request)
  await moveOn(t, request.id, ['signed'])
  const answer = await withdraw(t.visitor(), base, 'ready-to-print')
  assert.equal(answer.status, 409)
  assert.match(answer.text, /la mairie vient de signer l’acte/)
  assert.match(answer.text, /name="state" value="signed"/)
  assert.equal((await requestNow(t, request.id)).state, 'signed')
  assert.equal((await withdraw(t.visitor(), base, 'signed')).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'withdrawn')
})

test('an invented state stops nothing', async () => {
  const request = await submittedRequest(t)
  const base = await linkTo(request)
  for (const state of ['', 'draft', 'nonsense', 'withdrawn'])
    assert.equal((await withdraw(t.visitor(), base, state)).status, 409, state)
  assert.equal((await requestNow(t, request.id)).state, 'submitted')
})

test('signing and stopping at once: one of them wins, the other is told', async () => {
  const { actor } = await clerkAccount(t, 'civil-registry')
  for (let i = 0; i < 6; i++) {
    const request = await submittedRequest(t, { state: 'ready-to-print', papers: 0 })
    const base = await linkTo(request)
    const sign = () =>
      t.town.db
        .transaction(tx => moveRequest(tx, t.town.clock.now(), actor, request, { to: 'signed' }))
        .then(
          () => 'signed',
          error => (error instanceof Problem ? error.code : 'broken'),
        )
    const stop = () => withdraw(t.visitor(), base, 'ready-to-print').then(({ status }) => status)
    const [signed, stopped] = await Promise.all(i % 2 ? [sign(), stop()] : [stop(), sign()].reverse())
    const { state } = await requestNow(t, request.id)
    if (state === 'signed') assert.deepEqual([signed, stopped], ['signed', 409])
    else assert.deepEqual([state, signed, stopped], ['withdrawn', 'request-changed', 303])
    assert.equal((await lettersOf('civil.withdrawn', request.id)).length, state === 'withdrawn' ? 1 : 0)
  }
})

test('the first page says what the town waits for, to the applicant alone', async () => {
  const one = await family(t, { firstName: 'Awa' })
  const two = await secondHousehold(t, one)
  const request = await submittedRequest(t, {
    personId: one.personId,
    state: 'waiting-for-applicant',
    ask: { dueOn: '2026-12-18' },
  })
  const page = (await one.parent.get('/accueil').expect(200)).text
  assert.match(page, /copie intégrale de l’acte de naissance de Fatou Marie Diallo, avant le vendredi 18 décembre/)
  assert.ok(page.includes(`/etat-civil/mes-demandes/${request.id}`))
  assert.doesNotMatch((await two.parent.get('/accueil').expect(200)).text, /etat-civil\/mes-demandes/)
  const { clerk } = await clerkAccount(t, 'canteen')
  const form = { personId: one.personId, reason: 'counter', consent: 'yes' }
  await clerk.post(`/guichet/familles/${one.household}/agir`).type('form').send(form)
  const atCounter = (await clerk.get('/accueil').expect(200)).text
  assert.doesNotMatch(atCounter, /etat-civil\/mes-demandes/, 'nor to a clerk of the canteen')
  await moveOn(t, request.id, ['under-review'])
  assert.doesNotMatch((await one.parent.get('/accueil')).text, /vous demande quelque chose/)
})

test('a record that waits at the town hall is on the first page too', async () => {
  const one = await family(t)
  await submittedRequest(t, { personId: one.personId, state: 'ready-for-collection' })
  assert.match((await one.parent.get('/accueil')).text, /Votre acte vous attend à la mairie jusqu’au/)
})

test('a request outlives the account: it goes on by a link of its own', async () => {
  const one = await family(t, { children: [] })
  const open = await submittedRequest(t, { personId: one.personId, email: one.email, state: 'waiting-for-applicant' })
  const ended = await submittedRequest(t, { personId: one.personId, email: one.email, state: 'collected' })
  assert.match((await one.parent.get('/compte/fermer')).text, /Votre demande d’acte en cours/)
  const closed = await one.parent.post('/compte/fermer').type('form').send({ password: one.password })
  assert.equal(closed.status, 200)
  const rows = await t.town.db.read.select().from(civilRequests).where(eq(civilRequests.email, one.email))
  assert.deepEqual(
    new Map(rows.map(({ id, personId }) => [id, personId])),
    new Map([
      [open.id, null],
      [ended.id, null],
    ]),
  )
  const letters = (await t.letters()).filter(({ kind, to }) => kind === 'civil.follow-link' && to === one.email)
  assert.equal(letters.length, 1, 'only what is open')
  const link = /http:\/\/guichet\.test(\/etat-civil\/suivi\/\S+)/.exec(letters[0]!.text)![1]!
  const visitor = t.visitor()
  const sent = await visitor.post(`${link}/repondre`).field('text', 'Voici')
  assert.equal(sent.status, 303)
  assert.equal((await requestNow(t, open.id)).state, 'under-review')
})

test('who has no account gets a link in every letter, also when the counter knows the person', async () => {
  const one = await family(t, { children: [] })
  const request = await submittedRequest(t, { personId: one.personId, email: one.email, state: 'under-review' })
  await withdraw(one.parent, `/etat-civil/mes-demandes/${request.id}`, 'under-review')
  const [withAccount] = await lettersOf('civil.withdrawn', request.id)
  assert.ok(withAccount?.text.includes(`http://guichet.test/etat-civil/mes-demandes/${request.id}`))
  const nobody = 'person-without-account' as Id<'person'>
  const known = await submittedRequest(t, { personId: nobody, email: 'x@exemple.fr', state: 'under-review' })
  await withdraw(t.visitor(), await linkTo(known), 'under-review')
  const [without] = await lettersOf('civil.withdrawn', known.id)
  assert.match(without!.text, /http:\/\/guichet\.test\/etat-civil\/suivi\//)
})

test('an answer in time beats the end of the delay; after it, the page says that it is over', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'under-review' })
  await moveOn(t, request.id, ['waiting-for-applicant'])
  await askFor(t, request.id, { dueOn: '2026-11-30' })
  const base = await linkTo(request)
  t.at('2026-11-30T23:59:00+01:00')
  await t.tick()
  assert.equal((await t.visitor().post(`${base}/repondre`).field('text', 'À temps')).status, 303)
  t.at('2026-12-01T09:00:00+01:00')
  await t.tick()
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
})
