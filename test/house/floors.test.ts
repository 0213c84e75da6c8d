// The house has floors: imports run downward only.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesLike, importsOf, type SourceFile } from './source-files.ts'

/** From the ground up. Folders, and files that stand directly in `src`. Those of one floor may import each other. */
const FLOORS = [
  ['kernel', 'config.ts', 'town-identity.ts'],
  ['db'],
  ['audit', 'jobs'],
  ['mail', 'documents'],
  ['web'],
  ['town-context.ts'],
  ['settings', 'uploads'],
  ['people'],
  ['access'],
  ['tariffs', 'schools'],
  ['canteen', 'leisure', 'billing', 'civil-records'],
  ['payments'],
  ['desk', 'open-data'],
  ['app.ts', 'town.ts'],
  ['serve.ts'],
  ['progress-bar.ts', 'backup.ts'],
  ['demo', 'run-town.ts', 'commands.ts', 'bill.ts', 'backup-commands.ts'],
  ['main.ts'],
]

const partOf = (path: string) => path.split('/')[1] ?? ''
const floorOf = (path: string) => FLOORS.findIndex(floor => floor.includes(partOf(path)))

/** What is wrong with the imports of these files, in words. */
function climbingImports(files: SourceFile[]): string[] {
  return files.flatMap(file => {
    if (floorOf(file.path) === -1) return [`${file.path} stands on no floor: give ${partOf(file.path)} one in FLOORS`]
    return importsOf(file)
      .filter(target => target.startsWith('src/') && floorOf(target) > floorOf(file.path))
      .map(target => `${file.path} imports ${target}, which stands higher`)
  })
}

const sources = filesLike('src/**/*.ts')

test('imports run downward only', () => {
  assert.ok(sources.length > 50, 'the check must see the files')
  assert.ok(sources.flatMap(importsOf).length > 200, 'the check must see the imports')
  assert.deepEqual(climbingImports(sources), [])
})

test('a wrong import is seen, in every way of writing it', () => {
  const ways = [
    `import { bill } from '../billing/service.ts'`,
    `import type { Bill } from "../billing/service.ts"`,
    `import {\n  bill,\n  type Bill,\n} from '../billing/service.ts'`,
    `import '../billing/service.ts'`,
    `export { bill } from '../billing/service.ts'`,
    `export * from '../billing/service.ts'`,
    `const { bill } = await import('../billing/service.ts')`,
    `const bill: import('../billing/service.ts').Bill = 1`,
  ]
  for (const text of ways) {
    const faults = climbingImports([{ path: 'src/people/rules.ts', text }])
    assert.deepEqual(faults, ['src/people/rules.ts imports src/billing/service.ts, which stands higher'], text)
  }
  const fine = `// import '../billing/service.ts'\n/* import '../billing/x.ts' */ import { x } from '../kernel/x.ts'`
  assert.deepEqual(climbingImports([{ path: 'src/people/rules.ts', text: fine }]), [])
})

test('a folder that stands on no floor is seen', () => {
  assert.equal(climbingImports([{ path: 'src/misc/x.ts', text: '' }]).length, 1)
})

test('only src/db speaks to the database packages', () => {
  const packages = /^(better-sqlite3|pg|drizzle-orm)(\/|$)/
  const outside = sources.filter(({ path }) => partOf(path) !== 'db')
  assert.deepEqual(
    outside.filter(file => importsOf(file).some(target => packages.test(target))).map(({ path }) => path),
    [],
  )
  const inside = sources.filter(({ path }) => partOf(path) === 'db').flatMap(importsOf)
  assert.ok(
    inside.some(target => packages.test(target)),
    'the check must see such an import where it is',
  )
})

test('only the demo imports the local stand-in of Stripe', () => {
  const importers = sources.filter(file => importsOf(file).some(target => target.includes('/stripe-stand-in/')))
  assert.deepEqual(
    importers.map(({ path }) => partOf(path)).filter(part => part !== 'demo'),
    [],
  )
})

test('only main.ts starts the demo', () => {
  const importers = sources.filter(file => partOf(file.path) !== 'demo')
  const found = importers.filter(file =>
    importsOf(file).some(target => partOf(target) === 'demo' && target.startsWith('src/')),
  )
  assert.deepEqual(
    found.map(({ path }) => path).filter(path => path !== 'src/main.ts'),
    [],
  )
})
