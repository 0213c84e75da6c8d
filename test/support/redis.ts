import { Redis } from 'ioredis'
import { freePort, startOwnProcess, temporaryFolder } from './own-process.ts'
import { pathOf } from './system-packages.ts'

export type RedisServer = {
  url: string
  stop(): Promise<void>
  /** As a machine that loses power: what was not yet written is lost. */
  kill(): Promise<void>
  /** On the same port and with the same files: keeps its data when `appendonly`, and is empty otherwise. */
  restart(): Promise<void>
  /** Forgets everything, as an operator's FLUSHALL would. */
  flush(): Promise<void>
}

// Each test file gets a numbered database of the shared server; there are never that many files.
const DATABASES = 4096

/** A Redis of the test's own, on a free port, with its files in a temporary folder. It dies with the test. */
export async function startRedis({ appendonly = false } = {}): Promise<RedisServer> {
  const port = await freePort()
  const folder = temporaryFolder('redis')
  const url = `redis://127.0.0.1:${port}`
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    databases: DATABASES,
    save: '',
    appendonly: appendonly ? 'yes' : 'no',
    appendfsync: 'always',
    // BullMQ asks for it: a full Redis must refuse jobs rather than drop them.
    'maxmemory-policy': 'noeviction',
  }
  const start = () =>
    startOwnProcess({
      command: [
        pathOf('redis-server'),
        ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, `${value}`]),
      ],
      stopSignal: 'SIGTERM',
      answers: () => onRedis(url, async redis => void (await redis.ping())),
    })
  let server = await start()
  return {
    url,
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: async () => {
      await server.stop()
      server = await start()
    },
    flush: () => onRedis(url, async redis => void (await redis.flushall())),
  }
}

/** An empty Redis database for one test file: of the server that `npm test` started, or of one started for it alone. */
export async function ownRedisUrl(): Promise<string> {
  const server = process.env['GUICHET_TEST_REDIS_URL'] ?? (await startRedis()).url
  const number = await onRedis(server, redis => redis.incr('databases given out'))
  if (number >= DATABASES)
    throw new Error(`more than ${DATABASES} test databases: raise the number in ${import.meta.filename}`)
  return `${server}/${number}`
}

async function onRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const once = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, disconnectTimeout: 50 }
  const redis = new Redis(url, once)
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
