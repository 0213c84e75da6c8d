// The copy of an SQLite town; PostgreSQL has its own tool for the database.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backUp, checkBackup } from '../../src/backup.ts'
import { count } from '../../src/db/drizzle.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { outbox as promise } from '../../src/jobs/outbox.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { config } = t.town
const now = t.town.clock.now()
const folder = (name: string) => join(t.folder, name)

test('a town is copied while people use it, and the copy is one moment of it', async () => {
  await family(t, { signedIn: false })
  const kept = await t.town.files.put(Buffer.from('une attestation'))
  let going = true
  let written = 0
  const busy = (async () => {
    while (going) {
      const n = written++
      // Two rows of one transaction: a copy has both or none.
      await t.town.db.transaction(async tx => {
        for (const half of ['a', 'b'])
          await promise(tx, now, { topic: 'never', payload: { n }, key: `${n}${half}`, dueAt: now.add({ hours: 1 }) })
      })
      await new Promise(resolve => setImmediate(resolve))
    }
  })()
  while (written < 20) await new Promise(resolve => setImmediate(resolve))
  const target = folder('backup')
  const manifest = await backUp(config, target, now)
  going = false
  await busy
  assert.deepEqual(
    manifest.entries.map(entry => entry.path),
    ['database.sqlite', `files/${kept.slice(0, 2)}/${kept}`],
  )
  assert.equal(statSync(target).mode & 0o077, 0, 'for the operator alone')
  assert.deepEqual(await checkBackup(target), [])
  const copy = openSqlite(join(target, 'database.sqlite'))
  const [row] = await copy.read.select({ n: count() }).from(outbox)
  await copy.close()
  assert.ok(Number(row?.n) >= 38, String(row?.n))
  assert.equal(Number(row?.n) % 2, 0)
})

test('a damaged database is found even when its manifest agrees', async () => {
  const target = folder('torn')
  await backUp(config, target, now)
  const file = join(target, 'database.sqlite')
  const bytes = readFileSync(file)
  bytes.fill(0xff, 4096, 4096 * 3)
  writeFileSync(file, bytes)
  assert.deepEqual(await checkBackup(target), ['database.sqlite is not what was backed up'])
  const manifest = join(target, 'manifest.json')
  const { entries, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  writeFileSync(manifest, JSON.stringify({ ...rest, entries: [{ ...entries[0], sha256 }, ...entries.slice(1)] }))
  assert.notDeepEqual(await checkBackup(target), [])
})
