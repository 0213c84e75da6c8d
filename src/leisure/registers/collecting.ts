import type { Queries } from '../../db/database.ts'
import type { Id } from '../../kernel/ids.ts'
import { contactsOfChildren, parentsOfChildren, pickupsOfChildren } from '../../people/child-file-lists.ts'
import { searchKey, shownPhone } from '../../people/rules.ts'

/** Somebody known to the child's file. No e-mail: what is said here of one parent may be read by the other. */
export type Known = {
  /** As a form sends it back. */
  value: string
  name: string
  /** « grand-père »; empty for a parent. */
  relationship: string
  phone: string
  kind: 'parent' | 'pickup' | 'contact'
  /** Of the household that did not sign the child up. */
  otherHome: boolean
}

type ChildOf = { childId: Id<'person'>; householdId: Id<'household'> }

/** Who belongs to these children, by child: parents, then who may collect, then whom to call; their own household first. */
export async function knownPeople(
  db: Queries,
  children: readonly ChildOf[],
): Promise<ReadonlyMap<Id<'person'>, readonly Known[]>> {
  const ids = children.map(({ childId }) => childId)
  const parents = await parentsOfChildren(db, ids)
  const pickups = await pickupsOfChildren(db, ids)
  const contacts = await contactsOfChildren(db, ids)
  return new Map(
    children.map(({ childId, householdId }) => {
      const own = <T extends ChildOf>(rows: readonly T[], known: (row: T) => Omit<Known, 'otherHome'>) =>
        rows
          .filter(row => row.childId === childId)
          .map(row => ({ ...known(row), otherHome: row.householdId !== householdId }))
          .sort((a, b) => Number(a.otherHome) - Number(b.otherHome))
      return [
        childId,
        [
          ...own(parents, one => ({
            value: `parent.${one.id}`,
            name: one.name,
            relationship: '',
            phone: one.phone ? shownPhone(one.phone) : '',
            kind: 'parent',
          })),
          ...own(pickups, one => ({
            value: `pickup.${one.id}`,
            name: one.name,
            relationship: one.relationship,
            phone: shownPhone(one.phone),
            kind: 'pickup',
          })),
          ...own(contacts, one => ({
            value: '',
            name: one.name,
            relationship: one.relationship,
            phone: shownPhone(one.phone),
            kind: 'contact',
          })),
        ],
      ]
    }),
  )
}

/** Those who may collect the child. */
export const mayCollect = (known: readonly Known[]) => known.filter(({ kind }) => kind !== 'contact')

/** The one of these that was chosen, or whose name was typed, whatever capitals and accents. */
export function collectorOf(known: readonly Known[], chosen: string, typedName: string): Known | undefined {
  const may = mayCollect(known)
  const byValue = may.find(({ value }) => value === chosen)
  if (byValue || chosen !== 'other') return byValue
  const key = (name: string) => searchKey(name).split(' ').toSorted().join(' ')
  return may.find(({ name }) => key(name) === key(typedName))
}
