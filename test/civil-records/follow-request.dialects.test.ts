import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { makeRequestLink } from '../../src/civil-records/links.ts'
import { civilAsks, civilFiles, civilMessages, civilMoves, civilRequests } from '../../src/civil-records/schema.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { eq } from '../../src/db/drizzle.ts'
import { documents } from '../../src/documents/schema.ts'
import type { Service } from '../../src/kernel/actor.ts'
import { newId } from '../../src/kernel/ids.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { pdf, png } from '../uploads/files.ts'
import { askFor, moveOn, photo, requestNow, submittedRequest } from './world.ts'

const t = await testTown()

/** The address of a request's page as our letters give it to whoever has no account. */
async function linkTo({ id }: Pick<CivilRequest, 'id'>): Promise<string> {
  const secret = await t.town.db.transaction(tx => makeRequestLink(tx, t.town.clock.now(), id, 'follow'))
  return `/etat-civil/suivi/${secret}`
}
const messagesOf = ({ id }: Pick<CivilRequest, 'id'>) =>
  t.town.db.read.select().from(civilMessages).where(eq(civilMessages.requestId, id))
const filesOf = ({ id }: Pick<CivilRequest, 'id'>) =>
  t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, id))
const actionsOf = async ({ id }: Pick<CivilRequest, 'id'>) =>
  (await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.subjectId, id))).map(({ action }) => action)
const keyIn = (html: string) => /name="idempotencyKey" value="([^"]+)"/.exec(html)![1]!

function answer(visitor: Visitor, base: string, text: string, files: readonly [string, Buffer][] = [], key?: string) {
  const sending = visitor.post(`${base}/repondre`).field('text', text)
  if (key) sending.field('idempotencyKey', key)
  for (const [name, bytes] of files) sending.attach('files', bytes, name)
  return sending
}

test('the link of a letter shows the whole request, is kept by no cache and told to no other site', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t)
  const base = await linkTo(request)
  const page = await t.visitor().get(base).expect(200)
  for (const words of [
    'Copie intégrale de l’acte de naissance de Fatou Marie Diallo',
    '12 mai 1984',
    '3 rue des Tilleuls',
    'fatou@exemple.fr',
    'Un acte n’est jamais envoyé par e-mail',
    'Réponse avant le lundi 30 novembre 2026',
    'carte d’identité.png',
  ])
    assert.ok(page.text.includes(words), words)
  assert.equal(page.headers['cache-control'], 'private, no-store')
  assert.equal(page.headers['referrer-policy'], 'same-origin')
  assert.match(String(page.headers['x-robots-tag']), /noindex/)
})

test('a link ends after 90 days, and its page says how to get another', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t)
  const base = await linkTo(request)
  const [paper] = await filesOf(request)
  t.at('2027-02-21T09:00:00+01:00')
  for (const path of ['', '/annuler', '/recepisse.pdf', `/papiers/${paper!.id}`]) {
    const over = await t.visitor().get(`${base}${path}`)
    assert.equal(over.status, 410, path)
    assert.match(over.text, /Ce lien ne marche plus/)
    assert.match(over.text, /href="\/etat-civil\/suivi"/)
  }
  assert.equal((await answer(t.visitor(), base, 'Bonjour')).status, 410)
  assert.equal((await t.visitor().post(`${base}/annuler`).type('form').send({ state: 'submitted' })).status, 410)
  assert.equal((await requestNow(t, request.id)).state, 'submitted')
  assert.equal((await messagesOf(request)).length, 0)
  t.at('2026-11-23T09:00:00+01:00')
})

