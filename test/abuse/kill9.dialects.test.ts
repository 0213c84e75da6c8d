// Processes of the town are killed without warning while parents book and letters leave: on SQLite the one process that
// does everything, on PostgreSQL with Redis each of two that serve and of one that works.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { auditEntries } from '../../src/audit/schema.ts'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { dialect } from '../../src/db/columns.ts'
import { and, eq, inArray, ne } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { mails } from '../../src/mail/schema.ts'
import { setCapacity } from '../canteen/world.ts'
import { type Family, family, school } from '../support/family.ts'
import { startMailServer } from '../support/mail-server.ts'
import { startRedis } from '../support/redis.ts'
import { testTown } from '../support/town.ts'
import { type Asked, type Caller, signedInCaller } from './caller.ts'
import { openDays } from './open-days.ts'
import { HOST, productionEnv, startWeb, startWorker } from './town-processes.ts'

/** The work that letters are made by. */
const LETTERS = ['canteen.summary', 'access.password-forgotten', 'mail.send']
const FAMILIES = 10
const PLACES = 7
const DAYS = 8
const KILLS = 6

// Before those of the town itself: its processes end first.
after(async () => {
  await Promise.all(processes.map(one => one.stop()))
  await Promise.all([mailServer.stop(), redis?.stop()])
})
const t = await testTown()
t.at(Temporal.Now.instant().toString())
const mailServer = await startMailServer()
const redis = dialect === 'postgres' ? await startRedis() : undefined
const env = {
  ...productionEnv(t),
  SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
  ...(redis ? { REDIS_URL: redis.url } : {}),
}

type Process = { url?: string; kill(): Promise<void>; stop(): Promise<void>; again(): Promise<Process> }

async function web(port?: number): Promise<Process> {
  const running = await startWeb(env, { withWorker: !redis, ...(port ? { port } : {}) })
  return { ...running, again: () => web(Number(new URL(running.url).port)) }
}
const worker = async (): Promise<Process> => ({ ...(await startWorker(env)), again: worker })

/** All processes of the town; the n-th is killed, and comes back after a while. */
const processes = await Promise.all(redis ? [web(), web(), worker()] : [web()])
const urls = processes.flatMap(({ url }) => url ?? [])
async function kill(n: number, meanwhile: () => Promise<unknown> = () => pause(Math.random() * 200)) {
  const place = n % processes.length
  await processes[place]!.kill()
  await meanwhile()
  processes[place] = await processes[place]!.again()
}

const families: Family[] = []
for (let n = 0; n < FAMILIES; n++) {
  families.push(await family(t, { children: ['Inès', 'Malo'], school: 'École Jean-Macé', signedIn: false }))
}
const schoolId = await school(t, 'École Jean-Macé')
await setCapacity(t, schoolId, PLACES)
const callers = await Promise.all(families.map((person, n) => signedInCaller(urls, person, n + 1)))
const days = await openDays(t, callers[0]!, DAYS)

/** What a parent was told, and knows of the meals by it. */
type Known = {
  answers: { asked: Asked; status: number; body: unknown }[]
  booked: Map<string, boolean>
  changes: number
}

async function bookAndCancel(caller: Caller, of: Family, goOn: () => boolean): Promise<Known> {
  const known: Known = { answers: [], booked: new Map(), changes: 0 }
  const ask = async (method: Asked['method'], path: string) => {
    const asked = { method, path, key: randomUUID() }
    const answer = await caller.insist(asked)
    known.answers.push({ asked, ...answer })
    return answer
  }
  while (goOn()) {
    const child = pick(of.children).id
    const day = pick(days)
    const isBooked = known.booked.get(`${child} ${day}`) ?? false
    const answer = await ask(isBooked ? 'DELETE' : 'PUT', `/api/v1/canteen/children/${child}/meals/${day}`)
    if (answer.status === 409) {
      assert.equal((answer.body as { code: string }).code, 'full', JSON.stringify(answer))
      await ask('PUT', `/api/v1/canteen/children/${child}/waiting/${day}`)
      continue
    }
    assert.ok(answer.status < 300, JSON.stringify(answer))
    known.booked.set(`${child} ${day}`, !isBooked)
    known.changes++
  }
  return known
}
const pick = <T>(list: readonly T[]) => list[Math.floor(Math.random() * list.length)]!

