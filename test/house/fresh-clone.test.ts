// `npm run demo` and `npm test` on a machine as it comes: packages missing, Node too old, a library missing, Ctrl-C.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { temporaryFolder } from '../support/own-process.ts'

const src = join(import.meta.dirname, '../../src')

/** A program that tells what it got, and the signal that reaches it; `wait` keeps it alive. */
const MAIN = `
const [command, ...rest]: string[] = process.argv.slice(2)
console.log('got ' + [command, ...rest].join(' '))
if (command === 'exit') process.exit(Number(rest[0]))
if (command === 'wait') {
  setTimeout(() => process.exit(9), 10_000)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => {
    console.log('heard ' + signal)
    setTimeout(() => process.exit(3), 200)
  })
}
`

let project: string
const inProject = (path: string) => join(project, path)

/** A small project with its packages installed, started by npm the way ours is. */
beforeEach(() => {
  project = temporaryFolder('fresh-clone')
  mkdirSync(inProject('src'))
  mkdirSync(inProject('node_modules/.bin'), { recursive: true })
  for (const file of ['node26.sh', 'make-ready.mjs']) copyFileSync(join(src, file), inProject(`src/${file}`))
  writeFileSync(inProject('src/main.ts'), MAIN)
  const identity = { name: 'town', version: '1.0.0', dependencies: { plate: 'file:plate' } }
  const scripts = { demo: 'exec sh src/node26.sh src/main.ts' }
  writeFileSync(inProject('package.json'), JSON.stringify({ ...identity, type: 'module', scripts }))
  // A package of the project's own: npm has something to install, and asks nobody for it.
  mkdirSync(inProject('plate'))
  writeFileSync(inProject('plate/package.json'), JSON.stringify({ name: 'plate', version: '1.0.0' }))
  const plate = { plate: { version: '1.0.0' }, 'node_modules/plate': { resolved: 'plate', link: true } }
  const lock = JSON.stringify({ ...identity, lockfileVersion: 3, packages: { '': identity, ...plate } })
  writeFileSync(inProject('package-lock.json'), lock)
  writeFileSync(inProject('node_modules/.package-lock.json'), lock)
  symlinkSync(process.execPath, inProject('node_modules/.bin/node'))
})

/** A Node that is too old, as far as programs can tell: this one, under another number. */
function oldNode(): string {
  const folder = inProject('old')
  mkdirSync(folder)
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`
  writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec '${process.execPath}' --import "${pretend}" "$@"\n`)
  chmodSync(join(folder, 'node'), 0o755)
  return join(folder, 'node')
}

type Started = ChildProcess & { output(): string }

function startDemo(args: string[], { npmRunsUnder = process.execPath } = {}): Started {
  const { NODE_COMPILE_CACHE: _ours, ...inherited } = process.env
  const env = { ...inherited, npm_node_execpath: npmRunsUnder }
  const child = spawn('sh', [inProject('src/node26.sh'), inProject('src/main.ts'), ...args], { cwd: project, env })
  return Object.assign(child, { output: outputOf(child) })
}

/** What a program has said so far, to both its outputs. */
function outputOf(child: ReturnType<typeof spawn>): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      output += chunk
    })
  }
  return () => output
}

const exitCode = async (child: ChildProcess) => (await once(child, 'close'))[0] as number | null

test('the program gets its arguments, and its exit code is passed on', async () => {
  const child = startDemo(['exit', '7', '--fresh'])
  assert.equal(await exitCode(child), 7)
  assert.equal(child.output(), 'got exit 7 --fresh\n')
  assert.ok(existsSync(inProject('var/compile-cache')), 'compiled code is kept for the next start')
})

test('on a machine with an older Node, the one of the packages runs the program', async () => {
  writeFileSync(inProject('src/main.ts'), 'console.log(process.execPath, process.versions.node)')
  const child = startDemo([], { npmRunsUnder: oldNode() })
  assert.equal(await exitCode(child), 0)
  assert.equal(child.output(), `${process.execPath} ${process.versions.node}\n`)
})