test('an applicant sends the paper that was asked, and the clerk has the request again', async () => {
  const { actor } = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t, {
    state: 'waiting-for-applicant',
    by: actor,
    assignedTo: actor.accountId,
    ask: { text: 'Votre pièce d’identité est floue.', dueOn: '2026-12-20' },
  })
  const base = await linkTo(request)
  const visitor = t.visitor()
  const page = await visitor.get(base)
  assert.match(page.text, /Votre pièce d’identité est floue\./)
  assert.match(page.text, /Répondez avant le dimanche 20 décembre 2026/)
  assert.doesNotMatch(page.text, /Claire|Agent/, 'no clerk is named')
  const sent = await answer(visitor, base, 'Voici.\nMerci.', [
    ['recto.png', png()],
    ['verso.pdf', pdf()],
  ])
  assert.equal(sent.headers['location'], base)
  const after = (await visitor.get(base)).text
  assert.match(after, /Votre réponse est envoyée/)
  assert.match(after, /recto\.png/)
  const now = await requestNow(t, request.id)
  assert.deepEqual([now.state, now.assignedTo], ['under-review', actor.accountId])
  const [ask] = await t.town.db.read.select().from(civilAsks).where(eq(civilAsks.requestId, request.id))
  assert.ok(ask?.answeredAt)
  const answers = (await filesOf(request)).filter(({ purpose }) => purpose === 'answer')
  assert.deepEqual(answers.map(({ name }) => name).sort(), ['recto.png', 'verso.pdf'])
  assert.ok(answers.every(({ messageId }) => messageId))
  const actions = await actionsOf(request)
  assert.ok(actions.includes('civil-request.answered'))
  const moves = await t.town.db.read.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))
  assert.deepEqual(moves.filter(({ to, by }) => to === 'under-review' && by === 'anonymous').length, 1)
})

test('the same answer sent twice is kept once', async () => {
  const request = await submittedRequest(t, { state: 'waiting-for-applicant' })
  const base = await linkTo(request)
  const visitor = t.visitor()
  const key = keyIn((await visitor.get(base)).text)
  const stored = () => countFiles(t.folder)
  const before = await stored()
  for (let i = 0; i < 2; i++) assert.equal((await answer(visitor, base, 'Voici', [['a.png', png()]], key)).status, 303)
  const [one, two] = await Promise.all([1, 2].map(() => answer(visitor, base, 'Encore', [], `${key}-2`)))
  assert.deepEqual([one!.status, two!.status], [303, 303])
  assert.equal((await messagesOf(request)).filter(({ by }) => by === 'applicant').length, 2)
  assert.equal(await stored(), before + 1, 'no bytes are left over')
})

test('an empty answer and refused files keep what was typed, and write nothing', async () => {
  const request = await submittedRequest(t, { state: 'waiting-for-applicant' })
  const base = await linkTo(request)
  const visitor = t.visitor()
  const before = await countFiles(t.folder)
  const empty = await answer(visitor, base, '  ')
  assert.equal(empty.status, 422)
  assert.match(empty.text, /Écrivez une réponse, ou choisissez un fichier/)
  for (const [name, bytes] of [
    ['page.png', Buffer.from('<html><script>alert(1)</script></html>')],
    ['vide.pdf', Buffer.alloc(0)],
  ] as const) {
    const refused = await answer(visitor, base, 'Mon message', [
      ['bon.png', png()],
      [name, bytes],
    ])
    assert.equal(refused.status, 422, name)
    assert.match(refused.text, /Mon message<\/textarea>/)
    assert.match(refused.text, /Il y a un problème/)
  }
  const many = await answer(
    visitor,
    base,
    'Cinq',
    Array.from({ length: 5 }, (_, i) => [`${i}.png`, png()] as [string, Buffer]),
  )
  assert.equal(many.status, 422)
  assert.match(many.text, /Envoyez 4 fichiers au plus/)
  assert.equal((await messagesOf(request)).filter(({ by }) => by === 'applicant').length, 0)
  assert.equal(await countFiles(t.folder), before)
  assert.equal((await requestNow(t, request.id)).state, 'waiting-for-applicant')
})

