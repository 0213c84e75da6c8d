import { setTimeout as pause } from 'node:timers/promises'
import { type Relay, startRelay } from './relay.ts'
import { type Job, type JobsParts, runJob } from './run.ts'

const AT_ONCE = 8
/**
 * While people crowd in, work waits at most so long: letters and PDFs would take the cores that serve them. Less than a
 * job's lease: nobody else must take it up meanwhile.
 */
const PATIENCE_MS = 50_000
const LOOK_AGAIN_MS = 500

/**
 * Runs the jobs in this process: the one-machine town without Redis. Stopping waits for those that have begun. While many
 * people are served none is begun, for not quite a minute.
 */
export function startInProcessJobs(parts: JobsParts, busy: () => boolean = () => false): Relay {
  const line: Job[] = []
  const running = new Set<Promise<void>>()
  let stopping = false

  function fill() {
    while (!stopping && running.size < AT_ONCE) {
      const job = line.shift()
      if (!job) return
      const work = runJob(parts, job)
        .catch(() => {}) // written down and logged by runJob
        .finally(() => {
          running.delete(work)
          relay.ring()
          fill()
        })
      running.add(work)
    }
  }

  async function letPeopleBefore() {
    const patience = performance.now() + PATIENCE_MS
    while (busy() && !stopping && performance.now() < patience) await pause(LOOK_AGAIN_MS)
  }

  const relay = startRelay(parts, async jobs => {
    await letPeopleBefore()
    line.push(...jobs)
    fill()
    // Rows wait in the table, not here: their lease starts when they can soon be run.
    while (line.length > 0 && !stopping) await Promise.race(running)
  })

  return {
    ring: relay.ring,
    stop: async () => {
      stopping = true
      await relay.stop()
      await Promise.allSettled(running)
    },
  }
}
