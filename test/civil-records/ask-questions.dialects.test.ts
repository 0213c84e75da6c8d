import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOf } from '../canteen/html.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { answer, answerAll, CHECK, death, ownBirth, requests, send, told } from './asking.ts'

const t = await testTown()
const at = '/etat-civil/demande'

/** Answers the first questions of a path, up to the one that is named, which is left open. */
async function upTo(visitor: Visitor, page: string, path = ownBirth): Promise<void> {
  for (const [each, fields] of Object.entries(path)) {
    if (each === page) return
    assert.equal((await answer(visitor, each, fields)).status, 303, each)
  }
}

test('the start page says that it is free, warns of paid sites, and has the ways in', async () => {
  const page = told(await t.visitor().get('/etat-civil').expect(200))
  assert.match(page, /La mairie ne fait jamais payer\. Attention aux sites payants qui imitent les mairies/)
  assert.match(page, /5 jours ouvrés/)
  assert.match(page, /venir à l’accueil, ou écrire à la mairie/)
  assert.match(page, /Commencer ma demande.*Suivre ma demande/)
  assert.doesNotMatch(page, /Reprendre/)
  const english = await t.visitor().get('/etat-civil').set('Accept-Language', 'en').expect(200)
  assert.match(told(english), /The town hall never charges/)
})

test('without an account, only the questions of one’s own path are asked, and the number comes at once', async () => {
  const visitor = t.visitor()
  const pages = await answerAll(visitor, ownBirth)
  assert.deepEqual(pages, [
    'acte',
    'document',
    'lieu',
    'date',
    'lien',
    'personne',
    'parents',
    'copies',
    'envoi',
    'contact',
    'justificatifs',
    'verifier',
  ])
  const check = told(await visitor.get(CHECK))
  assert.match(check, /Awa, Marie-Ange N’Diaye d’Été/)
  assert.match(check, /Fatou Sy et Ousmane N’Diaye/)
  assert.match(check, /12 mai 1984/)
  const sent = await send(visitor)
  assert.match(String(sent.headers['location']), /^\/etat-civil\/demande\/envoyee\/[\w-]{30,}$/)
  const [request] = await requests(t)
  assert.equal(request?.state, 'submitted')
  assert.deepEqual(request?.answers.applicant, {
    firstName: 'Awa',
    lastName: 'N’Diaye d’Été',
    birthDate: '1984-05-12',
  })
  assert.equal(request?.applicantBirthYear, 1984)
  assert.equal(request?.granted?.ground, 'self')
  assert.equal(request?.dueOn?.toString(), '2026-11-30')
  const done = await visitor.get(String(sent.headers['location'])).expect(200)
  assert.match(told(done), new RegExp(request?.number?.replace(/(.{4})(?=.)/g, '$1 ') ?? '-'))
  assert.match(String(done.headers['cache-control']), /no-store/)
  assert.match(told(done), /avant le lundi 30 novembre 2026/)
  assert.match(told(done), /La mairie ne fait jamais payer/)
})

test('an act of death needs neither who one is nor parents nor papers', async () => {
  const visitor = t.visitor()
  const pages = await answerAll(visitor, death)
  for (const never of ['lien', 'parents', 'justificatifs']) assert.ok(!pages.includes(never), never)
})

test('with an account, what the town knows is in the fields, and the request is the person’s', async () => {
  const { parent, personId, email } = await family(t, { lastName: 'Traoré', firstName: 'Mariam' })
  await upTo(parent, 'vous', death)
  const who = await parent.get(`${at}/vous`)
  assert.match(who.text, /value="Mariam"/)
  assert.match(who.text, /value="Traoré"/)
  await answer(parent, 'vous', death['vous'] ?? {})
  await answer(parent, 'envoi', { delivery: 'post' })
  const home = await parent.get(`${at}/adresse`)
  assert.match(home.text, /rue des Lilas/)
  assert.match(home.text, /value="59100"/)
  const next = await answer(parent, 'adresse', death['adresse'] ?? {})
  assert.equal(next.headers['location'], CHECK, 'the town knows where to write to')
  const start = await parent.get('/etat-civil')
  assert.match(start.text, /Reprendre ma demande/)
  const sent = await send(parent)
  const [request] = await requests(t)
  assert.equal(request?.personId, personId)
  assert.equal(request?.email, email)
  assert.equal(sent.headers['location'], `${at}/envoyee/${request?.id}`)
  await parent.get(`${at}/envoyee/${request?.id}`).expect(200)
  await (await family(t)).parent.get(`${at}/envoyee/${request?.id}`).expect(410)
  await t.visitor().get(`${at}/envoyee/${request?.id}`).expect(410)
})

