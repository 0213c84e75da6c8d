import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  leisureCentres,
  leisureGroups,
  leisureOpenings,
  leisurePeriods,
  leisureSessions,
} from '../../src/leisure/schema.ts'
import { clerk } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { centreTyped, christmas, christmasPlan, fieldsOf, little, post, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const desk = await clerk(t, 'leisure')
const { plan, period, centre } = await christmasPlan(desk)

const NONSENSE = [
  '',
  ' ',
  '-1',
  '1e9',
  '99999999999999999999',
  '\u0000',
  '<script>',
  '٣',
  'NaN',
  '2026-02-30',
  '24:61',
  'x'.repeat(3_000),
]

const everything = async () => {
  const { read } = t.town.db
  const tables = [leisureCentres, leisurePeriods, leisureGroups, leisureSessions, leisureOpenings]
  return JSON.stringify(await Promise.all(tables.map(table => read.select().from(table))))
}

test('nonsense in any field is told, and leaves nothing behind', async () => {
  const planned = fieldsOf((await desk.get(plan)).text)
  const [places = ''] = Object.keys(planned).filter(name => name.startsWith('places.'))
  const group = `${plan}/groupes/${places.split('.')[1]}`
  const opening = { allocation: 'draw', 'openings.residents.day': '2026-12-07', 'openings.residents.time': '08:00' }
  const forms: [string, Record<string, unknown>, string[]][] = [
    [centre, { ...centreTyped, revision: '1' }, ['name', 'premises', 'phone', 'email']],
    [period, { ...christmas, revision: '1' }, ['name', 'kind', 'from', 'to', 'hours', 'cancelDays', 'weekdays']],
    [group, { ...little, revision: '2' }, ['minAge', 'maxAge', 'opensAt', 'closesAt', 'places', 'units']],
    [plan, { ...planned, revision: planned['revision'] }, [places]],
    [`${period}/ouvertures`, { ...opening, revision: '1' }, ['allocation', 'openings.residents.day']],
  ]
  const before = await everything()
  for (const [path, good, fields] of forms)
    for (const field of fields)
      for (const wrong of [...NONSENSE, ['a', 'b']]) {
        const empty = typeof wrong === 'string' && wrong.trim() === ''
        // Left empty these mean something: no telephone, a closed half-day, no date of their own.
        if (empty && /^(phone|email|places\.|openings)/.test(field)) continue
        if (field === 'name' && typeof wrong === 'string' && !empty && wrong.length < 80 && wrong !== '\u0000') continue
        // Two texts are no text: the input counts as empty.
        if (Array.isArray(wrong) && /^(phone|email|places\.|openings)/.test(field)) continue
        const answer = await post(desk, path, { ...good, [field]: wrong })
        assert.ok(
          answer.status >= 400 && answer.status < 500,
          `${path} ${field}=${JSON.stringify(wrong)}: ${answer.status}`,
        )
      }
  assert.equal(await everything(), before)
})

test('addresses of nothing are not found', async () => {
  for (const id of ['rien', '%00', '..%2f', 'x'.repeat(300)])
    for (const path of [
      `/guichet/centres/${id}`,
      `/guichet/centres/periodes/${id}`,
      `${centre}/periodes/${id}`,
      `/centres-de-loisirs/${id}`,
    ]) {
      const { status } = await desk.get(path)
      assert.ok(status === 404 || status === 400, `${path}: ${status}`)
    }
})
