import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BackupFault, backUp, checkBackup } from '../../src/backup.ts'
import { backup, checkRestore } from '../../src/backup-commands.ts'
import { dialect } from '../../src/db/columns.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { config } = t.town
const now = t.town.clock.now()
const folder = (name: string) => join(t.folder, name)

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