test('five messages a day without being asked, then no more; an answer always goes', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'under-review' })
  const base = await linkTo(request)
  for (let i = 1; i <= 5; i++) assert.equal((await answer(t.visitor(), base, `Message ${i}`)).status, 303)
  const refused = await answer(t.visitor(), base, 'Message 6')
  assert.equal(refused.status, 429)
  assert.match(refused.text, /Message 6<\/textarea>/)
  const seen = await requestNow(t, request.id)
  assert.equal(seen.version, request.version + 5, 'a clerk who decides must have seen them')
  await moveOn(t, request.id, ['waiting-for-applicant'])
  await askFor(t, request.id)
  assert.equal((await answer(t.visitor(), base, 'Ma réponse')).status, 303)
  t.at('2026-11-24T00:01:00+01:00')
  assert.equal((await answer(t.visitor(), base, 'Demain')).status, 303)
  t.at('2026-11-23T09:00:00+01:00')
})

test('nothing is written to a request that is over', async () => {
  for (const state of ['posted', 'collected', 'refused', 'withdrawn', 'expired'] as const) {
    const request = await submittedRequest(t, { state })
    const base = await linkTo(request)
    assert.doesNotMatch((await t.visitor().get(base)).text, /repondre/, state)
    const before = await countFiles(t.folder)
    const answered = await answer(t.visitor(), base, 'Trop tard', [['a.png', png()]])
    assert.equal(answered.status, 409, state)
    assert.match(answered.text, /Cette demande est terminée/)
    assert.equal((await messagesOf(request)).length, 0)
    assert.equal(await countFiles(t.folder), before, 'no bytes are left over')
  }
})

test('an answer in another language stands beside the French', async () => {
  const request = await submittedRequest(t, {
    language: 'en',
    state: 'waiting-for-applicant',
    ask: { text: 'Please send the back.', french: 'Envoyez le verso.' },
  })
  const page = await t.visitor().get(`${await linkTo(request)}?lang=en`)
  assert.match(page.text, /lang="en">Please send the back\./)
  assert.match(page.text, /lang="fr">Envoyez le verso\./)
  assert.match(page.text, /Answer before/)
})

