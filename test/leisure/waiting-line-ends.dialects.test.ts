import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { newId } from '../../src/kernel/ids.ts'
import { removeGroup } from '../../src/leisure/planning/groups.ts'
import { placesField, savePlan } from '../../src/leisure/planning/plan.ts'
import { HALVES, type Half, leisurePlans, leisureSignupDays } from '../../src/leisure/schema.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { endLines } from '../../src/leisure/waiting/line-ends.ts'
import { withOffers } from '../../src/leisure/waiting/offers.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { day, plan, told, XMAS } from './signing-up-world.ts'
import { book, lettersTo, type Plan, wait } from './waiting-world.ts'
import { withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { read } = t.town.db
const NOW = '2026-11-23T09:00:00+01:00'
const [MONDAY, TUESDAY] = [XMAS[0]!, XMAS[1]!]
const { actor: clerk } = await clerkAccount(t, 'leisure')
const parent = (given = {}) => family(t, { signedIn: false, ...given })

const revisionOf = async ({ centreId }: Plan) =>
  (await read.select().from(leisurePlans).where(eq(leisurePlans.centreId, centreId)))[0]?.revision ?? 0

/** Gives these half-days of the first group so many places. */
async function setPlaces(centre: Plan, days: readonly string[], places: number, halves: readonly Half[] = HALVES) {
  const [group] = centre.groups
  const changes = days.flatMap(iso => halves.map(half => [placesField(group!, day(iso), half), places] as const))
  const { centreId, periodId } = centre
  const asked = { centreId, periodId, revision: await revisionOf(centre) }
  await savePlan(t.town, clerk, asked, { places: new Map(changes), staff: new Map() })
}

/** The one letter of that kind to a family, once all is sent. */
async function letter(home: Family) {
  await t.settle()
  await t.settle()
  const letters = await lettersTo(t, home, 'lines-ended')
  assert.equal(letters.length, 1)
  return letters[0]!.text.replace(/[\s\u00a0\u202f]+/g, ' ')
}

/** Monday has its only place taken by the family given back; Tuesday is free. */
async function fullMonday(name: string) {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }], centre: name })
  const full = await parent()
  return { centre, full, id: await book(t, full, centre, [MONDAY]) }
}

test('who waits for a day that is planned away is told once, and waits no longer; the others still wait', async () => {
  const { centre } = await fullMonday('Centre du Lac')
  const [both, monday] = [await parent({ children: ['Léo'] }), await parent()]
  await wait(t, both, centre, [MONDAY, TUESDAY])
  await wait(t, monday, centre, [MONDAY])
  await assert.rejects(setPlaces(centre, [MONDAY, TUESDAY], 0), { status: 422 })
  assert.deepEqual(await told(t, both), ['waiting: 12-21 asked, 12-22 asked'], 'nothing is half done')
  await setPlaces(centre, [TUESDAY], 0)
  assert.deepEqual(await told(t, both), ['lapsed: 12-21 asked, 12-22 asked'])
  assert.deepEqual(await told(t, monday), ['waiting: 12-21 asked'])
  const said = await letter(both)
  assert.match(said, /Le centre a changé ses jours/)
  assert.match(said, /Léo.{1,9}lundi 21 décembre et mardi 22 décembre, Centre du Lac/)
  await setPlaces(centre, [TUESDAY], 3)
  await setPlaces(centre, [TUESDAY], 0)
  await letter(both)
  assert.equal((await lettersTo(t, monday, 'lines-ended')).length, 0)
})

test('only the half-day that is gone ends a line', async () => {
  const { centre } = await fullMonday('Centre du Pré')
  const [mornings, afternoons] = [await parent(), await parent()]
  const half = { unit: 'half-day', meal: false } as const
  await wait(t, mornings, centre, [MONDAY, TUESDAY], { ...half, part: 'morning' })
  await wait(t, afternoons, centre, [MONDAY, TUESDAY], { ...half, part: 'afternoon' })
  await setPlaces(centre, [TUESDAY], 0, ['afternoon'])
  assert.deepEqual(await told(t, mornings), ['waiting: 12-21 asked, 12-22 asked'])
  assert.deepEqual(await told(t, afternoons), ['lapsed: 12-21 asked, 12-22 asked'])
})

test('who waits for a group that is taken away is told', async () => {
  const { centre, full, id } = await fullMonday('Centre du Pont')
  const home = await parent()
  await wait(t, home, centre, [MONDAY])
  // Too late for an offer that goes out by itself.
  t.at('2026-12-20T21:00:00+01:00')
  await cancelDays(t.town, full.actor, id, [day(MONDAY)])
  assert.deepEqual(await told(t, home), ['waiting: 12-21 asked'])
  const { centreId, periodId } = centre
  const known = { id: centre.groups[0]!, revision: await revisionOf(centre) }
  await removeGroup(t.town, clerk, { centreId, periodId }, known)
  assert.deepEqual(await told(t, home), ['lapsed: 12-21 asked'])
  assert.match(await letter(home), /Le centre a changé ses jours/)
})

test('a line that comes to its day without a place ends with one letter for all the household’s children', async () => {
  const { centre } = await fullMonday('Centre du Bois')
  const home = await parent({ children: ['Inès', 'Malo'] })
  for (const { id } of home.children) await wait(t, home, centre, [MONDAY], { child: id })
  const tuesday = await parent()
  await wait(t, tuesday, centre, [MONDAY, TUESDAY])
  t.at('2026-12-20T23:59:59+01:00')
  await endLines(t.town)
  assert.deepEqual(await told(t, home), ['waiting: 12-21 asked', 'waiting: 12-21 asked'])
  t.at('2026-12-21T00:30:00+01:00')
  await endLines(t.town)
  await endLines(t.town)
  assert.deepEqual(await told(t, home), ['lapsed: 12-21 asked', 'lapsed: 12-21 asked'])
  const said = await letter(home)
  assert.match(said, /Aucune place ne s’est libérée à temps/)
  assert.match(said, /Inès.{1,9}lundi 21 décembre, Centre du Bois/)
  assert.match(said, /Malo.{1,9}lundi 21 décembre, Centre du Bois/)
  assert.deepEqual(await told(t, tuesday), ['lapsed: 12-21 asked, 12-22 asked'])
})

test('work that meets a place given elsewhere in the same millisecond is done again, not refused', async () => {
  t.at(NOW)
  const centre = await plan(t)
  const home = await parent()
  const id = await book(t, home, centre, [MONDAY])
  const [row] = await read.select().from(leisureSignupDays).where(eq(leisureSignupDays.signupId, id))
  let tries = 0
  const done = await withOffers(t.town, async tx => {
    tries += 1
    // What the engine says when another transaction gave the child a place since it was looked at.
    if (tries === 1) await tx.insert(leisureSignupDays).values({ ...row!, signupId: newId<'leisure-signup'>() })
    return tries
  })
  assert.equal(done, 2)
  assert.deepEqual(await told(t, home), ['booked: 12-21 taken'])
})
