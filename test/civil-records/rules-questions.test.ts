import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Answers, places, type RecordForm, type RecordKind, standings } from '../../src/civil-records/kinds.ts'
import { answered, forget } from '../../src/civil-records/rules/answers.ts'
import { formsOf } from '../../src/civil-records/rules/entitlement.ts'
import {
  type Context,
  entitlementOf,
  isQuestion,
  nextQuestion,
  type QuestionKey,
  questionKeys,
  questions,
  questionsFor,
} from '../../src/civil-records/rules/questions.ts'

const today = Temporal.PlainDate.from('2026-11-23')
const visitor: Context = { account: false, mostCopies: 3 }
const resident: Context = { account: true, mostCopies: 1 }

const somebody = { firstNames: 'Jeanne, Louise', lastName: 'Roux' }
/** An answer for every question, for paths that do not say another. */
const usual: Required<Answers> = {
  kind: 'birth',
  form: 'full-copy',
  place: 'here',
  date: '1990-05-12',
  standing: 'self',
  minor: false,
  died: 'no',
  subject: somebody,
  declarant: somebody,
  subjectBirth: { date: '1960-05-12', place: 'Lille' },
  spouse: { firstNames: 'Ali', lastName: 'Diallo' },
  parents: { first: somebody, unknown: 'one' },
  copies: 1,
  applicant: { firstName: 'Jeanne', lastName: 'Roux', birthDate: '1990-05-12' },
  office: { name: 'Étude Roux', reference: '12' },
  delivery: 'post',
  address: { lines: ['3 rue des Lilas'], postcode: '59100', city: 'Valmont', country: 'FR' },
  contact: {},
  proof: 'at-counter',
}

/** Answers every question that is asked, in turn, and gives their names and how it ended. */
function walk(chosen: Answers, context: Context = visitor): string {
  let answers: Answers = {}
  const asked: string[] = []
  while (asked.length <= questionKeys.length) {
    const next = nextQuestion(answers, today, context)
    if (typeof next === 'object') return [...asked, `stop:${next.stop}`].join(' ')
    if (next === 'check') return [...asked, 'check'].join(' ')
    asked.push(next)
    const field = questions[next]
    answers = answered(answers, next, { [field]: chosen[field] ?? usual[field] }, today, context)
  }
  throw new Error(`asked for ever: ${asked.join(' ')}`)
}

const paths: readonly (readonly [string, Answers, string])[] = [
  [
    'one’s own birth, full copy, by post',
    {},
    'kind form place date standing subject parents copies applicant delivery address contact proof check',
  ],
  [
    'one’s own birth, collected at the town hall',
    { delivery: 'collection' },
    'kind form place date standing subject parents copies applicant delivery contact proof check',
  ],
  [
    'a birth without the parents’ names: nobody is asked who they are to the person',
    { form: 'without-parentage' },
    'kind form place date subject copies applicant delivery address contact check',
  ],
  [
    'a parent asks for a child’s birth',
    { standing: 'parent', date: '2020-05-12' },
    'kind form place date standing subject parents copies applicant delivery address contact proof check',
  ],
  [
    'a lawyer is asked for the office',
    { standing: 'professional' },
    'kind form place date standing subject parents copies applicant office delivery address contact proof check',
  ],
  [
    'at seventeen one is asked about being emancipated',
    { date: '2009-05-12', applicant: { ...usual.applicant, birthDate: '2009-05-12' } },
    'kind form place date standing minor subject parents copies applicant delivery address contact proof check',
  ],
  [
    'at seventeen and not emancipated',
    { date: '2009-05-12', minor: true },
    'kind form place date standing minor stop:not-entitled',
  ],
  ['a child of ten is not even asked', { date: '2016-05-12' }, 'kind form place date standing stop:not-entitled'],
  [
    'a sister, young act',
    { standing: 'sibling', date: '2003-05-12' },
    'kind form place date standing stop:not-entitled',
  ],
  ['a sister, person alive', { standing: 'sibling' }, 'kind form place date standing died stop:not-entitled'],
  [
    'a sister, death too recent',
    { standing: 'sibling', died: '2010-01-01' },
    'kind form place date standing died stop:not-entitled',
  ],
  [
    'a sister, death of 1995: as information, nothing to prove',
    { standing: 'sibling', died: '1995-01-01' },
    'kind form place date standing died subject copies applicant delivery address contact check',
  ],
  [
    'a partner who wants it for abroad',
    { standing: 'partner', form: 'multilingual' },
    'kind form place date standing stop:not-entitled',
  ],
  ['an heir who wants the full copy', { standing: 'heir' }, 'kind form place date standing died stop:not-entitled'],
  [
    'an heir who wants the extract with parentage',
    { standing: 'heir', form: 'with-parentage' },
    'kind form place date standing subject parents copies applicant delivery address contact proof check',
  ],
  [
    'journey 14: the marriage of a grandmother in 1931, by a grandchild',
    { kind: 'marriage', date: '1931', standing: 'child' },
    'kind form place date standing subject spouse copies applicant delivery address contact proof check',
  ],
  [
    'journey 14: the same, by anyone',
    { kind: 'marriage', date: '1931', standing: 'other' },
    'kind form place date standing subject spouse copies applicant delivery address contact check',
  ],
  [
    'one’s own marriage',
    { kind: 'marriage', date: '2015-06-20' },
    'kind form place date standing subject subject-birth spouse parents copies applicant delivery address contact proof check',
  ],
  [
    'a marriage without the parents’ names',
    { kind: 'marriage', date: '2015-06-20', form: 'without-parentage' },
    'kind form place date subject spouse copies applicant delivery address contact check',
  ],
  [
    'a death, by anyone',
    { kind: 'death', date: '2020-06-20' },
    'kind form place date subject copies applicant delivery address contact check',
  ],
  [
    'trap 24: a death elsewhere of somebody who lived here',
    { kind: 'death', date: '2020-06-20', place: 'lived-here' },
    'kind form place date subject copies applicant delivery address contact check',
  ],
  [
    'a recognition, by the child it is about',
    { kind: 'recognition' },
    'kind form place date standing subject declarant copies applicant delivery address contact proof check',
  ],
  ['journey 16: born in another town', { place: 'france' }, 'kind form place stop:elsewhere'],
  ['born abroad', { place: 'abroad' }, 'kind form place stop:elsewhere'],
  [
    'a minor who asks for a grandparent’s act is stopped when the birth date is told',
    { standing: 'child', date: '1955-01-01', applicant: { ...usual.applicant, birthDate: '2010-01-01' } },
    'kind form place date standing subject parents copies applicant stop:not-entitled',
  ],
]

