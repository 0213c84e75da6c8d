import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RecordForm, type RecordKind, recordForms, recordKinds, standings } from '../../src/civil-records/kinds.ts'
import {
  type Asked,
  type Entitlement,
  entitlement,
  formsOf,
  needsParents,
  needsProof,
  needsStanding,
} from '../../src/civil-records/rules/entitlement.ts'

const day = Temporal.PlainDate.from
const today = day('2026-11-23')

/** Dates as text: node's deepEqual takes any two for equal. */
const plain = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer))

/** The outcome in a word: the ground, `info:` before it for plain information, or `-` and the reason of the refusal. */
function outcome(answer: Entitlement): string {
  if (!answer.allowed) return `-${answer.reason}`
  return `${answer.information ? 'info:' : ''}${answer.ground}`
}

type Table = Record<RecordKind, Record<RecordForm, string>>

/** Checks every kind, form and standing against a table written by hand: the outcomes in the order of `standings`. */
function holds(table: Table, facts: Omit<Asked, 'kind' | 'form' | 'standing'>) {
  for (const kind of recordKinds)
    for (const form of recordForms) {
      const expected = table[kind][form].split(/\s+/)
      assert.equal(expected.length, standings.length, `the row of ${kind} ${form} is not whole`)
      for (const [i, standing] of standings.entries()) {
        const said = entitlement({ kind, form, standing, ...facts })
        assert.equal(outcome(said), expected[i], `${kind}, ${form}, ${standing}`)
      }
    }
}

const everyone = (word: string) => Array(10).fill(word).join(' ')

// The order: self child parent spouse legal-representative professional heir sibling partner other.
const kin = 'self descendant ascendant spouse legal-representative mandate'

test('a recent act of a person of age: who may have what, the whole table', () => {
  holds(
    {
      birth: {
        'full-copy': `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
        'with-parentage': `${kin} heir -no-standing -no-standing -no-standing`,
        'without-parentage': everyone('anyone'),
        multilingual: `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
      },
      marriage: {
        'full-copy': `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
        'with-parentage': `${kin} heir -no-standing -no-standing -no-standing`,
        'without-parentage': everyone('anyone'),
        multilingual: `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
      },
      death: {
        'full-copy': everyone('anyone'),
        'with-parentage': everyone('-no-such-form'),
        'without-parentage': everyone('-no-such-form'),
        multilingual: everyone('anyone'),
      },
      recognition: {
        'full-copy': `${kin} heir -no-standing -no-standing -no-standing`,
        'with-parentage': everyone('-no-such-form'),
        'without-parentage': everyone('-no-such-form'),
        multilingual: everyone('-no-such-form'),
      },
    },
    { date: '2000-05-12', today },
  )
})

test('an act open by its age: those with standing have it certified, anybody else as information', () => {
  holds(
    {
      birth: {
        'full-copy': `${kin} info:age-of-act info:age-of-act info:age-of-act info:age-of-act`,
        'with-parentage': `${kin} heir info:age-of-act info:age-of-act info:age-of-act`,
        'without-parentage': everyone('anyone'),
        multilingual: `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
      },
      marriage: {
        'full-copy': `${kin} info:age-of-act info:age-of-act info:age-of-act info:age-of-act`,
        'with-parentage': `${kin} heir info:age-of-act info:age-of-act info:age-of-act`,
        'without-parentage': everyone('anyone'),
        multilingual: `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
      },
      death: {
        'full-copy': everyone('anyone'),
        'with-parentage': everyone('-no-such-form'),
        'without-parentage': everyone('-no-such-form'),
        multilingual: everyone('anyone'),
      },
      recognition: {
        'full-copy': `${kin} heir info:age-of-act info:age-of-act info:age-of-act`,
        'with-parentage': everyone('-no-such-form'),
        'without-parentage': everyone('-no-such-form'),
        multilingual: everyone('-no-such-form'),
      },
    },
    { date: '1931-06-20', today },
  )
})

