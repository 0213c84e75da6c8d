// Nonsense, other people's ids and other sites' forms against every page that express knows, as each kind of visitor.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type supertest from 'supertest'
import type { Visitor } from '../support/town.ts'
import { changedTables, isOfTheTown } from './database.ts'
import { hostileText, inAddress } from './hostile.ts'
import { crawl, type Form, filled, formsOf, kindOf, pagesOf } from './routes.ts'
import { signIn } from './sign-in.ts'
import { abusedTown } from './world.ts'

// Tells an answer that hangs from one that a busy machine delays.
const PATIENCE_MS = 5_000

const world = await abusedTown()
const { t, watcher, other, theirIds } = world
const pages = pagesOf(t.app)
const reading = pages.filter(({ method }) => method === 'get')
const writing = pages.filter(({ method }) => method === 'post')

const visitors: Record<string, Visitor> = {
  'nobody known': t.visitor(),
  'a parent': other.parent,
  'a clerk of the canteen': world.canteenClerk,
  'a clerk of the cash office': world.cashClerk,
  'an administrator': world.administrator,
}

/** What reading may write: who looked at what is a matter of health, and that one was here. */
const LOOKS = ['audit_entries']

/** The answer came soon, is no fault of ours, and a refusal left nothing behind. */
async function answersWell(asking: supertest.Test, what: string, isLook = false): Promise<supertest.Response> {
  const before = await watcher.fingerprint()
  const began = performance.now()
  const answer = await asking.ok(() => true).redirects(0)
  const took = performance.now() - began
  assert.ok(took < PATIENCE_MS, `${what} answered after ${Math.round(took)} ms`)
  assert.ok(answer.status < 500, `${what}: ${answer.status} ${wordsOf(answer.text)}`)
  const leak = LEAKS.exec(answer.text ?? '')
  assert.ok(!leak, `${what} shows ${leak?.[0]}`)
  const all = changedTables(before, await watcher.fingerprint())
  if (answer.status < 400 && !isLook) {
    if (all.some(isOfTheTown)) assert.ok(all.includes('audit_entries'), `${what} changed ${all}, unaudited`)
    return answer
  }
  const changed = all.filter(table => !isLook || !LOOKS.includes(table))
  assert.deepEqual(changed, [], `${what}: ${answer.status} left something behind`)
  return answer
}

/** Our machinery, what the template would have computed, and markup that was typed. */
const LEAKS = /node_modules|\.ts:\d+|SQLITE_|\[object Object\]|>undefined<|\b83853\b|<script>alert/

