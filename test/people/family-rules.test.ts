import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Id } from '../../src/kernel/ids.ts'
import { type Custody, householdOfDay, sharesOfDay } from '../../src/people/custody.ts'
import { mirrored } from '../../src/people/custody-terms.ts'
import { allToDos } from '../../src/people/dashboard.ts'
import { typedDay } from '../../src/people/forms.ts'
import { isInTown, isSameChild, maybeSameChild, phoneNumber, shownPhone } from '../../src/people/rules.ts'
import type { CustodyTerms } from '../../src/people/schema.ts'
import { classesFor, classNameFor, schoolingsWith } from '../../src/people/schools.ts'

const day = (iso: string) => Temporal.PlainDate.from(iso)
const child = (firstName: string, lastName: string, birth = '2018-03-12') => ({
  firstName,
  lastName,
  birthDate: day(birth),
})

test('two parents write one child in their own way; twins and strangers are told apart', () => {
  const ines = child('Inès', 'Diallo')
  for (const other of [
    child('INES', 'diallo'),
    child('Inès', 'Diallo Martin'),
    child('Inès Marie', 'Martin-Diallo'),
    child('Diallo', 'Inès'),
  ])
    assert.ok(maybeSameChild(ines, other), `${other.firstName} ${other.lastName}`)
  for (const other of [child('Malo', 'Diallo'), child('Inès', 'Martin'), child('Inès', 'Diallo', '2018-03-13')])
    assert.ok(!maybeSameChild(ines, other), `${other.firstName} ${other.lastName}`)
  assert.ok(isSameChild(ines, child('ines', 'DIALLO')))
  assert.ok(!isSameChild(ines, child('Inès', 'Diallo Martin')))
})

test('an address is in the town by its name and department, however it is written', () => {
  const town = { shortName: 'Saint-Aubin', address: ['1 place', '59100 Saint-Aubin-sur-Lys'] }
  for (const [postcode, city] of [
    ['59100', 'SAINT AUBIN SUR LYS'],
    ['59100', 'St-Aubin'],
    ['59150', 'Saint-Aubin-sur-Lys'],
    ['59103', 'Saint Aubin sur Lys Cedex 3'],
  ] as const)
    assert.ok(isInTown(town, { postcode, city }), city)
  for (const [postcode, city] of [
    ['76100', 'Saint-Aubin'],
    ['59100', 'Lille'],
    ['59100', 'Aubin'],
  ] as const)
    assert.ok(!isInTown(town, { postcode, city }), `${postcode} ${city}`)
})

test('a telephone number is shown as one writes it, and typed again as shown it is the same', () => {
  assert.equal(shownPhone('+33612345678'), '06\u00a012\u00a034\u00a056\u00a078')
  assert.equal(shownPhone('+32470123456'), '+32470123456')
  fc.assert(
    fc.property(fc.integer({ min: 100_000_000, max: 799_999_999 }), n => {
      const kept = `+33${n}`
      assert.equal(phoneNumber(shownPhone(kept)), kept)
    }),
  )
})

test('a date typed in three fields is one only when all three make a day', () => {
  const typed = (d: string, m: string, y: string) => typedDay({ 'x-day': d, 'x-month': m, 'x-year': y }, 'x')
  assert.equal(typed('5', '3', '2019'), '2019-03-05')
  assert.equal(typed(' 05', '03 ', '2019'), '2019-03-05')
  assert.equal(typed('', '', ''), '')
  assert.equal(typed('5', '', '2019'), '2019-00-05')
  assert.equal(typedDay(undefined, 'x'), '')
  assert.equal(typedDay({ 'x-day': ['1', '2'] }, 'x'), '')
})