test('an act of somebody dead for 25 years is open to all as information', () => {
  holds(
    {
      birth: {
        'full-copy': `${kin} info:long-dead info:long-dead info:long-dead info:long-dead`,
        'with-parentage': `${kin} heir info:long-dead info:long-dead info:long-dead`,
        'without-parentage': everyone('anyone'),
        multilingual: `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
      },
      marriage: {
        'full-copy': `${kin} info:long-dead info:long-dead info:long-dead info:long-dead`,
        'with-parentage': `${kin} heir info:long-dead info:long-dead info:long-dead`,
        'without-parentage': everyone('anyone'),
        multilingual: `${kin} -heir-has-extract -no-standing -no-standing -no-standing`,
      },
      death: {
        'full-copy': everyone('anyone'),
        'with-parentage': everyone('-no-such-form'),
        'without-parentage': everyone('-no-such-form'),
        multilingual: everyone('anyone'),
      },
      recognition: {
        'full-copy': `${kin} heir info:long-dead info:long-dead info:long-dead`,
        'with-parentage': everyone('-no-such-form'),
        'without-parentage': everyone('-no-such-form'),
        multilingual: everyone('-no-such-form'),
      },
    },
    { date: '1960-06-20', died: '1999-03-01', today },
  )
})

const ask = (asked: Partial<Asked>): Entitlement =>
  entitlement({ kind: 'birth', form: 'full-copy', date: '2000-05-12', today, ...asked })

test('a child of ten does not get its own copy: its representative asks', () => {
  const answer = ask({ date: '2016-05-12', standing: 'self' })
  assert.deepEqual(plain(answer), {
    allowed: false,
    reason: 'minor',
    source: 'décret n° 2017-890 du 6 mai 2017, art. 30',
    instead: ['without-parentage'],
    whom: 'representative',
    opensOn: '2092-01-01',
  })
  for (const standing of ['parent', 'legal-representative', 'professional'] as const)
    assert.ok(ask({ date: '2016-05-12', standing }).allowed, standing)
  // Saying so at ten emancipates nobody: the civil code wants sixteen years.
  assert.equal(outcome(ask({ date: '2016-05-12', standing: 'self', minor: false })), '-minor')
})

test('at sixteen one may be emancipated, and says so; the clerk checks', () => {
  const date = '2010-05-12'
  assert.equal(outcome(ask({ date, standing: 'self' })), '-minor')
  assert.equal(outcome(ask({ date, standing: 'self', minor: true })), '-minor')
  const on16th = { standing: 'self', minor: false } as const
  assert.equal(outcome(ask({ ...on16th, date: '2010-11-23' })), 'self')
  assert.equal(outcome(ask({ ...on16th, date: '2010-11-24' })), '-minor')
  const answer = ask({ date, standing: 'self', minor: false })
  assert.deepEqual(answer.allowed && answer.checks, ['emancipation'])
})

test('one is of age on the eighteenth birthday, not the day before', () => {
  assert.equal(outcome(ask({ date: '2008-11-23', standing: 'self' })), 'self')
  assert.equal(outcome(ask({ date: '2008-11-24', standing: 'self' })), '-minor')
})

test('who is born on 29 February is of age on 1 March of a common year', () => {
  const asked = { date: '2008-02-29', standing: 'self' } as const
  assert.equal(outcome(ask({ ...asked, today: day('2026-02-28') })), '-minor')
  assert.equal(outcome(ask({ ...asked, today: day('2026-03-01') })), 'self')
})

test('marriage makes one of age, whatever the applicant answers', () => {
  assert.equal(outcome(ask({ kind: 'marriage', date: '2026-06-20', standing: 'self', minor: true })), 'self')
})

test('a recognised child is known to be of age when the recognition is old enough, birth after it included', () => {
  const recognised = (date: string, more: Partial<Asked> = {}) =>
    outcome(ask({ kind: 'recognition', standing: 'self', date, ...more }))
  assert.equal(recognised('2008-01-28'), 'self') // born 300 days later at most: 23 November 2008
  assert.equal(recognised('2008-01-29'), '-minor')
  assert.equal(recognised('2008-01-29', { minor: false }), 'self')
  assert.equal(recognised('2020-01-01', { minor: true }), '-minor')
})

test('a minor does not ask for the act of a grandparent', () => {
  const answer = ask({ date: '1960-01-01', standing: 'child', applicantAge: 17 })
  assert.equal(outcome(answer), '-applicant-minor')
  assert.equal(!answer.allowed && answer.whom, 'representative')
  assert.equal(outcome(ask({ date: '1960-01-01', standing: 'child', applicantAge: 18 })), 'descendant')
  assert.equal(outcome(ask({ date: '1931-01-01', standing: 'child', applicantAge: 17 })), 'info:age-of-act')
  assert.equal(outcome(ask({ form: 'without-parentage', standing: 'other', applicantAge: 12 })), 'anyone')
})

test('who may not have it is told what they may have instead, whom to ask and when it opens', () => {
  for (const standing of ['sibling', 'partner', 'other'] as const)
    assert.deepEqual(plain(ask({ standing })), {
      allowed: false,
      reason: 'no-standing',
      source: 'décret n° 2017-890 du 6 mai 2017, art. 30',
      instead: ['without-parentage'],
      whom: 'relative',
      opensOn: '2076-01-01',
    })
  const heir = ask({ standing: 'heir' })
  assert.deepEqual(!heir.allowed && heir.instead, ['with-parentage', 'without-parentage'])
  const recognition = ask({ kind: 'recognition', standing: 'sibling' })
  assert.deepEqual(!recognition.allowed && recognition.instead, [])
  const abroad = ask({ form: 'multilingual', standing: 'sibling', date: '1931-06-20' })
  assert.deepEqual(!abroad.allowed && abroad.instead, ['full-copy', 'with-parentage', 'without-parentage'])
  assert.equal(!abroad.allowed && abroad.opensOn, undefined)
  const none = ask({ kind: 'death', form: 'with-parentage' })
  assert.deepEqual(!none.allowed && none.instead, ['full-copy', 'multilingual'])
})

test('a stranger is who says nothing of who they are', () => {
  assert.equal(outcome(ask({})), '-no-standing')
})

test('each standing is proved by its own papers, and anyone by none', () => {
  const papers = {
    self: ['identity'],
    child: ['identity', 'family-link'],
    parent: ['identity', 'family-link'],
    spouse: ['identity', 'family-link'],
    'legal-representative': ['identity', 'guardianship'],
    professional: ['professional-card', 'mandate'],
    heir: ['identity', 'heir'],
  } as const
  for (const [standing, proofs] of Object.entries(papers)) {
    const answer = ask({ form: 'with-parentage', standing: standing as keyof typeof papers })
    assert.deepEqual(answer.allowed && answer.proofs, proofs, standing)
    assert.ok(needsProof(answer))
  }
  assert.ok(!needsProof(ask({ form: 'without-parentage', standing: 'child' })))
  assert.ok(!needsProof(ask({ standing: 'other', date: '1931-06-20' })))
  assert.ok(!needsProof(ask({ standing: 'other' })))
})

test('the clerk is told what only the act can show', () => {
  const checks = (asked: Partial<Asked>) => {
    const answer = ask(asked)
    return answer.allowed && answer.checks
  }
  assert.deepEqual(checks({ standing: 'self' }), [])
  assert.deepEqual(checks({ standing: 'spouse' }), ['not-divorced'])
  assert.deepEqual(checks({ standing: 'legal-representative' }), ['protected-adult'])
  assert.deepEqual(checks({ standing: 'legal-representative', date: '2020-05-12' }), [])
  assert.deepEqual(checks({ standing: 'other', date: '1931' }), ['close-of-register'])
  const marriage = { kind: 'marriage', standing: 'other' } as const
  assert.deepEqual(checks({ ...marriage, date: '1931' }), ['close-of-register', 'minor-at-the-act'])
  assert.deepEqual(checks({ ...marriage, date: '1925' }), ['close-of-register'])
  assert.deepEqual(checks({ standing: 'other', date: '1960-01-01', died: '1990' }), ['date-of-death'])
})

test('the law is named: copies, extracts, what anyone may have, what is for abroad, what has grown old', () => {
  const source = (asked: Partial<Asked>) => ask({ standing: 'self', ...asked }).source
  assert.equal(source({}), 'décret n° 2017-890 du 6 mai 2017, art. 30')
  assert.equal(source({ form: 'with-parentage' }), 'décret n° 2017-890 du 6 mai 2017, art. 32')
  assert.equal(source({ form: 'without-parentage' }), 'décret n° 2017-890 du 6 mai 2017, art. 33')
  assert.equal(source({ kind: 'death' }), 'décret n° 2017-890 du 6 mai 2017, art. 33')
  assert.equal(source({ kind: 'recognition' }), 'décret n° 2017-890 du 6 mai 2017, art. 30 à 32')
  assert.equal(source({ form: 'multilingual' }), 'convention CIEC n° 16 du 8 septembre 1976, art. 1er')
  assert.equal(source({ standing: 'other', date: '1931' }), 'code du patrimoine, art. L213-2')
})

test('each act has its forms, and who asks matters only for some of them', () => {
  const asked = Object.fromEntries(
    recordKinds.map(kind => [kind, formsOf(kind).map(form => `${form}${needsStanding(kind, form) ? '!' : ''}`)]),
  )
  assert.deepEqual(asked, {
    birth: ['full-copy!', 'with-parentage!', 'without-parentage', 'multilingual!'],
    marriage: ['full-copy!', 'with-parentage!', 'without-parentage', 'multilingual!'],
    death: ['full-copy', 'multilingual'],
    recognition: ['full-copy!'],
  })
})

test('parents are named for what shows them, until the act is open to all', () => {
  const needs = (asked: Partial<Asked>) =>
    needsParents({ kind: 'birth', form: 'full-copy', date: '2000-05-12', today, ...asked })
  assert.ok(needs({}))
  assert.ok(needs({ form: 'with-parentage' }))
  assert.ok(needs({ form: 'multilingual' }))
  assert.ok(needs({ kind: 'marriage' }))
  assert.ok(!needs({ form: 'without-parentage' }))
  assert.ok(!needs({ kind: 'death' }))
  assert.ok(!needs({ kind: 'recognition' }))
  assert.ok(!needs({ date: '1931' }))
  assert.ok(!needs({ date: '1960-01-01', died: '1990' }))
})
