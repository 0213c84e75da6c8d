import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bookingChange,
  type CalendarFacts,
  type DayFacts,
  type DayState,
  dayState,
  daysOfPattern,
  mealsOfPatterns,
  servingDay,
  termsOf,
  type WeeklyPattern,
} from '../../src/canteen/rules.ts'
import { workingDays } from '../../src/kernel/calendar.ts'
import { schoolingOn } from '../../src/people/rules.ts'
import { zoneB } from '../schools/zone-b.ts'

const day = Temporal.PlainDate.from
const strike = {
  from: day('2026-11-26'),
  to: day('2026-11-26'),
  className: null,
  reason: 'strike',
  message: 'Grève annoncée : pas de repas jeudi.',
} as const
const outing = {
  ...strike,
  from: day('2026-11-27'),
  to: day('2026-11-27'),
  className: 'CP A',
  reason: 'outing',
} as const
const facts: CalendarFacts = { schoolHolidays: zoneB(), closures: [strike, outing] }
const fourDays = { mealWeekdays: [1, 2, 4, 5], className: 'CP A' }
const why = (text: string, table: Parameters<typeof servingDay>[1] = fourDays) => {
  const serving = servingDay(day(text), table, facts)
  return serving.serves ? 'serves' : serving.why
}

test('a meal is served on the school’s weekdays and on no other', () => {
  assert.equal(why('2026-11-23'), 'serves')
  assert.equal(why('2026-11-25'), 'no-canteen-weekday') // Wednesday
  assert.equal(why('2026-11-25', { mealWeekdays: [1, 2, 3, 4, 5] }), 'serves')
  assert.equal(why('2026-11-28'), 'weekend')
  assert.equal(why('2026-11-28', { mealWeekdays: [1, 2, 3, 4, 5, 6, 7] }), 'weekend')
})

test('no meal in the holidays, the last day before and the day of return included as school days', () => {
  assert.equal(why('2026-10-16'), 'serves')
  assert.equal(why('2026-10-19'), 'school-holiday')
  assert.equal(why('2026-10-30'), 'school-holiday')
  assert.equal(why('2026-11-02'), 'serves')
  assert.equal(why('2026-05-15'), 'school-holiday') // the bridge after Ascension
  const serving = servingDay(day('2026-10-19'), fourDays, facts)
  assert.ok(!serving.serves && serving.why === 'school-holiday' && serving.name === 'Vacances de la Toussaint')
})

test('a public holiday is named, even on a day without canteen', () => {
  assert.deepEqual(servingDay(day('2026-11-11'), fourDays, facts), {
    serves: false,
    why: 'public-holiday',
    holiday: 'armistice-1918', // a Wednesday
  })
})

test('a strike closes the school, an outing only the class that goes', () => {
  assert.deepEqual(servingDay(day('2026-11-26'), fourDays, facts), {
    serves: false,
    why: 'closure',
    reason: 'strike',
    message: strike.message,
  })
  assert.equal(why('2026-11-27'), 'closure')
  assert.equal(why('2026-11-27', { mealWeekdays: [1, 2, 4, 5], className: 'CP B' }), 'serves')
  assert.equal(why('2026-11-27', { mealWeekdays: [1, 2, 4, 5] }), 'serves')
})

const pattern = (from: string, to: string, weekdays = [1, 2, 4, 5]): WeeklyPattern => ({
  weekdays,
  from: day(from),
  to: day(to),
  mealType: 'standard',
})
const open = { schoolHolidays: zoneB(), closures: [] }
const servingOn = (d: Temporal.PlainDate) => servingDay(d, fourDays, open)

test('every Monday and Thursday until the holidays', () => {
  const days = daysOfPattern(pattern('2026-11-02', '2026-12-31', [1, 4]), servingOn).map(String)
  assert.equal(days[0], '2026-11-02')
  assert.equal(days.at(-1), '2026-12-17')
  assert.equal(days.length, 14)
})

test('trap 18: a pattern ends with its school year, and a term booked twice is one meal a day', () => {
  const days = daysOfPattern(pattern('2026-11-23', '2099-12-31'), servingOn)
  assert.equal(days.at(-1)?.toString(), '2027-07-02')
  const term = pattern('2026-11-23', '2026-12-18')
  const again = { ...term, mealType: 'vegetarian' as const, from: day('2026-12-07') }
  const meals = mealsOfPatterns([term, again], servingOn)
  assert.equal(meals.size, daysOfPattern(term, servingOn).length)
  assert.equal(meals.get('2026-12-04'), 'standard')
  assert.equal(meals.get('2026-12-07'), 'vegetarian')
})