test('an applicant with an account finds own requests in a list, with drafts to take up again', async () => {
  const one = await family(t, { firstName: 'Fatou' })
  const empty = await one.parent.get('/etat-civil/mes-demandes').expect(200)
  assert.match(empty.text, /Vous n’avez pas encore demandé d’acte/)
  const open = await submittedRequest(t, { personId: one.personId })
  const ended = await submittedRequest(t, { personId: one.personId, state: 'refused' })
  const draft = newId<'civil-request'>()
  const now = t.town.clock.now()
  await t.town.db.transaction(async tx => {
    await tx.insert(civilRequests).values({
      id: draft,
      state: 'draft',
      version: 1,
      channel: 'online',
      language: 'fr',
      personId: one.personId,
      answers: {},
      createdAt: now,
      updatedAt: now,
    })
  })
  const list = (await one.parent.get('/etat-civil/mes-demandes')).text
  assert.ok(list.includes(`name="request" value="${draft}"`))
  const resumed = await one.parent.post('/etat-civil/demande/reprendre').type('form').send({ request: draft })
  assert.match(String(resumed.headers['location']), /^\/etat-civil\/demande\//)
  assert.match(list, /Pas encore envoyées[\s\S]*Reprendre[\s\S]*En cours[\s\S]*Terminées/)
  for (const { id } of [open, ended]) assert.ok(list.includes(`/etat-civil/mes-demandes/${id}`))
  assert.equal((await one.parent.get(`/etat-civil/mes-demandes/${draft}`)).status, 404, 'a draft has no page here')
  assert.match((await one.parent.get(`/etat-civil/mes-demandes/${open.id}`)).text, /Fatou Marie Diallo/)
})

test('twenty-five requests on a page', async () => {
  const one = await family(t)
  for (let i = 0; i < 26; i++) await submittedRequest(t, { personId: one.personId, papers: 0 })
  const first = (await one.parent.get('/etat-civil/mes-demandes')).text
  assert.equal(first.match(/href="\/etat-civil\/mes-demandes\/[0-9a-z-]{20,}"/g)?.length, 25)
  assert.match(first, /1 à 25 sur 26/)
  const second = (await one.parent.get('/etat-civil/mes-demandes?page=2')).text
  assert.equal(second.match(/href="\/etat-civil\/mes-demandes\/[0-9a-z-]{20,}"/g)?.length, 1)
  for (const page of ['3', '0', '-1', 'x', '1.5'])
    assert.equal((await one.parent.get(`/etat-civil/mes-demandes?page=${page}`)).status, 404, page)
})

test('somebody else’s request does not exist: page, papers, answer, withdrawal, messages', async () => {
  const owner = await family(t)
  const other = await family(t)
  const request = await submittedRequest(t, { personId: owner.personId, state: 'waiting-for-applicant' })
  const theirs = await submittedRequest(t, { personId: other.personId })
  const [paper] = await filesOf(request)
  const base = `/etat-civil/mes-demandes/${request.id}`
  for (const path of ['', `/papiers/${paper!.id}`, '/annuler', '/recepisse.pdf', '/refus.pdf'])
    assert.equal((await other.parent.get(base + path)).status, 404, path)
  assert.equal((await answer(other.parent, base, 'Bonjour')).status, 404)
  assert.equal((await other.parent.post(`${base}/annuler`).type('form').send({ state: request.state })).status, 404)
  assert.equal(
    (await other.parent.get(`/etat-civil/mes-demandes/${theirs.id}/papiers/${paper!.id}`)).status,
    404,
    'another request’s paper through one’s own',
  )
  const api = `/api/v1/civil-records/requests/${request.id}`
  assert.equal((await other.parent.get(`${api}/messages`)).status, 404)
  assert.equal((await other.parent.post(`${api}/messages`).send({ text: 'x' })).status, 404)
  assert.equal((await other.parent.post(`${api}/withdrawal`).send({ state: request.state })).status, 404)
  assert.equal((await t.visitor().get(`${api}/messages`)).status, 401)
  const { clerk } = await clerkAccount(t, 'civil-registry')
  assert.equal((await clerk.get(base)).status, 404, 'a clerk has the desk for that')
  assert.deepEqual((await requestNow(t, request.id)).state, 'waiting-for-applicant')
})

test('own papers are sent to be saved, never shown; a scan of the act is no paper of the applicant', async () => {
  const one = await family(t)
  const request = await submittedRequest(t, { personId: one.personId })
  const [paper] = await filesOf(request)
  const scan = newId<'civil-file'>()
  await t.town.db.transaction(async tx => {
    await tx.insert(civilFiles).values({ ...paper!, id: scan, purpose: 'scan', name: 'acte.png' })
  })
  const base = `/etat-civil/mes-demandes/${request.id}`
  const file = await one.parent.get(`${base}/papiers/${paper!.id}`).expect(200)
  assert.match(String(file.headers['content-disposition']), /^attachment/)
  assert.match(String(file.headers['content-security-policy']), /sandbox/)
  assert.deepEqual(file.body, photo)
  assert.equal((await one.parent.get(`${base}/papiers/${scan}`)).status, 404)
  assert.doesNotMatch((await one.parent.get(base)).text, /acte\.png/)
})

test('a clerk of the civil registry who acts for somebody sees their requests, and each paper looked at is written down', async () => {
  const one = await family(t, { signedIn: false })
  const request = await submittedRequest(t, { personId: one.personId })
  const [paper] = await filesOf(request)
  const base = `/etat-civil/mes-demandes/${request.id}`
  const start = async (...services: Service[]) => {
    const { clerk, actor } = await clerkAccount(t, ...services)
    const form = { personId: one.personId, reason: 'counter', consent: 'yes' }
    await clerk.post(`/guichet/familles/${one.household}/agir`).type('form').send(form)
    return { clerk, actor }
  }
  const { clerk, actor } = await start('civil-registry', 'cash-office')
  assert.equal((await clerk.get(base)).status, 200)
  assert.equal((await clerk.get(`${base}/papiers/${paper!.id}`)).status, 200)
  const [entry] = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.subjectId, paper!.id))
  assert.deepEqual(
    [entry?.action, entry?.actorAccountId, entry?.onBehalfOf],
    ['civil-file.viewed', actor.accountId, one.personId],
  )
  const kitchen = await start('canteen')
  assert.equal((await kitchen.clerk.get(base)).status, 404, 'of another service')
  assert.equal((await kitchen.clerk.get('/etat-civil/mes-demandes')).status, 404)
})

