import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acknowledge } from '../../src/civil-records/asking/acknowledge.ts'
import { beginDraft } from '../../src/civil-records/asking/draft.ts'
import { submitRequest } from '../../src/civil-records/asking/submit.ts'
import type { Answers } from '../../src/civil-records/kinds.ts'
import { civilFiles, civilMoves } from '../../src/civil-records/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { documentPool } from '../../src/documents/pool.ts'
import { type Actor, anonymous } from '../../src/kernel/actor.ts'
import { saveSettings } from '../../src/settings/save-settings.ts'
import { opened } from '../documents/pdf.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { pdf, photo } from '../uploads/files.ts'
import { answer, answerAll, CHECK, death, hidden, linkIn, ownBirth, type Path, requests, send, told } from './asking.ts'

const t = await testTown()
const at = '/etat-civil/demande'

let addresses = 0
/** An address that nobody wrote to yet. */
const freshEmail = () => `zoe${++addresses}@exemple.fr`
const withEmail = (email: string): Path => ({ contact: { 'contact.email': email, 'contact.phone': '' } })

test('a button pressed twice, or a page sent again, makes one request and leads to it', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, death)
  const page = hidden(await visitor.get(CHECK))
  const press = () => visitor.post(`${at}/envoyer`).type('form').send(page)
  const both = await Promise.all([press(), press()])
  const third = await press()
  for (const answered of [...both, third]) {
    assert.equal(answered.status, 303, answered.text)
    const done = await visitor.get(String(answered.headers['location'])).expect(200)
    assert.match(told(done), /Votre demande est envoyée/)
  }
  const [request] = await requests(t)
  const moves = await t.town.db.read.select().from(civilMoves).where(eq(civilMoves.requestId, request!.id))
  assert.equal(moves.length, 1)
})

test('answers changed in another window since they were looked over are not sent', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, death)
  const page = hidden(await visitor.get(CHECK))
  await answer(visitor, 'copies', { copies: '3' })
  const sent = await visitor.post(`${at}/envoyer`).type('form').send(page)
  assert.equal(sent.headers['location'], CHECK)
  assert.match(told(await visitor.get(CHECK)), /Vos réponses ont changé/)
  assert.equal((await requests(t))[0]?.state, 'draft')
})

test('what the town no longer gives is asked again, not sent', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, { ...death, copies: { copies: '3' } })
  const { actor } = await clerkAccount(t)
  await saveSettings(t.town, actor, { mostCopies: 2 })
  assert.equal((await send(visitor)).headers['location'], `${at}/copies`)
  await saveSettings(t.town, actor, { mostCopies: 3 })
  assert.equal((await send(visitor)).status, 303)
})

test('a name that is only enough for an old act is asked again when the date becomes a recent one', async () => {
  const visitor = t.visitor()
  const old = { 'date-day': '', 'date-month': '', 'date-year': '1931' }
  await answerAll(visitor, {
    ...death,
    date: old,
    personne: { 'subject.firstNames': '', 'subject.lastName': 'Lenoir' },
  })
  await answer(visitor, 'date', death['date'] ?? {})
  assert.equal((await send(visitor)).headers['location'], `${at}/personne`)
  await answer(visitor, 'personne', death['personne'] ?? {})
  assert.match(String((await send(visitor)).headers['location']), /envoyee/)
})