test('no expansion ever gives a day that is not served, nor a weekday not asked for, nor the same day twice', () => {
  const starts = fc.integer({ min: 0, max: 600 }).map(n => day('2025-09-01').add({ days: n }))
  const weekdays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }))
  fc.assert(
    fc.property(starts, fc.integer({ min: -5, max: 500 }), weekdays, (from, length, asked) => {
      const to = from.add({ days: length })
      const serving = (d: Temporal.PlainDate) => servingDay(d, fourDays, facts)
      const days = daysOfPattern({ weekdays: asked, from, to, mealType: 'standard' }, serving)
      for (const [i, d] of days.entries()) {
        assert.ok(serving(d).serves && asked.includes(d.dayOfWeek))
        assert.ok(Temporal.PlainDate.compare(d, from) >= 0 && Temporal.PlainDate.compare(d, to) <= 0)
        const before = days[i - 1]
        assert.ok(!before || Temporal.PlainDate.compare(before, d) < 0)
      }
    }),
  )
})

test('trap 11: a pattern follows the child to the new school and its days', () => {
  const schoolings = [
    { from: day('2026-09-01'), to: null, weekdays: [1, 2, 4, 5] },
    { from: day('2026-11-30'), to: null, weekdays: [1, 2, 3, 4, 5] },
  ]
  const days = daysOfPattern(pattern('2026-11-23', '2026-12-04', [3]), d =>
    servingDay(d, { mealWeekdays: schoolingOn(schoolings, d)?.weekdays ?? [] }, open),
  )
  assert.deepEqual(days.map(String), ['2026-12-02'])
})

test('the terms of a year are what lies between its holidays', () => {
  const terms = termsOf(day('2026-11-23'), zoneB()).map(t => `${t.from}/${t.to} ${t.before}`)
  assert.deepEqual(terms, [
    '2026-09-01/2026-10-16 Vacances de la Toussaint',
    '2026-11-02/2026-12-18 Vacances de Noël',
    "2027-01-04/2027-02-19 Vacances d'Hiver",
    '2027-03-08/2027-04-16 Vacances de Printemps',
    "2027-05-03/2027-07-02 Vacances d'Été",
  ])
  assert.deepEqual(
    termsOf(day('2030-01-01'), []).map(t => `${t.from}/${t.to}`),
    ['2029-09-01/2030-08-31'],
  )
})

const cutOff = { kind: 'working-days', workingDays: 2, hour: Temporal.PlainTime.from('10:00') } as const
/** Thursday 3 December, seen on Monday 23 November at noon; it may be changed until Tuesday 1 December, 10:00. */
const seen = (changes: Partial<DayFacts> = {}, now = '2026-11-23T12:00:00+01:00'): DayState =>
  dayState({
    day: day('2026-12-03'),
    now: Temporal.Instant.from(now),
    enrolled: true,
    serving: { serves: true },
    ours: true,
    booking: 'none',
    atCentre: false,
    placesLeft: 3,
    cutOff,
    calendar: workingDays({ closures: new Set() }),
    ...changes,
  })
const until = '2026-12-01T10:00:00+01:00[Europe/Paris]'
const plain = (state: DayState) => JSON.parse(JSON.stringify(state))

test('a free day may be booked and a booked one cancelled until the cut-off', () => {
  assert.deepEqual(plain(seen()), { state: 'open', booked: false, until })
  assert.deepEqual(plain(seen({ booking: 'ours' })), { state: 'open', booked: true, until })
  assert.equal(seen({}, '2026-12-01T10:00:00+01:00').state, 'open')
})

test('after the cut-off the day is locked, and says since when and what stands', () => {
  const late = '2026-12-01T10:00:01+01:00'
  assert.deepEqual(plain(seen({ booking: 'ours' }, late)), { state: 'locked', booked: true, since: until })
  assert.equal(seen({}, '2026-12-03T09:00:00+01:00').state, 'locked')
  assert.deepEqual(plain(seen({ booking: 'ours' }, '2026-12-04T00:00:00+01:00')), { state: 'past', booked: true })
})

test('a full day shows the waiting list and the rank on it; one’s own booking there may still be cancelled', () => {
  assert.deepEqual(plain(seen({ placesLeft: 0 })), { state: 'full', until })
  assert.deepEqual(plain(seen({ placesLeft: 0, waiting: { rank: 4 } })), { state: 'full', rank: 4, until })
  assert.equal(seen({ placesLeft: 0, booking: 'ours' }).state, 'open')
})

