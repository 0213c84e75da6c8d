import { audit } from '../audit/audit.ts'
import { isUniqueViolation, type Queries } from '../db/database.ts'
import { and, count, eq, gte, isNull, lte, or } from '../db/drizzle.ts'
import { type Clerk, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import { schoolings } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { schoolClasses } from './schema.ts'
import { classesOf } from './store.ts'

export type ClassWithChildren = { name: string; level: string; children: number }

/** The classes of a school with how many children are in each on a day. */
export async function classesWithChildren(
  db: Queries,
  schoolId: Id<'school'>,
  day: Temporal.PlainDate,
): Promise<ClassWithChildren[]> {
  const rows = await db
    .select({ name: schoolings.className, n: count() })
    .from(schoolings)
    .where(
      and(
        eq(schoolings.schoolId, schoolId),
        lte(schoolings.from, day),
        or(isNull(schoolings.to), gte(schoolings.to, day)),
      ),
    )
    .groupBy(schoolings.className)
  const children = new Map(rows.map(({ name, n }) => [name, Number(n)]))
  return (await classesOf(db, schoolId)).map(each => ({ ...each, children: children.get(each.name) ?? 0 }))
}

/** Adds a class to a school. Throws 422 `class-known` for one of the same name. */
export async function addClass(
  town: Town,
  asker: Clerk,
  schoolId: Id<'school'>,
  { name, level }: { name: string; level: string },
): Promise<void> {
  const clerk = clerkAmong(asker, 'canteen')
  try {
    await town.db.transaction(async tx => {
      await tx.insert(schoolClasses).values({ id: newId<'school-class'>(), schoolId, name, level })
      await audit(tx, town.clock.now(), clerk, {
        action: 'school-class.added',
        subject: { kind: 'school', id: schoolId },
        details: { name, level },
      })
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid([{ field: 'name', code: 'class-known' }])
    throw error
  }
}

/** Takes a class out of a school. Throws 422 `children-there` while there are children in it, 404 for no class. */
export async function removeClass(town: Town, asker: Clerk, schoolId: Id<'school'>, name: string): Promise<void> {
  const clerk = clerkAmong(asker, 'canteen')
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const known = (await classesWithChildren(tx, schoolId, dayInParis(now))).find(each => each.name === name)
    if (!known) throw notFound()
    if (known.children > 0) throw invalid([{ field: 'name', code: 'children-there' }])
    await tx.delete(schoolClasses).where(and(eq(schoolClasses.schoolId, schoolId), eq(schoolClasses.name, name)))
    await audit(tx, now, clerk, {
      action: 'school-class.removed',
      subject: { kind: 'school', id: schoolId },
      details: { name },
    })
  })
}
