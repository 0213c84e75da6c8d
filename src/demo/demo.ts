import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import { serve, stopOnSignal, work } from '../serve.ts'
import { buildTown } from '../town.ts'
import { ensureAssets } from '../web/assets/build.ts'
import { mailbox } from './mailbox.ts'
import { type DemoSignIn, seedDemoTown } from './seed.ts'
import { startStripeStandIn } from './stripe-stand-in/start.ts'

const VAR = join(import.meta.dirname, '../../var')
const WEBHOOK_SECRET = 'whsec_demo'
const SECRET_KEY = 'sk_test_demo'

/**
 * A living town on this machine alone: an SQLite file, jobs in the process, the local stand-in of Stripe, mails that stay
 * here. What was there is kept, unless `fresh` is asked for.
 */
export async function runDemo({ fresh }: { fresh: boolean }): Promise<void> {
  const began = performance.now()
  if (fresh) await rm(VAR, { recursive: true, force: true })
  await mkdir(VAR, { recursive: true })
  await ensureAssets()
  const port = Number(process.env['PORT'] || 3000)
  const standIn = await startStripeStandIn({
    port: port + 1,
    stateFile: join(VAR, 'stripe-stand-in.json'),
    secretKey: SECRET_KEY,
    webhook: { url: `http://127.0.0.1:${port}/webhooks/stripe`, secret: WEBHOOK_SECRET },
  })
  const config = demoConfig(standIn.url)
  await migrate(config)
  const running = await buildTown(config, { extraPages: town => mailbox(town) })
  const signIns = await seedDemoTown(running.town)
  const working = await work(running)
  const serving = await serve(running)
  console.log(welcome(serving.url, standIn.url, signIns, performance.now() - began))
  stopOnSignal(running, async () => {
    await serving.stop()
    await working.stop()
    await standIn.close()
  })
}

function demoConfig(standInUrl: string): Config {
  return readConfig('demo', {
    LOG_LEVEL: 'warn',
    ...process.env,
    STRIPE_STAND_IN: standInUrl,
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  })
}

async function migrate(config: Config) {
  const db = await openDatabase(config.database)
  await db.migrate()
  await db.close()
}

function welcome(url: string, standInUrl: string, signIns: readonly DemoSignIn[], ms: number): string {
  const width = Math.max(...signIns.map(s => s.email.length))
  return [
    '',
    `  La ville de démonstration est ouverte (${(ms / 1000).toFixed(1)} s).`,
    '',
    `  Les pages        ${url}/`,
    `  Les courriels    ${url}/demo/courriels`,
    `  L’API            ${url}/api/docs/`,
    `  Stripe, en local ${standInUrl}/`,
    '',
    '  Pour se connecter :',
    ...signIns.map(s => `    ${s.email.padEnd(width)}  ${s.password}  ${s.role}`),
    '',
    '  Ctrl-C pour arrêter. `npm run demo -- --fresh` recommence à zéro.',
    '',
  ].join('\n')
}
