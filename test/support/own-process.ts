import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findProgram } from './system-packages.ts'

const START_PATIENCE_MS = 30_000

const running = new Set<ChildProcess>()
const folders: string[] = []

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
})

export type OwnProcess = { stop(): Promise<void>; kill(): Promise<void> }

type Start = {
  command: [program: string, ...args: string[]]
  /** The signal that ends the program in good order. */
  stopSignal: NodeJS.Signals
  /** Throws while the program does not answer yet. */
  answers: () => Promise<void>
  /** Another user to run as, for programs that refuse root. */
  as?: { uid: number; gid: number }
}

/** Starts a server of the test's own and waits until it answers. It dies with this process, however that ends. */
export async function startOwnProcess({ command, stopSignal, answers, as }: Start): Promise<OwnProcess> {
  const [program, ...args] = [...boundToUs(stopSignal, as), ...command]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const listen = (chunk: Buffer) => {
    said = (said + chunk).slice(-4000)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  running.add(child)
  child.once('exit', () => running.delete(child))

  const patience = performance.now() + START_PATIENCE_MS
  for (;;) {
    try {
      await answers()
      break
    } catch (error) {
      if (hasEnded(child)) throw new Error(`${command[0]} ended at once:\n${said}`)
      if (performance.now() > patience) throw new Error(`${command[0]} does not answer:\n${said}`, { cause: error })
      await pause(20)
    }
  }
  // Nothing here may keep a finished test from ending.
  child.unref()
  for (const stream of [child.stdout, child.stderr]) if ('unref' in stream) (stream.unref as () => void)()
  return { stop: () => end(child, stopSignal), kill: () => end(child, 'SIGKILL') }
}

async function end(child: ChildProcess, signal: NodeJS.Signals) {
  if (hasEnded(child)) return
  child.ref()
  child.kill(signal)
  await once(child, 'exit')
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

/** Linux itself sends the signal when this process dies, even by `kill -9`. */
function boundToUs(signal: NodeJS.Signals, as: Start['as']): [string, ...string[]] | [] {
  const setpriv = findProgram('setpriv')
  if (!setpriv) return []
  const user = as ? [`--reuid=${as.uid}`, `--regid=${as.gid}`, '--clear-groups'] : []
  return [setpriv, ...user, `--pdeathsig=${signal.slice('SIG'.length)}`, '--']
}

/**
 * A port that nobody listens on at this moment, below those that the system lends to outgoing calls (from 32768 on): a
 * process that was killed must find its port free when it is started again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    const server = createServer().listen(port, '127.0.0.1')
    const [outcome] = await Promise.race([
      once(server, 'listening').then(() => ['free']),
      once(server, 'error').then(() => ['taken']),
    ])
    if (outcome === 'taken') continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/** A new empty folder, removed when this process ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `guichet-${name}-`))
  folders.push(folder)
  return folder
}
