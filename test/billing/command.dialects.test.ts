import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { invoices } from '../../src/billing/schema.ts'
import { dialect } from '../../src/db/columns.ts'
import { school } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { flat, manyFamilies, tariff } from './month.ts'

const t = await testTown()
const { town } = t
await school(t)
await tariff(town, flat(300))
await manyFamilies(town, 3, ['2026-09-01', '2026-09-03'])

/** `npm run bill -- …`, as an operator types it. */
async function bill(...args: string[]): Promise<{ code: number; said: string }> {
  const database =
    dialect === 'postgres' ? { DATABASE_URL: town.config.database } : { SQLITE_FILE: town.config.database }
  const program = new URL('../../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, 'bill', ...args], {
    env: { ...process.env, NODE_ENV: '', ...database, FILES_DIR: town.config.filesDir },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said += chunk
    })
  const [code] = await once(child, 'close')
  return { code, said }
}

test('an operator drafts a month, then issues it; typed again, nothing changes', async () => {
  const draft = await bill('--month', '2026-09')
  assert.equal(draft.code, 0, draft.said)
  assert.match(draft.said, /2026-09: 3 families, €18\.00 \(draft\)/)
  assert.deepEqual(await town.db.read.select().from(invoices), [])
  const issued = await bill('--month', '2026-09', '--issue')
  assert.match(issued.said, /3 invoices issued\./)
  const before = await town.db.read.select().from(invoices)
  assert.equal(before.length, 3)
  const again = await bill('--month', '2026-09', '--issue')
  assert.equal(again.code, 0, again.said)
  assert.deepEqual(await town.db.read.select().from(invoices), before)
})

test('what cannot be billed is said, with an exit code', async () => {
  assert.equal((await bill('--month', '2026-13')).code, 2)
  const later = await bill('--month', '2099-01')
  assert.equal(later.code, 1)
  assert.match(later.said, /month-not-begun/)
})
