import { townWorkingDays } from '../../kernel/calendar.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Translator } from '../../web/i18n.ts'
import { type ActName, deliveries, type RecordForm, type RecordKind, recordKinds } from '../kinds.ts'
import { traffic } from '../rules/delays.ts'
import { isClosed, type RequestState } from '../states.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import type { RegistryClerk } from './clerks.ts'
import { isAside } from './desk-actions.ts'
import { isHeld } from './holding.ts'
import { type QueueFilter, queryOf, queueAges, queueDelays, queueSorts, tabNames, usualSort } from './queue-filter.ts'
import { MOST_COUNTED, type QueueMoment, type QueueRow } from './queue-query.ts'

export const QUEUE = '/guichet/etat-civil'

/** The queue with that filter. */
export const queueAddress = (filter: QueueFilter) => withQuery(QUEUE, queryOf(filter))

/** A file's page, which leads back to the queue as it was, and on to the next that fits. Its heading takes the focus. */
export const fileAddress = (id: string, filter: QueueFilter) => fileAddresses(filter)(id)

/** The same for many files. */
export function fileAddresses(filter: QueueFilter): (id: string) => string {
  const query = queryOf(filter)
  const after = `${withQuery('', query && `filtre=${encodeURIComponent(query)}`)}#dossier`
  return id => `${QUEUE}/${id}${after}`
}

const withQuery = (path: string, query: string) => (query ? `${path}?${query}` : path)

/** States in which the applicant is the one who is waited for, or nobody: nothing is late. */
const notOurs: readonly RequestState[] = ['waiting-for-applicant', 'ready-for-collection']

const colours = { late: 'red', today: 'orange', soon: 'yellow', 'on-time': 'green' } as const

/** How pressing a file is, in words; undefined when the town has nothing to do about it. */
function trafficTag({ t }: Translator, { state, dueOn }: Pick<QueueRow, 'state' | 'dueOn'>, today: Temporal.PlainDate) {
  if (!dueOn || isClosed(state) || notOurs.includes(state)) return undefined
  const light = traffic(dueOn, today, townWorkingDays)
  return { text: t(`civil-desk:traffic.${light}`), colour: colours[light] }
}

/** « il y a 3 jours »: how long ago a request came. */
const ageWords = ({ t }: Translator, days: number) =>
  days <= 0 ? t('civil-desk:age.today') : t('civil-desk:age.days', { count: days })

/** Words of a language that are the same for every clerk and every day: found once, for i18next takes its time. */
const wordsOnce = once((words: Translator) => ({
  daysAgo: once((days: number) => ageWords(words, days)),
  asked: once((pattern: string) => {
    const [kind, form, spouse, begins] = pattern.split(' ') as [RecordKind, RecordForm, string, string]
    const name = (letter: string) => ({ firstNames: letter, lastName: '' })
    const answers = { subject: name(begins + SUBJECT), ...(spouse ? { spouse: name(SPOUSE) } : {}) }
    return whatWasAsked(words, { kind, form, answers })
  }),
  olderThan: queueAges.map(days => [String(days), words.t('civil-desk:olderThan', { count: days })] as const),
}))

/**
 * Rows of the queue in words. Fifty rows have few different days, records and names: each is put in words once, which
 * makes the page half as long to write.
 */
export function rowViews(words: Translator, moment: QueueMoment, clerks: readonly RegistryClerk[]) {
  const { t, f } = words
  const names = new Map<string, string>(clerks.map(({ id, name }) => [id, name]))
  const mayTreat = new Set<string>(moment.mayTreat)
  const { asked, daysAgo } = wordsOnce(words)
  // A day of Paris begins on a whole hour of UTC.
  const ageAt = once((hour: number) => {
    const day = dayInParis(Temporal.Instant.fromEpochMilliseconds(hour * HOUR))
    return daysAgo(day.until(moment.today).days)
  })
  const dueOn = once((day: string) => {
    const on = Temporal.PlainDate.from(day)
    return { text: f.shortDay(on), tag: trafficTag(words, { state: 'submitted', dueOn: on }, moment.today) }
  })
  const what = ({ kind, form, answers: { subject, spouse } }: QueueRow) => {
    const name = fullName(subject)
    // French says « de Fatou » and « d’Awa »: how the name begins is part of the pattern.
    const begins = name.slice(0, 2).trim()
    return asked(`${kind} ${form} ${spouse ? 'two' : ''} ${begins}`)
      .replace(begins + SUBJECT, () => name)
      .replace(SPOUSE, () => fullName(spouse))
  }

  return (row: QueueRow) => {
    const { applicant } = row.answers
    const ours = row.dueOn && !isClosed(row.state) && !notOurs.includes(row.state)
    const due = ours && row.dueOn ? dueOn(row.dueOn.toString()) : undefined
    const left = row.assignedTo !== null && !mayTreat.has(row.assignedTo)
    return {
      id: row.id,
      seen: `${row.id}.${row.version}`,
      number: inGroups(row.number ?? ''),
      what: what(row),
      applicant: applicant ? `${applicant.firstName} ${applicant.lastName}` : '',
      age: row.submittedAt ? ageAt(Math.floor(row.submittedAt.epochMilliseconds / HOUR)) : '',
      due: due?.text,
      tag: due?.tag,
      state: t(`civil-records:state.${row.state}`),
      aside:
        row.onHoldUntil && isAside(row, moment.today)
          ? t('civil-desk:asideUntil', { day: f.shortDate(row.onHoldUntil) })
          : undefined,
      assigned: row.assignedTo ? names.get(row.assignedTo) : undefined,
      left,
      free: !isClosed(row.state) && (row.assignedTo === null || left),
      held: isHeld(row, moment.now) ? heldWords(words, names, row, moment.me) : undefined,
    }
  }
}

