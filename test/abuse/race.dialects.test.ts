// Many at the same moment, through the front doors of three processes' worth of town on one database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Express } from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { auditEntries } from '../../src/audit/schema.ts'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import { householdMembers } from '../../src/people/schema.ts'
import { buildTown } from '../../src/town.ts'
import { formFields, urlencoded } from '../canteen/html.ts'
import { canteenTown, places, setCapacity } from '../canteen/world.ts'
import { type Family, family, school } from '../support/family.ts'

const t = await canteenTown()
const given = { clock: t.town.clock, log: pino({ level: 'silent' }) }
const others = [await buildTown(t.town.config, given), await buildTown(t.town.config, given)]
after(() => Promise.all(others.map(town => town.close())))
const apps: Express[] = [t.app, ...others.map(({ app }) => app)]
let turn = 0
const nextApp = () => apps[turn++ % apps.length]!

/** The cookie of a new visit of somebody; each request with it may go to another process. */
async function visit({ email, password }: Pick<Family, 'email' | 'password'>): Promise<string> {
  const answer = await supertest(nextApp()).post('/api/v1/sessions').set(OURS).send({ email, password })
  const [cookie] = answer.get('Set-Cookie') ?? []
  if (!cookie) throw new Error(`${email} cannot sign in: ${answer.status} ${answer.text}`)
  return cookie.split(';')[0] ?? ''
}
const OURS = { Origin: 'http://guichet.test' }
const get = (cookie: string, path: string) => supertest(nextApp()).get(path).set('Cookie', cookie)
const post = (cookie: string, path: string) =>
  supertest(nextApp()).post(path).set(OURS).set('Cookie', cookie).type('form')
const put = (cookie: string, path: string) => supertest(nextApp()).put(path).set(OURS).set('Cookie', cookie)

const bookedOf = async (schoolId: Awaited<ReturnType<typeof school>>) =>
  (
    await t.town.db.read
      .select({ childId: mealBookings.childId, day: mealBookings.day })
      .from(mealBookings)
      .where(and(eq(mealBookings.schoolId, schoolId), eq(mealBookings.state, 'booked')))
  ).map(({ childId, day }) => `${childId} ${day}`)

test('two hundred parents send for the last twenty places at once, each twice: twenty have them, the others are told so', async () => {
  const schoolId = await school(t, 'École pleine')
  await setCapacity(t, schoolId, 20)
  const families: Family[] = []
  for (let n = 0; n < 200; n++) families.push(await family(t, { school: 'École pleine', signedIn: false }))
  const cookies: string[] = []
  for (const one of families) cookies.push(await visit(one))
  const send = (n: number) =>
    put(cookies[n]!, `/api/v1/canteen/children/${families[n]!.children[0]!.id}/meals/2026-12-07`)
      .set('Idempotency-Key', `key-${n}`)
      .then(({ status, body }) => (status === 200 ? 'booked' : body.code))
  // A nervous thumb sends the same request again at once.
  const answers = await Promise.all(families.flatMap((_, n) => [send(n), send(n)]))
  const pairs = families.map((_, n) => [answers[2 * n], answers[2 * n + 1]])
  for (const [one, again] of pairs) assert.equal(one, again)
  assert.equal(pairs.filter(([one]) => one === 'booked').length, 20)
  assert.equal(pairs.filter(([one]) => one === 'full').length, 180)
  assert.deepEqual(await places(t, schoolId, '2026-12-07'), { capacity: 20, taken: 20 })
  const winners = families.filter((_, n) => pairs[n]![0] === 'booked').map(one => `${one.children[0]!.id} 2026-12-07`)
  assert.deepEqual((await bookedOf(schoolId)).sort(), winners.sort())
})

test('two guardians save the same month at the same moment: each wish is granted or told, and nothing is counted twice', async () => {
  const schoolId = await school(t, 'École des deux')
  const mother = await family(t, { school: 'École des deux', children: ['Inès', 'Malo'], signedIn: false })
  const father = await family(t, { children: [], signedIn: false })
  await t.town.db.transaction(async tx => {
    await tx
      .update(householdMembers)
      .set({ householdId: mother.household })
      .where(eq(householdMembers.personId, father.personId))
  })
  const pages = await Promise.all(
    [mother, father].map(async person => {
      const cookie = await visit(person)
      const { text } = await get(cookie, '/cantine?mois=2026-12')
      return { cookie, fields: formFields(text, '/cantine') }
    }),
  )
  const [hers, his] = [
    ['0.2026-12-07', '0.2026-12-08', '1.2026-12-07'],
    ['0.2026-12-07', '0.2026-12-10', '1.2026-12-07'],
  ]
  const saved = await Promise.all(
    [hers, his].map((ticks, n) =>
      post(pages[n]!.cookie, '/cantine').send(
        urlencoded([...pages[n]!.fields, ...ticks.map(tick => ['meal', tick] as const)]),
      ),
    ),
  )
  for (const { status, text } of saved) assert.ok(status < 500, text)
  const [ines, malo] = mother.children.map(({ id }) => id)
  assert.deepEqual(
    (await bookedOf(schoolId)).sort(),
    [`${ines} 2026-12-07`, `${ines} 2026-12-08`, `${ines} 2026-12-10`, `${malo} 2026-12-07`].sort(),
  )
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
})

test('the same page posted three times at once is one change', async () => {
  const schoolId = await school(t, 'École du double clic')
  const home = await family(t, { school: 'École du double clic', signedIn: false })
  const cookie = await visit(home)
  const { text } = await get(cookie, '/cantine?mois=2026-12')
  const fields = urlencoded([...formFields(text, '/cantine'), ['meal', '0.2026-12-07'], ['meal', '0.2026-12-08']])
  const answers = await Promise.all([1, 2, 3].map(() => post(cookie, '/cantine').send(fields)))
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers['location']]),
    [
      [303, '/cantine?mois=2026-12'],
      [303, '/cantine?mois=2026-12'],
      [303, '/cantine?mois=2026-12'],
    ],
  )
  assert.equal((await bookedOf(schoolId)).length, 2)
  const trail = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.action, 'meals.changed'), eq(auditEntries.subjectId, home.children[0]!.id)))
  assert.equal(trail.length, 1)
})

test('signed out everywhere while requests are under way, no visit comes back to life', async () => {
  for (let n = 0; n < 8; n++) {
    const home = await family(t, { signedIn: false })
    const [here, stolen] = [await visit(home), await visit(home)]
    const writing = Array.from({ length: 6 }, () =>
      // Each leaves a word in the session for the next page.
      post(stolen, '/famille/moi').send({
        firstName: 'Awa',
        lastName: 'Diallo',
        phone: '06 12 34 56 78',
        language: 'fr',
      }),
    )
    const [ended] = await Promise.all([post(here, '/compte/deconnexion-partout').send({}), ...writing])
    assert.equal(ended.status, 303)
    for (const cookie of [here, stolen]) {
      const { status, text } = await get(cookie, '/api/v1/me')
      assert.equal(status, 401, `try ${n}: ${text}`)
    }
  }
})
