import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { documentPool } from '../../src/documents/pool.ts'
import { renderDocument } from '../../src/documents/render.ts'
import { threadPool } from '../../src/documents/threads.ts'
import type { DocumentRequest } from '../../src/documents/views.ts'
import { cents } from '../../src/kernel/money.ts'
import { longInvoice, usualInvoice, valmont } from './examples.ts'

const request: DocumentRequest = { kind: 'invoice', view: usualInvoice, town: valmont, language: 'fr' }
const clerks = (threads: number) =>
  threadPool<string, string>(new URL('./moody-thread.ts', import.meta.url), { threads })

test('threads draw the same bytes as one would here, in whatever order', async () => {
  const pool = documentPool({ threads: 2 })
  const long: DocumentRequest = { ...request, kind: 'invoice', view: longInvoice }
  const drawn = await Promise.all([request, long, request, long].map(pool.render))
  const [here, longHere] = [await renderDocument(request), await renderDocument(long)]
  assert.deepEqual(drawn, [here, longHere, here, longHere])
  await pool.close()
})

test('a document that cannot be drawn is refused with the reason, and the next ones are drawn', async () => {
  const pool = documentPool({ threads: 1 })
  const wrong: DocumentRequest = { ...request, kind: 'invoice', view: { ...usualInvoice, total: cents(1) } }
  await assert.rejects(() => pool.render(wrong), /do not add up/)
  assert.ok((await pool.render(request)).length > 10_000)
  await pool.close()
})

test('closing waits for what was asked and refuses what comes after', async () => {
  const pool = documentPool({ threads: 1 })
  const asked = [pool.render(request), pool.render(request), pool.render(request)]
  const closed = pool.close()
  await assert.rejects(() => pool.render(request), /closed/)
  await closed
  for (const { status } of await Promise.allSettled(asked)) assert.equal(status, 'fulfilled')
})

test('closing a pool that nobody asked anything is immediate', async () => {
  await documentPool().close()
})

test('a thread that dies loses its own work only, and is replaced', async () => {
  const pool = clerks(1)
  const answers = await Promise.allSettled(['one', 'die', 'two', 'throw', 'three'].map(pool.run))
  const said = answers.map(answer => (answer.status === 'fulfilled' ? answer.value : String(answer.reason.message)))
  assert.deepEqual(said, [
    'done: one',
    'a thread ended with code 3 before its work',
    'done: two',
    'out of memory',
    'done: three',
  ])
  await pool.close()
})

test('a thread that never ends is ended, and only its own work is lost', async () => {
  const options = { threads: 1, patience: 1000 }
  const pool = threadPool<string, string>(new URL('./moody-thread.ts', import.meta.url), options)
  const answers = await Promise.allSettled(['one', 'hang', 'two'].map(pool.run))
  const said = answers.map(answer => (answer.status === 'fulfilled' ? answer.value : String(answer.reason.message)))
  assert.deepEqual(said, ['done: one', 'a thread took longer than 1000 ms', 'done: two'])
  await pool.close()
})

test('what cannot be sent to a thread is refused, and holds nothing up', async () => {
  const pool = threadPool<unknown, string>(new URL('./moody-thread.ts', import.meta.url), { threads: 1 })
  await assert.rejects(() => pool.run(() => 'a function'), { name: 'DataCloneError' })
  assert.equal(await pool.run('after'), 'done: after')
  await pool.close()
})

test('work is shared among the threads', async () => {
  const pool = clerks(2)
  const [first, second] = await Promise.all([pool.run('which'), pool.run('which')])
  assert.notEqual(first, second)
  await pool.close()
})

test('a thread that rests for half a minute gives its memory back, and the next work starts another', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pool = clerks(1)
  const first = await pool.run('which')
  t.mock.timers.tick(29_000)
  assert.equal(await pool.run('which'), first)
  t.mock.timers.tick(30_000)
  assert.notEqual(await pool.run('which'), first)
  await pool.close()
})

test('a program that has its documents ends by itself, whether or not it closes the pool', () => {
  const program = fileURLToPath(new URL('draw-and-leave.ts', import.meta.url))
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 20_000 })
  assert.equal(run(), 'drawn\n')
  assert.equal(run('close'), 'drawn\nclosed\n')
})

test('asking for a pool loads neither pdfkit nor the fonts', () => {
  const program = `
    const { documentPool } = await import(${JSON.stringify(new URL('../../src/documents/pool.ts', import.meta.url).href)})
    documentPool()
    const { createRequire } = await import('node:module')
    console.log(Object.keys(createRequire(import.meta.url).cache ?? {}).length, process.moduleLoadList.includes('NativeModule zlib'))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  assert.equal(said.trim(), '0 false')
})
