import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, inArray } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { newId } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import type { FileProblem } from './csv-records.ts'
import { parseSchools, type SchoolRow } from './open-data.ts'
import { parseSchoolHolidays, type SchoolHolidayRow } from './open-data-holidays.ts'
import { schoolHolidays, schools } from './schema.ts'

/** What an import did; with problems, nothing at all. */
export type ImportReport = { added: number; changed: number; same: number; problems: readonly FileProblem[] }

/** Monday, Tuesday, Thursday, Friday: a school that serves on Wednesdays is set so by a clerk. */
const USUAL_MEAL_WEEKDAYS = [1, 2, 4, 5]
const USUAL_CAPACITY = 120

/**
 * Brings in the town's schools from the national directory (`fr-en-annuaire-education`). Again with the same file changes
 * nothing; what the town set itself (meal days, capacity) is kept. With one bad row, nothing is imported.
 */
export async function importSchools(town: Town, actor: Actor, content: string): Promise<ImportReport> {
  const { rows, problems } = parseSchools(content, town.config.town.inseeCode)
  if (problems.length > 0) return { added: 0, changed: 0, same: 0, problems }
  const primary = rows.filter(row => row.nursery || row.elementary)
  return town.db.transaction(async tx => {
    const report = { added: 0, changed: 0, same: 0, problems: [] }
    for (const row of primary) report[await keepSchool(tx, row)]++
    await noteImport(town, tx, actor, 'schools', report)
    return report
  })
}

async function keepSchool(tx: Tx, row: SchoolRow): Promise<'added' | 'changed' | 'same'> {
  const published = {
    name: row.name,
    kind: row.nursery && row.elementary ? 'primary' : row.nursery ? 'nursery' : 'elementary',
    address: row.address.join(', '),
    postcode: row.postcode,
    city: row.city,
    phone: row.phone ?? null,
    canteen: row.canteen,
  }
  const [known] = await tx.select().from(schools).where(eq(schools.uai, row.uai))
  if (!known) {
    const ours = { mealWeekdays: USUAL_MEAL_WEEKDAYS, mealCapacity: USUAL_CAPACITY }
    await tx.insert(schools).values({ id: newId<'school'>(), uai: row.uai, ...published, ...ours })
    return 'added'
  }
  const fields = Object.entries(published) as [keyof typeof published, unknown][]
  if (fields.every(([field, value]) => known[field] === value)) return 'same'
  await tx.update(schools).set(published).where(eq(schools.id, known.id))
  return 'changed'
}

/**
 * Brings in the pupils' holidays of the town's zone from the national calendar (`fr-en-calendrier-scolaire`). A school
 * year of the file replaces that school year as it was. With one bad row, nothing is imported.
 */
export async function importSchoolHolidays(
  town: Town,
  actor: Actor,
  content: string,
  academy?: string,
): Promise<ImportReport> {
  const zone = town.config.schoolZone
  const { rows, problems } = parseSchoolHolidays(content, zone, academy)
  if (problems.length > 0) return { added: 0, changed: 0, same: 0, problems }
  return town.db.transaction(async tx => {
    const report = { added: 0, changed: 0, same: 0, problems: [] }
    const years = [...new Set(rows.map(row => row.schoolYear))]
    const known = await tx
      .select()
      .from(schoolHolidays)
      .where(and(eq(schoolHolidays.zone, zone), inArray(schoolHolidays.schoolYear, years)))
    const unseen = new Map(known.map(row => [keyOf(row), row]))
    for (const row of rows) {
      const before = unseen.get(keyOf(row))
      unseen.delete(keyOf(row))
      if (!before) {
        await tx.insert(schoolHolidays).values({ id: newId<'school-holiday'>(), ...row, zone })
        report.added++
      } else if (before.until.equals(row.until) && before.from.equals(row.from)) report.same++
      else {
        await tx
          .update(schoolHolidays)
          .set({ from: row.from, until: row.until })
          .where(eq(schoolHolidays.id, before.id))
        report.changed++
      }
    }
    // A holiday the ministry took back must not keep canteens closed.
    for (const gone of unseen.values()) {
      await tx.delete(schoolHolidays).where(eq(schoolHolidays.id, gone.id))
      report.changed++
    }
    await noteImport(town, tx, actor, 'school-holidays', report)
    return report
  })
}

const keyOf = (row: Pick<SchoolHolidayRow, 'schoolYear' | 'name'>) => `${row.schoolYear} ${row.name}`

async function noteImport(town: Town, tx: Tx, actor: Actor, what: string, report: ImportReport) {
  const { added, changed } = report
  if (added + changed === 0) return
  await audit(tx, town.clock.now(), actor, {
    action: `${what}.imported`,
    subject: { kind: 'import', id: what },
    details: { added, changed },
  })
}