for (const [name, chosen, path] of paths) test(`the path of ${name}`, () => assert.equal(walk(chosen), path))

test('with an account nobody is asked how to be reached, nor how many copies where there is one', () => {
  assert.equal(
    walk({}, resident),
    'kind form place date standing subject parents applicant delivery address proof check',
  )
})

test('who is not entitled has typed no name', () => {
  for (const [, chosen, path] of paths)
    if (path.endsWith('stop:not-entitled') && !chosen.applicant) assert.doesNotMatch(path, /subject|applicant|parents/)
})

test('the questions of a path are known as soon as the answers that decide are', () => {
  assert.deepEqual(questionsFor({}, today, visitor), ['kind', 'form', 'place', 'date'])
  const known: Answers = { kind: 'birth', form: 'full-copy', place: 'here', date: '1990-05-12' }
  assert.deepEqual(questionsFor(known, today, visitor).at(-1), 'standing')
  assert.equal(entitlementOf(known, today), undefined)
  assert.equal(questionsFor({ ...known, standing: 'self' }, today, visitor).at(-1), 'proof')
  assert.ok(entitlementOf({ ...known, standing: 'self' }, today)?.allowed)
})

const change = (answers: Answers, key: QuestionKey, given: Answers) => answered(answers, key, given, today, visitor)
const { minor, died, declarant, subjectBirth, spouse, office, ...ownBirth } = usual

test('an extract without the parents’ names forgets the parents, the standing and its proof', () => {
  const { parents, standing, proof, ...rest } = ownBirth
  assert.deepEqual(change(ownBirth, 'form', { form: 'without-parentage' }), { ...rest, form: 'without-parentage' })
})

test('another kind of act forgets the act and keeps who asks and where it goes', () => {
  const { copies, applicant, delivery, address, contact, form, place } = ownBirth
  assert.deepEqual(change(ownBirth, 'kind', { kind: 'death' }), {
    kind: 'death',
    form,
    place,
    copies,
    applicant,
    delivery,
    address,
    contact,
  })
  assert.equal(change({ ...ownBirth, form: 'with-parentage' }, 'kind', { kind: 'death' }).form, undefined)
  assert.equal(change({ kind: 'death', place: 'lived-here' }, 'kind', { kind: 'birth' }).place, undefined)
  assert.deepEqual(change(ownBirth, 'kind', { kind: 'birth' }), ownBirth)
})

test('a date that contradicts what was told after it makes that be asked again', () => {
  const marriage: Answers = { ...ownBirth, kind: 'marriage', date: '2015-06-20', spouse, subjectBirth }
  assert.equal(change(marriage, 'date', { date: '1958-01-01' }).subjectBirth, undefined)
  assert.deepEqual(change(marriage, 'date', { date: '2016-06-20' }).subjectBirth, subjectBirth)
  const sister: Answers = {
    kind: 'birth',
    form: 'full-copy',
    place: 'here',
    date: '1960-01-01',
    standing: 'sibling',
    died: '1995',
  }
  assert.equal(change(sister, 'date', { date: '1998-01-01' }).died, undefined)
})

