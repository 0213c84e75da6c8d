// What clerks write to applicants: seen before it leaves, in the applicant's language, with the French beside.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { civilAsks, civilMessages, civilMoves } from '../../src/civil-records/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { documents } from '../../src/documents/schema.ts'
import { clerk, clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { desk, page, text } from './file-forms.ts'
import { requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const letters = async (kind: string, to: string) =>
  (await t.letters()).filter(letter => letter.kind === kind && letter.to === to)
const messagesOf = (id: Awaited<ReturnType<typeof submittedRequest>>['id']) =>
  t.town.db.read.select().from(civilMessages).where(eq(civilMessages.requestId, id))

test('a clerk asks for a paper with a ready text and own words, sees the letter, sends it, and the request waits', async () => {
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t, { email: 'un@exemple.fr' })
  const { send, read } = await desk(t, agent, request.id)
  const form = text((await agent.get(page(request.id, '/demander'))).text)
  assert.match(form, /Pièce d’identité illisible/)
  const ask = { asks: 'document', canned: 'civil.canned.unreadable-identity', words: 'Le coin droit est coupé.' }
  const preview = await send('demander', { ...ask, step: 'preview' })
  assert.equal(preview.status, 200)
  assert.match(
    text(preview.text),
    /Bonjour Fatou Diallo.*n’est pas assez nette.*Le coin droit est coupé\..*mercredi 23 décembre 2026/,
  )
  assert.match(text(preview.text), /part par e-mail à un@exemple\.fr/)
  assert.deepEqual(await letters('civil.document-asked', 'un@exemple.fr'), [])
  assert.equal((await requestNow(t, request.id)).state, 'under-review')

  const sent = await send('demander', { ...ask, step: 'send' })
  assert.equal(sent.status, 303)
  const waiting = await requestNow(t, request.id)
  assert.equal(waiting.state, 'waiting-for-applicant')
  assert.equal(waiting.heldBy, null)
  const [message] = await messagesOf(request.id)
  assert.equal(message?.accountId, actor.accountId)
  assert.equal(message?.french, null)
  assert.match(message?.text ?? '', /pas assez nette[\s\S]*coin droit/)
  const [opened] = await t.town.db.read.select().from(civilAsks).where(eq(civilAsks.requestId, request.id))
  assert.equal(opened?.dueOn.toString(), '2026-12-23')
  assert.equal(opened?.messageId, message?.id)
  assert.equal((await letters('civil.document-asked', 'un@exemple.fr')).length, 1)
  assert.match(await read(), /Nous attendons une réponse jusqu’au mercredi 23 décembre 2026/)
})

test('who reads English gets the letter in English; the clerk reads the same in French beside', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { email: 'jane@example.org', language: 'en' })
  const { send, read } = await desk(t, agent, request.id)
  const ask = {
    asks: 'document',
    canned: 'civil.canned.mandate-missing',
    words: 'Le papier de votre fille suffit.',
    translated: 'Your daughter’s paper is enough.',
  }
  const preview = await send('demander', { ...ask, step: 'preview' })
  assert.match(
    preview.text,
    /<div class="app-sheet" lang="en">[\s\S]*Hello Fatou Diallo[\s\S]*Your daughter’s paper is enough/,
  )
  assert.match(
    preview.text,
    /<div class="app-sheet" lang="fr">[\s\S]*Bonjour Fatou Diallo[\s\S]*Le papier de votre fille suffit/,
  )
  await send('demander', { ...ask, step: 'send' })
  const [message] = await messagesOf(request.id)
  assert.match(message?.text ?? '', /Your daughter’s paper is enough/)
  assert.doesNotMatch(message?.text ?? '', /suffit/)
  assert.match(message?.french ?? '', /accord écrit[\s\S]*Le papier de votre fille suffit/)
  const [letter] = await letters('civil.document-asked', 'jane@example.org')
  assert.equal(letter?.language, 'en')
  assert.match(letter?.text ?? '', /Wednesday,? 23 December 2026/)
  assert.match(await read(), /Le papier de votre fille suffit\. Dans sa langue \(anglais\)/)
})