const wordsOf = (html: string | undefined) =>
  (html ?? '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 400)

test('there are pages to try', () => {
  assert.ok(reading.length > 20 && writing.length > 20)
})

const query = fc.dictionary(
  fc.constantFrom(
    'mois',
    'q',
    'page',
    'lang',
    'day',
    'jour',
    'semaine',
    'from',
    'after',
    'before',
    'school',
    '__proto__',
  ),
  hostileText(theirIds),
  { maxKeys: 4 },
)
const address = (path: string) =>
  fc.tuple(fc.array(hostileText(theirIds), { minLength: 5, maxLength: 5 }), query).map(([values, search]) => {
    let n = 0
    const asked = Object.entries(search).map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`)
    return `${filled(path, () => inAddress(values[n++ % 5] ?? ''))}${asked.length > 0 ? `?${asked.join('&')}` : ''}`
  })

for (const [who, visitor] of Object.entries(visitors)) {
  test(`nonsense in an address is a clear answer for ${who}`, async () => {
    for (const { path } of reading) {
      await fc.assert(
        fc.asyncProperty(address(path), async url => {
          await answersWell(visitor.get(url), `GET ${url}`, true)
        }),
        { numRuns: 2, endOnFailure: true },
      )
    }
  })

  test(`nonsense in a form is refused in words to ${who}`, async () => {
    const field = fc.constantFrom(
      'email',
      'password',
      'firstName',
      'day',
      'childId',
      'amount',
      'key',
      'reason',
      '__proto__',
    )
    const body = fc.array(fc.tuple(field, hostileText(theirIds)), { maxLength: 6 })
    for (const { path } of writing) {
      if (ENDS_THE_VISIT.test(path)) continue
      await fc.assert(
        fc.asyncProperty(address(path), body, async (url, fields) => {
          const text = fields.map(([name, value]) => `${name}=${inAddress(value)}`).join('&')
          await answersWell(visitor.post(url).type('form').send(text), `POST ${url} ${text}`)
        }),
        { numRuns: 2, endOnFailure: true },
      )
      const [type, raw] = RAW_FORMS[turn++ % RAW_FORMS.length]!
      const url = filled(path, () => 'x')
      await answersWell(visitor.post(url).set('Content-Type', type).send(raw), `POST ${url} ${type}`)
    }
  })
}

/** Each route gets another of them, each run and each visitor. */
let turn = Math.floor(Math.random() * 100)

const ENDS_THE_VISIT = /deconnexion|\/fermer$|\/agir/

const RAW_FORMS: [type: string, body: string][] = [
  ['multipart/form-data', 'no boundary'],
  [
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="childId"\r\n\r\na\u0000b\r\n--x--\r\n',
  ],
  [
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="file"; filename="../../a.pdf"\r\nContent-Type: application/pdf\r\n\r\n<html><script>alert(1)</script>\r\n--x--\r\n',
  ],
  ['application/json', '{"email":{"$ne":null}}'],
  ['application/x-www-form-urlencoded; charset=klingon', 'a=1'],
  ['application/x-www-form-urlencoded', Array.from({ length: 3_000 }, (_, n) => `a${n}=1`).join('&')],
]

test('what is another family’s does not exist for a parent, on any page', async () => {
  const parent = await signIn(t, other)
  for (const { method, path } of pages) {
    const names = [...path.matchAll(/:(\w+)/g)].map(match => match[1] ?? '')
    if (!names.some(name => name === 'id' || name.endsWith('Id'))) continue
    for (const id of theirIds) {
      const url = filled(path, name => (name === 'month' ? '2026-10' : id))
      const asking = method === 'get' ? parent.get(url) : parent.post(url).type('form').send({ key: 'k' })
      const { status } = await answersWell(asking, `${method} ${url}`)
      assert.ok(status === 404 || status === 422, `${method} ${url}: ${status}`)
      if (method === 'get') assert.equal(status, 404, url)
    }
  }
})

test('pages of the town hall do not exist for parents, and lead visitors to sign in', async () => {
  const parent = await signIn(t, other)
  for (const { method, path } of pages.filter(one => one.path.startsWith('/guichet'))) {
    const url = filled(path, name => (name === 'month' ? '2026-10' : theirIds[0]!))
    const ask = (visitor: Visitor) => (method === 'get' ? visitor.get(url) : visitor.post(url).type('form').send({}))
    assert.equal((await answersWell(ask(parent), url)).status, 404, `${method} ${url}`)
    const { status } = await answersWell(ask(t.visitor()), url)
    assert.ok(status === 404 || status === 303, `${method} ${url}: ${status}`)
  }
})

const OTHER_SITES: Record<string, string>[] = [
  { Origin: 'https://evil.example' },
  { Origin: 'http://guichet.test.evil.example' },
  { Origin: 'null' },
  { Origin: '' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': 'none', Origin: 'null' },
]

test('a form that another site sends, or that does not say where it comes from, is refused on every page', async () => {
  const parent = await signIn(t, other)
  for (const { path } of writing) {
    const url = filled(path, () => 'x')
    const headers = OTHER_SITES[turn++ % OTHER_SITES.length]!
    const { status } = await answersWell(parent.post(url).set(headers).type('form').send({ a: '1' }), url)
    assert.equal(status, 403, `${url} ${JSON.stringify(headers)}`)
  }
})

/** Every form, and every page with an address of its own, that a visitor comes to by following links. */
async function withinReach(visitor: Visitor): Promise<{ forms: Form[]; paths: string[] }> {
  const pages = await crawl(path => answersWell(visitor.get(path), `GET ${path}`, true))
  const forms = new Map<string, Form>()
  for (const { path, answer } of pages) {
    for (const form of formsOf(answer.text ?? '', path)) {
      const name = `${form.method} ${kindOf(form.action).replace(/\?.*/, '')}`
      if (!forms.has(name)) forms.set(name, form)
    }
  }
  return { forms: [...forms.values()], paths: pages.map(({ path }) => path) }
}

for (const [who, person] of Object.entries({ 'nobody known': undefined, 'a parent': other, ...world.clerks })) {
  test(`each field of each form takes nonsense without harm from ${who}`, async () => {
    const enter = () => (person ? signIn(t, person) : Promise.resolve(t.visitor()))
    const { forms, paths } = await withinReach(await enter())
    assert.ok(forms.length > (person ? 5 : 2), `${forms.length} forms`)
    const visitor = await enter()
    for (const path of paths) {
      const [url] = fc.sample(address(path.split('?')[0] ?? ''), 1)
      await answersWell(visitor.get(url ?? path), `GET ${url}`, true)
    }
    for (const form of forms) {
      if (ENDS_THE_VISIT.test(form.action)) continue
      const kinds = new Map(form.fields.map(([name]) => [kindOf(name), name]))
      for (const name of kinds.values()) {
        await fc.assert(
          fc.asyncProperty(hostileText(theirIds), async bad => {
            const fields = form.fields.map(([known, value]): [string, string] => [known, known === name ? bad : value])
            await answersWell(submit(visitor, form, fields), `${form.method} ${form.action} ${JSON.stringify(fields)}`)
          }),
          { numRuns: 3, endOnFailure: true },
        )
      }
    }
  })
}

function submit(visitor: Visitor, form: Form, fields: readonly [string, string][]): supertest.Test {
  const text = fields.map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`).join('&')
  if (form.method === 'get') return visitor.get(`${form.action.split('?')[0]}?${text}`)
  if (!form.multipart) return visitor.post(form.action).type('form').send(text)
  const parts = fields.map(
    ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return visitor
    .post(form.action)
    .set('Content-Type', 'multipart/form-data; boundary=x')
    .send(`${parts.join('')}--x--\r\n`)
}
