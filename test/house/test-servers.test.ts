// The servers that tests use are real, their own, and gone afterwards.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import type { BrowserContext } from 'playwright-core'
import { launchChromium, picture } from '../support/chromium.ts'
import { startMailServer } from '../support/mail-server.ts'
import { ownPostgresUrl, startPostgres } from '../support/postgres.ts'
import { ownRedisUrl, startRedis } from '../support/redis.ts'

const support = join(import.meta.dirname, '../support')

async function onRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url, { disconnectTimeout: 50 })
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

async function ask(url: string, question: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(question)).rows
  } finally {
    await client.end()
  }
}

test('an appendonly Redis keeps what it confirmed through a power cut, a plain one does not', async () => {
  for (const appendonly of [true, false]) {
    const server = await startRedis({ appendonly })
    await onRedis(server.url, redis => redis.set('meal', 'booked'))
    await server.kill()
    await server.restart()
    assert.equal(await onRedis(server.url, redis => redis.get('meal')), appendonly ? 'booked' : null)
    await onRedis(server.url, redis => redis.set('meal', 'again'))
    await server.flush()
    assert.equal(await onRedis(server.url, redis => redis.get('meal')), null)
    await server.stop()
  }
})

test('two test files do not see each other in Redis', async () => {
  const [one, other] = [await ownRedisUrl(), await ownRedisUrl()]
  await onRedis(one, redis => redis.set('meal', 'booked'))
  assert.equal(await onRedis(other, redis => redis.get('meal')), null)
})

test('a durable PostgreSQL keeps what it confirmed through a power cut', async () => {
  const server = await startPostgres({ durable: true })
  const database = await server.createDatabase()
  await ask(database, 'create table meals (day text)')
  await ask(database, `insert into meals values ('2026-11-26')`)
  await server.kill()
  await server.restart()
  assert.deepEqual(await ask(database, 'select day from meals'), [{ day: '2026-11-26' }])
  assert.deepEqual(await ask(database, 'show fsync'), [{ fsync: 'on' }])
  await server.stop()
})

test('two test files do not see each other in PostgreSQL', async () => {
  const [one, other] = [await ownPostgresUrl(), await ownPostgresUrl()]
  await ask(one, 'create table meals (day text)')
  assert.deepEqual(await ask(other, `select to_regclass('meals') as found`), [{ found: null }])
})

test('servers die with the test that started them, even when it is killed', async () => {
  const program = `
    import { startPostgres } from '${support}/postgres.ts'
    import { startRedis } from '${support}/redis.ts'
    console.log((await startRedis()).url)
    console.log((await startPostgres()).url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ports: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    ports.push(Number(new URL(line).port))
    if (ports.length === 2) break
  }
  for (const port of ports) assert.equal(await listens(port), true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const patience = performance.now() + 5_000
  for (const port of ports) {
    while (await listens(port)) {
      assert.ok(performance.now() < patience, `the server on port ${port} outlives its test`)
      await pause(20)
    }
  }
})

test('the mail server keeps what it is sent, and refuses when told to', async t => {
  const server = await startMailServer()
  t.after(() => server.stop())
  const sender = createTransport({ host: '127.0.0.1', port: server.port })
  const letter = (subject: string) =>
    sender.sendMail({
      from: 'mairie@valmont.example',
      to: 'claire@parents.example',
      subject,
      text: 'Réservé : 3 repas',
    })
  server.refuse(true)
  await assert.rejects(letter('Refusé'), { responseCode: 451 })
  server.refuse(false)
  const [arrived] = await Promise.all([server.waitFor(({ subject }) => subject === 'Bonjour'), letter('Bonjour')])
  assert.equal(arrived.text?.trim(), 'Réservé : 3 repas')
  assert.equal(server.mails().length, 1)
  await assert.rejects(
    server.waitFor(({ subject }) => subject === 'Absent', 50),
    /« Bonjour »/,
  )

  await server.stop()
  await assert.rejects(letter('Personne'), { code: 'ESOCKET' })
  const back = await startMailServer(server.port)
  t.after(() => back.stop())
  await letter('De retour')
  assert.equal(back.mails().length, 1)
})

test('the browser is French, as wide as a phone or a desk, with scripts or without', async t => {
  const browser = await launchChromium()
  t.after(() => browser.close())
  const look = `data:text/html,<meta name=viewport content=width=device-width>
    <script>document.title = navigator.language + ' ' + innerWidth</script>`
  const titleIn = async (context: BrowserContext) => {
    const page = await context.newPage()
    await page.goto(look)
    assert.match(await picture(page, 'phone-or-desk'), /phone-or-desk\.png$/)
    const title = await page.title()
    await context.close()
    return title
  }
  assert.equal(await titleIn(await browser.phone()), 'fr-FR 375')
  assert.equal(await titleIn(await browser.desk()), 'fr-FR 1280')
  assert.equal(await titleIn(await browser.desk({ locale: 'en-GB' })), 'en-GB 1280')
  assert.equal(await titleIn(await browser.phone({ javaScriptEnabled: false })), '')
})

function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).then(answer => {
    socket.destroy()
    return answer as boolean
  })
}
