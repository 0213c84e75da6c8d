import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { minutesOf, partHours } from '../../src/leisure/registers/part-hours.ts'
import { type Deed, instantAt, type Noted, outcomeOf, shownAs } from '../../src/leisure/registers/register-rules.ts'
import { staffNow } from '../../src/leisure/registers/staff-now.ts'
import {
  byMonth,
  type CareDay,
  cafAge,
  inHours,
  lastQuarter,
  minutesPresent,
  tallyOf,
} from '../../src/leisure/registers/statistics-rules.ts'

const day = (iso: string) => Temporal.PlainDate.from(iso)
const at = (iso: string) => Temporal.Instant.from(iso)
const GROUP = { opensAt: '08:00', closesAt: '18:00' }
const told = ({ from, to }: { from: Temporal.PlainTime; to: Temporal.PlainTime }) =>
  [from, to].map(time => time.toString({ smallestUnit: 'minute' })).join('–')

test('a half-day ends or begins with the lunch that is eaten there', () => {
  assert.equal(told(partHours(GROUP, 'day', true)), '08:00–18:00')
  assert.equal(told(partHours(GROUP, 'morning', false)), '08:00–12:00')
  assert.equal(told(partHours(GROUP, 'morning', true)), '08:00–13:30')
  assert.equal(told(partHours(GROUP, 'afternoon', true)), '12:00–18:00')
  assert.equal(told(partHours(GROUP, 'afternoon', false)), '13:30–18:00')
  assert.equal(told(partHours({ opensAt: '13:00', closesAt: '17:00' }, 'afternoon', true)), '13:00–17:00')
  assert.equal(minutesOf(partHours({ opensAt: '14:00', closesAt: '17:00' }, 'morning', false)), 0)
})

const careDay = (given: Partial<CareDay> = {}): CareDay => ({
  childId: 'a',
  day: day('2026-12-21'),
  birthDate: day('2020-03-01'),
  care: 'out-of-school',
  resident: true,
  booked: partHours(GROUP, 'day', true),
  open: partHours(GROUP, 'day', true),
  noted: { present: true, arrivedAt: null, leftAt: null },
  billed: true,
  ...given,
})

test('presence goes from the arrival to the departure; an hour that nobody noted is that of the sign-up', () => {
  const noted = (arrivedAt: string | null, leftAt: string | null, present = true) => ({
    present,
    arrivedAt: arrivedAt ? at(arrivedAt) : null,
    leftAt: leftAt ? at(leftAt) : null,
  })
  const minutes = (given: Partial<CareDay>) => minutesPresent(careDay(given))
  assert.equal(minutes({ noted: noted('2026-12-21T08:31:20+01:00', '2026-12-21T17:02:00+01:00') }), 510)
  assert.equal(minutes({ noted: noted('2026-12-21T09:00:00+01:00', null) }), 9 * 60)
  assert.equal(minutes({ noted: noted(null, '2026-12-21T17:00:00+01:00') }), 9 * 60)
  assert.equal(minutes({ noted: noted(null, null) }), 600)
  assert.equal(minutes({ noted: noted(null, null), booked: partHours(GROUP, 'morning', false) }), 240)
  assert.equal(minutes({ noted: noted(null, null), booked: null }), 600)
  assert.equal(minutes({ noted: noted(null, null, false) }), 0)
  assert.equal(minutes({ noted: undefined }), 0)
  // Came after it should have left, and nobody noted when it left.
  assert.equal(minutes({ noted: noted('2026-12-21T18:30:00+01:00', null) }), 0)
})

test('the nights on which the clocks change are as long as they were', () => {
  const night = { from: Temporal.PlainTime.from('00:00'), to: Temporal.PlainTime.from('12:00') }
  const minutes = (iso: string) => minutesPresent(careDay({ day: day(iso), booked: night }))
  assert.equal(minutes('2027-03-28'), 11 * 60)
  assert.equal(minutes('2026-10-25'), 13 * 60)
  assert.equal(minutes('2026-12-21'), 12 * 60)
  const midnight = instantAt(day('2026-10-25'), Temporal.PlainTime.from('00:00'))
  assert.equal(midnight.toString(), '2026-10-24T22:00:00Z')
})

test('a child who turns six within the week is under six until the day before, also when born on 29 February', () => {
  const week = ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24'].map(iso =>
    careDay({ day: day(iso), birthDate: day('2020-12-23') }),
  )
  assert.deepEqual(tallyOf(week, { age: 'under-six' }).minutes, 1_200)
  assert.deepEqual(tallyOf(week, { age: 'from-six' }).minutes, 1_200)
  assert.deepEqual(tallyOf(week).children, 1)
  assert.equal(cafAge(day('2020-02-29'), day('2026-02-28')), 'under-six')
  assert.equal(cafAge(day('2020-02-29'), day('2026-03-01')), 'from-six')
})

