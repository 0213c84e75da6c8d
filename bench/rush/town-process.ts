import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { peakMemory, processorSeconds } from './machine.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const FAULT_POINTS = join(import.meta.dirname, 'fault-points.ts')
const STAY_AT_HOME = join(import.meta.dirname, '../../test/abuse/stay-at-home.ts')
export const HOST = 'guichet.test'
export const ORIGIN = `https://${HOST}`
export const WEBHOOK_SECRET = 'whsec_rush'
const START_PATIENCE_MS = 30_000

/** Where the process dies by itself: just before or just after the commit of its n-th sign-up. */
export type FaultPoint = { when: 'before' | 'after'; signUps: number }

/** One web process of the town, which comes back on the same port after it was killed. */
export type TownProcess = {
  port: number
  /** The most memory that any of its lives had resident, in megabytes. */
  peakMemory(): number
  processorSeconds(): number
  /** `kill -9`, and at once a new one: resolves when it answers, with how long that took in milliseconds. */
  killAndRestart(): Promise<number>
  /** How often it died, by us or at a fault point, and how long each new start took. */
  restarts: number[]
  stop(): Promise<void>
}

/** What production asks of its environment, with the database given. */
export const productionEnv = (folder: string, database: Record<string, string>): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(folder, 'compile-cache'),
  TZ: 'Pacific/Auckland',
  ...database,
  FILES_DIR: join(folder, 'files'),
  BASE_URL: ORIGIN,
  TRUST_PROXY: '1',
  SECRET: 'a secret of more than thirty-two characters',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: `Ville <ville@${HOST}>`,
  STRIPE_SECRET_KEY: 'sk_test_rush',
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  METRICS_TOKEN: 'a token of sixteen or more',
  TOWN_NAME: 'Ville de Valmont',
  TOWN_SHORT_NAME: 'Valmont',
  TOWN_INSEE_CODE: '59512',
  TOWN_SIRET: '21590512200017',
  TOWN_ADDRESS: '1 place|59100 Valmont',
  TOWN_PHONE: '03 20 00 00 00',
  TOWN_EMAIL: `ville@${HOST}`,
  TOWN_COURT: 'Tribunal judiciaire de Lille|59034 Lille Cedex',
  TOWN_OPENING_HOURS: 'du lundi au vendredi',
})

/** Starts `serve` as in production. It dies at each fault point in turn, one a life, and is started again. */
export async function startTown(
  env: Record<string, string>,
  { port, worker, faults = [] }: { port: number; worker: boolean; faults?: readonly FaultPoint[] },
): Promise<TownProcess> {
  const left = [...faults]
  const restarts: number[] = []
  let stopping = false
  let [highest, worked] = [0, 0]
  const lives = new WeakMap<ChildProcess, () => void>()
  let child = launch()
  const watch = setInterval(measure, 200)
  const goodbye = () => child.kill('SIGKILL')
  process.once('exit', goodbye)
  let up = ready(child)
  await up

  function measure() {
    if (child.pid) highest = Math.max(highest, peakMemory(child.pid))
  }

  function launch(): ChildProcess {
    const fault = left.shift()
    const args = [
      `--import=${STAY_AT_HOME}`,
      ...(fault ? [`--import=${FAULT_POINTS}`] : []),
      ...profiling(),
      '--max-semi-space-size=8',
      MAIN,
      'serve',
      ...(worker ? ['--with-worker'] : []),
    ]
    const started = spawn(process.execPath, args, {
      env: {
        ...env,
        HOST: '127.0.0.1',
        PORT: String(port),
        ...(fault ? { RUSH_FAULT: `${fault.when}:${fault.signUps}` } : {}),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    let served = false
    lives.set(started, () => {
      served = true
    })
    started.once('exit', () => {
      if (stopping) return
      // A town that cannot start at all is no crash to recover from.
      if (!served && !fault) throw new Error('the town ends before it serves anybody')
      void restart()
    })
    return started
  }

  let waiting: ((ms: number) => void)[] = []
  async function restart() {
    const began = performance.now()
    child = launch()
    up = ready(child)
    await up
    const ms = performance.now() - began
    restarts.push(ms)
    const told = waiting
    waiting = []
    for (const tell of told) tell(ms)
  }

  async function ready(one: ChildProcess) {
    const patience = performance.now() + START_PATIENCE_MS
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined)
      if (answer?.ok) {
        lives.get(one)?.()
        return
      }
      // One that died at its fault point meanwhile is followed by the next.
      if (one !== child) return
      if (performance.now() > patience) throw new Error('the town does not start')
      await pause(10)
    }
  }

  return {
    port,
    restarts,
    peakMemory: () => {
      measure()
      return highest
    },
    processorSeconds: () => worked + (child.pid ? processorSeconds(child.pid) : 0),
    killAndRestart: async () => {
      // One that has just died at a fault point is let come back first.
      await up
      measure()
      if (child.pid) worked += processorSeconds(child.pid)
      const back = new Promise<number>(resolve => waiting.push(resolve))
      child.kill('SIGKILL')
      return await back
    },
    stop: async () => {
      stopping = true
      clearInterval(watch)
      process.off('exit', goodbye)
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit')
        child.kill('SIGTERM')
        await gone
      }
    },
  }
}

/** `RUSH_PROFILE=<folder>` writes where the town's processor time goes. */
function profiling(): string[] {
  const folder = process.env['RUSH_PROFILE']
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
}
