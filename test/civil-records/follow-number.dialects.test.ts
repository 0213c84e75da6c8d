import assert from 'node:assert/strict'
import { test } from 'node:test'
import { civilLinks, civilRequests } from '../../src/civil-records/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { askFor, moveOn, requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const FORM = '/etat-civil/suivi'

function look(visitor: Visitor, number: string | null, birthYear: string) {
  return visitor
    .post(FORM)
    .type('form')
    .send({ number: number ?? '', birthYear })
}
/** A page without what is new at every showing, and without what was typed. */
const bare = (html: string, ...typed: string[]) =>
  typed.reduce((text, one) => text.replaceAll(one, ''), html).replace(/name="idempotencyKey" value="[^"]*"/g, '')

test('the number and the birth year show where a request stands, without name, paper or message', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'waiting-for-applicant', ask: { text: 'Envoyez le recto.' } })
  const visitor = t.visitor()
  const typed = request.number!.replace(/(.{4})(?=.)/g, '$1 ').toLowerCase()
  const answer = await look(visitor, typed, '1984')
  assert.equal(answer.headers['location'], '/etat-civil/suivi/demande')
  const page = await visitor.get('/etat-civil/suivi/demande').expect(200)
  assert.match(page.text, /il manque un papier/)
  assert.match(page.text, /Nous attendons votre réponse avant le mercredi 23 décembre 2026/)
  assert.match(page.text, /lundi 23 novembre 2026<\/strong><br>Nous avons reçu votre demande/)
  for (const secret of ['Diallo', 'Fatou', 'Envoyez le recto', 'carte d’identité', 'fatou@', 'Tilleuls', request.id])
    assert.ok(!page.text.includes(secret), secret)
  assert.match(String(page.headers['cache-control']), /private/)
})

test('a tracking number alone opens nothing', async () => {
  const { number, id } = await submittedRequest(t)
  const visitor = t.visitor()
  assert.equal((await look(visitor, number, '')).status, 422)
  assert.equal((await visitor.get('/etat-civil/suivi/demande')).headers['location'], FORM)
  assert.equal((await visitor.get(`${FORM}/${number}`)).status, 410)
  assert.equal((await visitor.get(`${FORM}/${id}`)).status, 410)
  assert.equal((await visitor.post(`${FORM}/lien`)).headers['location'], FORM)
  assert.equal((await visitor.get(`/etat-civil/mes-demandes/${id}`)).headers['location'], '/connexion')
})

test('an unknown number, a number that cannot be one and a wrong year get the same answer', async () => {
  const { number } = await submittedRequest(t)
  const tries = [
    [number!, '1985'],
    ['K2N7Q4M9XRTB', '1984'],
    ['bonjour', '1984'],
  ] as const
  const answers = []
  for (const [typed, year] of tries) answers.push(await look(t.visitor(), typed, year))
  for (const answer of answers) assert.equal(answer.status, 422)
  const [first, ...others] = answers.map(({ text }, i) =>
    bare(text, `value="${tries[i]![0]}"`, `value="${tries[i]![1]}"`),
  )
  assert.match(first!, /Nous ne trouvons pas cette demande/)
  for (const other of others) assert.equal(other, first)
  assert.match(answers[0]!.text, new RegExp(`value="${number}"`), 'what was typed is kept')
})

test('the eleventh guess is refused with the telephone, and waiting ends it', async () => {
  const own = await testTown()
  const { number } = await submittedRequest(own)
  for (let guess = 1; guess <= 10; guess++)
    assert.equal((await look(own.visitor(), number, `19${guess + 10}`)).status, 422)
  const refused = await look(own.visitor(), number, '1950')
  assert.equal(refused.status, 429)
  assert.match(refused.text, /Trop d’essais/)
  assert.ok(refused.text.includes(own.town.config.town.phone))
  assert.ok(Number(refused.headers['retry-after']) > 0)
  assert.equal((await look(own.visitor(), number, '1984')).status, 429, 'also the right year')
  own.at('2026-11-23T09:16:00+01:00')
  assert.equal((await look(own.visitor(), number, '1984')).status, 303)
})

test('guessing the year of one number is refused from wherever it is tried', async () => {
  const own = await testTown({ TRUST_PROXY: '1' })
  const { number } = await submittedRequest(own)
  const from = (i: number, birthYear: string) =>
    look(own.visitor().set('X-Forwarded-For', `192.0.2.${i}`), number, birthYear)
  for (let guess = 1; guess <= 10; guess++) assert.equal((await from(guess, `19${guess + 10}`)).status, 422)
  assert.equal((await from(11, '1950')).status, 429)
  const other = await submittedRequest(own)
  const elsewhere = own.visitor().set('X-Forwarded-For', '192.0.2.11')
  assert.equal((await look(elsewhere, other.number, '1984')).status, 303, 'other numbers go on')
})

test('guessing numbers from one address is refused too, and right ones do not count', async () => {
  const own = await testTown()
  const { number } = await submittedRequest(own)
  for (let i = 1; i <= 12; i++) assert.equal((await look(own.visitor(), number, '1984')).status, 303, String(i))
  for (let guess = 1; guess <= 10; guess++) assert.equal((await look(own.visitor(), `N${guess}`, '1984')).status, 422)
  assert.equal((await look(own.visitor(), 'N11', '1984')).status, 429)
})

