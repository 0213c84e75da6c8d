import { createServer, type Server } from 'node:http'
import { flushCompileCache } from 'node:module'
import { startInProcessJobs } from './jobs/in-process.ts'
import { startSchedule } from './jobs/schedule.ts'
import type { RunningTown } from './town.ts'
import { type Doors, openDoors } from './web/listen.ts'

/** A process has this long to finish what it began before it is killed. */
const PATIENCE_MS = 8_000

/** How often the limits for slow clients are looked at: node's own 30 s would quadruple the shortest of them. */
const CHECK_CONNECTIONS_MS = 1_000

/** As many may be connected at once. */
const MOST_CONNECTIONS = 10_000

/** Then it leaves, whatever still hangs: what was not finished is taken up again, as after a crash. */
const LEAVE_WITHIN_MS = 9_000

export type Serving = { url: string; stop(): Promise<void> }

/** Opens the doors. Slow or silent clients are let go: node's own limits would keep them for minutes. */
export async function serve(running: RunningTown): Promise<Serving> {
  const { config } = running.town
  await running.watch()
  const server = createServer({ connectionsCheckingInterval: CHECK_CONNECTIONS_MS }, running.app)
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 5_000
  const doors = await openDoors(server, { port: config.port, host: config.host, most: MOST_CONNECTIONS })
  flushCompileCache()
  return { url: `http://${config.host}:${doors.port}`, stop: () => closeServer(server, doors) }
}

async function closeServer(server: Server, doors: Doors): Promise<void> {
  const left = doors.shut()
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), PATIENCE_MS).unref()
  await left
}

/** Does the outbox's work in this process or, with Redis, as one of many workers. */
export async function work(running: RunningTown): Promise<{ stop(): Promise<void> }> {
  const { jobs, town, scheduled } = running
  await running.watch()
  const stopSchedule = startSchedule(town, scheduled, error => town.log.error({ err: error }, 'schedule'))
  if (!town.config.redisUrl) {
    const inProcess = startInProcessJobs(jobs, running.meter.busyLately)
    return {
      stop: async () => {
        stopSchedule()
        await inProcess.stop()
      },
    }
  }
  const { startBullmqRelay, startBullmqWorker } = await import('./jobs/bullmq.ts')
  const worker = startBullmqWorker(jobs, town.config.redisUrl)
  const relay = startBullmqRelay(jobs, town.config.redisUrl)
  return {
    stop: async () => {
      stopSchedule()
      await relay.stop()
      await worker.stop()
    },
  }
}

/** On SIGTERM or Ctrl-C: says that it drains, finishes what was begun, leaves. Asked twice, it leaves at once. */
export function stopOnSignal(running: RunningTown, stop: () => Promise<void>): void {
  let askedAt: number | undefined
  const leave = async (signal: string) => {
    if (askedAt !== undefined) {
      // npm repeats at once the Ctrl-C that the terminal has already sent; a person who asks twice takes longer.
      if (performance.now() - askedAt > 1_000) process.exit(1)
      return
    }
    askedAt = performance.now()
    const { log } = running.town
    log.info({ signal }, 'stopping')
    running.drain()
    setTimeout(() => {
      log.warn('left before everything was finished')
      process.exit(0)
    }, LEAVE_WITHIN_MS).unref()
    await stop()
    await running.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void leave(signal))
}
