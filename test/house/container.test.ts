// Dockerfile and compose.yaml, as far as they can be checked without a container engine.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { commandHelp, packageScripts } from './commands.ts'
import { textOf } from './source-files.ts'

const root = join(import.meta.dirname, '../..')

type Instruction = { word: string; rest: string }

const instructions: Instruction[] = textOf('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter(line => line !== '')
  .map(line => ({ word: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }))
const all = (word: string) => instructions.filter(instruction => instruction.word === word).map(({ rest }) => rest)
/** The last stage is the image that runs. */
const image = instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'))

type Service = {
  command?: string[]
  env_file?: string
  environment?: Record<string, string>
  healthcheck?: { test?: string[]; disable?: boolean }
  depends_on?: Record<string, { condition: string }>
  volumes?: string[]
}
const compose = parse(textOf('compose.yaml'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)

test('the image takes only instructions that Docker knows', () => {
  const known = ['FROM', 'WORKDIR', 'ENV', 'COPY', 'RUN', 'VOLUME', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD']
  assert.deepEqual(
    [...new Set(instructions.map(({ word }) => word))].filter(word => !known.includes(word)),
    [],
  )
})

test('all that is copied into the image exists, and reaches the builder', () => {
  const sentToTheBuilder = textOf('.dockerignore')
    .split('\n')
    .flatMap(line => (line.startsWith('!') ? [line.slice(1)] : []))
  const stages = all('FROM').flatMap(rest => rest.split(' AS ')[1] ?? [])
  for (const copy of all('COPY')) {
    const [from, ...paths] = copy.startsWith('--from=') ? copy.split(' ') : ['', ...copy.split(' ')]
    if (from) {
      assert.ok(stages.includes(from.slice('--from='.length)), copy)
      continue
    }
    for (const path of paths.slice(0, -1)) {
      assert.ok(existsSync(join(root, path)), `COPY ${path}: it does not exist`)
      assert.ok(sentToTheBuilder.includes(path), `COPY ${path}: .dockerignore keeps it back`)
    }
  }
})

test('what the program reads from its own folder is in the image', () => {
  const copied = image.filter(({ word }) => word === 'COPY').map(({ rest }) => rest.split(' ').at(-1))
  for (const folder of ['./src', './templates', './drizzle', './public', './node_modules'])
    assert.ok(copied.includes(folder))
})

test('each step of the image is a valid script, and each npm script in it exists', () => {
  for (const step of all('RUN')) {
    execFileSync('sh', ['-n', '-c', step])
    for (const [, name = ''] of step.matchAll(/npm run ([\w:-]+)/g)) assert.ok(name in packageScripts, name)
  }
})

test('the image runs the Node that the project wants, as an ordinary user, on a volume of its own', () => {
  for (const from of all('FROM')) assert.match(from, /^node:26-slim( |$)/)
  assert.deepEqual(
    image.filter(({ word }) => ['USER', 'VOLUME', 'EXPOSE'].includes(word)).map(({ rest }) => rest),
    ['/data', 'node', '3000'],
  )
})

test('the image and the services start commands that the program has', () => {
  const commands = [JSON.parse(all('CMD').at(-1) ?? '') as string[]]
  for (const [, { command }] of services) if (command?.[0] === 'node') commands.push(command)
  assert.equal(commands.length, 4)
  for (const [node, file, name = '', ...options] of commands) {
    assert.deepEqual([node, file], ['node', 'src/main.ts'])
    const help = commandHelp(name)
    for (const option of options) assert.ok(help.includes(option), `${name} has no ${option}`)
  }
})

test('the health check says yes to a process that answers and no to one that does not', async () => {
  const check = JSON.parse(/CMD (\[.*\])/.exec(all('HEALTHCHECK').at(-1) ?? '')?.[1] ?? '') as string[]
  let status = 200
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const exitCode = async () => {
    const child = spawn(process.execPath, check.slice(1), { env: { PORT: `${port}` } })
    return new Promise(resolve => child.once('exit', resolve))
  }
  assert.equal(await exitCode(), 0)
  status = 503
  assert.equal(await exitCode(), 1)
  server.close()
  assert.equal(await exitCode(), 1)
  assert.deepEqual(asked, ['/healthz', '/healthz'])
})

test('every setting that compose gives exists', () => {
  const example = textOf('.env.example')
  const ours = services.filter(([, service]) => service.env_file === '.env')
  assert.deepEqual(
    ours.map(([name]) => name),
    ['migrate', 'web', 'worker'],
  )
  for (const [, { environment }] of ours) {
    for (const name of Object.keys(environment ?? {})) assert.match(example, new RegExp(`^${name}=`, 'm'))
  }
})

test('services wait for what they need, and each can tell whether it is well', () => {
  for (const [name, { depends_on = {}, healthcheck, command }] of services) {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      const other = compose.services[needed]
      assert.ok(other, `${name} waits for ${needed}, which is no service`)
      if (condition === 'service_healthy') assert.ok(other.healthcheck?.test, `${needed} has no health check`)
      else assert.equal(other.healthcheck?.disable, true, `${needed} must run once and end`)
    }
    // `serve` has the image's own check; worker and migrations serve no pages.
    if (!command?.includes('serve')) assert.ok(healthcheck, `${name} has no health check`)
  }
})

test('every volume is declared, and every declared volume used', () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map(volume => volume.split(':')[0] ?? ''))
  assert.deepEqual([...new Set(used)].sort(), Object.keys(compose.volumes).sort())
})
