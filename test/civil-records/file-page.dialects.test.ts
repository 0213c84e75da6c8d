// The page of one request, as the clerk who treats it sees it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { civilFiles, civilNotes } from '../../src/civil-records/schema.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { askFor, photo, requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const page = (id: string, rest = '') => `/guichet/etat-civil/${id}${rest}`
const text = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/[\s\u00a0\u202f]+/g, ' ')

const looks = (action: string, id: string) =>
  t.town.db.read
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.action, action), eq(auditEntries.subjectId, id)))

test('a clerk reads on one page who asks, for what, by what right, until when', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  const answer = await agent.get(page(request.id))
  assert.equal(answer.status, 200)
  const words = text(answer.text)
  for (const said of [
    'Copie intégrale de l’acte de naissance de Fatou Marie Diallo',
    'Fatou Diallo',
    'naissance : 12 mai 1984',
    'pour soi',
    'reçue par Internet',
    'langue : français',
    'Réponse avant le lundi 30 novembre 2026',
    'Dans les temps',
    'Ousmane Diallo ; Marie Lefèvre',
    '3 rue des Tilleuls, 59100 Valmont',
    'fatou@exemple.fr',
    'C’est la personne de l’acte.',
    'art. 30',
    'Il faut : une pièce d’identité. 1 papier reçu.',
    'Demande reçue',
    'Aucune autre demande.',
  ])
    assert.ok(words.includes(said), `the page lacks « ${said} »`)
})

test('clerks of other services, residents and visitors find nothing there', async () => {
  const request = await submittedRequest(t)
  const [paper] = await t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, request.id))
  const other = await clerk(t, 'canteen')
  const { parent } = await family(t)
  for (const rest of [
    '',
    '/demander',
    '/refuser',
    '/corriger',
    `/papiers/${paper!.id}`,
    `/papiers/${paper!.id}/page/1`,
  ]) {
    assert.equal((await other.get(page(request.id, rest))).status, 404, `a canteen clerk got ${rest}`)
    assert.equal((await parent.get(page(request.id, rest))).status, 404, `a parent got ${rest}`)
    assert.equal((await t.visitor().get(page(request.id, rest))).headers['location'], '/connexion')
  }
  for (const rest of ['/accepter', '/refuser', '/demander', '/ecrire', '/notes', '/arreter', '/rouvrir', '/corriger'])
    assert.equal((await other.post(page(request.id, rest)).type('form').send({ version: 2 })).status, 404, rest)
  assert.deepEqual(await requestNow(t, request.id), request)
})

test('looking takes nothing from a colleague and changes nothing; each look is written down', async () => {
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t)
  await agent.get(page(request.id))
  assert.deepEqual(await requestNow(t, request.id), request)
  const [look, ...more] = await looks('civil-request.viewed', request.id)
  assert.equal(look?.actorAccountId, actor.accountId)
  assert.deepEqual(more, [])
})

test('whoever takes a file sees what can be done; a colleague sees who has it, since when, and no button', async () => {
  const first = await clerkAccount(t, 'civil-registry')
  const second = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  assert.match((await first.clerk.get(page(request.id))).text, /Prendre ce dossier/)
  const taken = await first.clerk.post(page(request.id, '/prendre')).type('form').send({})
  assert.equal(taken.status, 303)
  const mine = (await first.clerk.get(page(request.id))).text
  for (const key of ['e', 'q', 'r', 'n']) assert.match(mine, new RegExp(`data-key="${key}"`))
  assert.match(mine, /Refuser/)
  const { version } = await requestNow(t, request.id)
  const forms = mine
    .split('<form')
    .slice(1)
    .filter(form => form.includes(`action="${page(request.id)}/`))
  const decisions = forms.filter(form => !form.includes('/liberer'))
  assert.ok(decisions.length > 0 && decisions.every(form => form.includes(`name="version" value="${version}"`)))
  const theirs = (await second.get(page(request.id))).text
  assert.match(text(theirs), /Claire Agent\d+ travaille sur ce dossier depuis lundi 23 novembre 2026 à 9 h/)
  assert.doesNotMatch(theirs, /Refuser|Demander un papier|Prendre ce dossier/)
})

