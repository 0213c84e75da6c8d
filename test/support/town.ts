import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { pino } from 'pino'
import supertest from 'supertest'
import { readConfig } from '../../src/config.ts'
import { dialect } from '../../src/db/columns.ts'
import { desc } from '../../src/db/drizzle.ts'
import { openDatabase } from '../../src/db/open.ts'
import { runDueJobs } from '../../src/jobs/run-due.ts'
import { promiseScheduled } from '../../src/jobs/schedule.ts'
import { mails } from '../../src/mail/schema.ts'
import { buildTown, type RunningTown } from '../../src/town.ts'
import { ensureAssets } from '../../src/web/assets/build.ts'

export type Visitor = ReturnType<typeof supertest.agent>

export type TestTown = RunningTown & {
  /** Sets the town's clock: `at('2026-11-24T10:00:01+01:00')`. Time stands still in between. */
  at(instant: string): void
  /** A browser of its own, with its own cookies. */
  visitor(): Visitor
  /** Does all the work that is due: mails leave, PDFs are made. */
  settle(): Promise<void>
  /** Promises the scheduled work of this moment, and does it. */
  tick(): Promise<void>
  /** The letters written so far, newest first. */
  letters(): Promise<(typeof mails.$inferSelect)[]>
  folder: string
}

/** A town of one's own: empty, migrated, on a real database in a temporary place; ends with the test file. Call it at the top of the file, not in a hook. */
export async function testTown(env: Record<string, string> = {}): Promise<TestTown> {
  await ensureAssets()
  const folder = await mkdtemp(join(tmpdir(), 'guichet-test-'))
  const database =
    dialect === 'postgres'
      ? { DATABASE_URL: await (await import('./postgres.ts')).ownPostgresUrl() }
      : { SQLITE_FILE: join(folder, 'guichet.sqlite') }
  const config = {
    ...readConfig('test', {
      ...database,
      FILES_DIR: join(folder, 'files'),
      BASE_URL: 'http://guichet.test',
      REQUESTS_PER_MINUTE: '1000000',
      // Nobody is asked to come back later, however slow the machine: tests of the crowd say otherwise.
      ADMISSION_REQUESTS: '100000',
      ADMISSION_DELAY_MS: '60000',
      ...env,
    }),
  }
  config.mail = { ...config.mail, folder: join(folder, 'mails') }
  const db = await openDatabase(config.database)
  await db.migrate()
  await db.close()

  let now = Temporal.Instant.from('2026-11-23T09:00:00+01:00')
  const running = await buildTown(config, { clock: { now: () => now }, log: pino({ level: 'silent' }) })
  after(async () => {
    await running.close()
    await rm(folder, { recursive: true, force: true })
  })
  const settle = () => runDueJobs(running.jobs)
  return {
    ...running,
    folder,
    at: instant => {
      now = Temporal.Instant.from(instant)
    },
    visitor: () => supertest.agent(running.app).set('Origin', 'http://guichet.test').set('Accept-Language', 'fr'),
    settle,
    tick: async () => {
      await promiseScheduled(running.town.db, running.town.clock, running.scheduled)
      await settle()
    },
    letters: () => running.town.db.read.select().from(mails).orderBy(desc(mails.id)),
  }
}
