import { type Relay, startRelay } from './relay.ts'
import { type Job, type JobsParts, runJob } from './run.ts'

const AT_ONCE = 8

/** Runs the jobs in this process: the one-machine town without Redis. Stopping waits for those that have begun. */
export function startInProcessJobs(parts: JobsParts): Relay {
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

  const relay = startRelay(parts, async jobs => {
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
