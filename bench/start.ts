import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/db/open.ts'
import { freePort } from '../test/support/own-process.ts'
import type { Figure } from './figure.ts'

const BARE = `require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT, '127.0.0.1')`
const RUNS = 5

/** From the command to the first answer, and the memory then: `serve` as in production, against a bare node:http server. */
export async function benchStart(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-start-'))
  const bare = join(folder, 'bare.cjs')
  await writeFile(bare, BARE)
  const file = join(folder, 'guichet.sqlite')
  const db = await openDatabase(file)
  await db.migrate()
  await db.close()
  const production = {
    NODE_COMPILE_CACHE: join(folder, 'cache'),
    SQLITE_FILE: file,
    FILES_DIR: join(folder, 'files'),
    BASE_URL: 'https://guichet.test',
    SECRET: 'x'.repeat(40),
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'town@guichet.test',
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRET: 'whsec_bench',
    METRICS_TOKEN: 'x'.repeat(20),
    TOWN_NAME: 'Ville',
    TOWN_SHORT_NAME: 'Ville',
    TOWN_INSEE_CODE: '59512',
    TOWN_SIRET: '21590512200017',
    TOWN_ADDRESS: '1 place',
    TOWN_PHONE: '03',
    TOWN_EMAIL: 'a@b.fr',
    TOWN_OPENING_HOURS: 'lundi',
    LOG_LEVEL: 'fatal',
  }
  const main = join(import.meta.dirname, '../src/main.ts')
  const ours = await measure([main, 'serve', '--with-worker'], '/healthz', production)
  const floor = await measure([bare], '/', {})
  await rm(folder, { recursive: true, force: true })
  return [
    { name: 'start to first answer', value: ours.ms, floor: floor.ms, ratio: ours.ms / floor.ms, unit: 'ms' },
    { name: 'memory resident after start', value: ours.mb, floor: floor.mb, ratio: ours.mb / floor.mb, unit: 'MB' },
  ]
}

async function measure(args: string[], path: string, env: Record<string, string>) {
  const runs: { ms: number; mb: number }[] = []
  // The first run fills the compile cache and is not counted.
  for (let n = 0; n <= RUNS; n++) {
    const port = await freePort()
    const began = performance.now()
    const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'], ...env, PORT: String(port) } })
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    while (!(await answers(port, path))) {
      if (child.exitCode !== null || performance.now() - began > 20_000) throw new Error(`did not start: ${said}`)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    const ms = performance.now() - began
    const mb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
    const left = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    await left
    if (n > 0) runs.push({ ms, mb })
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  return { ms: median(runs.map(r => r.ms)), mb: median(runs.map(r => r.mb)) }
}

const answers = (port: number, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    answer => answer.ok,
    () => false,
  )
