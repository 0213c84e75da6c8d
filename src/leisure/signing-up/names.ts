import { prepared, type Queries } from '../../db/database.ts'
import { inList, listOf } from '../../db/lists.ts'
import type { Id } from '../../kernel/ids.ts'
import { persons } from '../../people/schema.ts'
import { leisureCentres, leisurePeriods } from '../schema.ts'
import type { Signup } from '../signups.ts'
import type { LeisurePeriod } from '../store.ts'

/** What sign-ups are told with: who, where, in which period. */
export type Names = {
  child(id: Id<'person'>): string
  centre(id: Id<'leisure-centre'>): string
  periods: ReadonlyMap<Id<'leisure-period'>, LeisurePeriod>
}

const namedChildren = prepared(db =>
  db.select({ id: persons.id, firstName: persons.firstName }).from(persons).where(inList(persons.id, 'ids')).prepare(),
)
const namedCentres = prepared(db =>
  db
    .select({ id: leisureCentres.id, name: leisureCentres.name })
    .from(leisureCentres)
    .where(inList(leisureCentres.id, 'ids'))
    .prepare(),
)
const periodsNamed = prepared(db => db.select().from(leisurePeriods).where(inList(leisurePeriods.id, 'ids')).prepare())

/** The names of the children, centres and periods of these sign-ups. A child that has left the household keeps its name. */
export async function namesOf(db: Queries, signups: readonly Signup[]): Promise<Names> {
  const ids = (of: (signup: Signup) => string) => listOf(new Set(signups.map(of)))
  const children = await namedChildren(db).execute({ ids: ids(({ childId }) => childId) })
  const centres = await namedCentres(db).execute({ ids: ids(({ centreId }) => centreId) })
  const periods = await periodsNamed(db).execute({ ids: ids(({ periodId }) => periodId) })
  return {
    child: id => children.find(child => child.id === id)?.firstName ?? '',
    centre: id => centres.find(centre => centre.id === id)?.name ?? '',
    periods: new Map(periods.map(period => [period.id, period])),
  }
}
