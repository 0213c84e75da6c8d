import { BackupFault, backUp, checkBackup } from './backup.ts'
import type { Config } from './config.ts'
import { systemClock } from './kernel/clock.ts'
import { withBar } from './progress-bar.ts'

/** `backup FOLDER`: copies the town while it runs, and says what is left to do on PostgreSQL. */
export async function backup(config: Config, target: string): Promise<void> {
  await orFault(async () => {
    const { engine, entries } = await withBar('copying', 'pieces', progress =>
      backUp(config, target, systemClock.now(), { database: progress, files: progress }),
    )
    console.log(`${target}: ${entries.length} files with their checksums.`)
    if (engine === 'postgres')
      console.log(
        'The database is PostgreSQL’s, and is not in it: back it up with pg_dump, such as\n  pg_dump --format=custom --file=guichet.dump "$DATABASE_URL"',
      )
  })
}

/** `restore --check FOLDER`: whether everything in a backup is as it was when it was made. */
export async function checkRestore(target: string): Promise<void> {
  await orFault(async () => {
    const faults = await withBar('checking', 'files', progress => checkBackup(target, progress))
    for (const fault of faults) console.error(fault)
    if (faults.length > 0) process.exitCode = 1
    else console.log(`${target}: whole.`)
  })
}

async function orFault(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof BackupFault)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
