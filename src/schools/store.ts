import { prepared, type Queries } from '../db/database.ts'
import { and, asc, eq, gt, gte, isNull, lte, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { compareNames } from '../people/rules.ts'
import { closures, schoolClasses, schoolHolidays, schools } from './schema.ts'

export type School = typeof schools.$inferSelect

/** What is known of the calendar between two days: `until` is the day of return; withdrawn closures are not in it. */
export type ServingFacts = {
  schoolHolidays: readonly { name: string; from: Temporal.PlainDate; until: Temporal.PlainDate }[]
  closures: readonly ClosureFact[]
}

/** Of the whole town without `schoolId`, of the whole school without `className`. */
export type ClosureFact = {
  id: Id<'closure'>
  schoolId: Id<'school'> | null
  className: string | null
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  reason: 'strike' | 'works' | 'outing' | 'teacher-absent' | 'other'
  message: string
}

const holidaysBetween = prepared(db =>
  db
    .select({ name: schoolHolidays.name, from: schoolHolidays.from, until: schoolHolidays.until })
    .from(schoolHolidays)
    .where(
      and(
        eq(schoolHolidays.zone, sql.placeholder('zone')),
        lte(schoolHolidays.from, sql.placeholder('to')),
        gt(schoolHolidays.until, sql.placeholder('from')),
      ),
    )
    .orderBy(asc(schoolHolidays.from))
    .prepare(),
)

const closuresBetween = prepared(db =>
  db
    .select({
      id: closures.id,
      schoolId: closures.schoolId,
      className: closures.className,
      from: closures.from,
      to: closures.to,
      reason: closures.reason,
      message: closures.message,
    })
    .from(closures)
    .where(
      and(
        lte(closures.from, sql.placeholder('to')),
        gte(closures.to, sql.placeholder('from')),
        isNull(closures.withdrawnAt),
      ),
    )
    .orderBy(asc(closures.from), asc(closures.id))
    .prepare(),
)

/** School holidays of the town's zone and closures that touch those days, both included. */
export async function servingFacts(
  db: Queries,
  zone: string,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<ServingFacts> {
  const days = { zone, from: from.toString(), to: to.toString() }
  const holidays = await holidaysBetween(db).execute(days)
  return { schoolHolidays: holidays, closures: await closuresBetween(db).execute(days) }
}

/** The school years whose holidays are known, as the ministry writes them: '2026-2027'. */
export async function knownSchoolYears(db: Queries, zone: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectDistinct({ year: schoolHolidays.schoolYear })
    .from(schoolHolidays)
    .where(eq(schoolHolidays.zone, zone))
  return new Set(rows.map(({ year }) => year))
}

const schoolsWithIds = prepared(db =>
  db.select().from(schools).where(inList(schools.id, 'ids')).orderBy(asc(schools.id)).prepare(),
)

/** Schools by their ids; an id of none is left out. */
export async function schoolsById(
  db: Queries,
  ids: Iterable<Id<'school'>>,
): Promise<ReadonlyMap<Id<'school'>, School>> {
  const found = await schoolsWithIds(db).execute({ ids: listOf(ids) })
  return new Map(found.map(school => [school.id, school]))
}

/** The town's schools by name. */
export async function schoolsOf(db: Queries): Promise<School[]> {
  return (await db.select().from(schools)).sort((a, b) => compareNames(a.name, b.name))
}

/** Throws 404 for no school. */
export async function schoolById(db: Queries, id: string): Promise<School> {
  const school = (await schoolsById(db, [id as Id<'school'>])).get(id as Id<'school'>)
  if (!school) throw notFound()
  return school
}

/** The classes of a school by name. */
export async function classesOf(db: Queries, schoolId: Id<'school'>): Promise<{ name: string; level: string }[]> {
  const rows = await db
    .select({ name: schoolClasses.name, level: schoolClasses.level })
    .from(schoolClasses)
    .where(eq(schoolClasses.schoolId, schoolId))
  return rows.sort((a, b) => compareNames(a.name, b.name))
}