const days = fc.array(
  fc.record({
    childId: fc.constantFrom('a', 'b', 'c', 'd'),
    offset: fc.integer({ min: 0, max: 400 }),
    born: fc.integer({ min: 0, max: 3_000 }),
    care: fc.constantFrom('around-school' as const, 'out-of-school' as const),
    resident: fc.boolean(),
    part: fc.constantFrom('day' as const, 'morning' as const, 'afternoon' as const),
    booked: fc.boolean(),
    noted: fc.option(
      fc.record({
        present: fc.boolean(),
        from: fc.integer({ min: 0, max: 1_439 }),
        stay: fc.integer({ min: 0, max: 700 }),
      }),
    ),
    billed: fc.boolean(),
  }),
  { maxLength: 40 },
)
const START = day('2026-09-01')
const asCareDay = (one: (typeof days extends fc.Arbitrary<infer T> ? T : never)[number]): CareDay => {
  const on = START.add({ days: one.offset })
  const hours = partHours(GROUP, one.part, true)
  const arrivedAt = one.noted
    ? instantAt(on, Temporal.PlainTime.from({ hour: 0 })).add({ minutes: one.noted.from })
    : null
  return careDay({
    childId: one.childId,
    day: on,
    birthDate: day('2017-09-01').add({ days: one.born }),
    care: one.care,
    resident: one.resident,
    booked: one.booked ? hours : null,
    billed: one.billed,
    noted: one.noted
      ? { present: one.noted.present, arrivedAt, leftAt: arrivedAt?.add({ minutes: one.noted.stay }) ?? null }
      : undefined,
  })
}

test('each age, care, residency and month add up to the whole: no hour is lost or counted twice', () => {
  fc.assert(
    fc.property(days, given => {
      const all = given.map(asCareDay)
      const whole = tallyOf(all)
      const sum = (key: 'minutes' | 'bookedMinutes' | 'days' | 'billedDays', parts: ReturnType<typeof tallyOf>[]) =>
        parts.reduce((total, part) => total + part[key], 0)
      const cuts = [
        (['under-six', 'from-six'] as const).map(age => tallyOf(all, { age })),
        (['around-school', 'out-of-school'] as const).map(care => tallyOf(all, { care })),
        [true, false].map(resident => tallyOf(all, { resident })),
        byMonth(all, { from: START, to: START.add({ days: 400 }) }).map(one => tallyOf(one.days)),
      ]
      for (const parts of cuts)
        for (const key of ['minutes', 'bookedMinutes', 'days', 'billedDays'] as const)
          assert.equal(sum(key, parts), whole[key])
      assert.ok(whole.children <= 4 && whole.minutes >= 0)
      const told = given.reduce((total, one) => total + (one.noted?.present ? one.noted.stay : 0), 0)
      assert.equal(whole.minutes, told)
    }),
  )
})

test('the office asks for the last whole quarter', () => {
  const quarter = (iso: string) => {
    const { from, to } = lastQuarter(day(iso))
    return `${from} ${to}`
  }
  assert.equal(quarter('2026-11-23'), '2026-07-01 2026-09-30')
  assert.equal(quarter('2027-01-01'), '2026-10-01 2026-12-31')
  assert.equal(quarter('2026-03-31'), '2025-10-01 2025-12-31')
  assert.equal(quarter('2028-05-31'), '2028-01-01 2028-03-31')
  assert.deepEqual([inHours(95), inHours(600), inHours(20)], [1.58, 10, 0.33])
})

test('the staff of a day is too few before anybody says so: the warning comes while children are still on their way', () => {
  const holidays = { underSix: 8, fromSix: 12 }
  const verdict = (educators: number, here: [number, number], all: [number, number], directorCounts = false) =>
    staffNow(
      { educators, directorCounts },
      { underSix: here[0], fromSix: here[1] },
      { underSix: all[0], fromSix: all[1] },
      holidays,
    ).verdict
  assert.equal(verdict(2, [8, 12], [8, 12]), 'last-place')
  assert.equal(verdict(2, [8, 12], [9, 12]), 'will-lack')
  assert.equal(verdict(2, [9, 12], [9, 12]), 'lacking')
  assert.equal(verdict(3, [7, 11], [7, 11]), 'enough')
  assert.equal(verdict(1, [9, 0], [9, 0], true), 'last-place')
  assert.equal(verdict(1, [0, 0], [0, 0]), 'nobody')
  assert.equal(
    staffNow(undefined, { underSix: 0, fromSix: 0 }, { underSix: 9, fromSix: 0 }, holidays).verdict,
    'untold',
  )
})

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    do: fc.constant('arrive' as const),
    at: fc.constantFrom(at('2026-12-21T07:00:00Z'), at('2026-12-21T08:00:00Z')),
  }),
  fc.record({
    do: fc.constant('leave' as const),
    at: fc.constant(at('2026-12-21T16:00:00Z')),
    collectedBy: fc.constantFrom('A', 'B'),
  }),
  fc.constant({ do: 'absent' as const }),
  fc.constant({ do: 'undo' as const }),
)

test('whatever two tablets send from an old page, nothing that a colleague noted since is overwritten', () => {
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 8 }), deeds, (history, late) => {
      let now: Noted | undefined
      const shownThen = shownAs(now)
      for (const deed of history) {
        const outcome = outcomeOf(now, shownAs(now), deed)
        if (typeof outcome === 'string' || 'refused' in outcome) continue
        now = 'write' in outcome ? outcome.write : undefined
      }
      const outcome = outcomeOf(now, shownThen, late)
      if (shownAs(now) !== shownThen) assert.ok(outcome === 'same' || 'refused' in outcome)
      // The same deed from a fresh page, twice: the second changes nothing unless it takes back more.
      const once = outcomeOf(now, shownAs(now), late)
      if (late.do !== 'undo' && typeof once === 'object' && 'write' in once)
        assert.equal(outcomeOf(once.write, shownAs(once.write), late), 'same')
    }),
  )
})
