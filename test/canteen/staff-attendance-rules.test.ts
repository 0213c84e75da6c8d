import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rowOutcome, type Seen, type TickedRow } from '../../src/canteen/staff-attendance-rules.ts'

const seen = fc.constantFrom<Seen>('none', 'present', 'absent')
type State = { seen: Seen; revision: number }

/** Saves a row as the use case does. */
function save(state: State, row: TickedRow, complete: boolean): State {
  const outcome = rowOutcome(row, state, complete)
  return typeof outcome === 'string' ? state : { seen: outcome.write, revision: state.revision + 1 }
}
const shown = (state: State, ticked: boolean): TickedRow => ({ shown: state.seen, revision: state.revision, ticked })

test('an empty box says « absent » only when the list is complete and nobody has ticked it', () => {
  const fresh = { seen: 'none', revision: 0 } as const
  assert.deepEqual(rowOutcome(shown(fresh, false), fresh, true), { write: 'absent' })
  assert.equal(rowOutcome(shown(fresh, false), fresh, false), 'same')
  assert.equal(rowOutcome(shown(fresh, false), { seen: 'present', revision: 1 }, true), 'same')
})

test('a tick taken off counts, unless a colleague has changed the row since', () => {
  const there = { seen: 'present', revision: 1 } as const
  assert.deepEqual(rowOutcome(shown(there, false), there, false), { write: 'absent' })
  assert.equal(rowOutcome(shown(there, false), { seen: 'present', revision: 3 }, false), 'changed-meanwhile')
})

test('two who tick the same list at once: whoever is ticked by one is present, in whatever order they save', () => {
  fc.assert(
    fc.property(seen, fc.boolean(), fc.boolean(), fc.boolean(), (before, one, other, oneFirst) => {
      const start: State = { seen: before, revision: before === 'none' ? 0 : 1 }
      const rows = [shown(start, one), shown(start, other)]
      const [first, second] = oneFirst ? rows : rows.toReversed()
      const end = save(save(start, first!, true), second!, true)
      if (before !== 'present' && (one || other)) assert.equal(end.seen, 'present')
      if (!one && !other && before !== 'present') assert.equal(end.seen, 'absent')
      if (before === 'present' && one && other) assert.equal(end.seen, 'present')
    }),
  )
})

test('saving the same page again changes nothing', () => {
  fc.assert(
    fc.property(seen, fc.boolean(), fc.boolean(), (before, ticked, complete) => {
      const start: State = { seen: before, revision: 4 }
      const once = save(start, shown(start, ticked), complete)
      assert.equal(save(once, shown(start, ticked), complete).seen, once.seen)
    }),
  )
})
