import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { type Config, ConfigError, type Mode, readConfig } from './config.ts'

const envFile = join(import.meta.dirname, '../.env')
if (existsSync(envFile)) process.loadEnvFile(envFile)

const program = new Command('guichet').description('The e-administration of a French town hall')

program
  .command('serve')
  .description('serve the pages and the API')
  .option('--with-worker', 'do the jobs in this process too: the one-machine town')
  .action(async options => {
    const config = configFor('production')
    const { runTown } = await import('./run-town.ts')
    await runTown(config, { web: true, worker: options.withWorker === true })
  })

program
  .command('worker')
  .description('do the jobs: PDFs, mails, Stripe, billing')
  .action(async () => {
    const config = configFor('production')
    const { runTown } = await import('./run-town.ts')
    await runTown(config, { web: false, worker: true })
  })

program
  .command('demo')
  .description('a living town on this machine alone, to try everything')
  .option('--fresh', 'start anew')
  .action(async options => {
    const { runDemo } = await import('./demo/demo.ts')
    await runDemo({ fresh: options.fresh === true })
  })

program
  .command('migrate')
  .description('bring the database to this version')
  .action(async () => {
    const { database } = configFor(process.env['NODE_ENV'] === 'production' ? 'production' : 'demo')
    const { openDatabase } = await import('./db/open.ts')
    const db = await openDatabase(database)
    try {
      const pending = await db.pendingMigrations()
      await db.migrate()
      console.log(pending === 0 ? 'The database is up to date.' : `Applied ${pending} migrations.`)
    } finally {
      await db.close()
    }
  })

await program.parseAsync()

/** The configuration, or the list of all its faults and the end. */
function configFor(mode: Mode): Config {
  process.env['NODE_ENV'] ??= mode === 'production' ? 'production' : 'development'
  try {
    return readConfig(mode, process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(78) // EX_CONFIG
  }
}
