import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import type { FileStore } from './documents/file-store.ts'
import type { Clock } from './kernel/clock.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Languages } from './web/i18n.ts'
import type { Renderer } from './web/render.ts'

/** What every use case may need: the first argument of each. Built once, in `town.ts`. */
export type Town = {
  config: Config
  db: Database
  clock: Clock
  log: Logger
  files: FileStore
  languages: Languages
  render: Renderer
  mailer: Mailer
}
