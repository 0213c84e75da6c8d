import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { openDatabase } from '../src/db/open.ts'
import { buildTown, type RunningTown } from '../src/town.ts'
import { ensureAssets } from '../src/web/assets/build.ts'

/** A town on an SQLite file in a temporary folder, as in production but for its log. */
export async function benchTown(): Promise<{ running: RunningTown; folder: string; close(): Promise<void> }> {
  await ensureAssets()
  const folder = await mkdtemp(join(tmpdir(), 'guichet-bench-'))
  const config = readConfig('demo', {
    SQLITE_FILE: join(folder, 'guichet.sqlite'),
    FILES_DIR: join(folder, 'files'),
    BASE_URL: 'http://guichet.test',
    REQUESTS_PER_MINUTE: '10000000',
  })
  const db = await openDatabase(config.database)
  await db.migrate()
  await db.close()
  const running = await buildTown(config, { log: pino({ level: 'silent' }) })
  return {
    running,
    folder,
    close: async () => {
      await running.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
