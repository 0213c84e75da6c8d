import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BackupFault, backUp, checkBackup } from '../../src/backup.ts'
import { backup, checkRestore } from '../../src/backup-commands.ts'
import { dialect } from '../../src/db/columns.ts'
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
const sqlite = { skip: dialect === 'postgres' ? 'PostgreSQL has its own tool for the database' : false }

/** What a command prints, and whether it failed. */
async function printed(work: () => Promise<void>) {
  const lines: string[] = []
  const { log, error } = console
  console.log = console.error = (...words: unknown[]) => void lines.push(words.join(' '))
  try {
    await work()
  } finally {
    console.log = log
    console.error = error
  }
  const failed = process.exitCode === 1
  process.exitCode = 0
  return { text: lines.join('\n'), failed }
}

test('a town is copied while people use it, and the copy is one moment of it', sqlite, async () => {
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

test('what was lost, changed or added since is told by its name', async () => {
  const kept = await t.town.files.put(Buffer.from('un plan d’accueil'))
  const path = `files/${kept.slice(0, 2)}/${kept}`
  const target = folder('damaged')
  await backUp(config, target, now)
  assert.deepEqual(await checkBackup(target), [])
  writeFileSync(join(target, path), 'un plan d’accueiL')
  writeFileSync(join(target, 'stray'), '')
  assert.deepEqual((await checkBackup(target)).sort(), [
    `${path} is not what was backed up`,
    'stray is not in the manifest',
  ])
  rmSync(join(target, path))
  assert.ok((await checkBackup(target)).includes(`${path} is missing`))
  const told = await printed(() => checkRestore(target))
  assert.ok(told.failed && told.text.includes(`${path} is missing`))
})

test('a damaged database is found even when its manifest agrees', sqlite, async () => {
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

test('a folder that holds something is left alone, and one without manifest is no backup', async () => {
  const target = folder('full')
  mkdirSync(target)
  writeFileSync(join(target, 'mine'), 'precious')
  await assert.rejects(backUp(config, target, now), BackupFault)
  assert.equal(readFileSync(join(target, 'mine'), 'utf8'), 'precious')
  await assert.rejects(checkBackup(target), BackupFault)
  const refused = await printed(() => backup(config, target))
  assert.ok(refused.failed)
  assert.match(refused.text, /is not empty/)
})

test('the command says what it did, and on PostgreSQL what is left to do', async () => {
  const target = folder('by-command')
  const { text, failed } = await printed(() => backup(config, target))
  assert.equal(failed, false)
  assert.match(text, /files with their checksums/)
  if (dialect === 'postgres') assert.match(text, /pg_dump/)
  else assert.doesNotMatch(text, /pg_dump/)
  assert.match((await printed(() => checkRestore(target))).text, /whole/)
})
