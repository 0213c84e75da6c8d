import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '../../src/kernel/ids.ts'
import {
  actingHouseholds,
  addressOn,
  compareNames,
  phoneNumber,
  quotientOn,
  residentOn,
  schoolingOn,
  searchKey,
} from '../../src/people/rules.ts'

const day = Temporal.PlainDate.from
const quotient = (
  value: number,
  from: string,
  to: string,
  state: 'to-check' | 'confirmed' | 'refused' = 'confirmed',
) => ({
  value,
  from: day(from),
  to: day(to),
  state,
})

test('trap 9: a confirmed quotient of 0 counts; without one there is none, which is not 0', () => {
  const zero = [quotient(0, '2026-09-01', '2027-08-31')]
  assert.equal(quotientOn(zero, day('2026-11-23'))?.value, 0)
  assert.equal(quotientOn([], day('2026-11-23')), undefined)
})

test('a quotient counts from its first day to its last, once a clerk has confirmed it', () => {
  const one = [quotient(64000, '2026-09-10', '2027-08-31')]
  assert.equal(quotientOn(one, day('2026-09-09')), undefined)
  assert.equal(quotientOn(one, day('2026-09-10'))?.value, 64000)
  assert.equal(quotientOn(one, day('2027-08-31'))?.value, 64000)
  assert.equal(quotientOn(one, day('2027-09-01')), undefined)
  for (const state of ['to-check', 'refused'] as const)
    assert.equal(quotientOn([quotient(64000, '2026-09-10', '2027-08-31', state)], day('2026-10-01')), undefined)
})

test('trap 10: a newer quotient takes over from its own day; one still to check does not hide the old', () => {
  const old = quotient(64000, '2026-09-01', '2027-08-31')
  const newer = quotient(30000, '2026-11-10', '2026-12-31')
  const list = [newer, old]
  assert.equal(quotientOn(list, day('2026-11-09'))?.value, 64000)
  assert.equal(quotientOn(list, day('2026-11-10'))?.value, 30000)
  assert.equal(quotientOn(list, day('2027-01-04'))?.value, 64000)
  assert.equal(quotientOn([old, { ...newer, state: 'to-check' }], day('2026-11-10'))?.value, 64000)
})

test('trap 12: a household lives where it last moved to, before that where it lived before', () => {
  const addresses = [
    { from: day('2026-11-16'), resident: false, city: 'Croix' },
    { from: day('2025-09-01'), resident: true, city: 'Roubaix' },
  ]
  assert.equal(residentOn(addresses, day('2026-11-15')), true)
  assert.equal(residentOn(addresses, day('2026-11-16')), false)
  assert.equal(addressOn(addresses, day('2020-01-01'))?.city, 'Roubaix', 'before the first known one, that one')
  assert.equal(residentOn([], day('2026-11-16')), false)
})

test('trap 11: past meals stay with the school of their day', () => {
  const schoolings = [
    { from: day('2026-09-01'), to: null, school: 'Linné' },
    { from: day('2026-11-09'), to: day('2027-07-02'), school: 'Voltaire' },
  ]
  assert.equal(schoolingOn(schoolings, day('2026-08-31')), undefined)
  assert.equal(schoolingOn(schoolings, day('2026-11-08'))?.school, 'Linné')
  assert.equal(schoolingOn(schoolings, day('2026-11-09'))?.school, 'Voltaire')
  assert.equal(schoolingOn(schoolings, day('2027-07-03')), undefined, 'left: not back at the school before')
})

const id = <K extends string>(text: string) => text as Id<K>
const member = (household: string, person: string, role: 'guardian' | 'child') => ({
  householdId: id<'household'>(household),
  personId: id<'person'>(person),
  role,
})
const members = [
  member('north', 'mother', 'guardian'),
  member('north', 'stepfather', 'guardian'),
  member('north', 'lea', 'child'),
  member('north', 'baby', 'child'),
  member('south', 'father', 'guardian'),
  member('south', 'lea', 'child'),
]
const may = (adult: string, child: string, birth = '2018-05-04', on = '2026-11-23') =>
  actingHouseholds(members, id(adult), { id: id(child), birthDate: day(birth) }, day(on))

