// Accepting, stopping, correcting, and what happens when the request is not what it was any more.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accounts } from '../../src/access/schema.ts'
import { auditEntries } from '../../src/audit/schema.ts'
import { civilActs, civilAsks, civilNotes, civilRequests, civilRequestWords } from '../../src/civil-records/schema.ts'
import { mayMove, type RequestState, requestStates } from '../../src/civil-records/states.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { clerk, clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { desk, page, text } from './file-forms.ts'
import { askFor, moveOn, requestNow, submittedRequest } from './world.ts'

const t = await testTown()

/** As the act's own page leaves it. */
async function prepareAct(requestId: Id<'civil-request'>, by: Id<'account'>) {
  await t.town.db.transaction(async tx => {
    await tx.insert(civilActs).values({
      requestId,
      registerYear: 1984,
      volume: '',
      actNumber: '112',
      typed: {},
      preparedBy: by,
      preparedAt: t.town.clock.now(),
    })
  })
}

test('a request is accepted once its act is prepared, and the clerk goes on to the next', async () => {
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t)
  const { send } = await desk(t, agent, request.id)
  assert.match((await agent.get(page(request.id))).text, new RegExp(`href="${page(request.id)}/acte"[^>]*data-key="e"`))
  const early = await send('accepter')
  assert.equal(early.status, 409)
  assert.match(text(early.text), /L’acte n’est pas encore préparé/)
  await prepareAct(request.id, actor.accountId)
  const following = await submittedRequest(t)
  const accepted = await send('accepter', { onward: 'next' })
  assert.equal(accepted.status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'ready-to-print')
  assert.ok(accepted.headers['location']?.startsWith(page(following.id)))
  const next = await requestNow(t, following.id)
  assert.deepEqual([next.state, next.heldBy], ['under-review', actor.accountId])
  const last = await desk(t, agent, following.id, false)
  await prepareAct(following.id, actor.accountId)
  const none = await last.send('accepter', { onward: 'next' })
  assert.equal(none.headers['location'], '/guichet/etat-civil')
  assert.match(text((await agent.get('/guichet/etat-civil')).text), /Demande acceptée\. Aucune demande à prendre\./)
})

/** Each decision, with fields that are right but for the state of the request. */
const decisions: [path: string, fields: Record<string, string>, to: RequestState][] = [
  ['accepter', {}, 'ready-to-print'],
  ['demander', { step: 'send', asks: 'document', canned: 'own', words: 'Un papier.' }, 'waiting-for-applicant'],
  ['refuser', { step: 'send', ground: 'not-found', facts: 'Rien.' }, 'refused'],
  ['reprendre', {}, 'under-review'],
  ['rouvrir', { note: 'Recours.' }, 'under-review'],
  ['arreter', { way: 'phone', note: 'Elle a appelé.' }, 'withdrawn'],
]

test('every move that is not in the table is refused in words, with where the request stands, and changes nothing', async () => {
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  let tried = 0
  for (const state of requestStates) {
    if (state === 'draft' || state === 'submitted') continue
    for (const [path, fields, to] of decisions) {
      const reopens = path === 'rouvrir'
      if (mayMove(state, to) && reopens === (state === 'refused')) continue
      const request = await submittedRequest(t, {
        state,
        set: { heldBy: actor.accountId, heldUntil: t.town.clock.now().add({ minutes: 20 }) },
      })
      await prepareAct(request.id, actor.accountId)
      const { send } = await desk(t, agent, request.id, false)
      const answer = await send(path, fields)
      assert.equal(answer.status, 409, `${path} of a request ${state}`)
      assert.match(text(answer.text), /Rien n’a été enregistré ni envoyé/)
      assert.ok(answer.text.includes(`href="${page(request.id)}"`))
      const after = await requestNow(t, request.id)
      assert.deepEqual([after.state, after.version], [state, request.version])
      tried++
    }
  }
  assert.ok(tried > 30, `only ${tried} tried`)
  assert.deepEqual(await t.town.db.read.select().from(civilNotes), [], 'no half of a decision stayed')
})

test('a request that its applicant stopped meanwhile is not accepted: the page says so and keeps what was typed', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  await desk(t, agent, request.id)
  const { version } = await requestNow(t, request.id)
  await moveOn(t, request.id, ['withdrawn'])
  const answer = await agent
    .post(page(request.id, '/refuser'))
    .type('form')
    .send({ version, step: 'send', ground: 'not-found', facts: 'Une longue explication.' })
  assert.equal(answer.status, 409)
  assert.match(text(answer.text), /Le dossier a changé.*annulée.*Une longue explication\./)
  assert.equal((await requestNow(t, request.id)).state, 'withdrawn')
})