test('names that were typed are kept while a changed answer leaves the path open', () => {
  const asSister = change(ownBirth, 'standing', { standing: 'sibling' })
  assert.equal(nextQuestion(asSister, today, visitor), 'died')
  assert.deepEqual(asSister.subject, ownBirth.subject)
  const alive = change(asSister, 'died', { died: 'no' })
  assert.deepEqual(alive.subject, ownBirth.subject)
  const extract = change(alive, 'form', { form: 'without-parentage' })
  assert.equal(nextQuestion(extract, today, visitor), 'check')
  assert.deepEqual([extract.parents, extract.died, extract.standing], [undefined, undefined, undefined])
})

test('what is collected needs no address, and is asked for one when it is posted after all', () => {
  const collected = change(ownBirth, 'delivery', { delivery: 'collection' })
  assert.equal(collected.address, undefined)
  assert.equal(nextQuestion(collected, today, visitor), 'check')
  assert.equal(nextQuestion(change(collected, 'delivery', { delivery: 'post' }), today, visitor), 'address')
})

test('more copies than the town gives are asked about again', () => {
  const fewer = { account: false, mostCopies: 2 }
  assert.equal(nextQuestion(forget({ ...ownBirth, copies: 3 }, today, fewer), today, fewer), 'copies')
})

test('a question is known by its key only', () => {
  assert.ok(isQuestion('subject-birth'))
  for (const key of ['subjectBirth', 'check', 'toString', '__proto__', '']) assert.ok(!isQuestion(key), key)
})

// Anybody's answers, likely or not.
const dates = fc.constantFrom(
  '1931',
  '1931-06-20',
  '1950-02-28',
  '1960-01-01',
  '1990-05-12',
  '2009-05-12',
  '2016-05-12',
  '2026-11-01',
)
const kinds = fc.constantFrom<RecordKind>('birth', 'marriage', 'death', 'recognition')
const anyAnswers: fc.Arbitrary<Required<Answers>> = kinds.chain(kind =>
  fc.record({
    kind: fc.constant(kind),
    form: fc.constantFrom<RecordForm>(...formsOf(kind)),
    place: fc.constantFrom(...places.filter(place => place !== 'lived-here' || kind === 'death')),
    date: dates,
    standing: fc.constantFrom(...standings),
    minor: fc.boolean(),
    died: fc.constantFrom<Required<Answers>['died']>('no', '2026', '2026-11-23'),
    subject: fc.constant(somebody),
    declarant: fc.constant(somebody),
    subjectBirth: fc.constant({ date: '1900-01-01', place: 'Lille' }),
    spouse: fc.constant(somebody),
    parents: fc.constant<Required<Answers>['parents']>({ unknown: 'both' }),
    copies: fc.integer({ min: 1, max: 3 }),
    applicant: dates.map(birthDate => ({ firstName: 'A', lastName: 'B', birthDate: `${birthDate.slice(0, 4)}-01-01` })),
    office: fc.constant({ name: 'E', reference: '' }),
    delivery: fc.constantFrom<Required<Answers>['delivery']>('post', 'collection'),
    address: fc.constant(usual.address),
    contact: fc.constant({}),
    proof: fc.constantFrom<Required<Answers>['proof']>('sent', 'at-counter'),
  }),
)
const contexts = fc.record({ account: fc.boolean(), mostCopies: fc.constantFrom(1, 3) })

test('every path ends, and asks no question twice', () => {
  fc.assert(
    fc.property(anyAnswers, contexts, (chosen, context) => {
      const asked = walk(chosen, context).split(' ')
      assert.equal(new Set(asked).size, asked.length, asked.join(' '))
      // In the order in which questions come.
      const places = asked.slice(0, -1).map(key => questionKeys.indexOf(key as QuestionKey))
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      )
    }),
    { numRuns: 500 },
  )
})

test('forgetting twice is forgetting once, and never adds an answer', () => {
  const some = anyAnswers.chain(all =>
    fc
      .subarray(Object.keys(all) as (keyof Answers)[])
      .map(fields => Object.fromEntries(fields.map(f => [f, all[f]])) as Answers),
  )
  fc.assert(
    fc.property(some, contexts, (answers, context) => {
      const once = forget(answers, today, context)
      assert.deepEqual(forget(once, today, context), once)
      for (const [field, answer] of Object.entries(once)) assert.deepEqual(answer, answers[field as keyof Answers])
    }),
    { numRuns: 500 },
  )
})

test('what is sent is what the path asked for, and no more', () => {
  fc.assert(
    fc.property(anyAnswers, contexts, (all, context) => {
      const kept = forget(all, today, context)
      if (nextQuestion(kept, today, context) !== 'check') return
      const asked = questionsFor(kept, today, context).map(key => questions[key])
      assert.deepEqual(new Set(Object.keys(kept)), new Set<string>(asked))
    }),
    { numRuns: 500 },
  )
})
