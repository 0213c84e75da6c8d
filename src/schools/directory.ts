import type { Queries } from '../db/database.ts'
import { asc } from '../db/drizzle.ts'
import type { SchoolChoice } from '../people/schools.ts'
import { schoolClasses } from './schema.ts'
import { schoolsOf } from './store.ts'

/** The town's schools with their classes, as parents choose among them. */
export async function schoolDirectory(db: Queries): Promise<readonly SchoolChoice[]> {
  const schools = await schoolsOf(db)
  const classes = await db.select().from(schoolClasses).orderBy(asc(schoolClasses.name))
  const bySchool = Map.groupBy(classes, ({ schoolId }) => schoolId)
  return schools.map(({ id, name }) => ({
    id,
    name,
    classes: (bySchool.get(id) ?? []).map(one => ({ name: one.name, level: one.level })),
  }))
}