test('of two clerks on one request the second is told who has it, and nothing of theirs is kept', async () => {
  const first = await clerkAccount(t, 'civil-registry')
  const second = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  await desk(t, first.clerk, request.id)
  const taken = await second.post(page(request.id, '/prendre')).type('form').send({})
  assert.equal(taken.status, 409)
  assert.match(text(taken.text), /Claire Agent\d+ travaille sur ce dossier.*Ouvrir le dossier/)
  const other = await desk(t, second, request.id, false)
  const answer = await other.send('ecrire', { step: 'send', words: 'Bonjour.' })
  assert.equal(answer.status, 409)
  assert.match(text(answer.text), /Claire Agent\d+ travaille sur ce dossier Depuis.*Bonjour\./)
  assert.deepEqual(
    (await t.letters()).filter(({ kind }) => kind === 'civil.message'),
    [],
  )
  assert.equal((await second.get(page(request.id, '/refuser'))).status, 303, 'no form for who cannot send it')
})

test('a clerk whose hold a colleague took over decides nothing on what they saw', async () => {
  const first = await clerkAccount(t, 'civil-registry')
  const second = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t)
  await desk(t, first.clerk, request.id)
  const { version } = await requestNow(t, request.id)
  t.at('2026-11-23T09:30:00+01:00')
  await desk(t, second.clerk, request.id)
  t.at('2026-11-23T09:00:00+01:00')
  const answer = await first.clerk.post(page(request.id, '/accepter')).type('form').send({ version })
  assert.equal(answer.status, 409)
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
})

test('a clerk who is moved to another service in the middle decides nothing any more', async () => {
  const moved = await clerkAccount(t, 'civil-registry')
  const request = await submittedRequest(t)
  const { send } = await desk(t, moved.clerk, request.id)
  const before = await requestNow(t, request.id)
  await t.town.db.transaction(async tx => {
    await tx
      .update(accounts)
      .set({ services: ['canteen'] })
      .where(eq(accounts.id, moved.actor.accountId))
  })
  const answer = await send('refuser', { step: 'send', ground: 'not-found', facts: 'Rien.' })
  assert.equal(answer.status, 404)
  assert.deepEqual(await requestNow(t, request.id), before)
  const colleague = await clerk(t, 'civil-registry')
  t.at('2026-11-23T09:30:00+01:00')
  const taken = await colleague.post(page(request.id, '/prendre')).type('form').send({})
  t.at('2026-11-23T09:00:00+01:00')
  assert.equal(taken.status, 303, 'the file is not lost with them')
})

test('a request is stopped as its applicant wished, by telephone, with a note and a letter', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { email: 'stop@exemple.fr' })
  const { send, read } = await desk(t, agent, request.id)
  assert.equal((await send('arreter', { way: 'phone', note: '' })).status, 422)
  assert.equal((await send('arreter', { way: 'smoke', note: 'Signaux.' })).status, 422)
  assert.equal((await send('arreter', { way: 'phone', note: 'Appel de 10 h.' })).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'withdrawn')
  assert.match(await read(), /Demande arrêtée.*Vous nous l’avez dit par téléphone/)
  assert.equal(
    (await t.letters()).filter(({ kind, to }) => kind === 'civil.withdrawn' && to === 'stop@exemple.fr').length,
    1,
  )
})

test('a paper that came by another way lets the request go on, and the reminder is off', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t, { state: 'waiting-for-applicant' })
  await askFor(t, request.id)
  const { send } = await desk(t, agent, request.id)
  assert.equal((await send('reprendre')).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
  const asks = await t.town.db.read.select().from(civilAsks).where(eq(civilAsks.requestId, request.id))
  assert.ok(asks.length > 1 && asks.every(({ answeredAt }) => answeredAt !== null))
})

const corrected = {
  'date-day': '13',
  'date-month': '5',
  'date-year': '1984',
  'subject.firstNames': 'Fatou Maria',
  'subject.lastName': 'DIALLO',
  'parents.unknown': 'none',
  'parents.first.firstNames': 'Ousmane',
  'parents.first.lastName': 'Diallo',
  'parents.second.firstNames': 'Marie',
  'parents.second.lastName': 'Lefèvre',
  copies: '2',
  'applicant.firstName': 'Fatou',
  'applicant.lastName': 'Diallo',
  'applicant.birthDate-day': '12',
  'applicant.birthDate-month': '5',
  'applicant.birthDate-year': '1984',
  'address.lines': '3 rue des Tilleuls',
  'address.postcode': '59100',
  'address.city': 'Valmont',
  'address.country': 'FR',
}

test('a name, a date and copies are set right; the trail says which answers, not what they say', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  const { send, read } = await desk(t, agent, request.id)
  assert.ok((await agent.get(page(request.id, '/corriger'))).text.includes('value="Fatou Marie"'))
  assert.equal((await send('corriger', corrected)).status, 303)
  const after = await requestNow(t, request.id)
  assert.deepEqual(
    [after.answers.date, after.recordDate, after.answers.subject?.firstNames, after.copies, after.granted?.ground],
    ['1984-05-13', '1984-05-13', 'Fatou Maria', 2, 'self'],
  )
  assert.equal(after.searchKey, 'fatou maria diallo fatou diallo')
  const words = await t.town.db.read.select().from(civilRequestWords).where(eq(civilRequestWords.requestId, request.id))
  assert.ok(
    words.some(({ word }) => word === 'maria') && !words.some(({ word }) => word === 'marie'),
    'search finds it',
  )
  const [entry] = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.action, 'civil-request.corrected'), eq(auditEntries.subjectId, request.id)))
  assert.deepEqual(entry?.details, { answers: ['date', 'subject', 'copies'] })
  assert.match(await read(), /Réponses corrigées.*date de l’acte, nom de la personne, nombre d’exemplaires/)
})

