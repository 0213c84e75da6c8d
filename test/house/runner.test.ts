// `npm test` itself: what must never pass as green.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '../support/own-process.ts'

const folder = temporaryFolder('runner')
const runStage = pathToFileURL(join(import.meta.dirname, '../support/run-stage.ts')).href
const program = join(folder, 'run.mjs')
writeFileSync(
  program,
  `import { runTestFile } from '${runStage}'
  const [file, patience] = process.argv.slice(2)
  const outcome = await runTestFile({ file, env: process.env }, Number(patience))
  console.log('\\n' + JSON.stringify(outcome))
  process.exit()`,
)

/** Runs a test file of that content as `npm test` would, and gives what it counted and printed. */
async function outcomeOf(
  content: string,
  patience = 60_000,
): Promise<{ passed: number; failed: number; output: string }> {
  const file = join(folder, `${crypto.randomUUID()}.test.ts`)
  writeFileSync(file, `import { after, test, suite } from 'node:test'\n${content}`)
  // The test runner refuses to run inside one of its own files.
  const { NODE_TEST_CONTEXT: _inside, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, [program, file, `${patience}`], { env })
  return { ...JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), output: stdout }
}

const counts = async (content: string) => {
  const { passed, failed } = await outcomeOf(content)
  return { passed, failed }
}

test('passing tests are counted, those inside a test or a suite too', async () => {
  const content = `test('one', () => {}); suite('s', () => { test('two', () => {}) })
    test('three', async t => { await t.test('four', () => {}) })`
  assert.deepEqual(await counts(content), { passed: 4, failed: 0 })
})

test('a failing test is counted once and shown in full', async () => {
  const { failed, passed, output } = await outcomeOf(
    `test('outer', async t => { await t.test('inner', () => { throw new Error('the plates broke') }) }); test('fine', () => {})
     console.log('said on the way')`,
  )
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 })
  assert.match(output, /outer › inner\n[\s\S]*the plates broke/)
  assert.match(output, /said on the way/)
})

test('a skipped test, one marked to do and one expected to fail are failures', async () => {
  const content = `test('a', { skip: true }, () => {}); test('b', { todo: true }, () => {}); test('c', t => t.skip())
    test('d', { expectFailure: true }, () => { throw new Error() }); test('e', () => {})`
  assert.deepEqual(await counts(content), { passed: 1, failed: 4 })
})

test('a file without tests is a failure', async () => {
  assert.deepEqual(await counts(''), { passed: 0, failed: 1 })
})

test('a file that cannot be loaded is one failure', async () => {
  const { failed, passed, output } = await outcomeOf(`import './nowhere.ts'`)
  assert.deepEqual({ passed, failed }, { passed: 0, failed: 1 })
  assert.match(output, /Cannot find module/)
})

test('a file that ends before its last test is a failure, even with exit code 0', async () => {
  const content = `test('first', () => {}); test('second', () => process.exit(0)); test('third', () => {})`
  const { failed } = await counts(content)
  assert.equal(failed, 1)
})

test('an error while cleaning up is a failure', async () => {
  const content = `test('fine', () => {}); after(() => { throw new Error('left open') })`
  assert.deepEqual(await counts(content), { passed: 1, failed: 1 })
})

test('an error that nobody awaits is a failure', async () => {
  const { failed, output } = await outcomeOf(
    `test('fine', () => { setTimeout(() => { throw new Error('too late') }, 50) })`,
  )
  assert.equal(failed, 1)
  assert.match(output, /too late/)
})

test('a file that never ends is stopped and is a failure', async () => {
  const { failed, output } = await outcomeOf(`test('fine', () => {}); setInterval(() => {}, 1000)`, 1500)
  assert.equal(failed, 1)
  assert.match(output, /something keeps it from ending/)
})

const comparing = (compared: string) =>
  counts(
    `import assert, { deepEqual } from 'node:assert/strict'
   import { isDeepStrictEqual } from 'node:util'
   const day = text => Temporal.PlainDate.from(text)
   const noon = text => Temporal.Instant.from(text + 'T12:00Z')
   test('compares', () => { ${compared} })`,
  )

test('what holds two different days, or instants, is not deeply equal', async () => {
  const different = [
    `assert.deepEqual(day('2026-09-01'), day('2026-09-02'))`,
    `deepEqual({ days: [day('2026-09-01')] }, { days: [day('2026-09-02')] })`,
    `assert.deepStrictEqual(new Map([[1, noon('2026-09-01')]]), new Map([[1, noon('2026-09-02')]]))`,
    `assert.deepEqual(new Set([day('2026-09-01')]), new Set([day('2026-09-02')]))`,
    `assert.partialDeepStrictEqual({ day: day('2026-09-01'), year: 2026 }, { day: day('2026-09-02') })`,
  ]
  const content = different.map(compared => `assert.throws(() => ${compared}, assert.AssertionError)`)
  assert.deepEqual(await comparing(content.join('\n')), { passed: 1, failed: 0 })
  assert.deepEqual(await comparing(different[0] ?? ''), { passed: 0, failed: 1 })
})

test('what holds the same day is deeply equal, and only then', async () => {
  const same = `deepEqual({ days: [day('2026-09-01')] }, { days: [day('2026-09-01')] })
    assert.partialDeepStrictEqual({ day: day('2026-09-01'), year: 2026 }, { day: day('2026-09-01') })
    assert.notDeepEqual([day('2026-09-01')], [day('2026-09-02')])
    assert.throws(() => deepEqual(day('2026-09-01'), '2026-09-01'), assert.AssertionError)`
  assert.deepEqual(await comparing(same), { passed: 1, failed: 0 })
})

test('code that asks whether days are deeply equal fails its tests', async () => {
  assert.deepEqual(await comparing(`isDeepStrictEqual({ day: day('2026-09-01') }, {})`), { passed: 0, failed: 1 })
  assert.deepEqual(await comparing(`assert.ok(isDeepStrictEqual({ day: '2026-09-01' }, { day: '2026-09-01' }))`), {
    passed: 1,
    failed: 0,
  })
})
