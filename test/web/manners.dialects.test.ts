import assert from 'node:assert/strict'
import { test } from 'node:test'
import supertest from 'supertest'
import { numberSeries } from '../../src/billing/schema.ts'
import { eq, sql } from '../../src/db/drizzle.ts'
import { once } from '../../src/web/idempotency.ts'
import { testTown } from '../support/town.ts'

const t = await testTown({ METRICS_TOKEN: 'a token of sixteen or more' })

test('a form posted by another site is refused, and so is one that does not say where it comes from', async () => {
  for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }, {}]) {
    const answer = await supertest(t.app).post('/connexion').set(headers).type('form').send({ email: 'a@b.fr' })
    assert.equal(answer.status, 403, JSON.stringify(headers))
  }
})

test('what does not exist is told in the reader’s language, to people as a page and to programs as problem+json', async () => {
  const french = await t.visitor().get('/nulle-part')
  assert.equal(french.status, 404)
  assert.match(french.text, /lang="fr"/)
  const english = await t.visitor().get('/nulle-part').set('Accept-Language', 'en-GB,en;q=0.9')
  assert.match(english.text, /lang="en"/)
  const program = await t.visitor().get('/api/v1/nowhere')
  assert.equal(program.status, 404)
  assert.match(program.headers['content-type'] ?? '', /application\/problem\+json/)
  assert.equal(program.body.code, 'not-found')
  assert.equal(program.body.type, 'http://guichet.test/api/problems/not-found')
})

test('a body of ten megabytes is refused and leaves nothing behind', async () => {
  const big = 'x'.repeat(10_000_000)
  assert.equal((await t.visitor().post('/connexion').type('form').send({ email: big })).status, 413)
  const json = await t.visitor().post('/api/v1/sessions').send({ email: big })
  assert.equal(json.status, 413)
  assert.equal(json.body.code, 'too-large')
})

test('JSON that is not JSON is a clear 400', async () => {
  const answer = await t.visitor().post('/api/v1/sessions').type('json').send('{"email":')
  assert.equal(answer.status, 400)
  assert.equal(answer.body.code, 'bad-request')
})

test('pages carry a strict policy and may not be framed; style sheets are kept for a year', async () => {
  const page = await t.visitor().get('/')
  const policy = page.headers['content-security-policy'] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe-inline/)
  const sheet = /href="(\/public\/app\.[^"]+\.css)"/.exec(page.text)?.[1]
  assert.ok(sheet)
  const css = await t.visitor().get(sheet)
  assert.match(css.headers['cache-control'] ?? '', /immutable/)
})

test('reading a page without signing in leaves no cookie', async () => {
  assert.equal((await t.visitor().get('/')).headers['set-cookie'], undefined)
})

test('machines can ask whether the process lives and whether it can serve', async () => {
  assert.deepEqual((await supertest(t.app).get('/healthz')).body, { ok: true })
  const ready = await supertest(t.app).get('/readyz')
  assert.equal(ready.status, 200)
  assert.deepEqual(ready.body.checks, { database: true, migrations: true, draining: false })
})

test('figures for Prometheus are given only to who has the token', async () => {
  assert.equal((await supertest(t.app).get('/metrics')).status, 404)
  const figures = await supertest(t.app).get('/metrics').set('Authorization', 'Bearer a token of sixteen or more')
  assert.equal(figures.status, 200)
  assert.match(figures.text, /guichet_http_request_seconds_bucket/)
})

test('the API describes itself, and the description can be read in a browser', async () => {
  const document = await supertest(t.app).get('/api/openapi.json')
  assert.equal(document.body.openapi, '3.1.0')
  const page = await supertest(t.app).get('/api/docs/')
  assert.equal(page.status, 200)
  assert.match(page.text, /swagger-ui/)
  assert.equal((await supertest(t.app).get('/api/docs/swagger-ui-bundle.js')).status, 200)
})

test('a write repeated with its key is done once and told the same; another content under that key is refused', async () => {
  const parts = { db: t.town.db, now: t.town.clock.now() }
  const raise = (key: string, content: unknown) =>
    once(parts, { scope: 'parent', key, content }, async tx => {
      await tx
        .insert(numberSeries)
        .values({ name: 'once', next: 1 })
        .onConflictDoUpdate({
          target: numberSeries.name,
          set: { next: sql`${numberSeries.next} + 1` },
        })
      const [row] = await tx.select().from(numberSeries).where(eq(numberSeries.name, 'once'))
      return { next: row!.next }
    })
  const answers = await Promise.all([raise('k1', 1), raise('k1', 1), raise('k1', 1)])
  assert.deepEqual(answers, [{ next: 1 }, { next: 1 }, { next: 1 }])
  assert.deepEqual(await raise('k1', 1), { next: 1 })
  await assert.rejects(raise('k1', 2), /key-reused/)
  assert.deepEqual(await raise('k2', 1), { next: 2 })
})

test('an address that floods the pages is told to wait, and the webhook and health checks are not held up', async () => {
  const town = await testTown({ REQUESTS_PER_MINUTE: '60' })
  const answers = await Promise.all(Array.from({ length: 70 }, () => town.visitor().get('/')))
  const refused = answers.filter(answer => answer.status === 429)
  assert.equal(refused.length, 10)
  assert.equal(refused[0]?.headers['retry-after'], '60')
  assert.equal((await supertest(town.app).get('/healthz')).status, 200)
})