test('what was opened by number closes after half an hour, and is of this browser only', async () => {
  t.at('2026-11-24T09:00:00+01:00')
  const { number } = await submittedRequest(t)
  const visitor = t.visitor()
  await look(visitor, number, '1984')
  t.at('2026-11-24T09:29:00+01:00')
  assert.equal((await visitor.get('/etat-civil/suivi/demande')).status, 200)
  assert.equal((await t.visitor().get('/etat-civil/suivi/demande')).headers['location'], FORM)
  t.at('2026-11-24T09:31:00+01:00')
  assert.equal((await visitor.get('/etat-civil/suivi/demande')).headers['location'], FORM)
  assert.equal((await visitor.post(`${FORM}/lien`)).headers['location'], FORM)
})

test('the full link goes to the address of the request; with none, the answer is the same', async () => {
  const withEmail = await submittedRequest(t)
  const without = await submittedRequest(t, { email: null, answers: { contact: {} } })
  const pages = []
  for (const { number } of [withEmail, without]) {
    const visitor = t.visitor()
    await look(visitor, number, '1984')
    const answer = await visitor.post(`${FORM}/lien`)
    assert.equal(answer.headers['location'], '/etat-civil/suivi/demande')
    pages.push(bare((await visitor.get('/etat-civil/suivi/demande')).text, number!.replace(/(.{4})(?=.)/g, '$1\u00a0')))
  }
  assert.match(pages[0]!, /Si la demande a une adresse e-mail/)
  assert.equal(pages[0], pages[1])
  const letters = (await t.letters()).filter(({ kind }) => kind === 'civil.follow-link')
  assert.deepEqual(
    letters.map(({ to }) => to),
    ['fatou@exemple.fr'],
  )
  const link = /http:\/\/guichet\.test(\/etat-civil\/suivi\/\S+)/.exec(letters[0]!.text)![1]!
  assert.match((await t.visitor().get(link).expect(200)).text, /Fatou Marie Diallo/)
})

test('a letter box is not flooded with links', async () => {
  const { number } = await submittedRequest(t)
  const visitor = t.visitor()
  await look(visitor, number, '1984')
  for (let i = 1; i <= 3; i++) assert.equal((await visitor.post(`${FORM}/lien`)).status, 303)
  assert.equal((await visitor.post(`${FORM}/lien`)).status, 429)
})

test('a draft has no number, and a forgotten request is not found any more', async () => {
  const request = await submittedRequest(t, { state: 'withdrawn' })
  const visitor = t.visitor()
  await look(visitor, request.number, '1984')
  await t.town.db.transaction(async tx => {
    await tx
      .update(civilRequests)
      .set({ number: null, applicantBirthYear: null })
      .where(eq(civilRequests.id, request.id))
  })
  assert.equal((await visitor.get('/etat-civil/suivi/demande')).headers['location'], FORM)
  assert.equal((await look(t.visitor(), request.number, '1984')).status, 422)
})

test('each state has its words, and clerks’ handing over is not told', async () => {
  const request = await submittedRequest(t, { answers: { delivery: 'collection' } })
  const visitor = t.visitor()
  await look(visitor, request.number, '1984')
  const page = async () => (await visitor.get('/etat-civil/suivi/demande').expect(200)).text
  assert.match(await page(), /Réponse avant le mardi 1er décembre 2026/)
  assert.match(await page(), /la loi dit que c’est un refus/)
  await moveOn(t, request.id, ['under-review', 'submitted', 'under-review'])
  assert.equal((await page()).match(/Nous avons lu votre demande/g)?.length, 1)
  await moveOn(t, request.id, ['waiting-for-applicant'])
  await askFor(t, request.id)
  await moveOn(t, request.id, ['under-review', 'ready-to-print'])
  assert.match(await page(), /Nous avons reçu votre réponse/)
  assert.match(await page(), /Nous vous écrivons quand vous pouvez venir/)
  assert.doesNotMatch(await page(), /la loi dit que c’est un refus/)
  await moveOn(t, request.id, ['signed', 'ready-for-collection'])
  assert.match(await page(), /Venez avant le/)
  await moveOn(t, request.id, ['collected'])
  assert.match(await page(), /retirée/)
  assert.equal((await requestNow(t, request.id)).state, 'collected')
})

test('a request that is late says so', async () => {
  t.at('2026-11-24T09:00:00+01:00')
  const request = await submittedRequest(t)
  t.at('2026-12-04T09:00:00+01:00')
  const visitor = t.visitor()
  await look(visitor, request.number, '1984')
  assert.match((await visitor.get('/etat-civil/suivi/demande')).text, /Nous avons du retard/)
})

test('no secret of a link is kept as it is', async () => {
  const rows = await t.town.db.read.select().from(civilLinks)
  assert.ok(rows.length > 0)
  for (const { tokenHash } of rows) assert.match(tokenHash, /^[0-9a-f]{64}$/)
})
