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
  .action(async () => (await import('./commands.ts')).migrate(configFor(commandMode())))

const imports = program.command('import').description('bring in an official open-data file')
imports
  .command('schools <file>')
  .description('the national directory of schools (fr-en-annuaire-education)')
  .action(async file => (await import('./commands.ts')).importFile(configFor(commandMode()), 'schools', file))
imports
  .command('school-holidays <file>')
  .description('the national school calendar (fr-en-calendrier-scolaire)')
  .option('--academy <name>', 'where the academies of a zone differ')
  .action(async (file, options) =>
    (await import('./commands.ts')).importFile(configFor(commandMode()), 'school-holidays', file, options.academy),
  )

program
  .command('bill')
  .description('price a month for every family, and issue its invoices')
  .requiredOption('--month <month>', 'such as 2026-10')
  .option('--issue', 'issue the invoices too')
  .action(async options => {
    const { bill } = await import('./bill.ts')
    await bill(configFor(commandMode()), { month: options.month, issue: options.issue === true })
  })

program
  .command('user')
  .description('the accounts of the town hall’s clerks')
  .command('create')
  .description('open an account for a clerk, who chooses the password by the link that is printed and mailed')
  .requiredOption('--email <address>')
  .requiredOption('--first-name <name>')
  .requiredOption('--last-name <name>')
  .option('--service <names...>', 'canteen, cash-office, civil-registry, leisure', [])
  .option('--administrator', 'may do everything but read health data')
  .action(async options => (await import('./commands.ts')).createUser(configFor(commandMode()), options))

program
  .command('backup <folder>')
  .description('copy the town to a new folder while it runs: database, files, and a manifest of checksums')
  .action(async folder => (await import('./backup-commands.ts')).backup(configFor(commandMode()), folder))

program
  .command('restore <folder>')
  .description('check that a backup is whole before it is put back')
  .requiredOption('--check', 'change nothing: only say what is missing or damaged')
  .action(async folder => (await import('./backup-commands.ts')).checkRestore(folder))

program
  .command('doctor')
  .description('check the configuration, the books and the audit trail')
  .action(async () => (await import('./commands.ts')).doctor(configFor(commandMode())))

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

/** Commands work on the production town when the environment says so, on the demonstration town otherwise. */
function commandMode(): Mode {
  return process.env['NODE_ENV'] === 'production' ? 'production' : 'demo'
}
