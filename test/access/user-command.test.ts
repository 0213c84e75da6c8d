import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../support/own-process.ts'

const folder = temporaryFolder('user-command')
const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      DATABASE_URL: '',
      SQLITE_FILE: join(folder, 'town.sqlite'),
      LOG_LEVEL: 'silent',
      NODE_ENV: '',
    },
  })

test('an operator opens a clerk’s account from the command line, and the link chooses the password', () => {
  assert.equal(run('migrate').status, 0)
  const create = ['user', 'create', '--email', 'nora@valmont.example', '--first-name', 'Nora', '--last-name', 'Petit']
  const made = run(...create, '--service', 'canteen', 'cash-office')
  assert.equal(made.status, 0, made.stderr)
  assert.match(made.stdout, /http:\/\/127\.0\.0\.1:3000\/mot-de-passe\/nouveau\/[\w-]{43}/)
  const again = run(...create)
  assert.deepEqual([again.status, again.stderr.trim()], [1, 'nora@valmont.example: account-exists'])
  const wrong = run('user', 'create', '--email', 'nora', '--first-name', '', '--last-name', 'P', '--service', 'kitchen')
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /email: not-an-email/)
  assert.match(wrong.stderr, /services\.0: not-a-choice/)
})
