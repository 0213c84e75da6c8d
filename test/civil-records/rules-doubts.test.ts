import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answers } from '../../src/civil-records/kinds.ts'
import { type DoubtFacts, doubtsOf } from '../../src/civil-records/rules/doubts.ts'
import { applicantKey, recordKey } from '../../src/civil-records/rules/record-keys.ts'

const askedOn = Temporal.PlainDate.from('2026-11-23')
const ago = (days: number) => askedOn.subtract({ days })
const fatou = { firstName: 'Fatou', lastName: 'Diallo', birthDate: '1990-05-12' }
const home = { lines: ['3 rue des Lilas'], postcode: '59100', city: 'Valmont' }

const own: Answers = {
  kind: 'birth',
  form: 'full-copy',
  date: '1990-05-12',
  standing: 'self',
  subject: { firstNames: 'Fatou, Marie', lastName: 'DIALLO' },
  applicant: fatou,
  delivery: 'post',
  address: { ...home, country: 'FR' },
}

const doubts = (facts: Partial<DoubtFacts>) =>
  doubtsOf({ answers: own, askedOn, othersOfApplicant: [], othersOfRecord: [], ...facts })
const codes = (facts: Partial<DoubtFacts>) => doubts(facts).map(({ code }) => code)
const told = (more: Answers) => codes({ answers: { ...own, ...more } })

test('an ordinary request raises no doubt', () => {
  assert.deepEqual(codes({ known: { ...fatou, address: home } }), [])
})

test('the fifth request of one applicant in thirty days is seen', () => {
  assert.deepEqual(codes({ othersOfApplicant: [ago(0), ago(1), ago(2)] }), [])
  assert.deepEqual(doubts({ othersOfApplicant: [ago(0), ago(1), ago(2), ago(29)] }), [
    { code: 'many-requests', params: { count: 5, days: 30 } },
  ])
  assert.deepEqual(codes({ othersOfApplicant: [ago(0), ago(1), ago(2), ago(30)] }), [])
})

test('the same record asked for twice in thirty days is seen', () => {
  assert.deepEqual(doubts({ othersOfRecord: [ago(29)] }), [{ code: 'same-record', params: { count: 1, days: 30 } }])
  assert.deepEqual(codes({ othersOfRecord: [ago(30)] }), [])
})

test('a record sent elsewhere than home, or abroad, is seen', () => {
  const known = { firstName: 'Fatou', lastName: 'Diallo' }
  assert.deepEqual(codes({ known: { ...known, address: { ...home, lines: ['3, RUE DES LILAS'] } } }), [])
  assert.deepEqual(codes({ known: { ...known, address: { ...home, lines: ['5 rue des Lilas'] } } }), [
    'address-differs',
  ])
  assert.deepEqual(codes({ known }), [])
  assert.deepEqual(doubts({ answers: { ...own, address: { ...home, country: 'BE' } } }), [
    { code: 'sent-abroad', params: { country: 'BE' } },
  ])
})

test('one who asks for oneself under another name or birth date is seen; a married name alone is not', () => {
  assert.deepEqual(told({ applicant: { ...fatou, lastName: 'Martin' } }), [])
  assert.deepEqual(told({ applicant: { ...fatou, firstName: 'Awa' } }), ['self-other-name'])
  assert.deepEqual(told({ applicant: { ...fatou, birthDate: '1991-05-12' } }), ['self-other-birth'])
  assert.deepEqual(told({ applicant: { ...fatou, lastName: 'Martin', birthDate: '1991-05-12' } }), [
    'self-other-name',
    'self-other-birth',
  ])
})

test('either spouse asks for their marriage', () => {
  const marriage: Answers = {
    kind: 'marriage',
    subject: { firstNames: 'Jean', lastName: 'Roux' },
    spouse: { firstNames: 'Fatou', lastName: 'Diallo' },
    subjectBirth: { date: '1988-01-01', place: 'Lille' },
  }
  assert.deepEqual(told(marriage), [])
  assert.deepEqual(told({ ...marriage, spouse: { firstNames: 'Awa', lastName: 'Diallo' } }), ['self-other-name'])
})

test('an account that asks under another name is seen', () => {
  assert.deepEqual(codes({ known: { firstName: 'Ali', lastName: 'Diallo' } }), ['account-other-name'])
  assert.deepEqual(codes({ known: { firstName: 'FATOU', lastName: 'Diallo' } }), [])
})

test('a child is younger than the parent by a generation, and a parent older', () => {
  const asked = (standing: 'child' | 'parent' | 'spouse', birthDate: string) =>
    told({ standing, applicant: { ...fatou, birthDate } })
  assert.deepEqual(asked('child', '2002-05-12'), [])
  assert.deepEqual(asked('child', '2002-05-11'), ['age-and-standing'])
  assert.deepEqual(asked('child', '1980-01-01'), ['age-and-standing'])
  assert.deepEqual(asked('parent', '1978-05-12'), [])
  assert.deepEqual(asked('parent', '1978-05-13'), ['age-and-standing'])
  assert.deepEqual(asked('spouse', '1991-01-01'), [])
})

test('two requests of one record have one key, however they are typed', () => {
  const key = recordKey(own)
  assert.equal(recordKey({ ...own, subject: { firstNames: 'fatou', lastName: 'diallo' } }), key)
  assert.equal(recordKey({ ...own, date: '1990' }), key)
  assert.notEqual(recordKey({ ...own, kind: 'death' }), key)
  assert.notEqual(recordKey({ ...own, date: '1991-05-12' }), key)
  assert.equal(recordKey({ kind: 'birth' }), undefined)
})

test('trap 7: twins have two records', () => {
  const twin = (firstNames: string) => recordKey({ ...own, subject: { firstNames, lastName: 'Diallo' } })
  assert.notEqual(twin('Marie-Anne'), twin('Marie-Louise'))
})

test('a marriage is one record, whichever spouse is named first', () => {
  const [a, b] = [
    { firstNames: 'Jean', lastName: 'Roux' },
    { firstNames: 'Fatou', lastName: 'Diallo' },
  ]
  const marriage = { kind: 'marriage', date: '2015-06-20' } as const
  assert.equal(recordKey({ ...marriage, subject: a, spouse: b }), recordKey({ ...marriage, subject: b, spouse: a }))
})

test('an applicant has one key with and without account', () => {
  assert.equal(applicantKey(fatou), applicantKey({ ...fatou, firstName: 'FATOU', lastName: 'diallo' }))
  assert.notEqual(applicantKey(fatou), applicantKey({ ...fatou, birthDate: '1990-05-13' }))
})
