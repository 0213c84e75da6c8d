import { join } from 'node:path'
import { dialect } from '../../src/db/columns.ts'
import { freePort, type OwnProcess, startOwnProcess } from '../support/own-process.ts'
import type { TestTown } from '../support/town.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const STAY_AT_HOME = new URL('./stay-at-home.ts', import.meta.url).href
export const HOST = 'guichet.test'
export const ORIGIN = `https://${HOST}`

/** A process of the town as it runs in production, on the database and the files of a test town. */
export type TownProcess = OwnProcess & { url: string }

/** What production asks of its environment. The time zone is far from Paris, as a server's may be. */
export const productionEnv = (t: TestTown): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_ENV: 'production',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(t.folder, 'compile-cache'),
  TZ: 'Pacific/Auckland',
  ...(dialect === 'postgres' ? { DATABASE_URL: t.town.config.database } : { SQLITE_FILE: t.town.config.database }),
  FILES_DIR: join(t.folder, 'files'),
  BASE_URL: ORIGIN,
  REQUESTS_PER_MINUTE: '1000000',
  ADMISSION_REQUESTS: '100000',
  ADMISSION_DELAY_MS: '60000',
  TRUST_PROXY: '1',
  SECRET: 'a secret of more than thirty-two characters',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: `Ville <ville@${HOST}>`,
  STRIPE_SECRET_KEY: 'sk_test_abuse',
  STRIPE_WEBHOOK_SECRET: 'whsec_abuse',
  METRICS_TOKEN: 'a token of sixteen or more',
  TOWN_NAME: 'Ville de Test',
  TOWN_SHORT_NAME: 'Test',
  TOWN_INSEE_CODE: '59512',
  TOWN_SIRET: '21590512200017',
  TOWN_ADDRESS: '1 place|59000 Test',
  TOWN_PHONE: '03 20 00 00 00',
  TOWN_EMAIL: `ville@${HOST}`,
  TOWN_COURT: 'Tribunal judiciaire de Lille|59034 Lille Cedex',
  TOWN_OPENING_HOURS: 'du lundi au vendredi',
  LOG_LEVEL: 'error',
})

/** Starts pages, with the jobs too unless a worker does them, and waits until they are ready. */
export async function startWeb(
  env: Record<string, string>,
  { withWorker = false, port }: { withWorker?: boolean; port?: number } = {},
): Promise<TownProcess> {
  const ours = port ?? (await freePort())
  const url = `http://127.0.0.1:${ours}`
  const ready = async () => {
    const answer = await fetch(`${url}/readyz`)
    if (answer.status !== 200) throw new Error(await answer.text())
  }
  const args = withWorker ? ['serve', '--with-worker'] : ['serve']
  const running = await startOwnProcess({
    command: commandWith({ ...env, PORT: String(ours) }, args),
    stopSignal: 'SIGTERM',
    answers: ready,
  })
  return { ...running, url }
}

/** Starts a worker. It answers nobody: whoever needs it sees it by its work. */
export const startWorker = (env: Record<string, string>): Promise<OwnProcess> =>
  startOwnProcess({ command: commandWith(env, ['worker']), stopSignal: 'SIGTERM', answers: async () => {} })

/** Nothing of the test's own environment passes. */
const commandWith = (env: Record<string, string>, args: string[]): [string, ...string[]] => [
  'env',
  '-i',
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  process.execPath,
  `--import=${STAY_AT_HOME}`,
  MAIN,
  ...args,
]