test('what parents were told stays true when processes are killed while they book', async () => {
  let killing = true
  const parents = Promise.all(callers.map((caller, n) => bookAndCancel(caller, families[n]!, () => killing)))
  for (let n = 0; n < KILLS; n++) {
    await pause(100 + Math.random() * 500)
    await kill(n)
  }
  await pause(200)
  killing = false
  const known = await parents

  const rows = await t.town.db.read.select().from(mealBookings).where(eq(mealBookings.state, 'booked'))
  const expected = known.flatMap(({ booked }) => [...booked].filter(([, is]) => is).map(([meal]) => meal))
  assert.deepEqual(rows.map(row => `${row.childId} ${row.day}`).sort(), expected.sort())
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])

  const trail = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.action, 'meals.changed'))
  const changes = trail.flatMap(({ details }) => [details['book'] ?? [], details['cancel'] ?? []].flat())
  assert.equal(changes.length, total(known.map(one => one.changes)), 'each change is done and written down once')
  assert.ok(changes.length > KILLS * 5, `the test must see bookings, and saw ${changes.length} changes`)
  assert.ok(known.some(({ answers }) => answers.some(({ status }) => status === 409)))

  for (const [n, { answers }] of known.entries()) {
    for (const { asked, status, body } of answers.slice(-25)) {
      const again = await callers[n]!.insist(asked)
      assert.deepEqual([again.status, codeOr(again.body)], [status, codeOr(body)], `${asked.method} ${asked.path}`)
    }
  }
  assert.deepEqual(await bookedRows(), rows.map(row => row.id).sort())
})

test('each promised letter arrives, always as the same message, when processes are killed while letters leave', async () => {
  const asked = await Promise.all(
    callers.flatMap((caller, n) =>
      Array.from({ length: 2 }, async () => {
        const body = { email: families[n]!.email }
        const answer = await caller.once({ method: 'POST', path: '/api/v1/password-resets', body })
        return answer?.status === 202 ? families[n]!.email : undefined
      }),
    ),
  )
  const promised = asked.filter(email => email !== undefined)
  assert.ok(promised.length > FAMILIES)
  for (let n = 0; n < 3; n++) {
    const sofar = mailServer.mails().length
    await Promise.race([until(async () => mailServer.mails().length > sofar + 3), pause(1_500)])
    // The last of the processes sends letters.
    await kill(processes.length - 1, sooner)
  }
  await until(async () => (await undone()).length === 0)

  const letters = (await t.letters()).filter(({ to }) => to !== null)
  assert.deepEqual([...new Set(letters.map(({ state }) => state))], ['sent'])
  const received = Map.groupBy(mailServer.mails(), mail => mail.messageId ?? '')
  assert.deepEqual([...received.keys()].sort(), letters.map(({ id }) => `<${id}@${HOST}>`).sort())
  for (const same of received.values()) {
    assert.equal(new Set(same.map(mail => JSON.stringify([mail.to, mail.subject, mail.text, mail.html]))).size, 1)
  }
  for (const { email, personId } of families) {
    const theirs = letters.filter(letter => letter.personId === personId).map(({ kind }) => kind)
    const resets = promised.filter(one => one === email).length
    assert.ok(
      theirs.filter(kind => kind === 'account.reset-password').length >= resets,
      `${resets} resets of ${theirs}`,
    )
    assert.ok(theirs.includes('meals-saved'), `${email} is told of its meals: ${theirs}`)
  }
})

/** As if minutes had gone by: what waits for its time, or was begun by a process now dead, is due. Redis forgets it all. */
async function sooner() {
  await redis?.flush()
  await t.town.db.transaction(async tx => {
    await tx
      .update(outbox)
      .set({ dueAt: t.town.clock.now() })
      .where(and(eq(outbox.state, 'waiting'), inArray(outbox.topic, LETTERS)))
  })
}

const undone = () =>
  t.town.db.read
    .select()
    .from(outbox)
    .where(and(ne(outbox.state, 'done'), inArray(outbox.topic, LETTERS)))

async function bookedRows() {
  const rows = await t.town.db.read
    .select({ id: mealBookings.id })
    .from(mealBookings)
    .where(eq(mealBookings.state, 'booked'))
  return rows.map(({ id }) => id).sort()
}

async function until(condition: () => Promise<boolean>) {
  for (let n = 0; n < 500; n++) {
    if (await condition()) return
    await pause(40)
  }
  const left = (await undone()).map(({ topic, attempts, dueAt, lastError }) => ({ topic, attempts, dueAt, lastError }))
  throw new Error(
    `never came true; left to do: ${JSON.stringify(left)}; letters: ${(await t.town.db.read.select().from(mails)).length}`,
  )
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0)
/** A problem's own number differs each time; its code does not. */
const codeOr = (body: unknown) => (body && typeof body === 'object' && 'code' in body ? body.code : body)
