// The floor of the rush: bare `node:http`, raw statements, one commit for all that arrived in one turn. `fork`ed with the
// path of a file: see `Floor`. It tells its port, and when the process ends its database is the judge's.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type BetterSqlite3 from 'better-sqlite3'
import type { Pages } from './pages.ts'
import type { World } from './world.ts'

/** A copied world, and the pages that the product showed, to be sent as they were. */
export type Floor = { worldFile: string; database: string; pages: Pages }

const floor = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Floor
const world = JSON.parse(readFileSync(floor.worldFile, 'utf8')) as World
const families = new Map(world.families.map(family => [family.cookie, family]))
const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
const db = new Sqlite(floor.database)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
const write = writer(db)

/** Where who found no place is led: the recorded page, with a rank of its own in the address. */
const WAITING = '/waiting/'

type Work = { work: () => string; answer: (location: string) => void }
let waiting: Work[] = []
const commitAll = db.transaction((group: Work[]) => group.map(({ work }) => work()))

function inGroup(work: Work) {
  if (waiting.length === 0)
    setImmediate(() => {
      const group = waiting
      waiting = []
      const locations = commitAll(group)
      for (const [i, { answer }] of group.entries()) answer(locations[i] ?? '')
    })
  waiting.push(work)
}

const server = createServer((req, res) => {
  const family = families.get(/__Host-guichet=[^;]*/.exec(req.headers.cookie ?? '')?.[0] ?? '')
  if (!family) return void res.writeHead(401).end()
  const { pages } = floor
  const path = req.url ?? ''
  if (req.method === 'GET') return send(res, page(path, family.child))
  body(req, text => {
    const key = /(?:^|&)\w*[kK]ey=([\w-]+)/.exec(text)?.[1] ?? randomUUID()
    const answer = (location: string) => res.writeHead(303, { Location: location, 'Content-Length': 0 }).end()
    if (path === pages.confirmAction) inGroup({ work: () => write.confirm(family, key), answer })
    else inGroup({ work: () => write.signUp(family, key), answer })
  })
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))

function page(path: string, child: string): string {
  const { pages } = floor
  if (path === pages.heldLocation) return withKey(pages.held)
  if (path === pages.confirmedLocation) return pages.confirmed
  if (path.startsWith(WAITING)) return pages.waiting
  return withKey(pages.form).replaceAll(pages.child, child)
}

/** The key of the recorded form, replaced as a page is made anew for each family. */
function withKey(html: string): string {
  return html.replace(/(name="\w*[kK]ey" value=")[^"]*/, `$1${randomUUID()}`)
}

function send(res: ServerResponse, html: string) {
  res
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(html) })
    .end(html)
}

function body(req: IncomingMessage, done: (text: string) => void) {
  let text = ''
  req.on('data', chunk => {
    text += chunk
  })
  req.on('end', () => done(text))
}

/** The rows of a sign-up and of its confirmation, as the product writes them. */
function writer(db: BetterSqlite3.Database) {
  const { day } = world
  const known = db.prepare('select body from idempotent_answers where scope = ? and key = ?').pluck()
  const take = db.prepare(
    'update leisure_sessions set taken = taken + 1 where group_id = ? and day = ? and taken < capacity returning id',
  )
  const basket = db.prepare(
    `insert into leisure_baskets (id, household_id, state, held_until, created_at) values (?, ?, 'open', ?, ?)`,
  )
  const signup = db.prepare(
    `insert into leisure_signups (id, household_id, child_id, centre_id, period_id, unit, part, meal, state, basket_id, since)
     values (?, ?, ?, ?, ?, 'day', 'day', 1, ?, ?, ?)`,
  )
  const signupDay = db.prepare(
    `insert into leisure_signup_days (signup_id, day, child_id, group_id, part, state, late, excused)
     values (?, ?, ?, ?, 'day', ?, 0, 0)`,
  )
  const audit = db.prepare(
    `insert into audit_entries (id, at, actor_kind, action, subject_kind, subject_id, details)
     values (?, ?, 'resident', ?, 'household', ?, '{}')`,
  )
  const outbox = db.prepare(
    `insert into outbox (id, topic, payload, key, state, due_at, attempts, created_at) values (?, ?, ?, ?, 'waiting', ?, 0, ?)`,
  )
  const kept = db.prepare(
    `insert into idempotent_answers (scope, key, fingerprint, status, body, created_at) values (?, ?, ?, 200, ?, ?)`,
  )
  const confirmSignup = db.prepare(
    `update leisure_signups set state = 'booked', confirmed_at = ? where household_id = ? and state = 'held' returning id`,
  )
  const confirmBasket = db.prepare(
    `update leisure_baskets set state = 'confirmed', confirmed_at = ? where household_id = ? and state = 'open'`,
  )
  const ahead = db
    .prepare(`select count(*) from leisure_signup_days where group_id = ? and day = ? and state = 'asked'`)
    .pluck()
  const { pages } = floor
  return {
    signUp({ household, child, centre, group }: World['families'][number], key: string): string {
      const scope = `leisure:${household}`
      const before = known.get(scope, key) as string | undefined
      if (before) return before
      const [now, id] = [new Date().toISOString(), randomUUID()]
      const held = take.all(group, day).length > 0
      const basketId = held ? randomUUID() : null
      if (held) {
        basket.run(basketId, household, now, now)
        outbox.run(randomUUID(), 'leisure.basket-ends', '{}', `leisure.basket-ends:${basketId}`, now, now)
      }
      const rank = held ? 0 : Number(ahead.get(group, day)) + 1
      signup.run(id, household, child, centre, world.period, held ? 'held' : 'waiting', basketId, now)
      signupDay.run(id, day, child, group, held ? 'taken' : 'asked')
      audit.run(randomUUID(), now, 'leisure-signups.asked', household)
      const location = held ? pages.heldLocation : `${WAITING}${rank}`
      kept.run(scope, key, key, location, now)
      return location
    },
    confirm({ household }: World['families'][number], key: string): string {
      const scope = `leisure:${household}`
      if (known.get(scope, key)) return pages.confirmedLocation
      const now = new Date().toISOString()
      const ids = JSON.stringify(confirmSignup.all(now, household))
      confirmBasket.run(now, household)
      audit.run(randomUUID(), now, 'leisure-signups.confirmed', household)
      outbox.run(randomUUID(), 'leisure.confirmed', ids, `leisure.confirmed:${household}`, now, now)
      kept.run(scope, key, key, pages.confirmedLocation, now)
      return pages.confirmedLocation
    },
  }
}
