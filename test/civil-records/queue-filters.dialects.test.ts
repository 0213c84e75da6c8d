// What the queue shows, against the plain reading of the same filter over the same requests; and its pages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deliveries, recordKinds } from '../../src/civil-records/kinds.ts'
import {
  filterFrom,
  filterOf,
  type QueueFilter,
  queryOf,
  queueAges,
  queueDelays,
  queueSorts,
  queueTabs,
  tabNames,
} from '../../src/civil-records/queue/queue-filter.ts'
import { queueMoment } from '../../src/civil-records/queue/queue-moment.ts'
import { cursorAfter, type QueueCursor, queueRows, tabCounts } from '../../src/civil-records/queue/queue-query.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { type RequestState, requestStates } from '../../src/civil-records/states.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { eq } from '../../src/db/drizzle.ts'
import { dayInParis } from '../../src/kernel/clock.ts'
import { newId } from '../../src/kernel/ids.ts'
import { clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { birthAnswers } from './world.ts'

const t = await testTown()
t.at('2026-11-25T10:00:00+01:00')
const now = t.town.clock.now()
const anne = (await clerkAccount(t, 'civil-registry')).actor
const bruno = (await clerkAccount(t, 'civil-registry')).actor
const gone = (await clerkAccount(t, 'canteen')).actor
const moment = await queueMoment(t.town.db.read, now, anne)

// Every mixture many times over, in an order that has nothing to do with anything: primes that share no factor.
const at = <T>(list: readonly T[], n: number) => list[n % list.length]!
const day = (text: string) => Temporal.PlainDate.from(text)
const requests = Array.from({ length: 600 }, (_, n) => {
  const submittedAt = now.subtract({ hours: (n * 37) % 1100, minutes: n % 7 })
  const state = at(requestStates, n * 7)
  return {
    id: newId<'civil-request'>(),
    number: `N${String((n * 7919) % 100_003).padStart(11, '0')}`,
    state,
    version: 1,
    channel: 'online' as const,
    language: 'fr',
    answers: birthAnswers,
    kind: at(recordKinds, n * 5),
    form: 'full-copy' as const,
    delivery: at(deliveries, n >> 2),
    // Drafts were not sent: they must never show.
    submittedAt,
    dueOn: day('2026-11-21').add({ days: (n * 3) % 11 }),
    assignedTo: at([null, anne.accountId, null, bruno.accountId, gone.accountId], n * 3),
    onHoldUntil: at([null, null, null, day('2026-11-25'), day('2026-11-26')], n >> 1),
    createdAt: submittedAt,
    updatedAt: submittedAt,
  }
})
await t.town.db.transaction(async tx => {
  for (let i = 0; i < requests.length; i += 50) await tx.insert(civilRequests).values(requests.slice(i, i + 50))
})

/** The same filter as anybody would read it. */
function plainly(filter: QueueFilter): string[] {
  const states: readonly RequestState[] = queueTabs[filter.tab]
  const { kind, delivery, assigned, age, delay, onHold, sort } = filter
  const fits = (row: (typeof requests)[number]) => {
    const due = row.dueOn.toString()
    const aside = row.onHoldUntil !== null && row.onHoldUntil.toString() > '2026-11-25'
    const days = dayInParis(row.submittedAt).until(dayInParis(now)).days
    const whose = { me: anne.accountId, nobody: null, left: gone.accountId }
    return (
      states.includes(row.state) &&
      (!kind || row.kind === kind) &&
      (!delivery || row.delivery === delivery) &&
      (!assigned || row.assignedTo === (assigned in whose ? whose[assigned as keyof typeof whose] : assigned)) &&
      (age === undefined || days >= age) &&
      (delay !== 'late' || due < '2026-11-25') &&
      (delay !== 'today' || due === '2026-11-25') &&
      (delay !== 'soon' || due === '2026-11-26' || due === '2026-11-27') &&
      (onHold === undefined || onHold === aside)
    )
  }
  const key = (row: (typeof requests)[number]) =>
    `${sort === 'due' ? row.dueOn : sort === 'number' ? row.number : row.submittedAt.toString({ fractionalSecondDigits: 3 })} ${row.id}`
  const found = requests.filter(fits).sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return (sort === 'newest' ? found.reverse() : found).map(({ id }) => id)
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 })
const filters: fc.Arbitrary<QueueFilter> = fc.record(
  {
    tab: fc.constantFrom(...tabNames),
    kind: maybe(fc.constantFrom(...recordKinds)),
    delivery: maybe(fc.constantFrom(...deliveries)),
    assigned: maybe(fc.constantFrom('me' as const, 'nobody' as const, 'left' as const, bruno.accountId)),
    age: maybe(fc.constantFrom(...queueAges)),
    delay: maybe(fc.constantFrom(...queueDelays)),
    onHold: maybe(fc.boolean()),
    sort: fc.constantFrom(...queueSorts),
  },
  { noNullPrototype: true },
)

async function pages(filter: QueueFilter, size: number): Promise<string[]> {
  const ids: string[] = []
  for (let after: QueueCursor | undefined; ; ) {
    const rows = await queueRows(t.town.db.read, filter, moment, size, after)
    ids.push(...rows.map(({ id }) => id))
    if (rows.length < size) return ids
    after = cursorAfter(rows.at(-1)!, filter.sort)
  }
}

test('every mixture of filters and sorts shows what fits, in its order, page after page', async () => {
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 3, max: 60 }), async (filter, size) => {
      assert.deepEqual(await pages(filter, size), plainly(filter))
    }),
    { numRuns: 250 },
  )
})

test('the address of a filter says all of it', () => {
  fc.assert(
    fc.property(filters, filter => {
      assert.deepEqual(filterFrom(queryOf(filter)), filter)
      assert.deepEqual(filterOf(Object.fromEntries(new URLSearchParams(queryOf(filter)))), filter)
    }),
  )
})

test('an address that makes no sense shows the queue as it opens', () => {
  const odd = { etat: 'nowhere', acte: ['birth', 'death'], agent: '%', age: '-1', delai: '', tri: "'; drop", pause: {} }
  assert.deepEqual(filterOf(odd), filterOf({}))
  assert.equal(queryOf(filterOf(odd)), '')
})

test('pages neither repeat nor lose a request while others are taken and closed meanwhile', async () => {
  const filter = filterOf({})
  const expected = plainly(filter)
  const first = await queueRows(t.town.db.read, filter, moment, 20)
  // The first page is dealt with, and so is the first of what comes next.
  const dealtWith = [...first.map(({ id }) => id), expected[20]!]
  await t.town.db.transaction(async tx => {
    for (const id of dealtWith)
      await tx
        .update(civilRequests)
        .set({ state: 'refused' })
        .where(eq(civilRequests.id, id as CivilRequest['id']))
  })
  const next = await queueRows(t.town.db.read, filter, moment, 20, cursorAfter(first.at(-1)!, filter.sort))
  assert.deepEqual(
    next.map(({ id }) => id),
    expected.slice(21, 41),
  )
  await t.town.db.transaction(async tx => {
    for (const { id, state } of requests)
      if (dealtWith.includes(id)) await tx.update(civilRequests).set({ state }).where(eq(civilRequests.id, id))
  })
})

test('each tab is counted', async () => {
  const counts = await tabCounts(t.town.db.read)
  for (const tab of tabNames.filter(one => one !== 'closed'))
    assert.equal(counts[tab], plainly({ tab, sort: 'oldest' }).length, tab)
})