test('the acknowledgement can be loaded down; a record cannot', async () => {
  const request = await submittedRequest(t)
  const base = await linkTo(request)
  const storedAs = await t.town.files.put(Buffer.from('%PDF-1.7'))
  const kept = (kind: 'civil-acknowledgement' | 'civil-record') =>
    t.town.db.transaction(async tx => {
      await tx.insert(documents).values({
        id: newId<'document'>(),
        kind,
        subjectId: request.id,
        name: `${kind}.pdf`,
        storedAs,
        size: 8,
        sha256: '',
        createdAt: t.town.clock.now(),
      })
    })
  assert.equal((await t.visitor().get(`${base}/recepisse.pdf`)).status, 404, 'not drawn yet')
  await kept('civil-acknowledgement')
  await kept('civil-record')
  const page = (await t.visitor().get(base)).text
  assert.match(page, /recepisse\.pdf/)
  assert.doesNotMatch(page, /civil-record/)
  const file = await t.visitor().get(`${base}/recepisse.pdf`).expect(200)
  assert.match(String(file.headers['content-disposition']), /attachment; filename="?civil-acknowledgement\.pdf/)
  assert.equal((await t.visitor().get(`${base}/refus.pdf`)).status, 404)
})

test('a refusal is shown with its reason', async () => {
  const request = await submittedRequest(t, { state: 'refused' })
  const page = (await t.visitor().get(await linkTo(request))).text
  assert.match(page, /La parenté n’est pas prouvée/)
  assert.match(page, /La lettre dit à qui écrire/)
})

test('programs read messages, answer once per key, and stop a request', async () => {
  const one = await family(t)
  const request = await submittedRequest(t, {
    personId: one.personId,
    state: 'waiting-for-applicant',
    ask: { dueOn: '2026-12-20' },
  })
  const api = `/api/v1/civil-records/requests/${request.id}`
  const before = await one.parent.get(`${api}/messages`).expect(200)
  assert.equal(before.body.answerBefore, '2026-12-20')
  assert.equal(before.body.messages[0].by, 'town')
  for (let i = 0; i < 2; i++) {
    const sent = await one.parent.post(`${api}/messages`).set('Idempotency-Key', 'k1').send({ text: 'Voici' })
    assert.deepEqual([sent.status, sent.body.asked], [201, true])
  }
  assert.equal((await one.parent.post(`${api}/messages`).send({ text: '' })).status, 422)
  const after = await one.parent.get(`${api}/messages`)
  assert.deepEqual([after.body.answerBefore, after.body.messages.length], [null, 2])
  const stale = await one.parent.post(`${api}/withdrawal`).send({ state: 'waiting-for-applicant' })
  assert.deepEqual([stale.status, stale.body.code, stale.body.params.state], [409, 'state-changed', 'under-review'])
  assert.equal((await one.parent.post(`${api}/withdrawal`).send({ state: 'under-review' })).status, 204)
  assert.equal(
    (await one.parent.post(`${api}/withdrawal`).send({ state: 'under-review' })).status,
    204,
    'twice is once',
  )
  const late = await one.parent.post(`${api}/messages`).send({ text: 'Encore' })
  assert.deepEqual([late.status, late.body.code], [409, 'request-closed'])
})

async function countFiles(folder: string): Promise<number> {
  const found = await readdir(`${folder}/files`, { recursive: true, withFileTypes: true }).catch(() => [])
  return found.filter(entry => entry.isFile()).length
}
