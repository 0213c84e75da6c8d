import { Agent, createServer, request } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import { addAccount } from '../src/access/store.ts'
import type { Answers } from '../src/civil-records/kinds.ts'
import { civilRequests } from '../src/civil-records/schema.ts'
import type { RequestState } from '../src/civil-records/states.ts'
import { rowInserter } from '../src/db/insert-rows.ts'
import { dayInParis } from '../src/kernel/clock.ts'
import { type Id, newId } from '../src/kernel/ids.ts'
import { addPerson } from '../src/people/persons.ts'
import { answerDay } from '../src/settings/delays.ts'
import type { Town } from '../src/town-context.ts'
import { benchTown } from './bench-town.ts'
import type { Figure } from './figure.ts'
import { signedIn } from './signed-in.ts'

const CLERKS = 12
const ROUNDS = 100
const PLAIN_ROUNDS = 5

const COLUMNS = `id, number, version, state, kind, form, answers, delivery, submitted_at, due_on, assigned_to, held_by,
  held_since, held_until, on_hold_until`

const TOWNS = [
  { size: 2_000, open: 200 },
  { size: 2_000, open: 2_000 },
  { size: 200_000, open: 20_000 },
  { size: 200_000, open: 200_000 },
]

/** Pages that clerks have open, and how one who knows no tricks would ask for their rows. */
const PAGES = {
  'as it opens': { path: '/guichet/etat-civil', where: 'true', sort: 'submitted_at, id' },
  'births that are late, by deadline': {
    path: '/guichet/etat-civil?acte=birth&delai=late&tri=due',
    where: `kind = 'birth' and due_on < :today`,
    sort: 'due_on, id',
  },
  'nobody’s, by post': {
    path: '/guichet/etat-civil?agent=nobody&envoi=post',
    where: `assigned_to is null and delivery = 'post'`,
    sort: 'submitted_at, id',
  },
  'one’s own': { path: '/guichet/etat-civil?agent=me', where: 'assigned_to = :me', sort: 'submitted_at, id' },
}

/**
 * The queue’s page of 50 over HTTP beside two floors, run bare on better-sqlite3 in turns with it: the statements that the
 * page itself makes, session and account included; and the plain way to read the same rows and to count the tabs. Then the
 * page of a small town against a large one’s. `open` of so many requests are to be treated, the others are closed.
 */
export async function benchQueue(): Promise<Figure[]> {
  const towns = []
  for (const { size, open } of TOWNS) towns.push(await queueTown(size, open))
  const figures: Figure[] = []
  const against: Figure[] = []
  for (const name of Object.keys(PAGES) as PageName[]) {
    const measured = await inTurns(name, towns)
    for (const { label, page, own, plain } of measured) {
      const of = `queue ${name}, ${label}`
      figures.push({ name: `${of}: its SQL`, value: page, floor: own, ratio: page / own, unit: 'ms' })
      figures.push({ name: `${of}: plain SQL`, value: page, floor: plain, ratio: page / plain, unit: 'ms' })
    }
    // Half a page against a whole one would say nothing.
    for (const [small, large] of [measured.slice(0, 3), measured.slice(1)].map(
      pair => [pair[0]!, pair.at(-1)!] as const,
    ))
      if (small.rows === large.rows)
        against.push({
          name: `queue ${name}: ${large.label} against ${small.label}`,
          value: large.page,
          floor: small.page,
          ratio: large.page / small.page,
          unit: 'ms',
        })
  }
  for (const { close } of towns) await close()
  return [...figures, ...against]
}

type PageName = keyof typeof PAGES
type QueueTown = Awaited<ReturnType<typeof queueTown>>

