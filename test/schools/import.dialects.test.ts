import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { system } from '../../src/kernel/actor.ts'
import { importSchoolHolidays, importSchools } from '../../src/schools/import.ts'
import { schoolHolidays, schools } from '../../src/schools/schema.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const fixture = (name: string) => readFile(new URL(`../../src/schools/fixtures/${name}`, import.meta.url), 'utf8')
const operator = system('test')
const allSchools = () => t.town.db.read.select().from(schools)
const allHolidays = () => t.town.db.read.select().from(schoolHolidays)

test('the town’s schools come in from the national directory, and again changes nothing', async () => {
  const file = await fixture('schools-roubaix.csv')
  const first = await importSchools(t.town, operator, file)
  assert.deepEqual(first.problems, [])
  assert.ok(first.added >= 10)
  const before = await allSchools()
  assert.deepEqual(await importSchools(t.town, operator, file), {
    added: 0,
    changed: 0,
    same: first.added,
    problems: [],
  })
  assert.deepEqual(await allSchools(), before)
})

test('a school that moved is changed; the meal days and places that the town set are kept', async () => {
  const [school] = await allSchools()
  await t.town.db.transaction(async tx => {
    await tx
      .update(schools)
      .set({ mealWeekdays: [1, 2, 3, 4, 5], mealCapacity: 42 })
      .where(eq(schools.id, school!.id))
  })
  const file = (await fixture('schools-roubaix.csv')).replace(`;${school!.name};`, `;${school!.name} (nouveau site);`)
  const report = await importSchools(t.town, operator, file)
  assert.equal(report.changed, 1)
  const after = (await allSchools()).find(s => s.id === school!.id)
  assert.equal(after?.name, `${school!.name} (nouveau site)`)
  assert.deepEqual([after?.mealWeekdays, after?.mealCapacity], [[1, 2, 3, 4, 5], 42])
})

test('one bad row, and nothing is imported; each fault is told with its line', async () => {
  const before = await allHolidays()
  const file = (await fixture('school-holidays-zone-b.csv')).replace(
    '2026-12-18T23:00:00+00:00',
    '2026-12-18T12:00:00+00:00',
  )
  const report = await importSchoolHolidays(t.town, operator, file)
  assert.ok(report.problems.length >= 1)
  assert.ok(report.problems.every(p => p.line > 1))
  assert.deepEqual(await allHolidays(), before)
})

test('a school year’s holidays are replaced by the newer file, and holidays taken back are gone', async () => {
  const file = await fixture('school-holidays-zone-b.csv')
  await importSchoolHolidays(t.town, operator, file)
  const count = (await allHolidays()).length
  assert.equal((await importSchoolHolidays(t.town, operator, file)).same, count)
  const without = file
    .split('\n')
    .filter(line => !(line.startsWith("Vacances d'Hiver") && line.includes('2026-2027')))
    .join('\n')
  await importSchoolHolidays(t.town, operator, without)
  assert.equal((await allHolidays()).length, count - 1)
})
