import { instantText } from '../../db/columns.ts'
import { prepared, type Queries } from '../../db/database.ts'
import { and, asc, desc, inArray, isNotNull, isNull, lte, or, sql } from '../../db/drizzle.ts'
import { inList, listOf } from '../../db/lists.ts'
import { PARIS } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { civilRequests as r } from '../schema.ts'
import type { RequestState } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import { type QueueFilter, type QueueSort, queueTabs, tabNames } from './queue-filter.ts'

/** The moment a filter is read, and by whom. */
export type QueueMoment = {
  now: Temporal.Instant
  today: Temporal.PlainDate
  /** The last day that counts as soon. */
  soonUntil: Temporal.PlainDate
  me: Id<'account'>
  /** Those who may treat files now. */
  mayTreat: readonly Id<'account'>[]
}

/** What the last row of a page was sorted by, and its id: the next page begins after it. */
export type QueueCursor = { key: string; id: string }

const rowColumns = {
  id: r.id,
  number: r.number,
  version: r.version,
  state: r.state,
  kind: r.kind,
  form: r.form,
  answers: r.answers,
  delivery: r.delivery,
  submittedAt: r.submittedAt,
  dueOn: r.dueOn,
  assignedTo: r.assignedTo,
  heldBy: r.heldBy,
  heldSince: r.heldSince,
  heldUntil: r.heldUntil,
  onHoldUntil: r.onHoldUntil,
}
export type QueueRow = Pick<CivilRequest, keyof typeof rowColumns>

type SQL = ReturnType<typeof sql>
const keys = { oldest: r.submittedAt, newest: r.submittedAt, due: r.dueOn, number: r.number }
const p = sql.placeholder

/** As the column, but no engine looks it up in an index. */
const inPassing = (column: typeof r.dueOn | typeof r.submittedAt | typeof r.assignedTo) => sql`coalesce(${column}, '')`

/**
 * What a filter asks of the requests of one state.
 * A queue is read in the order of its sort, from an index that holds all that is filtered by, until the page is full
 * (`civil_requests_queue`, `_due`, `_by_number`). Where a filter keeps few (due today, one clerk's, put aside), its own index
 * gives these, and they are sorted. No engine can know which is which, so each condition is written to leave it one way.
 */
function fits(state: RequestState, { kind, delivery, assigned, age, delay, onHold, sort }: QueueFilter) {
  const byAge = sort === 'oldest' || sort === 'newest'
  return and(
    sql`${r.state} = ${sql.raw(`'${state}'`)}`,
    kind ? sql`${r.kind} = ${p('kind')}` : undefined,
    delivery ? sql`${r.delivery} = ${p('delivery')}` : undefined,
    whose(assigned, byAge),
    age === undefined ? undefined : sql`${byAge ? r.submittedAt : inPassing(r.submittedAt)} < ${p('receivedBefore')}`,
    delay &&
      {
        late: sql`${sort === 'due' ? r.dueOn : inPassing(r.dueOn)} < ${p('today')}`,
        today: sql`${r.dueOn} = ${p('today')}`,
        soon: sql`${r.dueOn} > ${p('today')} and ${r.dueOn} <= ${p('soonUntil')}`,
      }[delay],
    onHold === true ? sql`${r.onHoldUntil} > ${p('today')}` : undefined,
    onHold === false ? sql`(${r.onHoldUntil} is null or ${r.onHoldUntil} <= ${p('today')})` : undefined,
  )
}

function whose(assigned: QueueFilter['assigned'], byAge: boolean) {
  if (assigned === undefined) return undefined
  if (assigned === 'nobody') return byAge ? isNull(r.assignedTo) : sql`${inPassing(r.assignedTo)} = ''`
  if (assigned === 'left')
    return and(isNotNull(r.assignedTo), sql`not (${inList(inPassing(r.assignedTo), 'mayTreat')})`)
  return sql`${r.assignedTo} = ${p('assigned')}`
}

/** Whether so few are kept that they are looked up and sorted, rather than met on the way. */
const keepsFew = ({ delay, onHold, sort }: QueueFilter) =>
  onHold === true || delay === 'today' || (delay === 'soon' && sort !== 'due')

/** The ids of a page: the first ones of each state, then the first of all. */
function firstIds(filter: QueueFilter, further?: SQL) {
  const key = keys[filter.sort]
  const way = sql.raw(filter.sort === 'newest' ? 'desc' : 'asc')
  const sortedBy = keepsFew(filter) ? sql`coalesce(${key}, '')` : key
  const states: readonly RequestState[] = queueTabs[filter.tab]
  const each = states.map((state, i) => {
    const found = sql`select ${r.id} as id, ${key} as k from ${r} where ${and(fits(state, filter), further)}`
    const firsts = sql`${found} order by ${sortedBy} ${way}, ${r.id} ${way} limit ${p('most')}`
    return sql`select id, k from (${firsts}) as ${sql.raw(`s${i}`)}`
  })
  const all = sql.join(each, sql` union all `)
  return sql`select id from (${all} order by k ${way}, id ${way} limit ${p('most')}) as firsts`
}

function build(db: Queries, filter: QueueFilter, begins: boolean) {
  const [way, later] = filter.sort === 'newest' ? [desc, sql`<`] : [asc, sql`>`]
  const key = keys[filter.sort]
  const further = begins ? undefined : sql`(${key}, ${r.id}) ${later} (${p('afterKey')}, ${p('afterId')})`
  return db
    .select(rowColumns)
    .from(r)
    .where(sql`${r.id} in (${firstIds(filter, further)})`)
    .orderBy(way(key), way(r.id))
    .prepare()
}