/** A town with so many requests, ready to be asked. */
async function queueTown(size: number, open: number) {
  const t = await benchTown()
  const { cookie, me } = await fill(t.running.town, size, open)
  const { port, close } = await listen(t.running.app)
  const bare = openBare(join(t.folder, 'guichet.sqlite'))
  const today = dayInParis(t.running.town.clock.now()).toString()
  return {
    label: `${size / 1000}k, ${open / 1000}k open`,
    bare,
    getter: (path: string) => getter(port, path, cookie),
    plain: (name: PageName) => plainly(bare, name, { me, today }),
    close: async () => {
      bare.close()
      close()
      await t.close()
    },
  }
}

/** The rows of a page and the counts of the tabs, without tricks. */
function plainly(bare: BetterSqlite3.Database, name: PageName, values: Record<string, string>): () => void {
  const { where, sort } = PAGES[name]
  const rows = bare.prepare(
    `select ${COLUMNS} from civil_requests where state in ('submitted', 'under-review') and ${where} order by ${sort} limit 51`,
  )
  const counts = bare.prepare('select state, count(*) from civil_requests group by state')
  const named = Object.fromEntries(Object.entries(values).filter(([value]) => where.includes(`:${value}`)))
  return () => void [rows.all(named), counts.all()]
}

/**
 * Milliseconds of a page and of its floors, in every town by turns; the best of the rounds, for on a machine that does
 * other work as well all other rounds tell of that work.
 */
async function inTurns(name: PageName, towns: readonly QueueTown[]) {
  const runs = []
  for (const { label, bare, getter, plain } of towns) {
    const get = getter(PAGES[name].path)
    const statements = await recorded(bare, get)
    const own = () => statements.forEach(run => void run())
    const rows = (await get()).split('data-row>').length - 1
    runs.push({
      label,
      rows,
      steps: { page: get, own, plain: plain(name) },
      page: Infinity,
      own: Infinity,
      plain: Infinity,
    })
  }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const run of runs)
      for (const step of ['page', 'own', 'plain'] as const) {
        // A plain reading can take half a second: a few tell enough.
        if (step === 'plain' && round >= PLAIN_ROUNDS) continue
        const start = performance.now()
        await run.steps[step]()
        run[step] = Math.min(run[step], performance.now() - start)
      }
  return runs
}

/** Requests of the last years, in every state, of every kind; gives a clerk who is signed in. */
async function fill(town: Town, size: number, open: number): Promise<{ cookie: string; me: Id<'account'> }> {
  const now = town.clock.now()
  const clerks = await town.db.transaction(async tx => {
    const ids: Id<'account'>[] = []
    for (let n = 0; n < CLERKS; n += 1) {
      const email = `agent${n}@exemple.fr`
      const personId = await addPerson(tx, now, { firstName: 'Claire', lastName: `Agent${n}`, email, language: 'fr' })
      ids.push(await addAccount(tx, now, { personId, email, clerk: true, services: ['civil-registry'] }))
    }
    return ids
  })
  const insert = rowInserter(civilRequests)
  const closed: RequestState[] = ['posted', 'posted', 'posted', 'collected', 'refused', 'withdrawn', 'expired']
  const toDo: RequestState[] = ['submitted', 'submitted', 'under-review', 'submitted', 'under-review']
  const underWay: RequestState[] = [...toDo, ...toDo, 'waiting-for-applicant', 'ready-to-print', 'signed']
  const due = new Map<string, Temporal.PlainDate>()
  for (let from = 0; from < size; from += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, size - from) }, (_, i) => {
      const n = from + i
      const isOpen = n >= size - open
      const state = open === size ? at(toDo, n) : at(isOpen ? underWay : closed, n)
      // Those of the last three months, evenly: late, due and in time are as mixed in a small town as in a large one.
      const submittedAt = now.subtract({ seconds: Math.round(((size - n) * 8_000_000) / size) + (n % 31) })
      const received = dayInParis(submittedAt)
      const dueOn = due.get(received.toString()) ?? answerDay(received, 5)
      due.set(received.toString(), dueOn)
      const mine = state === 'under-review' && n % 40 === 2
      return {
        id: newId<'civil-request'>(),
        number: `N${String((n * 7919) % 1_000_003).padStart(11, '0')}`,
        state,
        version: 3,
        channel: 'online' as const,
        language: 'fr',
        email: `p${n}@exemple.fr`,
        answers: answersOf(n),
        kind: at(['birth', 'birth', 'birth', 'marriage', 'death', 'recognition'] as const, n),
        form: at(['full-copy', 'with-parentage', 'full-copy', 'without-parentage'] as const, n >> 1),
        standing: 'self' as const,
        recordDate: '1984-05-12',
        copies: 1,
        delivery: at(['post', 'post', 'collection'] as const, n >> 2),
        searchKey: `famille${n} awa`,
        recordKey: `birth:${n % 100_000}`,
        applicantKey: `famille${n % 50_000}`,
        applicantBirthYear: 1984,
        submittedAt,
        dueOn,
        assignedTo: mine ? at(clerks, n / 40) : state === 'submitted' ? null : at(clerks, n),
        closedAt: isOpen ? null : submittedAt.add({ hours: 90 }),
        createdAt: submittedAt,
        updatedAt: submittedAt,
      }
    })
    await town.db.transaction(tx => insert(tx, rows))
  }
  const me = clerks[0]!
  return { me, cookie: await town.db.transaction(tx => signedIn(tx, town, me)) }
}

