import type { RecordForm, RecordKind } from '../kinds.ts'

/** How the act is written down: from its facts, word for word, or as a picture of the register's page. */
export const actWays = ['facts', 'text', 'scan'] as const
export type ActWay = (typeof actWays)[number]

/** Only a full copy may be other than its facts: an extract is made of some of them (décret n° 2017-890, art. 31). */
export const waysOf = (form: RecordForm): readonly ActWay[] => (form === 'full-copy' ? actWays : ['facts'])

export type ActField = {
  /** Below its group: `person.lastName`. */
  name: string
  type: 'text' | 'date' | 'time' | 'lines' | 'choice'
  choices?: readonly string[]
  required?: boolean
}
export type ActGroup = { key: string; fields: readonly ActField[] }

const text = (name: string, required = false): ActField => ({ name, type: 'text', required })
const date = (name: string, required = false): ActField => ({ name, type: 'date', required })
const choice = (name: string, choices: readonly string[]): ActField => ({ name, type: 'choice', choices })

const SEX = choice('sex', ['F', 'M'])
const PARENT_ROLES = ['father', 'mother', 'parent'] as const
const SIGNS = ['Mar', 'Sc', 'Div', 'A', 'D', 'Dm', 'Df'] as const
/** Rows for later events on a multilingual extract: more than three are rare, and go under « other ». */
const MOST_EVENTS = 3

const names = [text('firstNames'), text('lastName')]
const birth = [date('birthDate'), text('birthPlace')]
const standing = [text('occupation'), text('domicile')]
const parent = [choice('role', PARENT_ROLES), ...names, ...birth, ...standing]
const shortParent = [choice('role', PARENT_ROLES), ...names]

/** What a clerk writes down of an act for a paper of that form, in the order of the act. */
export function actGroups(kind: RecordKind, form: RecordForm): ActGroup[] {
  const withParents = form !== 'without-parentage'
  const whole = form === 'full-copy'
  const group = (key: string, fields: readonly ActField[]): ActGroup => ({ key, fields })
  const event = group('event', [
    date('date', true),
    ...(whole ? [text('dateAsWritten'), { name: 'time', type: 'time' } as const] : []),
    text('place', true),
  ])
  const people = (): ActGroup[] => {
    switch (kind) {
      case 'birth':
        return [
          group('person', [text('firstNames'), text('lastName', true), SEX]),
          ...(withParents ? [group('first-parent', parent), group('second-parent', parent)] : []),
        ]
      case 'marriage': {
        const spouse = [...names.slice(0, 1), text('lastName', true), SEX, ...birth, ...(whole ? standing : [])]
        const after = form === 'multilingual' ? [text('nameAfter')] : []
        return ['first', 'second'].flatMap(which => [
          group(`${which}-spouse`, [...spouse, ...after]),
          ...(withParents
            ? [group(`${which}-spouse-first-parent`, shortParent), group(`${which}-spouse-second-parent`, shortParent)]
            : []),
        ])
      }
      case 'death':
        return [
          group('person', [text('firstNames'), text('lastName', true), SEX, ...birth, ...standing]),
          group('first-parent', shortParent),
          group('second-parent', shortParent),
          group('last-spouse', names),
        ]
      case 'recognition':
        return [
          group('child', [...names, SEX, ...birth]),
          group('first-parent', parent),
          group('second-parent', parent),
        ]
    }
  }
  const words = {
    birth: [text('declaredBy')],
    death: [text('declaredBy')],
    marriage: [text('contract'), { name: 'witnesses', type: 'lines' } as const],
    recognition: [],
  }[kind]
  const later = Array.from({ length: MOST_EVENTS }, (_, i) =>
    group(`later-${i + 1}`, [
      choice('sign', SIGNS),
      date('date'),
      text('place'),
      text('spouseFirstNames'),
      text('spouseLastName'),
    ]),
  )
  return [
    event,
    ...people(),
    ...(whole && words.length > 0 ? [group('also', words)] : []),
    ...(form === 'multilingual' ? [...later, group('also', [text('other')])] : [notes]),
  ]
}

const notes: ActGroup = { key: 'notes', fields: [{ name: 'marginalNotes', type: 'lines' }] }

/** What is written down when the act is copied word for word. */
export const textGroups: readonly ActGroup[] = [
  { key: 'words', fields: [{ name: 'text', type: 'lines', required: true }] },
  notes,
]
