import type { Queries } from '../../db/database.ts'
import { schoolYearOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { childrenWithCare, consentsOfChildren, fileKey, fileStates } from '../../people/child-file-lists.ts'
import { allowedByAll, type MissingPiece, missingPieces } from '../../people/child-file-rules.ts'
import type { Consent } from '../../people/schema.ts'
import type { RegisterRow } from './register.ts'

/** What those who look after a child must see beside its name. */
export type Marks = {
  /** A health plan (PAI) exists, or the health sheet says something: the sheet itself is on its own page. */
  plan: boolean
  care: boolean
  /** Undefined: no household has answered. */
  photo: boolean | undefined
  outings: boolean | undefined
  swimming: boolean | undefined
  /** Whether the child may go home without an adult, at its age that day. */
  leavesAlone: boolean
  /** What lacks in the file: without it a centre may not let the child in. */
  missing: readonly MissingPiece[]
}

/**
 * The marks of the children of a register, by child. `serves`: the reader looks after children, and may know that something
 * of health is written.
 */
export async function marksOf(
  db: Queries,
  rows: readonly Pick<RegisterRow, 'child' | 'householdId' | 'age'>[],
  day: Temporal.PlainDate,
  serves: boolean,
): Promise<ReadonlyMap<Id<'person'>, Marks>> {
  const year = schoolYearOf(day)
  const ids = rows.map(({ child }) => child.id)
  const asked = rows.map(({ child, householdId }) => ({ childId: child.id, householdId }))
  const states = await fileStates(db, asked, year)
  const said = Map.groupBy(await consentsOfChildren(db, ids, year), ({ childId }) => childId)
  const care = serves ? await childrenWithCare(db, ids, year) : new Set<Id<'person'>>()
  return new Map(
    rows.map(({ child, householdId, age }) => {
      const answers = said.get(child.id) ?? []
      const allowed = (consent: Consent) => allowedByAll(answers.filter(one => one.consent === consent))
      const alone = allowed('leave-alone')
      const state = states.get(fileKey({ childId: child.id, householdId }))
      return [
        child.id,
        {
          plan: serves && child.pai,
          care: care.has(child.id),
          photo: allowed('photo')?.given,
          outings: allowed('outings')?.given,
          swimming: allowed('swimming')?.given,
          leavesAlone: alone?.given === true && (alone.fromAge === null || age >= alone.fromAge),
          missing: state ? missingPieces(state, { service: 'leisure', day }) : [],
        },
      ]
    }),
  )
}
