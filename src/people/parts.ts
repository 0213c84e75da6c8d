import type { Amounts, ComingDaysOf, ToDos } from './dashboard.ts'
import type { FamilySection } from './desk-family.ts'
import type { PersonSection } from './desk-persons.ts'
import type { HoldsOf } from './holds.ts'
import type { SchoolDirectory } from './schools.ts'

/** What services that stand above this one hand in, when the town is put together. */
export type PeopleParts = {
  schools: SchoolDirectory
  /** What must be settled before a child or a household is forgotten. */
  holdsOf: HoldsOf
  /** First on the parents' first page. */
  toDos: readonly ToDos[]
  /** The next days of each child, on the parents' first page. */
  comingDays: readonly ComingDaysOf[]
  amounts: Amounts
  /** On the clerks' page of a family. */
  familySections: readonly FamilySection[]
  /** On the clerks' page of a person. */
  personSections: readonly PersonSection[]
}