test('a correction that makes no sense is refused beside its field, and the rules are asked anew of one that does', async () => {
  const agent = await clerk(t, 'civil-registry')
  const request = await submittedRequest(t)
  const { send, read } = await desk(t, agent, request.id)
  for (const [wrong, said] of [
    [{ 'date-month': '13' }, /Cette date n’existe pas/],
    [{ 'date-year': '2031' }, /Cette date n’est pas encore passée/],
    [{ copies: '99' }, /trop petit ou trop grand/],
    [{ 'subject.lastName': '' }, /Il manque une réponse ici/],
    [{ 'address.postcode': '591' }, /Un code postal a 5 chiffres/],
  ] as const) {
    const answer = await send('corriger', { ...corrected, ...wrong })
    assert.equal(answer.status, 422, JSON.stringify(wrong))
    assert.match(text(answer.text), said)
    assert.ok(answer.text.includes('value="Fatou Maria"'), 'what was typed stays')
  }
  assert.equal((await requestNow(t, request.id)).answers.date, '1984-05-12')
  assert.equal((await send('corriger', { ...corrected, 'date-year': '2015' })).status, 303)
  assert.equal((await requestNow(t, request.id)).granted, null)
  assert.match(await read(), /calcul d’aujourd’hui dit non : La personne de l’acte est mineure/)
})

test('the program’s door: ask, refuse, note and accept, with the same rules', async () => {
  const { clerk: agent, actor } = await clerkAccount(t, 'civil-registry')
  const canteen = await clerk(t, 'canteen')
  await t.town.db.transaction(async tx => {
    await tx.delete(civilRequests)
  })
  const base = '/api/v1/civil-records/desk/requests'
  const [one, two, three] = [await submittedRequest(t), await submittedRequest(t), await submittedRequest(t)]
  const queue = await agent.get(`${base}?limit=2`)
  assert.deepEqual(
    queue.body.requests.map(({ id }: { id: string }) => id),
    [one.id, two.id],
  )
  const rest = await agent.get(`${base}?limit=2&after=${encodeURIComponent(queue.body.next)}`)
  assert.deepEqual([rest.body.requests[0].id, rest.body.next], [three.id, null])
  assert.equal((await canteen.get(base)).status, 404)
  assert.equal((await t.visitor().get(base)).status, 401)

  const at = `${base}/${one.id}`
  assert.equal((await canteen.get(at)).status, 404)
  const whole = await agent.get(at)
  assert.equal(whole.body.entitlementToday.ground, 'self')
  assert.equal(whole.body.papers.length, 1)
  assert.equal(
    (await agent.post(`${at}/refuse`).send({ version: one.version, ground: 'not-found', facts: 'Rien.' })).status,
    409,
  )
  const held = await agent.post(`${at}/hold`)
  assert.equal(held.body.state, 'under-review')
  const { version } = held.body
  assert.equal((await agent.post(`${at}/notes`).send({ note: 'Vu.' })).status, 201)
  assert.equal((await agent.post(`${at}/refuse`).send({ version, ground: 'not-found' })).status, 422)
  assert.equal((await agent.post(`${at}/refuse`).send({ version, facts: 'Rien.' })).status, 422)
  assert.equal((await agent.post(`${at}/acceptance`).send({ version })).body.code, 'act-missing')
  const ask = { version, canned: 'own', words: 'Un papier.', dueOn: '2026-12-15' }
  assert.equal((await canteen.post(`${at}/ask`).send(ask)).status, 404)
  const asked = await agent.post(`${at}/ask`).send(ask)
  assert.deepEqual([asked.status, asked.body.state], [200, 'waiting-for-applicant'])
  assert.equal((await agent.post(`${at}/ask`).send(ask)).body.code, 'request-changed')

  const held2 = await agent.post(`${base}/${two.id}/hold`)
  const refused = await agent
    .post(`${base}/${two.id}/refuse`)
    .send({ version: held2.body.version, ground: 'not-found', facts: 'Rien en 1984.' })
  assert.equal(refused.body.state, 'refused')
  const held3 = await agent.post(`${base}/${three.id}/hold`)
  await prepareAct(three.id, actor.accountId)
  const accepted = await agent.post(`${base}/${three.id}/acceptance`).send({ version: held3.body.version })
  assert.equal(accepted.body.state, 'ready-to-print')
})
