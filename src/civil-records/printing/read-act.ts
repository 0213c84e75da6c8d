import type {
  ActFacts,
  ActParent,
  ActSpouse,
  BirthAct,
  DeathAct,
  LaterEvent,
  MarriageAct,
  Sex,
} from '../../documents/civil/views.ts'
import { type FieldError, invalid } from '../../kernel/problems.ts'
import type { RecordForm, RecordKind } from '../kinds.ts'
import { actDateFault, readPartialDate, typedPartialDate } from '../rules/partial-dates.ts'
import { type ActField, type ActGroup, type ActWay, actGroups, textGroups, waysOf } from './act-fields.ts'

/** What is kept of an act, in the shape its printed view asks for. The pictures of a scan are files beside it. */
export type ActContent =
  | { way: 'facts'; act: ActFacts; marginalNotes: readonly string[]; events: readonly LaterEvent[]; other: string }
  | { way: 'text'; text: readonly string[]; marginalNotes: readonly string[] }
  | { way: 'scan' }

export type ActEntry = { registerYear: number; volume: string; actNumber: string; content: ActContent }

const LONGEST_LINE = 300
const LONGEST_TEXT = 8_000

/**
 * Reads what a clerk typed of an act: its place in the registers, then its facts or its words. `body` has a text per
 * field, `group.field`. Throws `invalid` with every fault, by field.
 */
export function readAct(
  asked: { kind: RecordKind; form: RecordForm },
  body: Readonly<Record<string, unknown>>,
  today: Temporal.PlainDate,
): ActEntry {
  const faults: FieldError[] = []
  const typed = (name: string) => (typeof body[name] === 'string' ? body[name].normalize('NFC').trim() : '')
  const way = waysOf(asked.form).find(one => one === typed('way')) ?? 'facts'
  const registerYear = Number(typed('register.year'))
  if (!/^\d{4}$/.test(typed('register.year')) || registerYear < 1792 || registerYear > today.year)
    faults.push({ field: 'register.year', code: 'not-a-register-year' })
  const short = (name: string, required: boolean) => {
    const text = typed(name).replace(/\s+/g, ' ')
    if (required && !text) faults.push({ field: name, code: 'required' })
    if (text.length > 40) faults.push({ field: name, code: 'too-long', params: { max: 40 } })
    return text
  }
  const actNumber = short('register.number', true)
  const volume = short('register.volume', false)
  const groups = way === 'scan' ? [] : way === 'text' ? textGroups : actGroups(asked.kind, asked.form)
  const values = readGroups(groups, typed, today, faults)
  if (faults.length > 0) throw invalid(faults)
  return { registerYear, actNumber, volume, content: contentOf(asked, way, values) }
}

type Values = Map<string, string>

function readGroups(
  groups: readonly ActGroup[],
  typed: (name: string) => string,
  today: Temporal.PlainDate,
  faults: FieldError[],
): Values {
  const values: Values = new Map()
  for (const { key, fields } of groups) {
    for (const field of fields) {
      const name = `${key}.${field.name}`
      const text = typed(name)
      if (text === '') {
        if (field.required) faults.push({ field: name, code: 'required' })
        continue
      }
      const read = readField(field, text, today)
      if ('code' in read) faults.push({ field: name, ...read })
      else values.set(name, read.text)
    }
  }
  return values
}

function readField(
  { type, choices }: ActField,
  text: string,
  today: Temporal.PlainDate,
): { text: string } | Omit<FieldError, 'field'> {
  switch (type) {
    case 'date': {
      const read = readPartialDate(typedDate(text))
      if ('fault' in read) return { code: read.fault }
      return actDateFault(read.date, today, OLDEST) === 'date-in-future'
        ? { code: 'date-in-future' }
        : { text: read.date }
    }
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? { text } : { code: 'not-an-hour' }
    case 'choice':
      return choices?.includes(text) ? { text } : { code: 'not-a-choice' }
    case 'lines':
      return text.length > LONGEST_TEXT ? { code: 'too-long', params: { max: LONGEST_TEXT } } : { text }
    case 'text':
      return text.length > LONGEST_LINE
        ? { code: 'too-long', params: { max: LONGEST_LINE } }
        : { text: text.replace(/\s+/g, ' ') }
  }
}

/** Those an act names may have been born long before registers were kept. */
const OLDEST = Temporal.PlainDate.from('1600-01-01')

/** « 12/05/1931 », « 05/1931 » and « 1931 », as registers are read: also with dots, dashes or spaces. */
function typedDate(text: string): string {
  const parts = text.split(/[\s/.-]+/).filter(Boolean)
  if (/^\d{4}-\d{2}/.test(text)) return text
  const [year = '', month = '', day = ''] = parts.reverse()
  return typedPartialDate({ day, month, year })
}

