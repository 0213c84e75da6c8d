import { z } from 'zod'
import type { Id } from '../../kernel/ids.ts'
import { type Delivery, deliveries, type RecordKind, recordKinds } from '../kinds.ts'
import { closedStates, type RequestState } from '../states.ts'

/** The tabs of the queue, each with the states it shows. What the town must decide comes first. */
export const queueTabs = {
  'to-treat': ['submitted', 'under-review'],
  waiting: ['waiting-for-applicant'],
  'to-print': ['ready-to-print'],
  'to-send': ['signed'],
  'to-collect': ['ready-for-collection'],
  closed: closedStates,
} as const satisfies Record<string, readonly RequestState[]>
export type QueueTab = keyof typeof queueTabs
export const tabNames = Object.keys(queueTabs) as QueueTab[]

export const queueSorts = ['oldest', 'newest', 'due', 'number'] as const
export type QueueSort = (typeof queueSorts)[number]

export const queueDelays = ['late', 'today', 'soon'] as const

/** « Received at least so many days ago. » */
export const queueAges = [2, 5, 10, 30] as const

/** What a clerk wants to see of the queue. */
export type QueueFilter = {
  tab: QueueTab
  kind?: RecordKind | undefined
  delivery?: Delivery | undefined
  /** Whose: mine, nobody's, those left by a clerk who may not treat them any more, or one clerk's. */
  assigned?: 'me' | 'nobody' | 'left' | Id<'account'> | undefined
  /** Received at least so many days ago (Europe/Paris days). */
  age?: number | undefined
  delay?: (typeof queueDelays)[number] | undefined
  onHold?: boolean | undefined
  sort: QueueSort
}

/** A choice of the form; what is not one of them, as in an old bookmark, chooses nothing. */
const choice = <const Values extends readonly string[]>(values: Values) =>
  z
    .enum(values as unknown as Values & [string, ...string[]])
    .optional()
    .catch(undefined)

const inUrl = z
  .object({
    etat: choice(tabNames),
    acte: choice(recordKinds),
    envoi: choice(deliveries),
    agent: z
      .union([z.enum(['me', 'nobody', 'left']), z.uuid()])
      .optional()
      .catch(undefined),
    age: choice(queueAges.map(String)),
    delai: choice(queueDelays),
    pause: choice(['yes', 'no']),
    tri: choice(queueSorts),
  })
  .catch({})

/** The filter that an address says. */
export function filterOf(query: unknown): QueueFilter {
  const { etat, acte, envoi, agent, age, delai, pause, tri } = inUrl.parse(query ?? {})
  const tab = etat ?? 'to-treat'
  return {
    tab,
    kind: acte,
    delivery: envoi,
    assigned: agent as QueueFilter['assigned'],
    age: age === undefined ? undefined : Number(age),
    delay: delai,
    onHold: pause === undefined ? undefined : pause === 'yes',
    sort: tri ?? usualSort(tab),
  }
}

/** The address's words for a filter, without « ? »; empty for the queue as it opens. */
export function queryOf({ tab, kind, delivery, assigned, age, delay, onHold, sort }: QueueFilter): string {
  const words = {
    etat: tab === 'to-treat' ? undefined : tab,
    acte: kind,
    envoi: delivery,
    agent: assigned,
    age,
    delai: delay,
    pause: onHold === undefined ? undefined : onHold ? 'yes' : 'no',
    tri: sort === usualSort(tab) ? undefined : sort,
  }
  const said = Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return new URLSearchParams(said).toString()
}

/** The filter kept in a form's hidden field, as `queryOf` wrote it. */
export const filterFrom = (query: unknown): QueueFilter =>
  filterOf(typeof query === 'string' ? Object.fromEntries(new URLSearchParams(query)) : {})

/** Whether anything but the tab and the sort is asked for. */
export const narrows = ({ tab: _tab, sort: _sort, ...asked }: QueueFilter): boolean =>
  Object.values(asked).some(value => value !== undefined)

/** The order in which a tab opens. */
export const usualSort = (tab: QueueTab): QueueSort => (tab === 'closed' ? 'newest' : 'oldest')
