import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openDatabase } from '../../src/db/open.ts'
import { ensureAssets } from '../../src/web/assets/build.ts'
import { freePort } from '../support/own-process.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
let folder: string
before(async () => {
  await ensureAssets()
  folder = await mkdtemp(join(tmpdir(), 'guichet-serving-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const production = () => ({
  SQLITE_FILE: join(folder, 'guichet.sqlite'),
  FILES_DIR: join(folder, 'files'),
  BASE_URL: 'https://guichet.test',
  SECRET: 'a secret of more than thirty-two characters',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'Ville <ville@guichet.test>',
  STRIPE_SECRET_KEY: 'sk_test_x',
  STRIPE_WEBHOOK_SECRET: 'whsec_x',
  METRICS_TOKEN: 'a token of sixteen or more',
  TOWN_NAME: 'Ville de Test',
  TOWN_SHORT_NAME: 'Test',
  TOWN_INSEE_CODE: '59512',
  TOWN_SIRET: '21590512200017',
  TOWN_ADDRESS: '1 place|59000 Test',
  TOWN_PHONE: '03 20 00 00 00',
  TOWN_EMAIL: 'ville@guichet.test',
  TOWN_COURT: 'Tribunal judiciaire de Lille|59034 Lille Cedex',
  TOWN_OPENING_HOURS: 'du lundi au vendredi',
  LOG_LEVEL: 'error',
})

function start(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env } })
  const said: string[] = []
  child.stderr?.on('data', chunk => said.push(String(chunk)))
  child.stdout?.on('data', chunk => said.push(String(chunk)))
  return { child, said: () => said.join('') }
}
const ended = (child: ChildProcess) =>
  new Promise<number | null>(resolve => {
    if (child.exitCode !== null) resolve(child.exitCode)
    else child.once('exit', code => resolve(code))
  })
async function answering(port: number) {
  for (let n = 0; n < 400; n++) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer) return answer
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error('does not answer')
}

test('production refuses to start, and names everything that is missing at once', async () => {
  const { child, said } = start(['serve'], {
    NODE_ENV: 'production',
    STRIPE_STAND_IN: 'http://127.0.0.1:1',
    BASE_URL: 'http://guichet.test',
    PORT: 'abc',
  })
  assert.equal(await ended(child), 78)
  for (const name of ['SECRET', 'SMTP_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'TOWN_NAME', 'METRICS_TOKEN'])
    assert.match(said(), new RegExp(`${name}: is missing`))
  assert.match(said(), /PORT: /)
  assert.match(said(), /BASE_URL: must begin with https/)
  assert.match(said(), /stand-in of Stripe is never used in production/)
})

test('production refuses to serve a database that lacks migrations, and `migrate` brings them', async () => {
  const env = { ...production(), PORT: String(await freePort()), NODE_ENV: 'production' }
  const refused = start(['serve'], env)
  assert.equal(await ended(refused.child), 1)
  assert.match(refused.said(), /npm run migrate/)
  const migrated = start(['migrate'], env)
  assert.equal(await ended(migrated.child), 0, migrated.said())
  const db = await openDatabase(env.SQLITE_FILE)
  assert.equal(await db.pendingMigrations(), 0)
  await db.close()
})

test('asked to stop, it finishes the request under way and leaves within ten seconds', async () => {
  const port = await freePort()
  const { child, said } = start(['serve', '--with-worker'], { ...production(), PORT: String(port) })
  assert.equal((await answering(port)).status, 200, said())

  // A request whose body is still arriving when the signal comes.
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  const body = 'email=a%40b.fr'
  socket.write(
    `POST /connexion HTTP/1.1\r\nHost: guichet.test\r\nOrigin: https://guichet.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
  )
  await new Promise(resolve => setTimeout(resolve, 200))
  const began = performance.now()
  child.kill('SIGTERM')
  await new Promise(resolve => setTimeout(resolve, 300))
  socket.write(body)
  assert.equal(await ended(child), 0, said())
  assert.ok(performance.now() - began < 10_000)
  assert.match(answer, /^HTTP\/1\.1 \d{3} /)
})