/** A text in the lines or paragraphs that a clerk separated by an empty line. */
const paragraphs = (text: string) =>
  text
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.replace(/\s+/g, ' ').trim())
    .filter(Boolean)

function contentOf(asked: { kind: RecordKind; form: RecordForm }, way: ActWay, values: Values): ActContent {
  const get = (name: string) => values.get(name) ?? ''
  const marginalNotes = paragraphs(get('notes.marginalNotes'))
  if (way === 'scan') return { way }
  if (way === 'text') return { way, text: paragraphs(get('words.text')), marginalNotes }
  return {
    way,
    act: factsOf(asked.kind, values),
    marginalNotes,
    events: ['later-1', 'later-2', 'later-3'].flatMap(key => laterEvent(key, get)),
    other: get('also.other'),
  }
}

function laterEvent(key: string, get: (name: string) => string): LaterEvent[] {
  const [sign, date, place] = [get(`${key}.sign`), get(`${key}.date`), get(`${key}.place`)]
  if (!sign || !date) return []
  const spouse = { firstNames: get(`${key}.spouseFirstNames`), lastName: get(`${key}.spouseLastName`) }
  return [{ sign: sign as LaterEvent['sign'], date, place, ...(spouse.lastName ? { spouse } : {}) }]
}

/** What was typed of each group, as the act's facts; what was left empty is left out. */
function factsOf(kind: RecordKind, values: Values): ActFacts {
  const given = (name: string) => {
    const value = values.get(name)
    return value ? value : undefined
  }
  const name = (group: string) => ({
    firstNames: given(`${group}.firstNames`) ?? '',
    lastName: given(`${group}.lastName`) ?? '',
  })
  const optional = <Key extends string>(group: string, keys: readonly Key[]) =>
    Object.fromEntries(
      keys.flatMap(key => {
        const value = given(`${group}.${key}`)
        return value ? [[key, value]] : []
      }),
    ) as Partial<Record<Key, string>>
  const birth = (group: string) => {
    const { birthDate, birthPlace } = optional(group, ['birthDate', 'birthPlace'])
    return { ...(birthDate ? { date: birthDate } : {}), ...(birthPlace ? { place: birthPlace } : {}) }
  }
  const sex = (group: string) => (given(`${group}.sex`) ? { sex: given(`${group}.sex`) as Sex } : {})
  const parents = (...groups: string[]): ActParent[] =>
    groups
      .filter(group => given(`${group}.lastName`) || given(`${group}.firstNames`))
      .map(group => ({
        role: (given(`${group}.role`) ?? 'parent') as ActParent['role'],
        ...name(group),
        birth: birth(group),
        ...optional(group, ['occupation', 'domicile']),
      }))
  const spouse = (group: string): ActSpouse => ({
    ...name(group),
    ...sex(group),
    birth: birth(group),
    ...optional(group, ['occupation', 'domicile', 'nameAfter']),
    parents: parents(`${group}-first-parent`, `${group}-second-parent`),
  })
  const event = {
    date: given('event.date') ?? '',
    place: given('event.place') ?? '',
    ...optional('event', ['dateAsWritten', 'time']),
  }
  switch (kind) {
    case 'birth':
      return {
        kind,
        ...event,
        person: name('person'),
        ...sex('person'),
        parents: parents('first-parent', 'second-parent'),
        ...optional('also', ['declaredBy']),
      } satisfies BirthAct
    case 'marriage':
      return {
        kind,
        ...event,
        spouses: [spouse('first-spouse'), spouse('second-spouse')],
        ...optional('also', ['contract']),
        ...(given('also.witnesses') ? { witnesses: (given('also.witnesses') ?? '').split('\n').filter(Boolean) } : {}),
      } satisfies MarriageAct
    case 'death':
      return {
        kind,
        ...event,
        person: name('person'),
        ...sex('person'),
        birth: birth('person'),
        ...optional('person', ['occupation', 'domicile']),
        parents: parents('first-parent', 'second-parent'),
        ...(given('last-spouse.lastName') ? { spouse: name('last-spouse') } : {}),
        ...optional('also', ['declaredBy']),
      } satisfies DeathAct
    case 'recognition':
      return {
        kind,
        ...event,
        child: given('child.lastName') ? { ...name('child'), ...sex('child'), birth: birth('child') } : null,
        parents: parents('first-parent', 'second-parent'),
      }
  }
}
