import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ActFacts, deathCouldOpen, opennessOf } from '../../src/civil-records/rules/openness.ts'

const day = Temporal.PlainDate.from

/** Closed on the eve of that day, open on it. */
function opens(on: string, by: 'age' | 'death', facts: Omit<ActFacts, 'today'>) {
  const eve = day(on).subtract({ days: 1 })
  const said = [eve, day(on)].map(today => {
    const openness = opennessOf({ ...facts, today })
    return [openness.by, openness.opensOn.toString()] // as text: node's deepEqual takes any two dates for equal
  })
  assert.deepEqual(said, [
    [undefined, on],
    [by, on],
  ])
}

test('an act opens 75 years after the close of its register', () => {
  opens('2027-01-01', 'age', { date: '1951-03-20' })
  opens('2027-01-01', 'age', { date: '1951-01-01' })
  opens('2027-01-01', 'age', { date: '1951-12-31' })
})

test('trap 25: the years run from the marriage, not from the birth of who married', () => {
  // Somebody born in 1910 who married in 1960: the birth is open, the marriage is not.
  assert.equal(opennessOf({ date: '1910-05-12', today: day('2026-11-23') }).by, 'age')
  assert.equal(opennessOf({ date: '1960-05-12', today: day('2026-11-23') }).by, undefined)
})

test('a date known to the month or the year opens with its register too', () => {
  opens('2027-01-01', 'age', { date: '1951' })
  opens('2027-01-01', 'age', { date: '1951-06' })
})

test('an act that concerns a minor opens after 100 years', () => {
  opens('2052-01-01', 'age', { date: '1951-03-20', minor: true })
})

test('an act opens the day after 25 years from the death', () => {
  opens('2026-05-13', 'death', { date: '1960-01-01', died: '2001-05-12' })
})

test('a death of 29 February ends its 25 years on the 28th', () => {
  opens('2025-03-01', 'death', { date: '1960-01-01', died: '2000-02-29' })
})

test('a death known in part counts as the last day it may be', () => {
  opens('2027-01-01', 'death', { date: '1960-01-01', died: '2001' })
  opens('2026-03-01', 'death', { date: '1960-01-01', died: '2001-02' })
})

test('the sooner of the two opens it', () => {
  opens('2027-01-01', 'age', { date: '1951-03-20', died: '2010-01-01' })
  opens('2020-06-02', 'death', { date: '1951-03-20', died: '1995-06-01' })
  opens('2027-01-01', 'age', { date: '1951-03-20', died: 'no' })
})

test('a death is asked about only when it could have opened the act already', () => {
  assert.ok(deathCouldOpen({ date: '2001-11-22', today: day('2026-11-23') }))
  assert.ok(!deathCouldOpen({ date: '2001-11-23', today: day('2026-11-23') }))
})