test('missing or outdated packages are installed first', async () => {
  for (const makeOld of [
    () => rmSync(inProject('node_modules'), { recursive: true }),
    () => utimesSync(inProject('node_modules/.package-lock.json'), 1, 1),
  ]) {
    makeOld()
    const child = startDemo(['exit', '0'])
    assert.equal(await exitCode(child), 0)
    assert.match(child.output(), /^Installing packages \(npm ci\)[\s\S]*got exit 0\n$/)
    assert.ok(existsSync(inProject('node_modules/plate/package.json')))
    const again = startDemo(['exit', '0'])
    assert.equal(await exitCode(again), 0)
    assert.equal(again.output(), 'got exit 0\n')
  }
})

test('a failed installation stops everything', async () => {
  utimesSync(inProject('node_modules/.package-lock.json'), 1, 1)
  writeFileSync(inProject('package-lock.json'), '{ not a lock file')
  const child = startDemo(['exit', '0'])
  assert.equal(await exitCode(child), 1)
  assert.match(child.output(), /npm ci failed/)
  assert.doesNotMatch(child.output(), /got exit/)
})

test('where npm 10 left the packaged Node without its link, the link is made', async () => {
  const home = `node_modules/node-${process.platform}-${process.arch}/bin`
  mkdirSync(inProject(home), { recursive: true })
  renameSync(inProject('node_modules/.bin/node'), inProject(`${home}/node`))
  const child = startDemo(['exit', '0'], { npmRunsUnder: oldNode() })
  assert.equal(await exitCode(child), 0)
  assert.equal(child.output(), 'got exit 0\n')
  assert.ok(existsSync(inProject('node_modules/.bin/node')), 'other npm scripts find it too')
})

test('who has neither Node 26 nor a package with it is told so', async () => {
  rmSync(inProject('node_modules/.bin/node'))
  const child = startDemo(['exit', '0'], { npmRunsUnder: oldNode() })
  assert.equal(await exitCode(child), 1)
  assert.match(child.output(), /Node 26 is needed/)
})

test('who lacks a library that Node 26 needs gets it installed, or is told its name', async () => {
  // A Node that complains as the loader does until apt-get was called, and an apt-get that notes it was.
  rmSync(inProject('node_modules/.bin/node'))
  const library = inProject('libatomic-is-here')
  const complaint = 'echo "libatomic.so.1: cannot open shared object file" >&2; exit 127'
  const program = (path: string, script: string) => {
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }
  program(inProject('node_modules/.bin/node'), `[ -e ${library} ] && exec '${process.execPath}' "$@"; ${complaint}`)
  const npmRunsUnder = oldNode()
  const tools = inProject('tools')
  mkdirSync(tools)
  const path = process.env['PATH']
  process.env['PATH'] = [tools, path].join(delimiter)
  program(join(tools, 'sudo'), 'shift; exec "$@"')
  try {
    program(join(tools, 'apt-get'), 'exit 100')
    const refused = startDemo(['exit', '0'], { npmRunsUnder })
    assert.equal(await exitCode(refused), 1)
    assert.match(refused.output(), /apt-get install libatomic1/)

    program(join(tools, 'apt-get'), `[ "$1" = update ] || [ "$*" != "\${*%libatomic1}" ] && touch ${library}`)
    const installed = startDemo(['exit', '0'], { npmRunsUnder })
    assert.equal(await exitCode(installed), 0)
    assert.match(installed.output(), /Installing libatomic1[\s\S]*got exit 0\n$/)
  } finally {
    process.env['PATH'] = path
  }
})

test('stopping npm stops the program, which may finish what it began', async () => {
  const npm = spawn('npm', ['run', '--silent', 'demo', '--', 'wait'], { cwd: project })
  const output = outputOf(npm)
  while (!output().includes('got wait')) await pause(20)
  npm.kill('SIGTERM')
  const [code] = await once(npm, 'exit')
  assert.equal(code, 3)
  assert.match(output(), /heard SIGTERM/)
})