test('a half-done request of an account is found again in another browser, by its person alone', async () => {
  const own = await family(t)
  await upTo(own.parent, 'lien')
  const [draft] = await requests(t)
  const elsewhere = t.visitor()
  await elsewhere.post('/api/v1/sessions').send({ email: own.email, password: own.password }).expect(201)
  const list = await elsewhere.get('/etat-civil/mes-demandes').expect(200)
  assert.match(list.text, new RegExp(`action="${at}/reprendre"[^]*?name="request" value="${draft?.id}"`))
  const resumed = await elsewhere.post(`${at}/reprendre`).type('form').send({ request: draft?.id })
  assert.equal(resumed.headers['location'], `${at}/lien`)
  const stranger = (await family(t)).parent
  await stranger.post(`${at}/reprendre`).type('form').send({ request: draft?.id }).expect(404)
  await t.visitor().post(`${at}/reprendre`).type('form').send({ request: draft?.id }).expect(404)
})

test('without a draft, any later page leads back to the beginning', async () => {
  for (const page of ['document', 'personne', 'justificatifs', 'verifier', 'a-savoir', 'plus-tard', 'e-mail']) {
    const shown = await t.visitor().get(`${at}/${page}`)
    assert.equal(shown.headers['location'], '/etat-civil', page)
  }
  const answered = await answer(t.visitor(), 'personne', ownBirth['personne'] ?? {})
  assert.equal(answered.headers['location'], '/etat-civil')
  await t.visitor().get(`${at}/rien`).expect(404)
})

test('nobody jumps ahead of an open question', async () => {
  const visitor = t.visitor()
  await upTo(visitor, 'date')
  for (const page of ['parents', 'envoi']) {
    assert.equal((await visitor.get(`${at}/${page}`)).headers['location'], `${at}/date`)
  }
  assert.equal((await visitor.get(CHECK)).headers['location'], `${at}/date`)
})

test('who is not entitled is told before any name, with the law, and asks for what they may have by one button', async () => {
  const visitor = t.visitor()
  await upTo(visitor, 'lien')
  await answer(visitor, 'lien', { standing: 'partner' })
  const stopped = await answer(visitor, 'deces', { 'died-known': 'no' })
  assert.equal(stopped.headers['location'], `${at}/a-savoir`)
  const page = await visitor.get(`${at}/a-savoir`).expect(200)
  assert.match(told(page), /Vous ne pouvez pas avoir ce document/)
  assert.match(told(page), /décret n° 2017-890/)
  assert.match(told(page), /Demander l’extrait sans filiation/)
  assert.match(page.text, /action="\/etat-civil\/demande\/document"[\s\S]*?name="form" value="without-parentage"/)
  assert.equal((await visitor.get(`${at}/personne`)).headers['location'], `${at}/a-savoir`)
  const instead = await answer(visitor, 'document', { form: 'without-parentage' })
  assert.equal(instead.headers['location'], `${at}/personne`)
})

test('a marriage of 1931 is open to anyone: neither parents nor papers are asked', async () => {
  const visitor = t.visitor()
  await answer(visitor, 'acte', { kind: 'marriage' })
  await answer(visitor, 'document', { form: 'full-copy' })
  await answer(visitor, 'lieu', { place: 'here' })
  await answer(visitor, 'date', { 'date-day': '', 'date-month': '', 'date-year': '1931' })
  const next = await answer(visitor, 'lien', { standing: 'other' })
  assert.equal(next.headers['location'], `${at}/personne`)
  await answer(visitor, 'personne', { 'subject.firstNames': '', 'subject.lastName': 'Lenoir' })
  const pages = await visitor.get(`${at}/conjoint`)
  assert.match(told(pages), /autre marié/)
})