test('an e-mail address is confirmed by its link before the request leaves, once however often it is pressed', async () => {
  const visitor = t.visitor()
  const email = freshEmail()
  await answerAll(visitor, death, withEmail(email))
  const sent = await send(visitor)
  assert.equal(sent.headers['location'], `${at}/e-mail`)
  const waiting = told(await visitor.get(`${at}/e-mail`).expect(200))
  assert.match(waiting, new RegExp(`${email}.*pas encore envoyée`))
  const [letter] = await t.letters()
  assert.equal(letter?.to, email)
  assert.equal(letter?.kind, 'civil.confirm-email')
  const link = linkIn(letter, '/etat-civil/confirmer/')
  assert.equal((await requests(t))[0]?.state, 'draft')

  const phone = t.visitor()
  const shown = await phone.get(link).expect(200)
  assert.match(told(shown), /copie intégrale de l’acte de décès/)
  assert.equal((await requests(t))[0]?.state, 'draft', 'looking sends nothing')
  const [pressed] = await Promise.all([phone.post(link), phone.post(link)])
  assert.match(String(pressed.headers['location']), /^\/etat-civil\/demande\/envoyee\//)
  const [request] = await requests(t)
  assert.equal(request?.state, 'submitted')
  assert.equal(request?.email, email)
  assert.match(told(await phone.get(link)), /déjà envoyée/)
  const again = await phone.post(link)
  await phone.get(String(again.headers['location'])).expect(200)
  await t.settle()
  const mine = (await t.letters()).filter(({ to, kind }) => to === email && kind === 'civil.acknowledged')
  assert.equal(mine.length, 1)
  assert.equal((await requests(t)).filter(({ id }) => id === request?.id).length, 1)
})

test('a link that went to a wrong address sends nothing once the address is changed', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, death, withEmail(freshEmail()))
  await send(visitor)
  const wrong = linkIn((await t.letters())[0], '/etat-civil/confirmer/')
  const right = freshEmail()
  await answer(visitor, 'contact', { 'contact.email': right, 'contact.phone': '' })
  await t.visitor().get(wrong).expect(410)
  await t.visitor().post(wrong).expect(410)
  await send(visitor)
  const [letter] = await t.letters()
  assert.equal(letter?.to, right)
  assert.equal((await t.visitor().post(linkIn(letter, '/etat-civil/confirmer/'))).status, 303)
})

test('the letter with the link can be asked for again, four times an hour at most', async () => {
  const visitor = t.visitor()
  const email = freshEmail()
  await answerAll(visitor, death, withEmail(email))
  await send(visitor)
  for (const [i, status] of [303, 303, 303, 429, 429].entries()) {
    const again = await visitor
      .post(`${at}/e-mail`)
      .type('form')
      .send({ idempotencyKey: `again ${i}` })
    assert.equal(again.status, status, `attempt ${i}`)
    if (status === 429) assert.match(told(again), /Trop d’essais/)
  }
  assert.equal((await t.letters()).filter(({ to }) => to === email).length, 4)
})