test('a class is known when the school has only one for the level', () => {
  const classes = [
    { name: 'CP A', level: 'CP' },
    { name: 'CP-CE1', level: 'CP, CE1' },
    { name: 'Les grands', level: 'CM1 CM2' },
  ]
  const school = { id: 's' as Id<'school'>, name: 'École', classes }
  assert.deepEqual(classesFor(school, 'CP'), ['CP A', 'CP-CE1'])
  assert.equal(classNameFor(school, 'CP'), 'CP')
  assert.equal(classNameFor(school, 'CE1'), 'CP-CE1')
  assert.equal(classNameFor(school, 'CM2'), 'Les grands')
  assert.equal(classNameFor(school, 'PS'), 'PS')
})

test('changing schools never leaves a day in two schools, nor rewrites a day before', () => {
  const schools = ['a', 'b', 'c'] as Id<'school'>[]
  const change = fc.record({ after: fc.integer({ min: 0, max: 400 }), school: fc.constantFrom(...schools) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), changes => {
      let known = schoolingsWith([], { schoolId: schools[0]!, className: 'CP', from: day('2026-09-01') })
      for (const { after, school } of changes) {
        const from = day('2026-09-01').add({ days: after })
        const before = known
        known = schoolingsWith(known, { schoolId: school, className: 'CP', from })
        const at = (list: typeof known, when: Temporal.PlainDate) =>
          list.filter(
            one =>
              !(Temporal.PlainDate.compare(one.from, when) > 0) &&
              (!one.to || Temporal.PlainDate.compare(when, one.to) <= 0),
          )
        for (let days = 0; days < 420; days += 7) {
          const when = day('2026-09-01').add({ days })
          assert.ok(at(known, when).length <= 1)
          if (Temporal.PlainDate.compare(when, from) < 0)
            assert.deepEqual(
              at(known, when).map(one => one.schoolId),
              at(before, when).map(one => one.schoolId),
            )
        }
        assert.equal(at(known, from)[0]?.schoolId, school)
      }
    }),
    { numRuns: 50 },
  )
})

test('the terms told from the other home say the same of every day', () => {
  const [a, b] = ['a', 'b'] as Id<'household'>[]
  const monday = fc.integer({ min: 0, max: 60 }).map(weeks => day('2026-08-31').add({ weeks }).toString())
  const terms = fc.oneof(
    fc.record({ kind: fc.constant('alternating-weeks' as const), firstWeek: monday }),
    fc.record({
      kind: fc.constant('even-and-odd-weeks' as const),
      evenWeeks: fc.constantFrom('first' as const, 'second' as const),
      changeOver: fc.integer({ min: 1, max: 7 }),
    }),
    fc.record({ kind: fc.constant('percentage' as const), firstShare: fc.integer({ min: 0, max: 10_000 }) }),
  )
  const custody = (of: CustodyTerms, first: Id<'household'>, second: Id<'household'>) =>
    ({
      ...of,
      ...('firstWeek' in of ? { firstWeek: day(of.firstWeek) } : {}),
      first,
      second,
      from: day('2026-01-01'),
    }) as Custody
  fc.assert(
    fc.property(terms, fc.integer({ min: 0, max: 700 }), (of, after) => {
      const when = day('2026-09-01').add({ days: after })
      const [one, other] = [custody(of, a!, b!), custody(mirrored(of), b!, a!)]
      assert.equal(householdOfDay(one, when), householdOfDay(other, when))
      const shares = (c: Custody) => sharesOfDay(c, when).map(s => `${s.household} ${s.basisPoints}`)
      assert.deepEqual(shares(one).sort(), shares(other).sort())
    }),
  )
})

test('what ends first is first to do; what has no end comes last, in the order it came', async () => {
  const at = (text: string, until?: string) => ({
    text,
    action: '',
    href: '',
    ...(until ? { until: Temporal.Instant.from(until) } : {}),
  })
  const asked = {} as Parameters<typeof allToDos>[1]
  const todos = await allToDos(
    [
      async () => [at('address'), at('invoice', '2026-12-15T00:00:00Z')],
      async () => [at('offer', '2026-12-01T09:00:00Z'), at('paper')],
    ],
    asked,
  )
  assert.deepEqual(
    todos.map(({ text }) => text),
    ['offer', 'invoice', 'address', 'paper'],
  )
})