/** Filters come in thousands of shapes, of which clerks use a handful. */
const MOST_SHAPES = 200
const shapes = new WeakMap<Queries, Map<string, ReturnType<typeof build>>>()

/** The statement for filters of that shape, prepared once per connection. */
function statement(db: Queries, filter: QueueFilter, begins: boolean) {
  const { tab, kind, delivery, assigned, age, delay, onHold, sort } = filter
  const one = assigned === undefined || assigned === 'nobody' || assigned === 'left' ? assigned : 'one'
  const shape = [tab, sort, one, delay, onHold, !kind, !delivery, age === undefined, begins].join()
  const known = shapes.get(db) ?? new Map<string, ReturnType<typeof build>>()
  shapes.set(db, known)
  const prepared = known.get(shape) ?? build(db, filter, begins)
  if (known.size >= MOST_SHAPES) known.clear()
  known.set(shape, prepared)
  return prepared
}

/** The requests that a filter shows, in its order, at most so many, from after the cursor on. */
export async function queueRows(
  db: Queries,
  filter: QueueFilter,
  moment: QueueMoment,
  most: number,
  after?: QueueCursor,
): Promise<QueueRow[]> {
  return statement(db, filter, after === undefined).execute({
    ...valuesOf(filter, moment),
    most,
    afterKey: after?.key,
    afterId: after?.id,
  })
}

function valuesOf({ kind, delivery, assigned, age = 0 }: QueueFilter, { me, today, soonUntil, mayTreat }: QueueMoment) {
  const dayAfter = today.subtract({ days: age }).add({ days: 1 })
  return {
    kind,
    delivery,
    assigned: assigned === 'me' ? me : assigned,
    mayTreat: listOf(mayTreat),
    receivedBefore: instantText(dayAfter.toZonedDateTime(PARIS).toInstant()),
    today: today.toString(),
    soonUntil: soonUntil.toString(),
  }
}

/** Where the page after this row begins. */
export function cursorAfter(row: QueueRow, sort: QueueSort): QueueCursor {
  const key = { oldest: row.submittedAt, newest: row.submittedAt, due: row.dueOn, number: row.number }[sort]
  return { key: key instanceof Temporal.Instant ? instantText(key) : String(key), id: row.id }
}

/** What a clerk may take next of what the filter shows, oldest first, at most so many. */
export async function takeableIds(
  db: Queries,
  filter: QueueFilter,
  moment: QueueMoment,
  most: number,
): Promise<Id<'civil-request'>[]> {
  const toTake = { ...filter, tab: 'to-treat', onHold: undefined, sort: 'oldest' } as const
  const rows = await db
    .select({ id: r.id })
    .from(r)
    .where(sql`${r.id} in (${firstIds(toTake, isTakeable(moment))})`)
    .orderBy(r.submittedAt, r.id)
    .prepare()
    .execute({ ...valuesOf(toTake, moment), most })
  return rows.map(({ id }) => id)
}

/** In a `where`: nobody has the file open, it is not put aside, and is nobody else's who may treat it. */
export function isTakeable({ now, today, me, mayTreat }: QueueMoment): SQL | undefined {
  const others = ['', ...mayTreat.filter(id => id !== me)].map(id => sql`${id}`)
  return and(
    inArray(r.state, [...queueTabs['to-treat']]),
    or(isNull(r.heldUntil), lte(r.heldUntil, now)),
    or(isNull(r.onHoldUntil), lte(r.onHoldUntil, today)),
    sql`coalesce(${r.assignedTo}, '-') not in (${sql.join(others, sql`, `)})`,
  )
}

/** Beyond it a tab says « plus de 999 »: to count two hundred thousand would cost more than the page. */
export const MOST_COUNTED = 999

const countsOf = prepared(db => {
  const upTo = sql.raw(String(MOST_COUNTED + 1))
  const some = (state: RequestState) =>
    sql`(select count(*) from (select 1 from ${r} where ${r.state} = ${sql.raw(`'${state}'`)} limit ${upTo}) as few)`
  const counted = tabNames
    .filter(tab => tab !== 'closed')
    .map(tab => [tab, sql<number>`${sql.join(queueTabs[tab].map(some), sql` + `)}`.mapWith(Number)] as const)
  return db.select(Object.fromEntries(counted)).from(sql`(select 1 as one) as one_row`).prepare()
})

/** How many requests a filter shows, up to one more than are counted. */
export async function countFitting(db: Queries, filter: QueueFilter, moment: QueueMoment): Promise<number> {
  const states: readonly RequestState[] = queueTabs[filter.tab]
  const upTo = sql.raw(String(MOST_COUNTED + 1))
  const some = (state: RequestState) =>
    sql`(select count(*) from (select 1 from ${r} where ${fits(state, filter)} limit ${upTo}) as few)`
  const [counted] = await db
    .select({ n: sql`${sql.join(states.map(some), sql` + `)}`.mapWith(Number) })
    .from(sql`(select 1 as one) as one_row`)
    .prepare()
    .execute(valuesOf(filter, moment))
  return counted?.n ?? 0
}

/** How many requests each tab shows; more than `MOST_COUNTED` means that there are more. Closed ones are not counted. */
export async function tabCounts(db: Queries): Promise<Readonly<Record<string, number>>> {
  const [counted] = await countsOf(db).execute()
  return counted ?? {}
}
