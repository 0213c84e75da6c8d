import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { schoolYearOf } from '../../src/kernel/days.ts'
import {
  allowedByAll,
  dayLookedAt,
  FILE_PARTS,
  type FilePaper,
  type FileState,
  keptUntil,
  missingPieces,
  openYears,
  partState,
} from '../../src/people/child-file-rules.ts'

const day = (text: string) => Temporal.PlainDate.from(text)
const year = schoolYearOf(day('2026-11-23'))
const paper = (kind: FilePaper['kind'], state: FilePaper['state'], until: string | null): FilePaper => ({
  kind,
  state,
  validUntil: until === null ? null : day(until),
})
const whole: FileState = {
  year,
  confirmed: new Set(FILE_PARTS),
  filled: new Set(['contacts', 'pickups', 'health', 'consents']),
  papers: [paper('insurance', 'accepted', '2027-08-31'), paper('vaccination', 'accepted', null)],
}
const missing = (file: FileState, on: string, service: 'canteen' | 'leisure' = 'leisure') =>
  missingPieces(file, { service, day: day(on) }).map(({ part, why }) => `${part}: ${why}`)

test('an empty file lacks all for a leisure centre, and whom to call for the canteen', () => {
  const empty: FileState = { year, confirmed: new Set(), filled: new Set(), papers: [] }
  assert.deepEqual(missing(empty, '2026-11-25', 'canteen'), ['contacts: to-do'])
  assert.deepEqual(
    missing(empty, '2026-11-25'),
    FILE_PARTS.map(part => `${part}: to-do`),
  )
  assert.deepEqual(missing(whole, '2026-11-25'), [])
})

test('a paper counts on its last day, and not on the day after', () => {
  const file = { ...whole, papers: [paper('insurance', 'accepted', '2027-02-10'), ...whole.papers.slice(1)] }
  assert.deepEqual(missing(file, '2027-02-10'), [])
  assert.deepEqual(missing(file, '2027-02-11'), ['insurance: expired'])
})

test('a paper that waits counts, one that is refused does not; a certificate stands for the vaccinations', () => {
  const insured = whole.papers.slice(0, 1)
  const state = (papers: FilePaper[]) =>
    partState({ ...whole, papers: [...papers, ...insured] }, 'vaccination', day('2026-11-25'))
  assert.equal(state([paper('vaccination', 'to-check', null)]), 'to-check')
  assert.equal(state([paper('vaccination', 'refused', null)]), 'refused')
  assert.equal(state([paper('contra-indication', 'accepted', '2027-06-01')]), 'done')
  assert.equal(state([paper('contra-indication', 'accepted', '2026-11-24')]), 'expired')
  assert.equal(state([]), 'to-do', 'an insurance is no vaccination')
  const both = [paper('vaccination', 'refused', null), paper('vaccination', 'accepted', null)]
  assert.equal(state(both), 'done', 'the good one counts beside the refused one')
})

test('from 1 September last year’s file counts no more: what is there is to be confirmed', () => {
  assert.deepEqual(missing(whole, '2027-08-31'), [])
  assert.deepEqual(missing(whole, '2027-09-01'), [
    'contacts: to-confirm',
    'pickups: to-confirm',
    'health: to-confirm',
    'vaccination: to-confirm',
    'insurance: expired',
    'consents: to-confirm',
  ])
})

test('that nobody but the parents collects the child is an answer too, once it is said', () => {
  const nobody = { ...whole, filled: new Set([...whole.filled].filter(part => part !== 'pickups')) }
  assert.equal(partState(nobody, 'pickups', day('2026-11-25')), 'done')
  const unsaid = new Set(FILE_PARTS.filter(part => part !== 'pickups'))
  assert.equal(partState({ ...nobody, confirmed: unsaid }, 'pickups', day('2026-11-25')), 'to-do')
})

test('next year’s file is open in July and August', () => {
  const labels = (on: string) => openYears(day(on)).map(({ label }) => label)
  assert.deepEqual(labels('2027-06-30'), ['2026-2027'])
  assert.deepEqual(labels('2027-07-01'), ['2026-2027', '2027-2028'])
  assert.deepEqual(labels('2027-08-31'), ['2026-2027', '2027-2028'])
  assert.deepEqual(labels('2027-09-01'), ['2027-2028'])
  assert.equal(dayLookedAt(schoolYearOf(day('2027-09-01')), day('2027-07-15')).toString(), '2027-09-01')
})

test('what tells of health is kept for its year, an insurance a year more', () => {
  assert.equal(keptUntil('vaccination', year).toString(), '2027-08-31')
  assert.equal(keptUntil('contra-indication', year).toString(), '2027-08-31')
  assert.equal(keptUntil('insurance', year).toString(), '2028-08-31')
})

test('the no of one household is a no; of two ages, the higher one', () => {
  const yes = (fromAge: number | null) => ({ given: true, fromAge })
  const no = { given: false, fromAge: null }
  assert.equal(allowedByAll([]), undefined)
  assert.deepEqual(allowedByAll([yes(8), no]), no)
  assert.deepEqual(allowedByAll([yes(8), yes(10)]), yes(10))
  assert.deepEqual(allowedByAll([yes(null)]), yes(null))
})

const part = fc.constantFrom(...FILE_PARTS)
const aDay = fc.integer({ min: -400, max: 800 }).map(days => year.from.add({ days }))
const aPaper = fc.record({
  kind: fc.constantFrom('vaccination' as const, 'contra-indication' as const, 'insurance' as const),
  state: fc.constantFrom('to-check' as const, 'accepted' as const, 'refused' as const),
  validUntil: fc.option(aDay),
})
const aFile = fc.record({
  year: fc.constant(year),
  confirmed: fc.uniqueArray(part).map(list => new Set(list)),
  filled: fc.uniqueArray(part).map(list => new Set(list)),
  papers: fc.array(aPaper, { maxLength: 4 }),
})

test('outside its year a file is never complete; what is missing one day for the canteen is for leisure too', () => {
  fc.assert(
    fc.property(aFile, aDay, (file, on) => {
      const leisure = missingPieces(file, { service: 'leisure', day: on })
      const canteen = missingPieces(file, { service: 'canteen', day: on })
      if (schoolYearOf(on).label !== year.label) assert.equal(leisure.length, FILE_PARTS.length)
      for (const piece of canteen)
        assert.ok(leisure.some(other => other.part === piece.part && other.why === piece.why))
    }),
  )
})

test('within the year, a piece that has ended never comes back by waiting', () => {
  fc.assert(
    fc.property(aFile, fc.nat(364), fc.nat(364), (file, a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)].map(days => year.from.add({ days }))
      const parts = (on: Temporal.PlainDate) =>
        missingPieces(file, { service: 'leisure', day: on }).map(piece => piece.part)
      const later = new Set(parts(late!))
      for (const one of parts(early!)) assert.ok(later.has(one))
    }),
  )
})

test('one more good paper never makes a file lack more', () => {
  fc.assert(
    fc.property(aFile, aPaper, aDay, (file, more, on) => {
      const before = new Set(missingPieces(file, { service: 'leisure', day: on }).map(piece => piece.part))
      const after = missingPieces(
        { ...file, papers: [...file.papers, { ...more, state: 'accepted' }] },
        { service: 'leisure', day: on },
      )
      for (const { part: lacking } of after) assert.ok(before.has(lacking))
    }),
  )
})
