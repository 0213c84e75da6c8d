/** What is written down of a child's day: nothing yet, there, or not there. */
export type Seen = 'none' | 'present' | 'absent'

/** A row of the list as the page showed it, and as it was sent back. */
export type TickedRow = { shown: Seen; revision: number; ticked: boolean }

/** What becomes of a row: written as so, left as it is, or left because a colleague changed it since. */
export type RowOutcome = { write: 'present' | 'absent' } | 'same' | 'changed-meanwhile'

/**
 * What a saved list says of one child, compared with what the page had shown, so that two who tick at once do not undo
 * each other: a tick always counts; a box that was never ticked says « absent » only when nobody has ticked it meanwhile,
 * and only when the list is `complete`; a tick taken off counts unless a colleague has changed the row since.
 */
export function rowOutcome(row: TickedRow, now: { seen: Seen; revision: number }, complete: boolean): RowOutcome {
  const { shown, ticked } = row
  if (ticked) return shown === 'present' || now.seen === 'present' ? 'same' : { write: 'present' }
  if (shown === 'present') {
    if (now.seen !== 'present') return 'same'
    return now.revision === row.revision ? { write: 'absent' } : 'changed-meanwhile'
  }
  return shown === 'none' && now.seen === 'none' && complete ? { write: 'absent' } : 'same'
}
