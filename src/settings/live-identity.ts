import type { Database } from '../db/database.ts'
import type { TownIdentity } from '../town-identity.ts'
import { settingsOf } from './settings.ts'

/** A change made in another process is seen here after this long at most. */
const READ_EVERY_MS = 5_000

export type LiveIdentity = {
  /** The town as the configuration says, with the opening hours that are in force at the moment they are read. */
  town: TownIdentity
  /** Reads what an administrator set, now. */
  refresh(): Promise<void>
  /** Reads it now, and from then on every few seconds until it is stopped. */
  watch(): Promise<void>
  stop(): void
}

/**
 * Opening hours stand on every page, letter and PDF, and an administrator may change them while the town runs. Each process
 * reads them anew every few seconds, so that no page waits for a query of its own.
 */
export function liveIdentity(configured: TownIdentity, db: Database): LiveIdentity {
  let set: string | null = null
  let timer: NodeJS.Timeout | undefined
  const refresh = async () => {
    set = (await settingsOf(db.read)).openingHours
  }
  return {
    town: {
      ...configured,
      get openingHours() {
        return set ?? configured.openingHours
      },
    },
    refresh,
    watch: async () => {
      await refresh()
      // A database that does not answer is told by /readyz; the hours stay as they were last read.
      timer ??= setInterval(() => void refresh().catch(() => {}), READ_EVERY_MS).unref()
    },
    stop: () => clearInterval(timer),
  }
}
