// A small opening morning, as `npm run rush` lives through large ones: the town's process dies while families sign up.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import type BetterSqlite3 from 'better-sqlite3'
import { judge, type Verdict } from '../../bench/rush/judge.ts'
import { runMorning } from '../../bench/rush/morning.ts'
import type { World } from '../../bench/rush/world.ts'
import { temporaryFolder } from '../support/own-process.ts'

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
const faultsIn = (verdicts: readonly Verdict[]) => verdicts.filter(({ ok }) => !ok).map(({ name }) => name)

const folder = temporaryFolder('rush')
const { correct, run } = await runMorning(folder, {
  name: 'a small morning',
  households: 120,
  placesEach: 8,
  seconds: 1,
  faults: [
    { when: 'after', signUps: 60 },
    { when: 'before', signUps: 10 },
  ],
})

test('killed while a hundred and twenty families want eighty places, the town lies to nobody', () => {
  assert.deepEqual(
    correct.filter(({ ok }) => !ok),
    [],
  )
  const kinds = Map.groupBy(run.told, ({ kind }) => kind)
  assert.equal(kinds.get('place')?.length, 80)
  assert.equal(kinds.get('waiting')?.length, 40)
})

test('the judge sees each way in which a town could lie', async () => {
  const world = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as World
  const place = run.told.findIndex(({ kind }) => kind === 'place')
  const winner = world.families[place]!.household
  const lies: [statement: string, ...seen: string[]][] = [
    [`update leisure_sessions set taken = taken - 1 where taken > 0`, 'none oversold'],
    [
      `update leisure_signups set state = 'cancelled' where household_id = '${winner}'`,
      'none lost',
      'nobody told wrong',
      'all given',
    ],
    [
      `update leisure_signups set since = '2000' where id =
       (select id from leisure_signups where state = 'waiting' order by since desc limit 1)`,
      'ranks are theirs',
    ],
    [`delete from outbox where topic = 'leisure.confirmed'`, 'each confirmation promised once'],
    [`update leisure_signups set since = '2020' where state = 'booked'`, 'nobody in before the opening'],
    [`update leisure_signups set state = 'left' where state = 'waiting'`, 'waiting list complete'],
  ]
  const file = join(folder, 'guichet.sqlite')
  assert.deepEqual(faultsIn(await judge(file, world, run.told)), [])
  for (const [n, [statement, ...seen]] of lies.entries()) {
    const copy = join(folder, `lie-${n}.sqlite`)
    const source = new Sqlite(file)
    await source.backup(copy)
    source.close()
    const db = new Sqlite(copy)
    assert.ok(db.prepare(statement).run().changes > 0, statement)
    db.close()
    const found = faultsIn(await judge(copy, world, run.told))
    for (const name of seen) assert.ok(found.includes(name), `${statement}: ${found.join(', ')}`)
  }
})

test('the same on PostgreSQL, families spread over two processes', async () => {
  const { correct } = await runMorning(temporaryFolder('rush'), {
    name: 'a small morning on PostgreSQL',
    households: 80,
    placesEach: 5,
    seconds: 1,
    engine: 'postgres',
    processes: 2,
    kills: 1,
  })
  assert.deepEqual(
    correct.filter(({ ok }) => !ok),
    [],
  )
})
