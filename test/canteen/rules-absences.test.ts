import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Absence, absenceOutcomes, situationOf } from '../../src/canteen/absences.ts'

const day = Temporal.PlainDate.from
const rule = { certificateWithinDays: 5, firstDayCharged: false }
const ill: Absence = {
  days: [day('2026-11-23'), day('2026-11-24'), day('2026-11-26')],
  certificateReceivedOn: undefined,
  causedByTown: false,
}
const whys = (absence: Absence, today = '2026-11-27', with_ = rule) =>
  absenceOutcomes(absence, with_, day(today)).map(o => o.why)

test('an absence with a certificate brought in time is excused', () => {
  const brought = { ...ill, certificateReceivedOn: day('2026-11-28') }
  assert.deepEqual(
    absenceOutcomes(brought, rule, day('2026-11-30')).map(o => o.excused),
    [true, true, true],
  )
})

test('a certificate brought a day too late excuses nothing', () => {
  assert.deepEqual(whys({ ...ill, certificateReceivedOn: day('2026-11-29') }), Array(3).fill('certificate-late'))
})

test('without certificate the days wait for it, then are due', () => {
  assert.deepEqual(whys(ill, '2026-11-28'), Array(3).fill('waiting-for-certificate'))
  assert.deepEqual(whys(ill, '2026-11-29'), Array(3).fill('no-certificate'))
  assert.equal(absenceOutcomes(ill, rule, day('2026-11-29'))[0]?.until.toString(), '2026-11-28')
})

test('where the town charges the first day, only that one stays due', () => {
  const brought = { ...ill, days: ill.days.toReversed(), certificateReceivedOn: day('2026-11-25') }
  const outcomes = absenceOutcomes(brought, { ...rule, firstDayCharged: true }, day('2026-11-30'))
  assert.deepEqual(
    outcomes.map(o => `${o.day} ${o.why}`),
    ['2026-11-23 first-day', '2026-11-24 certificate', '2026-11-26 certificate'],
  )
})

test('a strike or an outing costs no family anything and asks for no paper, the first day neither', () => {
  assert.deepEqual(
    whys({ ...ill, causedByTown: true }, '2027-01-01', { ...rule, firstDayCharged: true }),
    Array(3).fill('town'),
  )
})

test('no missed day, no outcome', () => {
  assert.deepEqual(whys({ ...ill, days: [] }), [])
})

test('what is billed follows from what was booked and who came', () => {
  const billed = (booked: boolean, present: boolean | undefined, excused = false) =>
    situationOf({ booked, present, excused })
  assert.equal(billed(true, true), 'meal')
  assert.equal(billed(true, undefined), 'meal') // nobody ticked the list: the meal was cooked
  assert.equal(billed(true, false), 'absence')
  assert.equal(billed(true, false, true), 'excused-absence')
  assert.equal(billed(false, true), 'unbooked-meal')
  assert.equal(billed(false, false), undefined)
  assert.equal(billed(false, undefined), undefined)
})
