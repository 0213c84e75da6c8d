import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import { openDatabase } from '../src/db/open.ts'
import { eachDay } from '../src/kernel/days.ts'
import { newId } from '../src/kernel/ids.ts'
import { benchTown } from './bench-town.ts'
import { type BenchFamily, benchFamilies } from './families.ts'
import type { Figure } from './figure.ts'
import { inTurns } from './rounds.ts'

const FAMILIES = 400
const ROUNDS = 7

/**
 * Booking a meal through the API: signed in, same-site, validated, by the rules, counted, audited, promised, idempotent
 * and durable, by 64 connections. Floors: a bare server that writes the same rows by raw statements, with one commit each
 * and with the same group commit.
 */
export async function benchBooking(): Promise<Figure[]> {
  const t = await benchTown()
  const families = await benchFamilies(t.running.town, FAMILIES)
  const requests = requestsOf(families)
  const [alone, grouped] = [
    await bareFile(join(t.folder, 'alone.sqlite')),
    await bareFile(join(t.folder, 'grouped.sqlite')),
  ]
  const speeds = await inTurns(
    {
      ours: { handler: t.running.app, requests, perRound: 2_000 },
      grouped: { handler: bareHandler(grouped, true), requests, perRound: 2_000 },
      alone: { handler: bareHandler(alone, false), requests, perRound: 500 },
    },
    ROUNDS,
  )
  alone.close()
  grouped.close()
  await t.close()
  const name = 'booking a meal through the API'
  const figure = (against: string, floor: keyof typeof speeds): Figure => ({
    name: `${name}, against ${against}`,
    value: speeds.ours.perSecond,
    floor: speeds[floor].perSecond,
    ratio: speeds[floor].ratioOfFirst,
    unit: 'requests/s',
  })
  return [figure('one commit each', 'alone'), figure('grouped commits', 'grouped')]
}

/** The days of the school year to come that are served, as far as the floor's program need know. */
function days(): string[] {
  const from = Temporal.PlainDate.from('2027-01-04')
  const holidays = [
    ['2027-02-20', '2027-03-07'],
    ['2027-04-17', '2027-05-02'],
  ]
  const off = new Set(['2027-03-29', '2027-05-06', '2027-05-17'])
  return [...eachDay(from, Temporal.PlainDate.from('2027-06-30'))]
    .filter(day => [1, 2, 4, 5].includes(day.dayOfWeek))
    .map(String)
    .filter(day => !off.has(day) && !holidays.some(([first = '', last = '']) => day >= first && day <= last))
}

function requestsOf(families: readonly BenchFamily[]): string[] {
  const requests: string[] = []
  for (const day of days())
    for (const n of [0, 1])
      for (const { children, cookie } of families)
        requests.push(
          [
            `PUT /api/v1/canteen/children/${children[n]}/meals/${day} HTTP/1.1`,
            'Host: guichet.test',
            'Origin: http://guichet.test',
            'Content-Type: application/json',
            'Content-Length: 2',
            `Idempotency-Key: ${newId()}`,
            `Cookie: ${cookie}`,
            '',
            '{}',
          ].join('\r\n'),
        )
  return requests
}

/** An empty database with the product's tables and indexes, opened as durably as ours. */
async function bareFile(file: string): Promise<BetterSqlite3.Database> {
  const migrated = await openDatabase(file)
  await migrated.migrate()
  await migrated.close()
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  const db = new Sqlite(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  return db
}

/** `node:http` and the statements, nothing else. */
function bareHandler(db: BetterSqlite3.Database, grouped: boolean): RequestListener {
  const write = writer(db)
  const commitAll = db.transaction((group: (() => void)[]) => {
    for (const one of group) one()
  })
  let waiting: { work: () => void; answer: () => void }[] = []
  const flush = () => {
    const group = waiting
    waiting = []
    commitAll(group.map(({ work }) => work))
    for (const { answer } of group) answer()
  }
  return (req, res) => {
    let body = ''
    req.on('data', chunk => {
      body += chunk
    })
    req.on('end', () => {
      JSON.parse(body)
      const [, , , , , child = '', , day = ''] = (req.url ?? '').split('/')
      const key = String(req.headers['idempotency-key'])
      const work = () => write({ child, day, key })
      const answer = () => {
        const text = JSON.stringify({ childId: child, day, booked: true })
        res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length }).end(text)
      }
      if (!grouped) {
        commitAll([work])
        return answer()
      }
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ work, answer })
    })
  }
}

/** The rows of one booking, as the product writes them: booking, place, audit entry, promised letter, kept answer. */
function writer(db: BetterSqlite3.Database) {
  const school = newId<'school'>()
  const household = newId<'household'>()
  const day = db.prepare(
    'insert into meal_days (id, school_id, day, capacity, taken) values (?, ?, ?, 100000, 0) on conflict do nothing',
  )
  const booking = db.prepare(
    `insert into meal_bookings (id, child_id, household_id, school_id, day, meal_type, state, revision, changed_at, created_at)
     values (?, ?, ?, ?, ?, 'standard', 'booked', 1, ?, ?)
     on conflict (child_id, day) do update set state = 'booked' where state = 'cancelled' returning id`,
  )
  const place = db.prepare(
    'update meal_days set taken = taken + 1 where school_id = ? and day = ? and taken < capacity returning day',
  )
  const audit = db.prepare(
    `insert into audit_entries (id, at, actor_kind, actor_account_id, action, subject_kind, subject_id, details)
     values (?, ?, 'resident', ?, 'meals.changed', 'child', ?, ?)`,
  )
  const outbox = db.prepare(
    `insert into outbox (id, topic, payload, key, state, due_at, attempts, created_at)
     values (?, 'canteen.summary', ?, ?, 'waiting', ?, 0, ?) on conflict do nothing`,
  )
  const kept = db.prepare(
    `insert into idempotent_answers (scope, key, fingerprint, status, body, created_at) values (?, ?, ?, 200, ?, ?)`,
  )
  for (const one of days()) day.run(newId(), school, one)
  return ({ child, day, key }: { child: string; day: string; key: string }) => {
    const now = new Date().toISOString()
    const changed = { changed: [{ childId: child, day, wish: 'book' }], already: [], refused: [] }
    booking.get(newId(), child, household, school, day, now, now)
    if (!place.get(school, day)) throw new Error('full')
    audit.run(newId(), now, household, child, JSON.stringify({ book: [day] }))
    outbox.run(newId(), JSON.stringify({ household }), `canteen.summary:${child}:${now.slice(0, 16)}`, now, now)
    kept.run(`meals:${household}`, key, key, JSON.stringify(changed), now)
  }
}
