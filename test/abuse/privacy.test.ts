// A day of typical use, with things that go wrong: what the log keeps of it, what is written down of who did what, and
// what one family can see of another.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { after, test } from 'node:test'
import type BetterSqlite3 from 'better-sqlite3'
import { pino } from 'pino'
import { SMTPServer } from 'smtp-server'
import supertest from 'supertest'
import { eq } from '../../src/db/drizzle.ts'
import { runDueJobs } from '../../src/jobs/run-due.ts'
import { householdAddresses } from '../../src/people/schema.ts'
import { buildTown } from '../../src/town.ts'
import { logOptions } from '../../src/web/request-log.ts'
import { formFields, urlencoded } from '../canteen/html.ts'
import type { Visitor } from '../support/town.ts'
import { changedTables } from './database.ts'
import { operationsOf } from './openapi.ts'
import { crawl } from './routes.ts'
import { abusedTown, SECRET } from './world.ts'

const NEW_PASSWORD = 'cinq girafes sous la pluie'

const world = await abusedTown()
const { t, watcher, first } = world

/** A mail server that knows nobody, and says so with the address. */
const unfriendly = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  closeTimeout: 50,
  onRcptTo: ({ address }, _session, done) =>
    done(Object.assign(new Error(`<${address}> is not known here, try again`), { responseCode: 450 })),
})
const listening = unfriendly.listen(0, '127.0.0.1')
await new Promise(resolve => listening.once('listening', resolve))
const { port } = listening.address() as { port: number }

const lines: string[] = []
const memory = new Writable({
  write: (chunk, _encoding, done) => {
    lines.push(String(chunk))
    done()
  },
})
/** The same town, with the log of a town in production, to the last detail, and a mail server that refuses. */
const logged = await buildTown(
  { ...t.town.config, mail: { ...t.town.config.mail, smtpUrl: `smtp://127.0.0.1:${port}` } },
  { clock: t.town.clock, log: pino({ ...logOptions, level: 'trace' }, memory) },
)
after(async () => {
  await logged.close()
  await new Promise<void>(resolve => unfriendly.close(() => resolve()))
})
const visitor = (): Visitor =>
  supertest.agent(logged.app).set('Origin', 'http://guichet.test').set('Accept-Language', 'fr')
const newestLink = async () => /https?:\/\/\S+/.exec((await t.letters())[0]?.text ?? '')?.[0] ?? ''

/** Cookies, tokens and links as they were given out. */
const secrets = new Set<string>([first.password, NEW_PASSWORD, SECRET.email, SECRET.firstName, SECRET.lastName])
for (const more of [SECRET.child, SECRET.pai, SECRET.phone, 'Juliette', 'Capulet', 'juliette@capulet.example'])
  secrets.add(more)
function keepSecret(answer: supertest.Response) {
  for (const cookie of answer.get('Set-Cookie') ?? []) secrets.add(/=([^;]+)/.exec(cookie)?.[1] ?? '')
  return answer
}