const HOUR = 3_600_000
/** Letters that nobody's name holds, in whose place the names are put. */
const [SUBJECT, SPOUSE] = ['\uE000', '\uE001']
const fullName = (name: ActName | undefined) => (name ? `${name.firstNames} ${name.lastName}`.trim() : '')

function heldWords(
  { t, f }: Translator,
  names: ReadonlyMap<string, string>,
  { heldBy, heldSince }: QueueRow,
  me: string,
): string {
  const since = heldSince ? f.time(heldSince) : ''
  if (heldBy === me) return t('civil-desk:heldByMe', { since })
  return t('civil-desk:held', { name: names.get(heldBy ?? '') ?? '', since })
}

/** Beyond so many keys everything is forgotten: names begin in many ways, and memory ends. */
const MOST_REMEMBERED = 2_000

/** Remembers what was made for each key. */
function once<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return key => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(key, made)
    return made
  }
}

/** Words that every row repeats. */
export const labelsOf = ({ t }: Translator) => ({
  what: t('civil-desk:column.what'),
  applicant: t('civil-desk:column.applicant'),
  received: t('civil-desk:column.received'),
  due: t('civil-desk:column.due'),
  state: t('civil-desk:column.state'),
  who: t('civil-desk:column.who'),
  left: t('civil-desk:left'),
  take: t('civil-desk:take'),
})

/** The tabs, each with its count in words; the filter goes along, the sort is the tab's own. */
export function tabsView({ t, f }: Translator, filter: QueueFilter, counts: Readonly<Record<string, number>>) {
  return tabNames.map(tab => {
    const count = counts[tab]
    const name = t(`civil-desk:tab.${tab}`)
    const figure = count === undefined ? '' : count > MOST_COUNTED ? `${f.number(MOST_COUNTED)}+` : f.number(count)
    return {
      text: name,
      figure,
      href: queueAddress({ ...filter, tab, sort: usualSort(tab) }),
      current: tab === filter.tab,
    }
  })
}

/** The choices of the filter form, each with what is chosen. */
export function filterFields(translator: Translator, filter: QueueFilter, clerks: readonly RegistryClerk[]) {
  const { t } = translator
  const { kind, assigned, age, delay, onHold, delivery, sort } = filter
  const field = (
    name: string,
    chosen: string | number | undefined,
    items: readonly (readonly [value: string, text: string])[],
    any = true,
  ) => ({
    name,
    label: t(`civil-desk:filter.${name}`),
    items: [...(any ? [['', t('civil-desk:filter.any')] as const] : []), ...items].map(([value, text]) => ({
      value,
      text,
      chosen: value === (chosen === undefined ? '' : String(chosen)),
    })),
  })
  const words = (group: string, values: readonly string[]) =>
    values.map(value => [value, t(`civil-desk:${group}.${value}`)] as const)
  return [
    field(
      'acte',
      kind,
      recordKinds.map(one => [one, t(`civil-records:kind.${one}`)] as const),
    ),
    field('agent', assigned, [
      ...words('whose', ['me', 'nobody', 'left']),
      ...clerks.filter(({ ofRegistry }) => ofRegistry).map(({ id, name }) => [id, name] as const),
    ]),
    field(
      'age',
      age,
      queueAges.map(days => [String(days), t('civil-desk:olderThan', { count: days })] as const),
    ),
    field('delai', delay, words('delay', queueDelays)),
    field('pause', onHold === undefined ? undefined : onHold ? 'yes' : 'no', words('aside', ['yes', 'no'])),
    field('envoi', delivery, words('delivery', deliveries)),
    field('tri', sort, words('sort', queueSorts), false),
  ]
}
