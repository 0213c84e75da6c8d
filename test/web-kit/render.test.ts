import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import supertest from 'supertest'
import type { ActorSummary } from '../../src/web/navigation.ts'
import { sampleRenderer, serveSamples } from './sample-town.ts'

const parent: ActorSummary = {
  signedIn: true,
  name: 'Aïssa Diallo',
  isClerk: false,
  isAdministrator: false,
  services: [],
}
const base = await serveSamples()
const visitor = supertest(base)
const page = async (path: string, language = 'fr') => (await visitor.get(path).set('Accept-Language', language)).text

test('what people typed is never read as HTML', async () => {
  const html = await page('/lists')
  assert.match(html, /Malo &lt;b&gt;/)
  assert.doesNotMatch(html, /Malo <b>/)
})

test('no template switches escaping off', () => {
  for (const file of globSync('templates/**/*.njk', { cwd: new URL('../../', import.meta.url).pathname })) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    assert.doesNotMatch(text, /\|\s*safe\b|autoescape\s+false/, file)
  }
})

test('a form with faults keeps what was typed, says so in its title, and leads to each input', async () => {
  const answer = await visitor.post('/form').type('form').send({
    firstName: 'In"ès',
    'birthDate-day': '30',
    'birthDate-month': '2',
    meal: 'vegetarian',
    message: '</textarea>',
  })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /<title>Erreur\u00a0: Ajouter un enfant – Ville de Valmont<\/title>/)
  assert.match(answer.text, /value="In&quot;ès"/)
  assert.match(answer.text, /id="birthDate"[^>]*value="30"/)
  assert.match(answer.text, /value="vegetarian" checked/)
  assert.match(answer.text, /&lt;\/textarea&gt;<\/textarea>/)
  const targets = [...answer.text.matchAll(/<li><a href="#([\w-]+)">/g)].map(match => match[1])
  assert.equal(targets.length, 8)
  for (const id of targets) assert.match(answer.text, new RegExp(`<(input|select|textarea)[^>]* id="${id}"`))
})

test('every form page carries a key of its own, so that sending it twice is doing it once', async () => {
  const key = async () => /name="idempotencyKey" value="([0-9a-f-]{36})"/.exec(await page('/form'))?.[1]
  const [one, other] = [await key(), await key()]
  assert.ok(one && other && one !== other)
})

test('a page about a family is never kept by the browser; a public one may be asked for again', async () => {
  const signedIn = supertest(await serveSamples({ actor: parent }))
  assert.equal((await signedIn.get('/lists')).headers['cache-control'], 'private, no-store')
  assert.equal((await visitor.get('/lists')).headers['cache-control'], 'private, no-cache')
})

test('the menu follows who looks: signing in for a visitor, the account and the way out for a parent', async () => {
  const visitorPage = await page('/aide')
  assert.match(visitorPage, /href="\/connexion"/)
  assert.doesNotMatch(visitorPage, /\/deconnexion|href="\/guichet"/)
  const signedIn = await supertest(await serveSamples({ actor: parent })).get('/aide')
  assert.match(signedIn.text, /<form method="post" action="\/deconnexion">/)
  assert.doesNotMatch(signedIn.text, /href="\/connexion"/)
})

test('a clerk finds the desk, and at the desk only what the services allow', async () => {
  const clerk: ActorSummary = { ...parent, isClerk: true, services: ['canteen'] }
  const desk = await supertest(await serveSamples({ actor: clerk })).get('/guichet')
  assert.match(desk.text, /href="\/guichet\/cantine"/)
  assert.doesNotMatch(desk.text, /href="\/guichet\/facturation"/)
  const administrator = { ...clerk, services: [], isAdministrator: true }
  assert.match((await supertest(await serveSamples({ actor: administrator })).get('/guichet')).text, /facturation/)
})

test('a clerk who acts for somebody sees it on every page', async () => {
  const clerk: ActorSummary = { ...parent, isClerk: true, actingFor: 'Mme Diallo' }
  assert.match(
    (await supertest(await serveSamples({ actor: clerk })).get('/aide')).text,
    /Vous agissez pour Mme Diallo/,
  )
})

test('the language link keeps the page and its questions, and cannot be turned to another site', async () => {
  assert.match(await page('/cantine?mois=2026-12&lang=fr'), /href="\/cantine\?mois=2026-12&amp;lang=en"/)
  assert.doesNotMatch(await page('//evil.example/x'), /href="\/\/evil/)
  assert.doesNotMatch(await page('/\\evil.example'), /href="\/\\/)
})

test('each page has one title of first rank and says its language', async () => {
  for (const path of [
    '/',
    '/form',
    '/lists',
    '/end',
    '/cantine',
    '/guichet',
    '/print',
    '/aide',
    '/problem/404/not-found',
  ])
    for (const language of ['fr', 'en']) {
      const html = await page(path, language)
      assert.equal(html.match(/<h1[\s>]/g)?.length, 1, path)
      assert.match(html, new RegExp(`<html lang="${language}"`))
    }
})

test('no page of ours has the words or the signs of GOV.UK', async () => {
  const english =
    /There is a problem|Skip to main|Choose file|Show password|\bError:|\bPrevious\b|\bNext\b|Contents<|\bSuccess\b/
  for (const path of ['/', '/form', '/lists', '/cantine', '/guichet', '/aide']) {
    const html = await page(path)
    assert.doesNotMatch(html, /gov\.uk|crown|govuk-header|govuk-footer|#1d70b8/i, path)
    assert.doesNotMatch(html, english, path)
  }
  const { text } = await visitor.post('/form').type('form').send({})
  assert.doesNotMatch(text, english)
})

test('every problem has a page that says what happened, what to do and whom to call', async () => {
  const codes: [number, string][] = [
    [400, 'bad-request'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'gone'],
    [413, 'too-large'],
    [429, 'too-many-requests'],
    [500, 'internal'],
    [503, 'unavailable'],
    [503, 'maintenance'],
  ]
  for (const [status, code] of codes) {
    const answer = await visitor.get(`/problem/${status}/${code}`)
    assert.equal(answer.status, status)
    assert.match(answer.text, /href="tel:0320000000"/)
    assert.equal(/[0-9a-f]{8}<\/p>/.test(answer.text), status >= 500, `${code}: a reference when the fault is ours`)
  }
})

test('a view that names what the layout fills is refused', async () => {
  const render = await sampleRenderer()
  const res = { locals: {}, req: { originalUrl: '/' } } as never
  assert.throws(() => render.page(res, 'end', { path: '/x' }), /may not name path/)
})

test('a mail is short, fetches nothing, and its plain part is plain', async () => {
  const render = await sampleRenderer()
  const view = { subject: 'Votre facture', paragraphs: ['Bonjour <Aïssa> & Léo'], facts: [], action: null, after: [] }
  const html = render.text('mail/letter', 'fr', { ...view, action: { label: 'Payer', url: 'http://town.example/f' } })
  assert.ok(Buffer.byteLength(html) < 20_000)
  assert.doesNotMatch(html, /<img|<link|url\(|<script/)
  assert.match(html, /&lt;Aïssa&gt;/)
  assert.match(render.text('mail/letter.txt', 'fr', view), /^Bonjour <Aïssa> & Léo$/m)
})
