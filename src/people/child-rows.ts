import type { Weekday } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import type { Custody } from './custody.ts'
import type { custodies } from './schema.ts'
import type { Child, Schooling } from './store.ts'

type ChildRow = Omit<Child, 'schoolings' | 'custody' | 'birthDate'> & { birthDate: Temporal.PlainDate | null }
type SchoolingRow = Schooling & { childId: Id<'person'> }
type CustodyRow = Pick<typeof custodies.$inferSelect, 'childId' | 'from' | 'terms'> & {
  first: Id<'household'>
  second: Id<'household'>
}

/** Children from the rows of three queries; schoolings and custodies come by date. */
export function childrenFrom(
  rows: readonly ChildRow[],
  theirSchoolings: readonly SchoolingRow[],
  theirCustodies: readonly CustodyRow[],
): Child[] {
  const schoolingsBy = Map.groupBy(theirSchoolings, ({ childId }) => childId)
  const custodiesBy = Map.groupBy(theirCustodies, ({ childId }) => childId)
  return rows.map(({ birthDate, ...child }) => {
    if (!birthDate) throw new Error(`the child ${child.id} has no birth date`)
    const custody = custodyOf(custodiesBy.get(child.id) ?? [])
    return {
      ...child,
      birthDate,
      schoolings: (schoolingsBy.get(child.id) ?? []).map(({ childId: _, ...schooling }) => schooling),
      ...(custody ? { custody } : {}),
    }
  })
}

/** The last custody agreed on, leading to those before it. Takes the rows by date. */
function custodyOf(rows: readonly CustodyRow[]): Custody | undefined {
  let before: Custody | undefined
  for (const { first, second, from, terms } of rows) {
    const parts = { first, second, from, ...(before ? { before } : {}) }
    switch (terms.kind) {
      case 'alternating-weeks':
        before = { ...parts, kind: terms.kind, firstWeek: Temporal.PlainDate.from(terms.firstWeek) }
        break
      case 'even-and-odd-weeks':
        before = { ...parts, kind: terms.kind, evenWeeks: terms.evenWeeks, changeOver: terms.changeOver as Weekday }
        break
      case 'percentage':
        before = { ...parts, kind: terms.kind, firstShare: terms.firstShare }
    }
  }
  return before
}
