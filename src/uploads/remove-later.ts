import type { Tx } from '../db/database.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Handlers } from '../jobs/run.ts'
import type { Town } from '../town-context.ts'

const TOPIC = 'uploads.remove-file'

/** Promises that a file's bytes are removed once the transaction that forgets it is kept. Twice for one file does it once. */
export const removeLater = (tx: Tx, now: Temporal.Instant, storedAs: string): Promise<void> =>
  outbox(tx, now, { topic: TOPIC, payload: { storedAs }, key: `${TOPIC}:${storedAs}` })

const remove = (town: Town) => (asked: { storedAs: string }) => town.files.remove(asked.storedAs)

/** Removes bytes that nobody points to any more. The older name is that of promises made before this version. */
export const uploadJobs = (town: Town): Handlers => ({ [TOPIC]: remove(town), 'people.remove-file': remove(town) })