test('a day of use leaves no name, address, password, cookie or secret link in the log', async () => {
  // Signing up, by the link of the letter.
  const juliette = visitor()
  const person = {
    firstName: 'Juliette',
    lastName: 'Capulet',
    email: 'juliette@capulet.example',
    password: NEW_PASSWORD,
  }
  keepSecret(await juliette.post('/inscription').type('form').send(person))
  await runDueJobs(logged.jobs)
  const confirm = new URL(await newestLink()).pathname
  secrets.add(confirm.split('/').at(-1) ?? '')
  assert.equal((await juliette.get(confirm)).status, 200)
  keepSecret(await juliette.post(confirm).type('form').send({}))
  assert.equal((await juliette.get('/famille')).status, 200)

  // A forgotten password, wrong ones, the right one; all pages; a month of meals.
  const parent = visitor()
  await parent.post('/mot-de-passe').type('form').send({ email: SECRET.email })
  await runDueJobs(logged.jobs)
  const reset = new URL(await newestLink()).pathname
  assert.match(reset, /^\/mot-de-passe\/nouveau\//)
  secrets.add(reset.split('/').at(-1) ?? '')
  await parent.get(`${reset}?email=${encodeURIComponent(SECRET.email)}`)
  await parent.post('/connexion').type('form').send({ email: SECRET.email, password: 'pas le bon du tout' })
  await parent
    .post('/connexion')
    .type('form')
    .send({ email: SECRET.email, password: `${first.password}!` })
  keepSecret(await parent.post('/connexion').type('form').send({ email: SECRET.email, password: first.password }))
  await crawl(path => parent.get(path).redirects(0))
  const month = (await parent.get('/cantine?mois=2026-12')).text
  await parent
    .post('/cantine')
    .type('form')
    .send(urlencoded([...formFields(month, '/cantine'), ['meal', '1.2026-12-14']]))
  await parent.post('/famille/adultes/inviter').type('form').send({ email: 'juliette@capulet.example' })
  await parent.get(`/factures?q=${SECRET.lastName}`)

  // A clerk looks the family up, at its health plan too, and acts for it.
  const clerk = visitor()
  keepSecret(await clerk.post('/api/v1/sessions').send(world.clerks['a clerk of the canteen']))
  await clerk.get(`/guichet/familles?q=${encodeURIComponent(SECRET.lastName)}`)
  await crawl(path => clerk.get(path).redirects(0))
  await runDueJobs(logged.jobs)

  await thingsGoWrong(parent)
  assert.ok(lines.length > 60, `${lines.length} lines`)
  assertNothingIn(lines)
})

/** A table that is gone, as after a half-done migration: the errors of the engine hold what was to be written. */
async function thingsGoWrong(parent: Visitor) {
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  const db = new Sqlite(t.town.config.database)
  const before = lines.length
  for (const table of ['mails', 'audit_entries', 'persons', 'outbox']) {
    db.exec(`alter table ${table} rename to away`)
    const person = { firstName: 'Juliette', lastName: 'Capulet', email: 'juliette2@capulet.example' }
    secrets.add(person.email)
    await visitor()
      .post('/inscription')
      .type('form')
      .send({ ...person, password: NEW_PASSWORD })
    await visitor().post('/mot-de-passe').type('form').send({ email: SECRET.email })
    await parent.post('/famille/moi').type('form').send({ firstName: SECRET.firstName, lastName: SECRET.lastName })
    if (table !== 'outbox') await runDueJobs(logged.jobs)
    db.exec(`alter table away rename to ${table}`)
  }
  db.close()
  assert.ok(
    lines.slice(before).some(line => line.includes('no such table')),
    'what went wrong is told',
  )
  assert.ok(
    lines.some(line => line.includes('job failed')),
    'letters that did not leave are told',
  )
}

function assertNothingIn(log: readonly string[]) {
  for (const line of log) {
    const plain = line.normalize('NFC')
    for (const secret of secrets) {
      if (secret.length < 4) continue
      for (const form of [secret, encodeURIComponent(secret), secret.toLowerCase()]) {
        assert.ok(!plain.includes(form), `« ${secret} » is in the log: ${line.slice(0, 600)}`)
      }
    }
    assert.doesNotMatch(line, /[\w.+-]+@[\w-]+\.\w+/, line.slice(0, 600))
    assert.doesNotMatch(line, /"(cookie|authorization|set-cookie|x-forwarded-for|remoteAddress)"/i)
  }
}

test('whoever sees what a health plan says is written down', async () => {
  const seers = {
    'a parent': first.parent,
    'a clerk of the canteen': world.canteenClerk,
    administrator: world.administrator,
  }
  let seen = 0
  for (const [who, one] of Object.entries(seers)) {
    await crawl(async path => {
      const before = await watcher.fingerprint()
      const answer = await one.get(path).redirects(0)
      if (answer.text?.includes(SECRET.pai)) {
        seen++
        const changed = changedTables(before, await watcher.fingerprint())
        assert.ok(changed.includes('audit_entries'), `${who} saw it on ${path}, and nothing was written down`)
      }
      return answer
    })
  }
  assert.ok(seen > 0, 'somebody sees it')
  await crawl(async path => {
    const answer = await world.cashClerk.get(path).redirects(0)
    assert.ok(!answer.text?.includes(SECRET.pai), `the cash office sees it on ${path}`)
    return answer
  })
})

test('the other home of a child sees no name, address, phone or e-mail of the first, wherever it looks', async () => {
  const [address] = await t.town.db.read
    .select()
    .from(householdAddresses)
    .where(eq(householdAddresses.householdId, first.household))
  const street = address?.lines[0] ?? ''
  assert.match(street, /rue/)
  const digits = SECRET.phone.slice(-8)
  const theirs = [
    SECRET.firstName,
    SECRET.email,
    SECRET.email.split('@')[0]!,
    street,
    'Malo',
    first.household,
    first.personId,
  ]
  const spy = (where: string, text: string | undefined) => {
    for (const one of theirs) assert.ok(!text?.includes(one), `${where} shows « ${one} »`)
    assert.ok(!(text ?? '').replace(/\D/g, '').includes(digits), `${where} shows the phone number`)
  }
  const { parent } = world.father
  const pages = await crawl(path => parent.get(path).redirects(0))
  assert.ok(pages.filter(({ answer }) => answer.status === 200).length > 12)
  for (const { path, answer } of pages) spy(path, answer.text)
  for (const { method, path, params } of await operationsOf(t.app)) {
    if (method !== 'get') continue
    const values: Record<string, string> = { childId: first.children[0]!.id, month: '2026-12', week: '2026-W50' }
    const url = `/api/v1${path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? first.household)}`
    if (!params.some(({ name }) => name === 'id')) spy(url, (await parent.get(url)).text)
  }
  for (const letter of await t.letters()) {
    if (letter.personId === world.father.personId)
      spy(`« ${letter.subject} »`, letter.subject + letter.text + letter.html)
  }
})
