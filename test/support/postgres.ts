import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { freePort, startOwnProcess, temporaryFolder } from './own-process.ts'
import { pathOf } from './system-packages.ts'

export type PostgresServer = {
  /** The server's own maintenance database. */
  url: string
  /** A new, empty database; gives its address. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
  /** As a machine that loses power; `durable` servers keep what they confirmed. */
  kill(): Promise<void>
  /** On the same port and with the same files. */
  restart(): Promise<void>
}

const QUICK = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/**
 * A PostgreSQL of the test's own: its cluster in a temporary folder, on a free port of 127.0.0.1. It dies with the test.
 * Without `durable` it does not wait for the disk, which makes tests several times quicker.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const port = await freePort()
  const folder = temporaryFolder('postgres')
  const data = join(folder, 'data')
  const user = unprivileged()
  mkdirSync(data)
  chmodSync(data, 0o700)
  if (user) for (const path of [folder, data]) chownSync(path, user.uid, user.gid)
  const encoding = ['--encoding=UTF8', '--locale=C.UTF-8']
  execFileSync(pathOf('initdb'), ['-D', data, '-U', 'guichet', '-A', 'trust', '--no-sync', ...encoding], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
    ...user,
  })
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=200',
    'jit=off',
    ...(durable ? [] : QUICK),
  ]
  const url = `postgres://guichet@127.0.0.1:${port}/postgres`
  const start = () =>
    startOwnProcess({
      command: [pathOf('postgres'), '-D', data, ...settings.flatMap(setting => ['-c', setting])],
      // PostgreSQL's 'fast' stop: running transactions are rolled back, nobody is waited for.
      stopSignal: 'SIGINT',
      answers: () => onPostgres(url, 'select 1'),
      ...(user && { as: user }),
    })
  let server = await start()
  return {
    url,
    createDatabase: () => createDatabase(url),
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: async () => {
      await server.stop()
      server = await start()
    },
  }
}

/** An empty PostgreSQL database for one test file: on the server that `npm test` started, or one started for it alone. */
export async function ownPostgresUrl(): Promise<string> {
  const server = process.env['GUICHET_TEST_POSTGRES_URL']
  return server ? createDatabase(server) : (await startPostgres()).createDatabase()
}

async function createDatabase(server: string): Promise<string> {
  const name = `test_${process.pid}_${crypto.randomUUID().slice(0, 8)}`
  await onPostgres(server, `create database ${name}`)
  return new URL(name, server).href
}

async function onPostgres(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end().catch(() => {})
  }
}

/** PostgreSQL refuses to run as root; Debian's package brings a user made for it. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const ask = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: ask('-u'), gid: ask('-g') }
}
