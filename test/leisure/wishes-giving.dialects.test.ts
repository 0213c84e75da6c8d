import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { gateFor } from '../../src/leisure/opening/gate.ts'
import { leisureWishResults } from '../../src/leisure/schema.ts'
import { leisurePlacesAreCounted, placesHaveTheirSignup } from '../../src/leisure/signing-up/counters.ts'
import { type Signup, signupsOfHousehold } from '../../src/leisure/signups.ts'
import { sessionsOf } from '../../src/leisure/store.ts'
import { rankOf } from '../../src/leisure/waiting/ranks.ts'
import { allocationOf } from '../../src/leisure/wishes/allocations.ts'
import { givePlaces } from '../../src/leisure/wishes/give-places.ts'
import { tellWishes } from '../../src/leisure/wishes/tell-wishes.ts'
import type { Town } from '../../src/town-context.ts'
import { clerk, type Family, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { otherDevice } from './opening-world.ts'
import { ENDED, FIRST_WEEK, MORNING_AFTER, SECOND_WEEK, TELLING, week, wishesPlan } from './wishes-world.ts'
import { post, send, textOf, withHolidays } from './world.ts'

const t = await testTown()
const { read } = t.town.db
await withHolidays(t)
const PLACES = 12
const { period, lake, park, groups } = await wishesPlan(t, await clerk(t, 'leisure'), String(PLACES))
const RESULTS = `/centres-de-loisirs/souhaits/${period.id}/resultats`
const DESK = `/guichet/loisirs/souhaits/${period.id}`

/** Forty families for twelve places of a week at each of two centres: everybody's dearest wish is the park. */
const families: Family[] = []
for (let n = 0; n < 40; n++)
  families.push(
    await family(t, { signedIn: n < 1, resident: n % 3 !== 2, children: n % 10 === 0 ? ['Inès', 'Malo'] : ['Inès'] }),
  )
const [awa, karim] = families as [Family, Family]
t.at(TELLING)
for (const [n, one] of families.entries()) {
  const children = one.children.map((child, i) => ({
    childId: child.id,
    most: n % 4 === 0 ? 1 : null,
    choices: [week(one, park, FIRST_WEEK, i), week(one, lake, FIRST_WEEK, i), week(one, park, SECOND_WEEK, i)].slice(
      0,
      1 + ((n + i) % 3),
    ),
  }))
  await tellWishes(t.town, one.actor, period.id, { children })
}
// A child of two homes has wishes from both.
const shared = await secondHousehold(t, karim, {
  signedIn: false,
  terms: { kind: 'percentage', firstShare: 5_000 },
})
await tellWishes(t.town, shared.actor, period.id, {
  children: [{ childId: karim.children[0]?.id ?? '', most: null, choices: [week(karim, lake, SECOND_WEEK)] }],
})

const results = () => read.select().from(leisureWishResults).where(eq(leisureWishResults.periodId, period.id))
const signups = async () => {
  const all: Signup[] = []
  for (const one of [...families, shared]) all.push(...(await signupsOfHousehold(read, one.household)))
  return all
}
const statesOf = async () =>
  (await signups()).map(({ id, state, since, days }) => `${id} ${state} ${since} ${days.map(day => day.state)}`).sort()

test('places are not given while wishes may still be told', async () => {
  t.at('2026-12-13T19:59:59+01:00')
  const desk = await clerk(t, 'leisure')
  assert.doesNotMatch((await desk.get(DESK)).text, /\/donner"/)
  assert.equal((await post(desk, `${DESK}/donner`, {})).status, 409)
  assert.equal(await allocationOf(read, period.id), undefined)
  assert.equal((await desk.get(RESULTS)).status, 404)
})

test('the clerk sees what will be given before giving it; nobody else can', async () => {
  t.at(ENDED)
  const desk = await clerk(t, 'leisure')
  const page = textOf((await desk.get(DESK)).text)
  assert.match(page, /Places à donner/)
  assert.match(
    page,
    /Ce qui sera donné Souhaits donnés \d+ Souhaits en liste d’attente \d+ Familles sans place \d+ sur 41/,
  )
  assert.equal((await results()).length, 0, 'a look changes nothing')
  assert.equal((await post(await otherDevice(t, awa), `${DESK}/donner`, {})).status, 404)
  assert.equal((await post(t.visitor(), `${DESK}/donner`, {})).status, 303)
})

test('a run that is killed halfway and begun again ends the same; asked twice, it is done once', async () => {
  t.at(MORNING_AFTER)
  const desk = await clerk(t, 'leisure')
  const before = await statesOf()
  await send(desk, `${DESK}/donner`, {})
  await send(desk, `${DESK}/donner`, {})
  assert.deepEqual(await statesOf(), before, 'only decided so far')
  const decided = await results()
  assert.equal(decided.filter(({ appliedAt }) => appliedAt).length, 0)

  // Killed in its second transaction, before it is kept.
  await assert.rejects(givePlaces(dyingAt(2), period.id), /killed/)
  const half = await results()
  const applied = half.filter(({ appliedAt }) => appliedAt)
  assert.ok(applied.length > 0 && applied.length < half.length)
  assert.match(textOf((await desk.get(DESK)).text), /Places en train d’être données/)
  assert.equal((await t.visitor().get(RESULTS)).status, 404)
  const gate = () => gateFor(read, t.town, { householdId: awa.household, period, now: t.town.clock.now() })
  assert.equal((await gate()).state, 'wishes-closed')

  await t.settle()
  const all = await results()
  assert.ok(all.every(({ appliedAt }) => appliedAt))
  assert.deepEqual(
    all.map(({ signupId, outcome }) => `${signupId} ${outcome}`).sort(),
    decided.map(({ signupId, outcome }) => `${signupId} ${outcome}`).sort(),
  )
  assert.equal((await gate()).state, 'open')
  const after = await statesOf()
  await givePlaces(t.town, period.id)
  await t.settle()
  assert.deepEqual(await statesOf(), after)
})

/** The town as a process sees it that dies within its n-th transaction. */
function dyingAt(n: number): Town {
  let count = 0
  const { transaction } = t.town.db
  const dying: typeof transaction = work =>
    transaction(async tx => {
      const done = await work(tx)
      if (++count === n) throw new Error('killed')
      return done
    })
  return { ...t.town, db: { ...t.town.db, transaction: dying } }
}

test('what was given is booked with its places, no more than there are; the others wait in the published order', async () => {
  const rows = await results()
  const byId = new Map((await signups()).map(signup => [signup.id as string, signup]))
  for (const { signupId, outcome } of rows) {
    const signup = byId.get(signupId)
    const expected = outcome === 'given' ? 'booked' : outcome === 'full' ? 'waiting' : 'left'
    assert.equal(signup?.state, expected)
    assert.equal(signup.confirmedAt !== null, outcome === 'given')
    assert.ok(signup.days.every(({ state }) => state === (outcome === 'given' ? 'taken' : 'asked')))
  }
  for (const check of [leisurePlacesAreCounted, placesHaveTheirSignup]) assert.deepEqual(await check(read), [])
  const parkGroup = groups.find(({ centreId }) => centreId === park)
  assert.ok(parkGroup)
  for (const session of (await sessionsOf(read, [parkGroup])).filter(({ day }) => FIRST_WEEK.includes(day.toString())))
    assert.equal(session.taken, PLACES, 'the park is full in the first week')
  const inLine = rows
    .filter(({ outcome }) => outcome === 'full')
    .sort((a, b) => a.round - b.round || a.line - b.line)
    .filter(({ centreId, asks }) => centreId === park && asks.some(key => key.includes(FIRST_WEEK[0] ?? '')))
  assert.ok(inLine.length > 3)
  const ranks = await rankOf(
    read,
    inLine.map(({ signupId }) => signupId),
  )
  assert.deepEqual(
    inLine.map(({ signupId }) => ranks.get(signupId)),
    inLine.map((_, i) => i + 1),
  )
})

test('who lives in the town comes first, siblings before others', async () => {
  const rows = (await results()).sort((a, b) => a.line - b.line)
  const weight = (criteria: readonly string[]) =>
    (criteria.includes('residents') ? 0 : 2) + (criteria.includes('siblings') ? 0 : 1)
  for (const [i, row] of rows.slice(1).entries()) assert.ok(weight(rows[i]?.criteria ?? []) <= weight(row.criteria))
  const siblings = rows.filter(({ householdId }) => householdId === awa.household)
  assert.deepEqual(siblings[0]?.criteria, ['residents', 'siblings'])
  assert.deepEqual([...new Set(siblings.map(({ childNumber }) => childNumber))], [1, 2])
})

test('each family is written to once, with results, reasons and ranks, and what was given is confirmed', async () => {
  const letters = (await t.letters()).filter(({ kind }) => kind === 'leisure.wish-results')
  assert.equal(letters.length, 41)
  assert.equal(new Set(letters.map(({ personId }) => personId)).size, 41)
  const waiting = letters.find(({ text }) => text.includes('liste d’attente'))
  assert.match(waiting?.text ?? '', /Complet quand votre tour est venu\. Votre place dans la liste d’attente\s: \d+/)
  assert.match(letters.find(({ text }) => text.includes('Place donnée'))?.text ?? '', /vous n’avez rien à confirmer/)
  const given = new Set((await results()).filter(({ outcome }) => outcome === 'given').map(one => one.householdId))
  const confirmed = (await read.select().from(outbox).where(eq(outbox.topic, 'leisure.confirmed'))).map(
    ({ payload }) => (payload as { householdId: string }).householdId,
  )
  assert.deepEqual(confirmed.sort(), [...given].sort())
})

test('the list of results has no names, and one’s own come first when signed in', async () => {
  const open = (await t.visitor().get(RESULTS)).text
  for (const one of families) assert.ok(!open.includes(one.household) && !open.includes(one.personId))
  assert.doesNotMatch(open, /Inès|Diallo|Awa/)
  assert.doesNotMatch(textOf(open), /Vos souhaits/)
  const own = textOf((await (await otherDevice(t, awa)).get(RESULTS)).text)
  assert.match(own, /Vos souhaits Votre famille est passée \d+/)
  assert.match(own, /Critères remplis : habite la commune et frères et sœurs/)
  assert.match(own, /Inès, souhait 1 Centre du Parc, semaine du lundi 21 décembre/)
  const last = textOf((await t.visitor().get(`${RESULTS}?page=3`)).text)
  assert.match(last, /Page précédente/)
  assert.doesNotMatch(last, /Page suivante/)
  assert.equal((await t.visitor().get(`${RESULTS}?page=99`)).status, 200)
})

test('anybody gives the places again from what is published, and finds the same', async () => {
  const table = async (name: string) => {
    const answer = await t
      .visitor()
      .get(`/centres-de-loisirs/souhaits/${period.id}/${name}.csv`)
      .buffer(true)
      .expect(200)
    assert.ok(answer.text.startsWith('\ufeff'))
    const [, ...lines] = answer.text.slice(1).trim().split('\r\n')
    return lines.map(line => line.split(';').map(cell => cell.replace(/^"(.*)"$/, '$1')))
  }
  const seed = /<code class="app-code">([0-9a-f]{64})<\/code>/.exec((await t.visitor().get(RESULTS)).text)?.[1] ?? ''
  const left = new Map((await table('places')).map(([code = '', , , places = '']) => [code, Number(places)]))
  const lines = (await table('resultats')).map(
    ([position, number = '', rank, criteria = '', child, most, wish, halfDays = '', result = '', round]) => ({
      position: Number(position),
      number,
      rank,
      criteria,
      child: `${number} ${child}`,
      most: most ? Number(most) : Number.POSITIVE_INFINITY,
      wish: Number(wish),
      halfDays: halfDays.split(' '),
      result,
      round: Number(round),
    }),
  )
  assert.ok(lines.length > 60)

  // The ranks are the seed's, and the order is that of the criteria, then of the ranks.
  for (const { number, rank } of lines)
    assert.equal(rank, createHmac('sha256', seed).update(number).digest('hex').slice(0, 16))
  const sortKey = ({ criteria, rank }: (typeof lines)[number]) =>
    `${[1, 2].map(n => (criteria.includes(String(n)) ? 0 : 1)).join('')} ${rank}`
  const households = [...new Map(lines.map(line => [line.number, line])).values()].sort((a, b) =>
    sortKey(a) < sortKey(b) ? -1 : 1,
  )
  assert.deepEqual(
    households.map(({ number }) => number),
    [...new Map(lines.toSorted((a, b) => a.position - b.position).map(line => [line.number, line])).keys()],
  )

  // Round by round.
  const children = [
    ...new Set(
      households.flatMap(({ number }) => lines.filter(line => line.number === number).map(line => line.child)),
    ),
  ]
  const open = new Map(
    children.map(child => [child, lines.filter(line => line.child === child).sort((a, b) => a.wish - b.wish)]),
  )
  const given = new Map<string, (typeof lines)[number][]>()
  const found = new Map<(typeof lines)[number], string>()
  const dayOf = (code: string) => code.slice(0, -2).replace(/^G\d+-/, '')
  for (let round = 1; [...open.values()].some(list => list.length > 0); round++) {
    for (const child of children) {
      const mine = given.get(child) ?? []
      for (let line = open.get(child)?.shift(); line; line = open.get(child)?.shift()) {
        const days = new Set(line.halfDays.map(dayOf))
        const sameDay = mine.some(one => one.halfDays.some(code => days.has(dayOf(code))))
        const possible = line.result !== 'busy' && line.result !== 'closed'
        const room = line.halfDays.every(code => (left.get(code) ?? 0) > 0)
        if (!possible || sameDay || mine.length >= line.most || !room) {
          found.set(line, !possible ? line.result : sameDay ? 'same-day' : mine.length >= line.most ? 'enough' : 'full')
          continue
        }
        for (const code of line.halfDays) left.set(code, (left.get(code) ?? 0) - 1)
        given.set(child, [...mine, line])
        found.set(line, 'given')
        assert.equal(line.round, round)
        break
      }
    }
  }
  for (const line of lines)
    assert.equal(line.result.replace('-settled', ''), found.get(line), `${line.child} ${line.wish}`)
})

test('a child of two homes is given one place for a day', async () => {
  const childId = karim.children[0]?.id
  const taken = (await signups()).filter(one => one.childId === childId && one.state === 'booked')
  const days = taken.flatMap(one => one.days.map(({ day }) => day.toString()))
  assert.equal(new Set(days).size, days.length)
})