test('without a translation, who reads English gets the French words within an English letter', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { email: 'john@example.org', language: 'en' })
  const { send } = await desk(t, agent, request.id)
  await send('demander', { asks: 'answer', canned: 'own', words: 'Quel jour êtes-vous né ?', step: 'send' })
  const [letter] = await letters('civil.question', 'john@example.org')
  assert.match(letter?.text ?? '', /We have a question[\s\S]*Quel jour êtes-vous né/)
})

test('an ask without words, too soon, too late or with a translation alone is refused beside its field, nothing lost', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { language: 'en', email: 'en@example.org' })
  const { send } = await desk(t, agent, request.id)
  const due = (day: string, month: string, year = '2026') => ({
    'dueOn-day': day,
    'dueOn-month': month,
    'dueOn-year': year,
  })
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ canned: 'own' }, /Il manque une réponse ici/],
    [{ canned: '', words: 'Bonjour' }, /Il manque une réponse ici|Choisissez/],
    [{ canned: 'own', translated: 'Hello' }, /Écrivez aussi le texte en français|Il manque une réponse ici/],
    [{ canned: 'own', words: 'Bonjour', ...due('25', '11') }, /Laissez au moins 7 jours/],
    [{ canned: 'own', words: 'Bonjour', ...due('1', '12', '2027') }, /Cette date est trop loin/],
    [{ canned: 'own', words: 'Bonjour', ...due('31', '11') }, /Cette date n’existe pas/],
  ]
  for (const [fields, said] of wrong) {
    for (const step of ['preview', 'send']) {
      const answer = await send('demander', { asks: 'document', ...fields, step })
      assert.equal(answer.status, 422, JSON.stringify(fields))
      assert.match(text(answer.text), said)
      if (fields['words']) assert.ok(answer.text.includes('>Bonjour</textarea>'))
    }
  }
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
  assert.deepEqual(await messagesOf(request.id), [])
})

test('a message asks nothing: the request stays where it is', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { email: 'mot@exemple.fr' })
  const { send } = await desk(t, agent, request.id)
  const before = await requestNow(t, request.id)
  assert.match(
    text((await send('ecrire', { words: 'Le registre est à la reliure.', step: 'preview' })).text),
    /à la reliure/,
  )
  assert.equal((await send('ecrire', { words: 'Le registre est à la reliure.', step: 'send' })).status, 303)
  const after = await requestNow(t, request.id)
  assert.deepEqual([after.state, after.version], ['under-review', before.version + 1])
  assert.equal((await letters('civil.message', 'mot@exemple.fr')).length, 1)
})

test('a refusal names its rule, its facts, what can be had instead and the ways of appeal; one PDF, one mail', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { answers: { standing: 'sibling' }, email: 'soeur@exemple.fr' })
  const { send, read } = await desk(t, agent, request.id)
  assert.match((await agent.get(page(request.id, '/refuser'))).text, /value="no-standing" checked/)
  const refusal = { ground: 'no-standing', facts: 'Vous êtes la sœur de la personne.' }
  const preview = text((await send('refuser', { ...refusal, step: 'preview' })).text)
  for (const said of [
    /conjoint marié.*décret n° 2017-890 du 6 mai 2017, art\. 30/,
    /Vous êtes la sœur de la personne\./,
    /un autre document : extrait sans filiation/,
    /Tout le monde pourra avoir ce document à partir du/,
    /écrire au maire.*au plus tard le lundi 25 janvier 2027/,
    /procureur de la République : Tribunal judiciaire de Lille/,
  ])
    assert.match(preview, said)
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
  assert.equal((await send('refuser', { ...refusal, step: 'send' })).status, 303)
  const refused = await requestNow(t, request.id)
  assert.equal(refused.state, 'refused')
  assert.deepEqual(await letters('civil.refused', 'soeur@exemple.fr'), [], 'the letter waits for its PDF')
  assert.match(await read(), /La lettre de refus se prépare/)
  assert.equal((await agent.get(page(request.id, '/refus.pdf'))).status, 404)

  await t.settle()
  const [letter, ...more] = await letters('civil.refused', 'soeur@exemple.fr')
  assert.deepEqual(more, [])
  assert.match(letter?.text ?? '', /sœur[\s\S]*Tribunal judiciaire de Lille/)
  const [move] = (await t.town.db.read.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))).filter(
    ({ to }) => to === 'refused',
  )
  const [pdf] = await t.town.db.read.select().from(documents).where(eq(documents.subjectId, move!.id))
  assert.deepEqual(letter?.documents, [pdf?.id])
  const shown = await agent.get(page(request.id, '/refus.pdf'))
  assert.equal(shown.status, 200)
  assert.equal(Buffer.from(shown.body).toString('latin1', 0, 5), '%PDF-')

  const again = t.jobs.handlers['civil.refusal'] as (job: { moveId: string }) => Promise<void>
  await again({ moveId: move!.id })
  assert.equal((await letters('civil.refused', 'soeur@exemple.fr')).length, 1)
})

