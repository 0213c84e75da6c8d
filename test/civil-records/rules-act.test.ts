// What a clerk types of an act, and what is made of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordKinds } from '../../src/civil-records/kinds.ts'
import { actGroups, waysOf } from '../../src/civil-records/printing/act-fields.ts'
import { readAct } from '../../src/civil-records/printing/read-act.ts'
import { shownDate } from '../../src/civil-records/printing/typed-act.ts'
import { formsOf } from '../../src/civil-records/rules/entitlement.ts'
import { Problem } from '../../src/kernel/problems.ts'

const today = Temporal.PlainDate.from('2026-11-23')
const register = { 'register.year': '1984', 'register.number': '212' }
const birth = {
  ...register,
  'event.date': '12/05/1984',
  'event.time': '06:30',
  'event.place': 'Valmont',
  'person.firstNames': 'Fatou  Marie',
  'person.lastName': 'Diallo',
  'person.sex': 'F',
  'first-parent.role': 'father',
  'first-parent.firstNames': 'Ousmane',
  'first-parent.lastName': 'Diallo',
  'first-parent.birthDate': '1950',
  'notes.marginalNotes': 'Mariée le 3 juin 2010.\n\nDivorcée\nle 4 mai 2020.',
}

const faultsOf = (kind: 'birth' | 'marriage' | 'death', body: Record<string, unknown>, form = 'full-copy' as const) => {
  try {
    readAct({ kind, form }, body, today)
    return []
  } catch (error) {
    assert.ok(error instanceof Problem)
    return error.errors.map(({ field, code }) => `${field}: ${code}`)
  }
}

test('the facts of a birth are read as the act has them, and what is empty is left out', () => {
  const { content, ...place } = readAct({ kind: 'birth', form: 'full-copy' }, birth, today)
  assert.deepEqual(place, { registerYear: 1984, actNumber: '212', volume: '' })
  assert.deepEqual(content, {
    way: 'facts',
    act: {
      kind: 'birth',
      date: '1984-05-12',
      time: '06:30',
      place: 'Valmont',
      person: { firstNames: 'Fatou Marie', lastName: 'Diallo' },
      sex: 'F',
      parents: [{ role: 'father', firstNames: 'Ousmane', lastName: 'Diallo', birth: { date: '1950' } }],
    },
    marginalNotes: ['Mariée le 3 juin 2010.', 'Divorcée le 4 mai 2020.'],
    events: [],
    other: '',
  })
})

test('every fault is told, by its field', () => {
  const body = { 'event.date': '31/02/1984', 'event.time': '25:00', 'person.sex': 'X', 'register.year': '1700' }
  assert.deepEqual(faultsOf('birth', body).toSorted(), [
    'event.date: not-a-date',
    'event.place: required',
    'event.time: not-an-hour',
    'person.lastName: required',
    'person.sex: not-a-choice',
    'register.number: required',
    'register.year: not-a-register-year',
  ])
  assert.deepEqual(faultsOf('birth', { ...birth, 'event.date': '24/11/2026' }), ['event.date: date-in-future'])
  assert.deepEqual(faultsOf('birth', { ...birth, 'register.year': '2027' }), ['register.year: not-a-register-year'])
  assert.deepEqual(faultsOf('birth', { ...birth, 'person.lastName': 'x'.repeat(301) }), ['person.lastName: too-long'])
})

test('what is no text counts as nothing', () => {
  assert.deepEqual(faultsOf('birth', { ...birth, 'person.lastName': ['Diallo', 'Ba'] }), ['person.lastName: required'])
})

test('a copy word for word needs its words, and a scan needs no facts', () => {
  assert.deepEqual(faultsOf('death', { ...register, way: 'text' }), ['words.text: required'])
  const text = readAct(
    { kind: 'death', form: 'full-copy' },
    { ...register, way: 'text', 'words.text': 'Un.\n\nDeux.' },
    today,
  )
  assert.deepEqual(text.content, { way: 'text', text: ['Un.', 'Deux.'], marginalNotes: [] })
  assert.deepEqual(readAct({ kind: 'death', form: 'full-copy' }, { ...register, way: 'scan' }, today).content, {
    way: 'scan',
  })
})

test('only a full copy is made of words or of a scan', () => {
  assert.deepEqual(waysOf('full-copy'), ['facts', 'text', 'scan'])
  const extract = readAct({ kind: 'birth', form: 'without-parentage' }, { ...birth, way: 'scan' }, today)
  assert.equal(extract.content.way, 'facts')
})

test('an extract without parentage never takes a parent, whatever was sent', () => {
  for (const kind of recordKinds) {
    if (!formsOf(kind).includes('without-parentage')) continue
    const names = actGroups(kind, 'without-parentage').map(({ key }) => key)
    assert.ok(!names.some(name => name.includes('parent')), kind)
  }
  const { content } = readAct({ kind: 'birth', form: 'without-parentage' }, birth, today)
  assert.ok(content.way === 'facts' && content.act.kind === 'birth')
  assert.deepEqual(content.act.parents, [])
})

test('a marriage has two spouses with their parents, and later events go on a multilingual extract', () => {
  const body = {
    ...register,
    'event.date': '03/06/2010',
    'event.place': 'Valmont',
    'first-spouse.lastName': 'Diallo',
    'first-spouse.firstNames': 'Fatou',
    'second-spouse.lastName': 'Martin',
    'second-spouse.firstNames': 'Paul',
    'second-spouse-second-parent.lastName': 'Petit',
    'second-spouse-second-parent.role': 'mother',
    'later-1.sign': 'Div',
    'later-1.date': '04/05/2020',
    'later-1.place': 'Lille',
    'later-2.place': 'nothing else',
  }
  const { content } = readAct({ kind: 'marriage', form: 'multilingual' }, body, today)
  assert.ok(content.way === 'facts' && content.act.kind === 'marriage')
  assert.deepEqual(
    content.act.spouses.map(({ lastName, parents }) => [lastName, parents.map(parent => parent.lastName)]),
    [
      ['Diallo', []],
      ['Martin', ['Petit']],
    ],
  )
  assert.deepEqual(content.events, [{ sign: 'Div', date: '2020-05-04', place: 'Lille' }])
})

test('dates are shown as clerks type them, and read the same again', () => {
  for (const date of ['1931', '1931-05', '1931-05-12']) {
    const shown = shownDate(date)
    const read = readAct({ kind: 'birth', form: 'full-copy' }, { ...birth, 'first-parent.birthDate': shown }, today)
    assert.ok(read.content.way === 'facts' && read.content.act.kind === 'birth')
    assert.equal(read.content.act.parents[0]?.birth?.date, date)
  }
  assert.equal(shownDate('1931-05-12'), '12/05/1931')
})
