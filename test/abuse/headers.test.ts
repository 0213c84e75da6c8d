// What every page says to browsers beside its words, whatever page it is: those that express knows, and those that a
// visitor comes to by following links.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import supertest from 'supertest'
import { family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { crawl, filled, pagesOf } from './routes.ts'
import { abusedTown } from './world.ts'

const HTTPS = { 'X-Forwarded-Proto': 'https', Origin: 'https://guichet.test', 'Accept-Language': 'fr' }
const world = await abusedTown()
const { t } = world
const secure = await testTown({ BASE_URL: 'https://guichet.test', TRUST_PROXY: '1' })
const reading = pagesOf(t.app).filter(({ method }) => method === 'get')

type Answer = { status: number; headers: Record<string, string | string[]>; text?: string }

const isPage = ({ headers }: Answer) => String(headers['content-type'] ?? '').startsWith('text/html')

function assertSafe(path: string, { headers }: Answer, https: boolean) {
  const policy = String(headers['content-security-policy'] ?? '')
  assert.doesNotMatch(policy, /unsafe-(inline|eval)|\*|data:|https?:(?!\/\/)/, path)
  for (const rule of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(rule), `${path}: ${rule} is not in « ${policy} »`)
  }
  assert.equal(headers['x-content-type-options'], 'nosniff', path)
  assert.equal(headers['referrer-policy'], 'same-origin', path)
  assert.match(String(headers['permissions-policy'] ?? ''), /camera=\(\)/, path)
  assert.equal(headers['x-powered-by'], undefined, path)
  assert.equal('strict-transport-security' in headers, https, path)
}

test('every page of a visitor has a strict policy, and reading leaves no cookie', async () => {
  const visit = (path: string) =>
    t
      .visitor()
      .get(path)
      .redirects(0)
      .ok(() => true)
  const found = await crawl(visit)
  for (const { path } of reading) {
    const at = filled(path, () => 'x')
    found.push({ path: at, answer: await visit(at) })
  }
  const pages = found.filter(({ answer }) => isPage(answer))
  assert.ok(pages.length > 15, `${pages.length} pages`)
  for (const { path, answer } of found) {
    if (!OPEN_TO_ALL.test(path)) assert.doesNotMatch(String(answer.headers['cache-control'] ?? ''), /public/, path)
    // Whoever is led to sign in must be led back: that is kept, and nothing else.
    const cookies = String(answer.headers['set-cookie'] ?? '')
    if (answer.status !== 303) assert.match(cookies, path.includes('lang=') ? /^guichet-lang=\w+;|^$/ : /^$/, path)
    if (isPage(answer)) assertSafe(path, answer, false)
  }
})

for (const [who, visitor] of Object.entries({
  'a parent': world.first.parent,
  'a clerk of the canteen': world.canteenClerk,
  'a clerk of the cash office': world.cashClerk,
  'an administrator': world.administrator,
})) {
  test(`every page of ${who} has a strict policy, and nothing is kept by the browser`, async () => {
    const visit = (path: string) =>
      visitor
        .get(path)
        .redirects(0)
        .ok(() => true)
    const found = await crawl(visit)
    for (const { path } of reading) {
      const at = filled(path, name => (name === 'childId' ? world.first.children[0]!.id : 'x'))
      found.push({ path: at, answer: await visit(at) })
    }
    assert.ok(found.filter(({ answer }) => answer.status === 200).length > 12)
    for (const { path, answer } of found) {
      assert.ok(answer.status < 500, `${path}: ${answer.status}`)
      if (isPage(answer)) assertSafe(path, answer, false)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path)
      if (OPEN_TO_ALL.test(path) && !isPage(answer)) continue
      if (answer.status === 200) assert.match(String(answer.headers['cache-control'] ?? ''), /no-store/, path)
      if (!isPage(answer) && answer.status === 200) assertSafeFile(path, answer)
    }
  })
}

/** The same for everybody: menus and open data. */
const OPEN_TO_ALL = /^\/(menus|open-data|tarifs)/

/** What is no page must not become one in the browser. */
function assertSafeFile(path: string, { headers }: Answer) {
  const type = String(headers['content-type'] ?? '')
  assert.match(type, /^(application\/pdf|text\/csv|text\/calendar|application\/json|image\/(png|jpeg))/, path)
  if (!type.startsWith('application/json')) assert.match(String(headers['content-disposition'] ?? ''), /filename/, path)
}

test('answers of the API are kept by nobody', async () => {
  for (const path of ['/api/v1/me', '/api/v1/canteen/months/2026-12', '/api/v1/invoices']) {
    const answer = await world.first.parent.get(path)
    assert.equal(answer.status, 200, path)
    assert.match(answer.headers['cache-control'] ?? '', /no-store/, path)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  }
})

test('the cookie is for us alone: no script reads it, no other site sends it', async () => {
  const { email, password } = world.other
  const send = () => supertest(t.app).post('/api/v1/sessions').set('Origin', 'http://guichet.test')
  const answer = await send().send({ email, password })
  const [cookie = '', ...more] = answer.get('Set-Cookie') ?? []
  assert.equal(more.length, 0)
  assert.match(cookie, /^guichet=/)
  assert.match(cookie, /; HttpOnly/)
  assert.match(cookie, /; SameSite=Lax/)
  assert.match(cookie, /; Path=\//)
  assert.doesNotMatch(cookie, /Domain=/)
})

test('with https the cookie belongs to this host and travels encrypted only, and browsers are told to insist', async () => {
  const { app } = secure
  const { email, password } = await family(secure, { signedIn: false })
  const answer = await supertest(app).post('/api/v1/sessions').set(HTTPS).send({ email, password })
  assert.equal(answer.status, 201, answer.text)
  const [cookie = ''] = answer.get('Set-Cookie') ?? []
  assert.match(cookie, /^__Host-guichet=/)
  assert.match(cookie, /; Secure/)
  assert.match(cookie, /; HttpOnly/)
  assert.match(cookie, /; SameSite=Lax/)
  const page = await supertest(app).get('/?lang=en').set(HTTPS)
  assert.match(page.get('Set-Cookie')?.[0] ?? '', /^guichet-lang=en;.*; Secure/)
  assertSafe('/', page, true)
})
