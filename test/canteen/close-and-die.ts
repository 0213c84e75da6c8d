// A worker that is killed while it draws the consequences of a closure: in the middle of its n-th transaction.
import { pino } from 'pino'
import { closeDays } from '../../src/canteen/staff-closing.ts'
import { readConfig } from '../../src/config.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { buildTown } from '../../src/town.ts'

const [file = '', declarationId = '', nth = '0', now = ''] = process.argv.slice(2)
const config = readConfig('test', { SQLITE_FILE: file })
const clock = { now: () => Temporal.Instant.from(now) }
const { town } = await buildTown(config, { clock, log: pino({ level: 'silent' }) })

let transactions = 0
const dying: typeof town.db.transaction = work =>
  town.db.transaction(async tx => {
    const done = await work(tx)
    transactions += 1
    if (transactions === Number(nth)) process.kill(process.pid, 'SIGKILL')
    return done
  })
await closeDays(
  { ...town, db: { ...town.db, transaction: dying } },
  { declarationId: declarationId as Id<'closure-declaration'> },
)