test('what happened elsewhere is told with whom to ask and the official link', async () => {
  const visitor = t.visitor()
  await upTo(visitor, 'lieu')
  assert.equal((await answer(visitor, 'lieu', { place: 'france' })).headers['location'], `${at}/a-savoir`)
  assert.match((await visitor.get(`${at}/a-savoir`)).text, /href="https:\/\/www\.service-public\.gouv\.fr\//)
  await answer(visitor, 'lieu', { place: 'abroad' })
  const abroad = await visitor.get(`${at}/a-savoir`)
  assert.match(told(abroad), /Nantes/)
  assert.match(abroad.text, /href="https:\/\/www\.diplomatie\.gouv\.fr\//)
  assert.equal((await answer(visitor, 'lieu', { place: 'here' })).headers['location'], `${at}/date`)
})

const refusals: [name: string, page: string, fields: Record<string, string>, words: RegExp, kept?: string][] = [
  ['no answer', 'acte', {}, /Il manque une réponse/],
  ['a form that is not made', 'document', { form: 'all' }, /Il manque une réponse/],
  ['a day that does not exist', 'date', date('30', '2', '1984'), /Cette date n’existe pas/, '1984'],
  ['a birth to come', 'date', date('1', '1', '2027'), /n’est pas encore passée/, '2027'],
  ['a year alone where the day is needed', 'date', date('', '', '1984'), /aussi le jour et le mois/, '1984'],
  ['a name with figures', 'personne', subject('Awa 2', 'Diop'), /un nom avec des lettres/, 'Awa 2'],
  ['a name left out', 'personne', subject('Awa', ''), /Il manque une réponse/, 'Awa'],
  ['an endless name', 'personne', subject('Awa', 'D'.repeat(101)), /100 caractères au plus/, 'Awa'],
  ['one parent of two', 'parents', { ...ownBirth['parents'], 'parents.second.lastName': '' }, /Il manque/, 'Ousmane'],
  ['more copies than are given', 'copies', { copies: '4' }, /trop petit ou trop grand/],
  ['no way to receive it', 'envoi', {}, /Il manque une réponse/],
  ['an e-mail that is none', 'contact', { 'contact.email': 'awa@', 'contact.phone': '' }, /n’est pas complète/, 'awa@'],
  [
    'a short telephone number',
    'contact',
    { 'contact.email': '', 'contact.phone': '06 12' },
    /Ce numéro de téléphone n’est pas complet/,
    '06 12',
  ],
]

function date(day: string, month: string, year: string) {
  return { 'date-day': day, 'date-month': month, 'date-year': year }
}
function subject(firstNames: string, lastName: string) {
  return { 'subject.firstNames': firstNames, 'subject.lastName': lastName }
}

for (const [name, page, fields, words, kept] of refusals) {
  test(`${name} is refused beside the field, and nothing typed is lost`, async () => {
    const visitor = t.visitor()
    await upTo(visitor, page)
    const refused = await answer(visitor, page, fields)
    assert.equal(refused.status, 422)
    assert.match(textOf(refused.text), words)
    const [first] = /<a href="#([\w-]+)">/.exec(refused.text)?.slice(1) ?? []
    assert.ok(first && refused.text.includes(`id="${first}"`), `the summary leads to « ${first} », which is not there`)
    if (kept) assert.ok(refused.text.includes(`value="${kept}"`), `« ${kept} » is not in a field any more`)
    assert.equal((await answer(visitor, page, ownBirth[page] ?? {})).status, 303)
  })
}

test('a death that was before the act is refused beside its date', async () => {
  const visitor = t.visitor()
  await upTo(visitor, 'lien')
  await answer(visitor, 'lien', { standing: 'sibling' })
  const none = await answer(visitor, 'deces', {})
  assert.match(none.text, /<a href="#died-known">/)
  const yes = { 'died-known': 'yes', 'died-day': '', 'died-month': '' }
  const before = await answer(visitor, 'deces', { ...yes, 'died-year': '1980' })
  assert.match(told(before), /avant l’acte/)
  assert.match(before.text, /value="1980"/)
  const short = await answer(visitor, 'deces', { ...yes, 'died-year': '99' })
  assert.match(told(short), /quatre chiffres/)
  const long = await answer(visitor, 'deces', { ...yes, 'died-year': '1990' })
  assert.equal(long.headers['location'], `${at}/personne`, 'open to all, 25 years after')
})

test('names are written as they are: several, compound, with apostrophes, of any script', async () => {
  for (const [firstNames, lastName] of [
    ['Jean-Loup, Maëlle Œdipe', 'de La Tour d’Auvergne'],
    ['Zoë', "O'Brien-Łukasiewicz"],
    ['ياسمين', 'بن علي'],
    ['awa', 'DIOP dit Ndiaye'],
    ['Thị Hương', 'Nguyễn'],
  ] as const) {
    const visitor = t.visitor()
    await upTo(visitor, 'personne')
    await answer(visitor, 'personne', subject(firstNames, lastName))
    const [draft] = await requests(t)
    assert.deepEqual(draft?.answers.subject, { firstNames, lastName })
  }
})

test('an address abroad has its country and needs no French postcode', async () => {
  const visitor = t.visitor()
  await upTo(visitor, 'adresse', death)
  const home = await visitor.get(`${at}/adresse`)
  assert.doesNotMatch(home.text, /<select/)
  const abroad = await visitor.get(`${at}/adresse?pays=autre`)
  assert.match(abroad.text, /<option value="SN">Sénégal/)
  const away = { 'address.lines': '12 rue 10', 'address.postcode': '', 'address.city': 'Dakar' }
  assert.equal((await answer(visitor, 'adresse', { ...away, 'address.country': 'ZZ' })).status, 422)
  const french = await answer(visitor, 'adresse', { ...away, 'address.country': 'FR' })
  assert.match(told(french), /Un code postal a 5 chiffres/)
  assert.equal((await answer(visitor, 'adresse', { ...away, 'address.country': 'SN' })).status, 303)
  await answer(visitor, 'contact', death['contact'] ?? {})
  assert.match(told(await visitor.get(CHECK)), /12 rue 10, Dakar, Sénégal/)
})

test('an answer changed from the check page leads back there, and asks again only what it makes open', async () => {
  const visitor = t.visitor()
  await answerAll(visitor, ownBirth)
  const page = await visitor.get(CHECK)
  assert.match(page.text, /href="\/etat-civil\/demande\/copies"/)
  assert.match((await visitor.get(`${at}/copies`)).text, /href="\/etat-civil\/demande\/verifier"/)
  assert.equal((await answer(visitor, 'copies', { copies: '3' })).headers['location'], CHECK)
  assert.equal((await answer(visitor, 'envoi', { delivery: 'post' })).headers['location'], `${at}/adresse`)
  const papers = await answer(visitor, 'adresse', death['adresse'] ?? {})
  assert.equal(papers.headers['location'], `${at}/justificatifs`, 'what is posted is not shown at the counter')
})

test('at the counter the same pages make the request in the resident’s name, with both names in the trail', async () => {
  const { household, personId } = await family(t, { lastName: 'Haddad', email: 'haddad@exemple.fr' })
  const { clerk } = await clerkAccount(t, 'civil-registry', 'canteen')
  const begun = await clerk
    .post(`/guichet/familles/${household}/agir`)
    .type('form')
    .send({ personId, reason: 'counter', consent: 'yes' })
  assert.equal(begun.status, 303, begun.text)
  await answerAll(clerk, death)
  const sent = await send(clerk)
  assert.equal(sent.status, 303)
  const [request] = await requests(t)
  assert.equal(request?.personId, personId)
  assert.equal(request?.channel, 'counter')
})

test('a clerk of another service who acts for a resident asks for no record', async () => {
  const { household, personId } = await family(t)
  const { clerk } = await clerkAccount(t, 'canteen')
  await clerk
    .post(`/guichet/familles/${household}/agir`)
    .type('form')
    .send({ personId, reason: 'counter', consent: 'yes' })
    .expect(303)
  assert.equal((await answer(clerk, 'acte', { kind: 'birth' })).status, 404)
})