test('papers are shown in the page and saved as attachments, and each look at one is written down', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  const [paper] = await t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, request.id))
  const address = page(request.id, `/papiers/${paper!.id}`)
  assert.ok((await agent.get(page(request.id))).text.includes(`<img class="app-proof" src="${address}/page/1"`))
  assert.equal((await looks('civil-paper.viewed', paper!.id)).length, 0)
  const shown = await agent.get(`${address}/page/1`)
  assert.equal(shown.headers['content-type'], 'image/png')
  assert.match(shown.headers['content-security-policy'] ?? '', /default-src 'none'.*sandbox/)
  assert.deepEqual(shown.body, photo)
  const saved = await agent.get(address)
  assert.match(saved.headers['content-disposition'] ?? '', /^attachment/)
  assert.deepEqual(
    (await looks('civil-paper.viewed', paper!.id)).map(({ details }) => details['page']),
    [1, 'all'],
  )
  assert.equal((await agent.get(`${address}/page/2`)).status, 404)
  assert.equal((await agent.get(`${address}/page/zero`)).status, 404)
  const other = await submittedRequest(t)
  assert.equal((await agent.get(page(other.id, `/papiers/${paper!.id}`))).status, 404, 'another request’s paper')
})

test('names, messages and notes are shown as words, whatever they hold', async () => {
  const agent = await clerk(t, 'civil-registry')
  const attack = '<script>alert(1)</script>'
  const request = await submittedRequest(t, {
    answers: {
      subject: { firstNames: attack, lastName: '"><img src=x onerror=alert(2)>' },
      applicant: { firstName: attack, lastName: '{{ 7*7 }}', birthDate: '1984-05-12' },
      address: { lines: [attack], postcode: '59100', city: attack, country: 'FR' },
    },
  })
  await askFor(t, request.id, { text: attack, french: attack })
  await agent.post(page(request.id, '/prendre')).type('form').send({})
  await agent
    .post(page(request.id, '/notes'))
    .type('form')
    .send({ note: `${attack}\nJeu de mots` })
  const { version } = await requestNow(t, request.id)
  const preview = await agent
    .post(page(request.id, '/refuser'))
    .type('form')
    .send({ version, step: 'preview', ground: 'not-proved', facts: attack })
  for (const html of [(await agent.get(page(request.id))).text, preview.text]) {
    assert.doesNotMatch(html, /<script>alert|<img src=x/)
    assert.match(html, /&lt;script&gt;alert\(1\)/)
    assert.doesNotMatch(html, /\b49\b/)
  }
})

test('doubts are told with the requests that raise them, and earlier requests are a link away', async () => {
  const agent = await clerk(t, 'civil-registry')
  const answers = {
    subject: { firstNames: 'Awa', lastName: 'Doublon' },
    applicant: { firstName: 'Fatou', lastName: 'Doublon', birthDate: '1984-05-12' },
  }
  const before = await submittedRequest(t, { answers })
  t.at('2026-11-25T09:00:00+01:00')
  const request = await submittedRequest(t, { answers })
  const html = (await agent.get(page(request.id))).text
  t.at('2026-11-23T09:00:00+01:00')
  assert.match(text(html), /Le même acte a déjà été demandé 1 fois en 30 jours/)
  assert.match(text(html), /son nom n’est pas celui de l’acte/)
  assert.equal(html.split(`href="/guichet/etat-civil/${before.id}"`).length - 1, 2)
})

test('what the rules say today is told beside what they said when it was asked', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { answers: { standing: 'sibling' } })
  const words = text((await agent.get(page(request.id))).text)
  assert.match(words, /Attention, le calcul d’aujourd’hui dit non : Cette personne n’a pas droit à ce document/)
})

test('a note is for clerks, needs words, and stays with its writer’s name', async () => {
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t)
  const empty = await agent.post(page(request.id, '/notes')).type('form').send({ note: '  ' })
  assert.equal(empty.status, 422)
  const written = await agent.post(page(request.id, '/notes')).type('form').send({ note: 'Elle rappelle jeudi.' })
  assert.equal(written.status, 303)
  const notes = await t.town.db.read.select().from(civilNotes).where(eq(civilNotes.requestId, request.id))
  assert.deepEqual(
    notes.map(({ text, accountId }) => ({ text, accountId })),
    [{ text: 'Elle rappelle jeudi.', accountId: actor.accountId }],
  )
  assert.match(
    text((await agent.get(page(request.id))).text),
    /Claire Agent\d+ lundi 23 novembre 2026 à 9 h Elle rappelle jeudi\./,
  )
  assert.equal((await looks('civil-request.noted', request.id)).length, 1)
})

test('a page below the queue that is no request is left to others', async () => {
  const agent = await clerk(t, 'civil-registry')
  assert.equal((await agent.get('/guichet/etat-civil/rien-de-tel')).status, 404)
  assert.equal((await agent.get(page('019ab000-0000-7000-8000-000000000000'))).status, 404)
})