test('a link by mail goes on with the draft on another device; looking at it changes nothing', async () => {
  const visitor = t.visitor()
  for (const page of ['acte', 'document', 'lieu', 'date']) await answer(visitor, page, death[page] ?? {})
  const page = await visitor.get(`${at}/personne`)
  assert.match(page.text, /href="\/etat-civil\/demande\/plus-tard"/)
  const later = await visitor.get(`${at}/plus-tard`).expect(200)
  assert.match(told(later), /jusqu’au lundi 30 novembre 2026/)
  const wrong = await visitor.post(`${at}/plus-tard`).type('form').send({ email: 'zoé' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /value="zoé"/)
  const email = freshEmail()
  await visitor.post(`${at}/plus-tard`).type('form').send({ email }).expect(303)
  const [letter] = await t.letters()
  assert.equal(letter?.to, email)
  const link = linkIn(letter, '/etat-civil/reprendre/')

  const phone = t.visitor()
  await phone.get(link).expect(200)
  assert.equal((await phone.get(`${at}/personne`)).headers['location'], '/etat-civil')
  assert.equal((await phone.post(link)).headers['location'], `${at}/personne`)
  assert.match((await phone.get('/etat-civil')).text, /Reprendre ma demande/)
  assert.equal((await answer(phone, 'personne', death['personne'] ?? {})).status, 303)

  await visitor.post(`${at}/plus-tard`).type('form').send({ email }).expect(303)
  await t.visitor().get(link).expect(410)
  const second = linkIn((await t.letters())[0], '/etat-civil/reprendre/')
  t.at('2026-11-30T09:00:01+01:00')
  await t.visitor().post(second).expect(410)
  t.at('2026-11-23T09:00:00+01:00')
})

test('who signs in and opens the link has the draft among their own', async () => {
  const visitor = t.visitor()
  for (const page of ['acte', 'document', 'lieu', 'date']) await answer(visitor, page, death[page] ?? {})
  await visitor.post(`${at}/plus-tard`).type('form').send({ email: freshEmail() })
  const link = linkIn((await t.letters())[0], '/etat-civil/reprendre/')
  const own = await family(t)
  assert.equal((await own.parent.post(link)).headers['location'], `${at}/personne`)
  assert.equal((await requests(t))[0]?.personId, own.personId)
  assert.equal((await visitor.get(`${at}/personne`)).headers['location'], '/etat-civil', 'nobody else’s any more')
  assert.equal((await (await family(t)).parent.post(link)).status, 404)
})

test('papers are kept at once, listed, taken back, and refused by their content', async () => {
  const visitor = t.visitor()
  for (const [page, fields] of Object.entries(ownBirth)) {
    if (page !== 'justificatifs') await answer(visitor, page, page === 'envoi' ? { delivery: 'collection' } : fields)
  }
  const attach = (bytes: Buffer, name: string, way = 'more') =>
    visitor.post(`${at}/justificatifs`).field('proof', way).attach('papers', bytes, name)
  const [draft] = await requests(t)
  const kept = () => t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, draft!.id))

  const page = told(await visitor.get(`${at}/justificatifs`))
  assert.match(page, /votre pièce d’identité/)
  assert.match(page, /Je les montrerai au guichet/)
  assert.equal((await attach(photo(), 'recto.png')).headers['location'], `${at}/justificatifs`)
  const bad = await attach(Buffer.from('<svg onload="x()"/>'), 'carte.png')
  assert.equal(bad.status, 422)
  assert.match(told(bad), /recto/, 'what was sent before is still there')
  assert.equal((await kept()).length, 1)

  await attach(pdf(), 'verso.pdf')
  const listed = await visitor.get(`${at}/justificatifs`)
  assert.match(told(listed), /verso\.pdf.*2 fichiers au plus/)
  const [, file] = /name="file" value="([\w-]+)"/.exec(listed.text) ?? []
  const other = t.visitor()
  await answer(other, 'acte', { kind: 'birth' })
  await other.post(`${at}/justificatifs/retirer`).type('form').send({ file })
  assert.equal((await kept()).length, 2, 'nobody else takes it back')
  await visitor.post(`${at}/justificatifs/retirer`).type('form').send({ file }).expect(303)
  assert.equal((await kept()).length, 1)

  const three = visitor.post(`${at}/justificatifs`).field('proof', 'more')
  for (const name of ['1.pdf', '2.pdf', '3.pdf', '4.pdf']) three.attach('papers', pdf(), name)
  assert.match(told(await three), /4 fichiers au plus/)
  assert.equal((await attach(pdf(), 'page 2.pdf', 'sent')).headers['location'], CHECK)
  assert.match(told(await visitor.get(CHECK)), /2 fichiers envoyés/)
  await send(visitor)
  assert.equal((await requests(t)).find(({ id }) => id === draft?.id)?.state, 'submitted')
  assert.equal((await kept()).length, 2)
})

test('papers that the last answers do not call for are not kept', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, { ...ownBirth, justificatifs: { proof: 'at-counter' } })
  await visitor.post(`${at}/justificatifs`).field('proof', 'sent').attach('papers', photo(), 'carte.png').expect(303)
  await answer(visitor, 'document', { form: 'without-parentage' })
  await send(visitor)
  const [request] = await requests(t)
  assert.equal(request?.state, 'submitted')
  assert.deepEqual(await t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, request.id)), [])
})