test('a refusal without a ground or without facts is impossible, and nothing typed is lost', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  const { send } = await desk(t, agent, request.id)
  for (const fields of [
    { facts: 'Parce que.' },
    { ground: 'not-proved', facts: ' ' },
    { ground: 'other', facts: 'Parce que.' },
    { ground: 'because', facts: 'Parce que.' },
  ]) {
    for (const step of ['preview', 'send']) {
      const answer = await send('refuser', { ...fields, step })
      assert.equal(answer.status, 422, JSON.stringify(fields))
      if (fields.facts.trim()) assert.ok(answer.text.includes('>Parce que.</textarea>'))
    }
  }
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
})

test('a clerk goes back from the letter to the form, with all that was typed', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  const { send } = await desk(t, agent, request.id)
  const back = await send('refuser', { ground: 'not-found', facts: 'Rien en 1984.', step: 'edit' })
  assert.equal(back.status, 200)
  assert.match(back.text, /value="not-found" checked/)
  assert.ok(back.text.includes('>Rien en 1984.</textarea>'))
})

test('a refused request opened again on appeal can be refused a second time, with a letter of its own', async () => {
  const request = await submittedRequest(t, { email: 'recours@exemple.fr' })
  const first = await desk(t, await clerk(t, 'civil-registry'), request.id)
  await first.send('refuser', { ground: 'not-found', facts: 'Rien en 1984.', step: 'send' })
  await t.settle()
  t.at('2026-12-07T09:00:00+01:00')
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  const { send } = await desk(t, agent, request.id, false)
  assert.equal((await send('rouvrir', { note: '' })).status, 422)
  assert.equal((await send('rouvrir', { note: 'Lettre du 4 décembre.' })).status, 303)
  const reopened = await requestNow(t, request.id)
  assert.deepEqual(
    [reopened.state, reopened.heldBy, reopened.assignedTo, reopened.closedAt, reopened.dueOn?.toString()],
    ['under-review', actor.accountId, actor.accountId, null, '2026-12-14'],
  )
  await send('refuser', { ground: 'not-found', facts: 'Rien en 1985 non plus.', step: 'send' })
  await t.settle()
  t.at('2026-11-23T09:00:00+01:00')
  assert.equal((await letters('civil.refused', 'recours@exemple.fr')).length, 2)
})

test('who has no e-mail gets every letter on paper', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { email: null })
  const { send } = await desk(t, agent, request.id)
  const preview = await send('refuser', { ground: 'not-found', facts: 'Rien en 1984.', step: 'preview' })
  assert.match(text(preview.text), /n’a pas d’e-mail\. La lettre attend d’être imprimée/)
  await send('refuser', { ground: 'not-found', facts: 'Rien en 1984.', step: 'send' })
  await t.settle()
  const [letter] = (await t.letters()).filter(({ kind, to }) => kind === 'civil.refused' && to === null)
  assert.equal(letter?.state, 'to-print')
})
