// `npm test`: installs the programs that tests need, checks types and manners, then runs every test file, storage tests
// on both engines. `npm test -- canteen`: only the test files whose path contains the word.
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { startPostgres } from './support/postgres.ts'
import { startRedis } from './support/redis.ts'
import { type Outcome, runCommand, runTestFile } from './support/run-stage.ts'
import { installSystemPackages, MissingPrograms } from './support/system-packages.ts'

const AT_ONCE = 2
const root = join(import.meta.dirname, '..')
const words = process.argv.slice(2)
const total: Outcome = { passed: 0, failed: 0 }

process.chdir(root)
const started = performance.now()
try {
  installSystemPackages()
  await runAll()
} catch (error) {
  count({ passed: 0, failed: 1 })
  console.log(error instanceof MissingPrograms ? error.message : error)
}
console.log(`\n${Math.round((performance.now() - started) / 1000)} s`)
console.log(`${total.passed} passed, ${total.failed} failed`)
// `exit`, not `exitCode`: nothing that a failed stage left open may keep the command from ending.
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)

async function runAll() {
  const files = globSync('test/**/*.test.ts')
    .filter(file => words.length === 0 || words.some(word => file.includes(word)))
    .sort()
  if (files.length === 0) throw new Error(`no test file's path contains ${words.join(' or ')}`)

  process.env['PATH'] = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  if (words.length === 0) await stage('types and lint', staticChecks(), runCommand)

  const folder = folderOfThisRun()
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  try {
    const env = testEnvironment({
      TMPDIR: folder,
      GUICHET_TEST_REDIS_URL: redis.url,
      GUICHET_TEST_POSTGRES_URL: postgres.url,
    })
    const onSqlite = (file: string) => runTestFile({ file, env })
    const onPostgres = async (file: string) => {
      const DATABASE_URL = await postgres.createDatabase()
      return runTestFile({ file, env: { ...env, GUICHET_TEST_DIALECT: 'postgres', DATABASE_URL } })
    }
    const houseRules = files.filter(file => file.startsWith('test/house/'))
    const tests = files.filter(file => !houseRules.includes(file))
    const ofStorage = tests.filter(file => file.endsWith('.dialects.test.ts'))
    await stage('house rules', houseRules, onSqlite)
    await stage('tests (storage on SQLite)', tests, onSqlite)
    await stage('storage on PostgreSQL', ofStorage, onPostgres)
  } finally {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}

/** Runs what there is to run, a few at once, and counts. */
async function stage(name: string, what: string[], runOne: (what: string) => Promise<Outcome>) {
  if (what.length === 0) return
  console.log(`\n── ${name}`)
  const waiting = [...what]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) count(await runOne(next))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

function count({ passed, failed }: Outcome) {
  total.passed += passed
  total.failed += failed
}

/** The commands of the package's own `types` and `lint` scripts, each counted for itself. */
function staticChecks(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  return ['types', 'lint'].flatMap(name => {
    const script = scripts[name]
    if (!script) throw new Error(`package.json has no script ${name}`)
    return script.split(' && ')
  })
}

/** Holds everything the run writes; removed at its end, however it comes. */
function folderOfThisRun(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-test-'))
  // PostgreSQL's own user must be able to pass through.
  chmodSync(folder, 0o755)
  process.env['TMPDIR'] = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
  return folder
}

/**
 * Nothing of the caller's settings reaches the tests: a DATABASE_URL or a Stripe key in the shell must not be used.
 * The time zone is far from Paris, so that whatever forgets to name the town's is seen.
 */
function testEnvironment(ours: Record<string, string>): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'USER', 'LANG', 'TERM', 'CI', 'GUICHET_TEST_PICTURES']
  const theirs = Object.fromEntries(kept.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])))
  return { ...theirs, TZ: 'Pacific/Auckland', NODE_COMPILE_CACHE: join(root, 'var/compile-cache'), ...ours }
}
