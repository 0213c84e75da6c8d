import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appealBefore, silenceRefusesOn, traffic } from '../../src/civil-records/rules/delays.ts'
import { workingDays } from '../../src/kernel/calendar.ts'
import { answerDay } from '../../src/settings/delays.ts'

const day = Temporal.PlainDate.from
const at = (local: string) => Temporal.ZonedDateTime.from(`${local}[Europe/Paris]`).toInstant()
const calendar = workingDays({ closures: new Set(['2026-12-24']) })

test('an answer is due so many working days after the day of receipt', () => {
  const due = (received: string, days: number) => answerDay(day(received), days).toString()
  assert.equal(due('2026-11-23', 5), '2026-11-30') // Monday to Monday
  assert.equal(due('2026-11-20', 1), '2026-11-23') // Friday to Monday
  assert.equal(due('2026-11-21', 1), '2026-11-23') // received on a Saturday
  assert.equal(due('2026-12-23', 2), '2026-12-28') // Thursday, then Christmas and a weekend
})

test('a delay is told in four words', () => {
  const today = day('2026-11-23')
  const words = ['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'].map(due =>
    traffic(day(due), today, calendar),
  )
  assert.deepEqual(words, ['late', 'today', 'soon', 'soon', 'on-time'])
  assert.equal(traffic(day('2026-11-24'), day('2026-11-20'), calendar), 'soon') // from Friday, the weekend does not count
})

test('two months of silence are a refusal', () => {
  assert.equal(silenceRefusesOn(at('2026-11-23T23:59')).toString(), '2027-01-23')
  assert.equal(silenceRefusesOn(at('2026-12-31T10:00')).toString(), '2027-02-28')
})

test('an appeal has two full months, and goes on to the next working day', () => {
  assert.equal(appealBefore(day('2026-06-23')).toString(), '2026-08-24') // a Monday
  assert.equal(appealBefore(day('2026-11-23')).toString(), '2027-01-25') // the 24th is a Sunday
  assert.equal(appealBefore(day('2026-10-24')).toString(), '2026-12-28') // Christmas is a Friday
})