test('an adult acts for the children of the household whose guardian they are, and for no others', () => {
  assert.deepEqual(may('mother', 'lea'), ['north'])
  assert.deepEqual(may('father', 'lea'), ['south'])
  assert.deepEqual(may('father', 'baby'), [])
  assert.deepEqual(may('stranger', 'lea'), [])
  assert.deepEqual(may('lea', 'baby'), [], 'a sister is no guardian')
})

test('nobody acts for a child who has come of age; trap 6: born on 29 February, that is on 1 March', () => {
  assert.deepEqual(may('mother', 'lea', '2008-11-24'), ['north'])
  assert.deepEqual(may('mother', 'lea', '2008-11-23'), [])
  assert.deepEqual(may('mother', 'lea', '2008-02-29', '2026-02-28'), ['north'])
  assert.deepEqual(may('mother', 'lea', '2008-02-29', '2026-03-01'), [])
})

test('trap 28: a name is found whatever its accents, capitals, apostrophes and hyphens', () => {
  assert.equal(searchKey('Œuvré-D’Été'), 'oeuvre dete')
  const same = [
    ['N’Diaye', "N'Diaye", 'NDIAYE', 'N´Diaye', 'n`diaye'],
    ['Jean-Pierre', 'jean pierre', 'JEAN‑PIERRE', ' Jean  Pierre '],
    ['Louÿs', 'Louys', 'LOUŸS', 'Louy\u0308s'],
    ['Lætitia', 'Laetitia', 'LÆTITIA'],
    ['Großmann', 'Grossmann', 'GROẞMANN'],
    ['Çelik', 'Celik', 'ÇELİK'],
    ['Łukasz Sørensen', 'lukasz sorensen'],
    ['École', 'Ecole'],
  ]
  for (const [first = '', ...others] of same)
    for (const other of others) assert.equal(searchKey(other), searchKey(first), other)
  assert.notEqual(searchKey('Martin'), searchKey('Martine'))
})

test('names in other scripts are kept, and signs alone are nothing to search', () => {
  assert.equal(searchKey('Ахмат-Ова'), 'ахмат ова')
  assert.equal(searchKey('محمد'), 'محمد')
  assert.equal(searchKey(' -’%_ '), '')
})

test('trap 28: École sorts beside Ecole, not after Z', () => {
  const sorted = ['Zola', 'École', 'eau', 'Ecole', 'Œuf', 'Oz'].toSorted(compareNames)
  assert.deepEqual(sorted, ['eau', 'Ecole', 'École', 'Œuf', 'Oz', 'Zola'])
})

test('a French number is one, however it is typed', () => {
  const typed = [
    '03 20 00 00 00',
    '0320000000',
    '03.20.00.00.00',
    '03-20-00-00-00',
    '+33 3 20 00 00 00',
    '+33 (0)3 20 00 00 00',
    '0033320000000',
    '0033 (0)3 20000000',
    '+33 03 20 00 00 00',
    '03\u00a020\u202f00 00 00',
  ]
  for (const text of typed) assert.equal(phoneNumber(text), '+33320000000', text)
})

test('a foreign number is taken with its country, and what is no number is refused', () => {
  assert.equal(phoneNumber('+32 2 123 45 67'), '+3221234567')
  assert.equal(phoneNumber('00 44 20 7946 0018'), '+442079460018')
  const refused = [
    '',
    '0',
    '03 20 00 00',
    '03 20 00 00 00 00',
    '00 03 20 00 00 00',
    '2 123 45 67',
    '+33 20',
    '+330020000000',
    '+0123456789',
    '+1234567890123456',
    'appelez-moi',
    '03 20 00 00 0O',
  ]
  for (const text of refused) assert.equal(phoneNumber(text), undefined, text)
})