test('the acknowledgement says what was asked and what silence means; its mail leaves once even when the job runs twice', async () => {
  const visitor = t.visitor()
  const email = freshEmail()
  await answerAll(visitor, ownBirth, withEmail(email))
  await send(visitor)
  const done = await visitor.post(linkIn((await t.letters())[0], '/etat-civil/confirmer/'))
  const address = String(done.headers['location'])
  assert.match((await visitor.get(address)).text, /data-refresh/)
  await visitor.get(`${address}/accuse-de-reception.pdf`).expect(404)
  await t.settle()
  const page = await visitor.get(address).expect(200)
  assert.doesNotMatch(page.text, /data-refresh/)
  const file = await visitor.get(`${address}/accuse-de-reception.pdf`).expect(200)
  assert.match(String(file.headers['content-disposition']), /^attachment/)
  const [request] = await requests(t)
  const words = opened(file.body).pages().join(' ').replace(/\s+/g, ' ')
  for (const part of [
    request!.number!.replace(/(.{4})(?=.)/g, '$1 '),
    'Awa, Marie-Ange N’Diaye d’Été',
    '12 mai 1984',
    'lundi 30 novembre 2026',
    '23 janvier 2027',
    'votre pièce d’identité',
  ])
    assert.ok(words.includes(part), `« ${part} » is not in the acknowledgement: ${words}`)

  const pool = documentPool()
  await Promise.all([acknowledge(t.town, pool, request!.id), acknowledge(t.town, pool, request!.id)])
  await pool.close()
  await t.settle()
  const letters = (await t.letters()).filter(({ to, kind }) => to === email && kind === 'civil.acknowledged')
  assert.equal(letters.length, 1)
  assert.equal(letters[0]?.documents.length, 1)
  assert.equal(letters[0]?.state, 'sent')
  assert.match(letters[0]?.text ?? '', /\/etat-civil\/suivi\/[\w-]{30,}/)
})

test('who has no e-mail gets a letter that is printed, and a page to print with a code that leads to the request', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, death)
  const done = String((await send(visitor)).headers['location'])
  await t.settle()
  const [letter] = await t.letters()
  assert.equal(letter?.kind, 'civil.acknowledged')
  assert.equal(letter?.state, 'to-print')
  const print = await visitor.get(`${done}/imprimer`).expect(200)
  assert.match(print.text, /<svg role="img" aria-label="Code QR/)
  const secret = done.split('/').at(-1)
  assert.ok(told(print).includes(`/etat-civil/suivi/${secret}`))
  await t.visitor().get(`/etat-civil/suivi/${secret}`).expect(200)
  await t
    .visitor()
    .get(`${at}/envoyee/${'x'.repeat(32)}`)
    .expect(410)
})

test('one address sends twenty requests an hour, a person ten, and what they wrote stays', async () => {
  const own = await testTown()
  const known = await family(own)
  const overflow = async (visitor: Visitor, actor: Actor, most: number) => {
    for (let sent = 0; sent < most; sent++) {
      const answers = { ...deathAnswers, ...(actor.kind === 'anonymous' ? { contact: {} } : {}) }
      const draft = { answers, channel: 'online' as const, language: 'fr' }
      const { id } = await own.town.db.transaction(tx => beginDraft(tx, own.town, actor, draft))
      await submitRequest(own.town, actor, id, { address: '127.0.0.1' })
    }
    await answerAll(visitor, death)
    const over = await send(visitor)
    assert.equal(over.status, 429)
    assert.match(told(over), /Trop d’essais.*Relisez votre demande.*Ernest Lenoir/)
  }
  await overflow(own.visitor(), anonymous, 20)
  await overflow(known.parent, known.actor, 10)
})

const deathAnswers: Answers = {
  kind: 'death',
  form: 'full-copy',
  place: 'here',
  date: '2020-02-03',
  subject: { firstNames: 'Ernest', lastName: 'Lenoir' },
  copies: 1,
  applicant: { firstName: 'Zoé', lastName: 'Lenoir', birthDate: '1990-07-01' },
  delivery: 'post',
  address: { lines: ['3 rue du Moulin'], postcode: '59100', city: 'Valmont', country: 'FR' },
}
