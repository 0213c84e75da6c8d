import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, asc, desc, eq, gte, inArray, isNull, lte, sql } from '../db/drizzle.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { closureDeclarations, closures } from './schema.ts'

export const CLOSURE_REASONS = ['strike', 'works', 'outing', 'teacher-absent', 'other'] as const
export type ClosureReason = (typeof CLOSURE_REASONS)[number]

export type Closure = typeof closures.$inferSelect
export type Declaration = typeof closureDeclarations.$inferSelect & { closures: readonly Closure[] }

/** What a closure closes: without `schoolId` the whole town, without `className` the whole school. */
export type ClosedPart = { schoolId: Id<'school'> | null; className: string | null }

export type NewDeclaration = {
  parts: readonly ClosedPart[]
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  reason: ClosureReason
  message: string
  mealsExpected: number
  createdBy: Id<'account'>
}

/** Writes the closures down: from its commit on, nobody books those days any more. */
export async function addDeclaration(
  tx: Tx,
  now: Temporal.Instant,
  { parts, mealsExpected, ...said }: NewDeclaration,
): Promise<Id<'closure-declaration'>> {
  const declarationId = newId<'closure-declaration'>()
  const { createdBy } = said
  await tx
    .insert(closureDeclarations)
    .values({ id: declarationId, state: 'closing', mealsExpected, createdBy, createdAt: now })
  await tx
    .insert(closures)
    .values(parts.map(part => ({ ...said, ...part, id: newId<'closure'>(), declarationId, createdAt: now })))
  return declarationId
}

/** Throws 404 for no declaration. */
export async function declarationById(db: Queries, id: string): Promise<Declaration> {
  const [found] = await declarationsWith(db, [id as Id<'closure-declaration'>])
  if (!found) throw notFound()
  return found
}

/** The declarations whose days end on or after that day, the latest days first; withdrawn ones too. */
export async function declarationsSince(db: Queries, day: Temporal.PlainDate): Promise<Declaration[]> {
  const rows = await db
    .selectDistinct({ id: closures.declarationId, from: closures.from })
    .from(closures)
    .where(gte(closures.to, day))
    .orderBy(desc(closures.from))
    .limit(200)
  return declarationsWith(
    db,
    rows.flatMap(({ id }) => id ?? []),
  )
}

async function declarationsWith(db: Queries, ids: readonly Id<'closure-declaration'>[]): Promise<Declaration[]> {
  if (ids.length === 0) return []
  const found = await db.select().from(closureDeclarations).where(inArray(closureDeclarations.id, ids))
  const parts = await db
    .select()
    .from(closures)
    .where(inArray(closures.declarationId, ids))
    .orderBy(asc(closures.from), asc(closures.id))
  const byDeclaration = Map.groupBy(parts, ({ declarationId }) => declarationId)
  return found
    .map(declaration => ({ ...declaration, closures: byDeclaration.get(declaration.id) ?? [] }))
    .sort((a, b) => Temporal.PlainDate.compare(firstDay(b), firstDay(a)) || (a.id < b.id ? 1 : -1))
}

const firstDay = ({ closures }: { closures: readonly Closure[] }) =>
  closures[0]?.from ?? Temporal.PlainDate.from('1900-01-01')

const inForceBetween = prepared(db =>
  db
    .select()
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

/** Closures in force that touch those days, both included. */
export async function closuresInForce(
  db: Queries,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<Closure[]> {
  return inForceBetween(db).execute({ from: from.toString(), to: to.toString() })
}

/** Moves a declaration on; false when it was not in that state any more. */
export async function moveDeclaration(
  tx: Tx,
  id: Id<'closure-declaration'>,
  from: Declaration['state'],
  to: Declaration['state'],
): Promise<boolean> {
  const moved = await tx
    .update(closureDeclarations)
    .set({ state: to })
    .where(and(eq(closureDeclarations.id, id), eq(closureDeclarations.state, from)))
    .returning({ id: closureDeclarations.id })
  return moved.length === 1
}

/** Takes the closures of a declaration back: the days are open from the commit on. */
export async function withdrawClosures(
  tx: Tx,
  now: Temporal.Instant,
  id: Id<'closure-declaration'>,
  by: Id<'account'>,
): Promise<void> {
  await tx.update(closures).set({ withdrawnAt: now }).where(eq(closures.declarationId, id))
  await tx.update(closureDeclarations).set({ withdrawnAt: now, withdrawnBy: by }).where(eq(closureDeclarations.id, id))
}