const answersOf = (n: number): Answers => ({
  kind: 'birth',
  form: 'full-copy',
  place: 'here',
  date: '1984-05-12',
  standing: 'self',
  subject: { firstNames: 'Awa Marie', lastName: `Famille${n}` },
  parents: {
    first: { firstNames: 'Ousmane', lastName: `Famille${n}` },
    second: { firstNames: 'Marie', lastName: 'Lefèvre' },
  },
  copies: 1,
  applicant: { firstName: 'Awa', lastName: `Famille${n}`, birthDate: '1984-05-12' },
  delivery: 'post',
  address: { lines: ['3 rue des Tilleuls'], postcode: '59100', city: 'Valmont', country: 'FR' },
  contact: { email: `p${n}@exemple.fr` },
  proof: 'sent',
})

const at = <T>(list: readonly T[], n: number): T => list[Math.floor(n) % list.length]!

function openBare(file: string): BetterSqlite3.Database {
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  const bare = new Sqlite(file)
  bare.pragma('query_only = 1')
  return bare
}

/** The statements that one page makes, prepared on the bare connection with the same values, to be run again. */
async function recorded(bare: BetterSqlite3.Database, get: () => Promise<unknown>): Promise<(() => unknown)[]> {
  await get()
  const statement = Object.getPrototypeOf(bare.prepare('select 1')) as Record<string, (...values: unknown[]) => unknown>
  const seen: [string, unknown[]][] = []
  const own = { all: statement['all']!, get: statement['get']! }
  for (const [name, call] of Object.entries(own))
    statement[name] = function (this: BetterSqlite3.Statement, ...values) {
      seen.push([this.source, values])
      return call.apply(this, values)
    }
  await get()
  Object.assign(statement, own)
  if (!seen.some(([source]) => source.includes('civil_requests')))
    throw new Error('the page asked the database nothing')
  return seen.map(([source, values]) => {
    const again = bare.prepare(source)
    return () => again.all(...values)
  })
}

async function listen(app: Parameters<typeof createServer>[1]) {
  const server = createServer(app as never)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

/** Asks for a page on a connection that stays open, and reads it to its end. */
function getter(port: number, path: string, cookie: string): () => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { host: 'guichet.test', cookie, accept: 'text/html', 'accept-language': 'fr' }
  return () =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, agent, headers }, answer => {
        if (answer.statusCode !== 200) reject(new Error(`the queue answers ${answer.statusCode}`))
        let text = ''
        answer.setEncoding('utf8').on('data', part => {
          text += part
        })
        answer.on('end', () => resolve(text)).on('error', reject)
      })
      sent.on('error', reject)
      sent.end()
    })
}
