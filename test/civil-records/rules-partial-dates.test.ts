import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  actDateFault,
  dateParts,
  earliest,
  isWhole,
  latest,
  partialDate,
  readPartialDate,
  typedPartialDate,
  wholeDatesSince,
} from '../../src/civil-records/rules/partial-dates.ts'
import { eventFault, surelyBefore } from '../../src/civil-records/rules/plausible.ts'

const day = Temporal.PlainDate.from
const today = day('2026-11-23')

test('a date may be known to the day, the month or the year', () => {
  for (const text of ['1931', '1931-05', '1931-05-12', '1600', '2100-12-31', '2024-02-29'])
    assert.equal(partialDate(text), text)
  for (const text of [
    '',
    '31',
    '1599',
    '2101',
    '1931-13',
    '1931-00',
    '1931-5',
    '1931-02-30',
    '2023-02-29',
    '1931-05-12T',
  ])
    assert.equal(partialDate(text), undefined, text)
})

test('a date in part stands for every day it may be', () => {
  assert.deepEqual(
    ['1931', '1932-02', '1931-05-12'].map(date => [earliest(date).toString(), latest(date).toString()]),
    [
      ['1931-01-01', '1931-12-31'],
      ['1932-02-01', '1932-02-29'],
      ['1931-05-12', '1931-05-12'],
    ],
  )
  assert.deepEqual(dateParts('1931-05'), { year: 1931, month: 5 })
  assert.deepEqual([isWhole('1931-05'), isWhole('1931-05-12')], [false, true])
})

test('three fields are read as people fill them', () => {
  const typed = (d: string, month: string, year: string) => typedPartialDate({ day: d, month, year })
  assert.equal(typed('', ' ', ''), '')
  assert.equal(typed('3', '5', '1931'), '1931-05-03')
  assert.equal(typed(' 03', '05 ', '1931'), '1931-05-03')
  assert.equal(typed('', '5', '1931'), '1931-05')
  assert.equal(typed('', '', '1931'), '1931')
  assert.equal(typed('12', 'mai', '1931'), '1931-05-12')
  assert.equal(typed('1', 'Févr.', '1931'), '1931-02-01')
  assert.equal(typed('1', 'aout', '1931'), '1931-08-01')
  assert.equal(typed('1', 'december', '1931'), '1931-12-01')
})

test('what makes no date is said to be none, not read as another', () => {
  const fault = (d: string, month: string, year: string) => {
    const read = readPartialDate(typedPartialDate({ day: d, month, year }))
    return 'fault' in read ? read.fault : read.date
  }
  assert.equal(fault('', '', ''), 'required')
  assert.equal(fault('12', '', '1931'), 'not-a-date')
  assert.equal(fault('30', '2', '1931'), 'not-a-date')
  assert.equal(fault('12', 'ju', '1931'), 'not-a-date')
  assert.equal(fault('12', 'jui', '1931'), 'not-a-date') // June or July
  assert.equal(fault('xx', '5', '1931'), 'not-a-date')
  assert.equal(fault('', '5', ''), 'not-a-date')
  assert.equal(fault('12', '5', '31'), 'year-in-full')
  assert.equal(fault('', '', '31'), 'year-in-full')
})

test('an act is not of tomorrow, not of before the registers, and known to the day when it is young', () => {
  assert.equal(actDateFault('2026-11-23', today), undefined)
  assert.equal(actDateFault('2026-11-24', today), 'date-in-future')
  assert.equal(actDateFault('2027', today), 'date-in-future')
  assert.equal(actDateFault('1792-09-20', today), undefined)
  assert.equal(actDateFault('1792', today), undefined)
  assert.equal(actDateFault('1792-09-19', today), 'date-too-old')
  assert.equal(actDateFault('1791', today), 'date-too-old')
  assert.equal(actDateFault('1760', today, day('1600-01-01')), undefined)
  assert.equal(wholeDatesSince(today), 1951)
  assert.equal(actDateFault('1950', today), undefined)
  assert.equal(actDateFault('1951-06', today), 'whole-date-needed')
  assert.equal(actDateFault('2026', today), 'whole-date-needed') // some of it is past
})

test('nobody marries or dies before being born', () => {
  assert.equal(eventFault('marriage', '1899-05-12', '1900-01-01'), 'before-birth')
  assert.equal(eventFault('death', '1900-01-01', '1900-01-02'), 'before-birth')
  assert.equal(eventFault('death', '1900-01-01', '1900-01-01'), undefined)
  assert.equal(eventFault('birth', '1900-01-01', '1950'), undefined)
})

test('nobody marries before fifteen, nor before thirteen under the Revolution', () => {
  assert.equal(eventFault('marriage', '1931-05-11', '1916-05-12'), 'too-young-to-marry')
  assert.equal(eventFault('marriage', '1931-05-12', '1916-05-12'), undefined)
  assert.equal(eventFault('marriage', '1803-05-12', '1790-05-12'), undefined)
  assert.equal(eventFault('marriage', '1803-05-11', '1790-05-12'), 'too-young-to-marry')
})

test('a child may be recognised before birth, not before the pregnancy', () => {
  assert.equal(eventFault('recognition', '2025-08-01', '2026-03-01'), undefined)
  assert.equal(eventFault('recognition', '2025-05-05', '2026-03-01'), undefined) // 300 days
  assert.equal(eventFault('recognition', '2025-05-04', '2026-03-01'), 'before-birth')
})

test('a vague date is believed as far as it may be true', () => {
  assert.equal(eventFault('marriage', '1931', '1916-12-31'), undefined)
  assert.equal(eventFault('marriage', '1930', '1916-01-01'), 'too-young-to-marry')
  assert.ok(!surelyBefore('1931', '1931-12-31'))
  assert.ok(surelyBefore('1930', '1931'))
})

test('every date that is written is read back, within its own bounds', () => {
  const date = fc.tuple(
    fc.integer({ min: 1600, max: 2100 }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 28 }),
  )
  fc.assert(
    fc.property(date, ([year, month, dayOfMonth]) => {
      const d = month ? dayOfMonth : 0
      const text = typedPartialDate({ day: d ? String(d) : '', month: month ? String(month) : '', year: String(year) })
      assert.deepEqual(readPartialDate(text), { date: text })
      assert.deepEqual(dateParts(text), { year, ...(month && { month }), ...(d && { day: d }) })
      assert.ok(Temporal.PlainDate.compare(earliest(text), latest(text)) <= 0)
    }),
  )
})
