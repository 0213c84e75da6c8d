// How `npm test` runs one static check or one test file, and says what came of it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { inspect, styleText } from 'node:util'

export type Outcome = { passed: number; failed: number }
export type TestRun = { file: string; env: NodeJS.ProcessEnv }

/** Against a file that hangs: those that look at every page take some minutes, and twice that on a busy machine. */
const FILE_PATIENCE_MS = 20 * 60_000
/** Without it no test tells two days apart by `deepEqual`. */
const TEMPORAL_EQUAL = import.meta.resolve('./temporal-equal.ts')

/** Runs a command of package.json; it passes when it exits with 0. What it says is shown when it does not. */
export async function runCommand(command: string): Promise<Outcome> {
  const started = performance.now()
  const child = spawn('sh', ['-c', `${command} 2>&1`], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  const [status] = await once(child, 'close')
  report(status === 0, command, `${status === 0 ? '' : `exit ${status} `}${seconds(started)}`)
  if (status !== 0) console.log(said)
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/**
 * Runs one test file in a process of its own. Skipped tests, tests marked 'todo', a file without tests and a file that
 * ends before its last test are failures: a green run means that everything ran.
 */
export async function runTestFile({ file, env }: TestRun, patience = FILE_PATIENCE_MS): Promise<Outcome> {
  const started = performance.now()
  const failures: string[] = []
  let passed = 0
  let said = ''
  let ranToItsEnd = false
  let succeeded = false
  const outOfPatience = AbortSignal.timeout(patience)

  const stream = run({ files: [file], env, execArgv: ['--import', TEMPORAL_EQUAL], signal: outOfPatience })
  for await (const event of stream as AsyncIterable<TestEvent>) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') said += event.data.message
    if (event.type === 'test:diagnostic' && event.data.file) said += `${event.data.message}\n`
    if (event.type === 'test:summary') {
      // The file's own process sends one last, then the runner sends one over all.
      if (event.data.file) ranToItsEnd = true
      else succeeded = event.data.success
    }
    if ((event.type !== 'test:pass' && event.type !== 'test:fail') || isOnlyTheSum(event)) continue
    const failure = failureOf(event)
    if (failure) failures.push(failure)
    else passed += 1
  }
  if (outOfPatience.aborted) failures.push(`stopped after ${patience / 1000} s: something keeps it from ending`)
  else if (!ranToItsEnd) failures.push('its process ended before the last test')
  else if (passed + failures.length === 0) failures.push('holds no test')
  else if (!succeeded && failures.length === 0) failures.push('something failed after its test had ended')

  report(
    failures.length === 0,
    file,
    `${passed} passed${failures.length ? `, ${failures.length} failed` : ''}, ${seconds(started)}`,
  )
  for (const failure of failures) console.log(indented(failure))
  if (failures.length > 0 && said.trim() !== '') console.log(indented(`it printed:\n${said.trim().slice(-8000)}`))
  return { passed, failed: failures.length }
}

type Verdict = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>

/** A suite, a test with subtests or a whole file that passed or failed because of the tests inside it, told by themselves. */
function isOnlyTheSum({ type, data }: Verdict): boolean {
  const isFile = data.name === data.file
  if (type === 'test:pass') return isFile || data.details.type === 'suite'
  const { failureType } = data.details.error as { failureType?: string }
  return failureType === 'subtestsFailed' || (isFile && failureType !== 'hookFailed')
}

/** What is wrong with a test, in full, or nothing. */
function failureOf({ type, data }: Verdict): string | undefined {
  const name = 'classname' in data ? `${data.classname} › ${data.name}` : data.name
  if (data.skip !== undefined || data.todo !== undefined || 'expectFailure' in data) {
    return `${name}\nis skipped, to do or expected to fail: nothing may be`
  }
  if (type === 'test:pass') return undefined
  return `${name}\n${inspect(data.details.error.cause ?? data.details.error)}`
}

function report(passed: boolean, what: string, how: string) {
  console.log(`${passed ? styleText('green', '✔') : styleText('red', '✖')} ${what}  ${styleText('dim', how)}`)
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`
const indented = (text: string) => text.replace(/^/gm, '    ')