test('a place offered is kept until the offer ends, and no longer', () => {
  const offer = { offeredUntil: Temporal.Instant.from('2026-11-24T12:00:00+01:00') }
  assert.deepEqual(plain(seen({ placesLeft: 0, waiting: offer })), {
    state: 'offered',
    until: '2026-11-24T12:00:00+01:00[Europe/Paris]',
  })
  assert.equal(seen({ placesLeft: 0, waiting: offer }, '2026-11-24T12:00:01+01:00').state, 'full')
  const long = { offeredUntil: Temporal.Instant.from('2026-12-24T12:00:00+01:00') }
  assert.deepEqual(plain(seen({ placesLeft: 0, waiting: long })), { state: 'offered', until })
})

test('trap 26: of the other parent’s days nothing is told, not even whether a meal is booked', () => {
  for (const booking of ['none', 'other-household'] as const)
    assert.deepEqual(plain(seen({ ours: false, booking })), { state: 'other-household' })
})

test('custody by percentage: a meal the other household booked is seen and cannot be cancelled', () => {
  const state = seen({ booking: 'other-household' })
  assert.deepEqual(plain(state), { state: 'booked-by-other-household' })
  assert.equal(bookingChange('cancel', state).allowed, false)
  assert.equal(bookingChange('book', state).allowed, false)
})

test('a day booked before the weeks were shared out anew may still be cancelled by who booked it', () => {
  assert.equal(seen({ ours: false, booking: 'ours' }).state, 'open')
})

test('a child at its leisure centre at lunchtime eats there: no meal can be booked, the line can be left', () => {
  const state = seen({ atCentre: true })
  assert.deepEqual(plain(state), { state: 'at-leisure-centre' })
  assert.equal(change('book', state), 'at-leisure-centre {}')
  assert.equal(change('cancel', seen({ atCentre: true, booking: 'ours' })), `until ${until}`)
  assert.equal(seen({ atCentre: true, placesLeft: 0, waiting: { rank: 2 } }).state, 'full')
  const offer = { offeredUntil: Temporal.Instant.from('2026-11-24T12:00:00+01:00') }
  assert.equal(seen({ atCentre: true, placesLeft: 0, waiting: offer }).state, 'at-leisure-centre')
})

test('a child who is not enrolled, and a day without canteen, say so before anything else', () => {
  assert.equal(seen({ enrolled: false }).state, 'not-enrolled')
  const closed = { serves: false, why: 'closure', reason: 'strike', message: 'Grève' } as const
  assert.deepEqual(plain(seen({ serving: closed, booking: 'ours' })), {
    state: 'not-serving',
    why: 'closure',
    reason: 'strike',
    message: 'Grève',
  })
})

const change = (wish: 'book' | 'cancel', state: DayState) => {
  const answer = bookingChange(wish, state)
  return answer.allowed ? `until ${answer.until}` : `${answer.code} ${JSON.stringify(answer.params)}`
}

test('trap 19: a strike declared after the cut-off closes the day, booked or not', () => {
  const serving = servingDay(day('2026-11-26'), fourDays, facts)
  const state = seen({ day: day('2026-11-26'), serving, booking: 'ours' }, '2026-11-25T18:00:00+01:00')
  assert.equal(state.state, 'not-serving')
  assert.match(change('cancel', state), /^not-serving .*strike/)
})

test('each wish is allowed until a moment, or refused with the reason', () => {
  assert.equal(change('book', seen()), `until ${until}`)
  assert.equal(change('cancel', seen({ booking: 'ours' })), `until ${until}`)
  assert.equal(change('book', seen({ booking: 'ours' })), 'already-booked {}')
  assert.equal(change('cancel', seen()), 'not-booked {}')
  assert.equal(change('book', seen({ placesLeft: 0, waiting: { rank: 2 } })), 'full {"rank":2}')
  assert.equal(change('cancel', seen({ placesLeft: 0 })), 'not-booked {}')
  assert.equal(change('book', seen({ enrolled: false })), 'not-enrolled {}')
  assert.equal(change('book', seen({ ours: false })), 'other-household {}')
  assert.equal(change('cancel', seen({ booking: 'ours' }, '2026-12-05T12:00:00+01:00')), 'past {"booked":true}')
  assert.equal(
    change('cancel', seen({ booking: 'ours' }, '2026-12-01T10:00:01+01:00')),
    'too-late {"deadline":"2026-12-01T10:00:00+01:00","booked":true}',
  )
  const weekend = seen({ serving: { serves: false, why: 'weekend' } })
  assert.equal(change('book', weekend), 'not-serving {"why":"weekend"}')
})
