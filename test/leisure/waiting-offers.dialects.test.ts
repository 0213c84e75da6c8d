import assert from 'node:assert/strict'
import { test } from 'node:test'
import { and, eq } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { placesField, savePlan } from '../../src/leisure/planning/plan.ts'
import { leisureSignups } from '../../src/leisure/schema.ts'
import { removeFromBasket } from '../../src/leisure/signing-up/basket.ts'
import { signupById } from '../../src/leisure/signups.ts'
import { acceptOffer, answerByLink, leaveLine, offerOfLink } from '../../src/leisure/waiting/answers.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { endOffer } from '../../src/leisure/waiting/offers.ts'
import { rankOf } from '../../src/leisure/waiting/ranks.ts'
import { clerkAccount, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { day, hold, plan, takenOn, told, XMAS } from './signing-up-world.ts'
import { book, later, lettersTo, offerToken, type Plan, wait } from './waiting-world.ts'
import { withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { read } = t.town.db
const NOW = '2026-11-23T09:00:00+01:00'
const TUESDAY = '2026-12-22'
const parent = (given = {}) => family(t, { signedIn: false, ...given })
const gone = { status: 409, code: 'offer-gone' }

/** A centre with one place a half-day, all taken on one day by the first family; the others wait in their order. */
async function fullDay(waiting: number) {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const first = await parent()
  const signup = await book(t, first, centre, [TUESDAY])
  const others = []
  for (let i = 0; i < waiting; i++) {
    const home = await parent()
    others.push({ home, id: await wait(t, home, centre, [TUESDAY]) })
  }
  const free = () => cancelDays(t.town, first.actor, signup, [day(TUESDAY)])
  return { centre, first, others, free }
}
const state = async (id: Parameters<typeof endOffer>[1]) => (await signupById(read, id))?.state
const states = (others: readonly { id: Parameters<typeof endOffer>[1] }[]) =>
  Promise.all(others.map(({ id }) => state(id)))
const taken = ({ groups }: Plan) => takenOn(t, groups[0]!, TUESDAY)

test('a cancelled place reaches the first in line by mail, and is taken by its link', async () => {
  const { centre, others, free } = await fullDay(2)
  await free()
  assert.deepEqual(await states(others), ['offered', 'waiting'])
  assert.deepEqual(await taken(centre), [1, 1], 'the offer holds the place')
  const [one, two] = others
  assert.equal((await lettersTo(t, two!.home, 'offer')).length, 0)
  const token = await offerToken(t, one!.home)
  const offer = await offerOfLink(t.town, token)
  assert.deepEqual([offer.firstName, offer.state], ['Inès', 'offered'])
  assert.equal(offer.until.toString(), t.town.clock.now().add({ hours: 48 }).toString())
  await answerByLink(t.town, token, 'accept')
  await answerByLink(t.town, token, 'accept')
  assert.deepEqual(await told(t, one!.home), ['booked: 12-22 taken'])
  assert.ok((await signupById(read, one!.id))?.confirmedAt)
  assert.equal((await offerOfLink(t.town, token)).state, 'accepted')
  await t.settle()
  assert.equal((await lettersTo(t, one!.home, 'offer')).length, 1)
  assert.deepEqual(await taken(centre), [1, 1])
})

test('nobody else takes a place that is offered, and a place that is free goes to who asks when nobody waits', async () => {
  const { centre, others, free } = await fullDay(1)
  await free()
  const late = await parent()
  assert.deepEqual((await hold(t, late, centre, [TUESDAY], { wait: false })).refused[0]?.code, 'full')
  await answerByLink(t.town, await offerToken(t, others[0]!.home), 'decline')
  assert.deepEqual(await taken(centre), [0, 0])
  assert.equal((await hold(t, late, centre, [TUESDAY], { wait: false })).held.length, 1)
})

test('an offer without answer passes to the next after its time, once, however often its job runs', async () => {
  const { centre, others, free } = await fullDay(2)
  await free()
  const [one, two] = others
  const token = await offerToken(t, one!.home)
  await endOffer(t.town, one!.id)
  assert.deepEqual(await states(others), ['offered', 'waiting'], 'nothing happens before its time')
  later(t, { hours: 48 })
  await t.settle()
  assert.equal(await state(one!.id), 'offered', 'the last instant still counts')
  later(t, { milliseconds: 1 })
  await t.settle()
  assert.deepEqual(await states(others), ['lapsed', 'offered'])
  await endOffer(t.town, one!.id)
  await endOffer(t.town, one!.id)
  assert.deepEqual(await taken(centre), [1, 1])
  await assert.rejects(answerByLink(t.town, token, 'accept'), gone)
  await assert.rejects(acceptOffer(t.town, one!.home.actor, one!.id), gone)
  assert.equal((await offerOfLink(t.town, token)).state, 'gone')
  assert.equal((await lettersTo(t, two!.home, 'offer')).length, 1)
})

test('too late by a click, before the job has run, is too late', async () => {
  const { others, free } = await fullDay(1)
  await free()
  later(t, { hours: 48, milliseconds: 1 })
  await assert.rejects(acceptOffer(t.town, others[0]!.home.actor, others[0]!.id), gone)
})

test('a whole week waits until all of its days are there; who wants one of them is not held up by it', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const [a, b] = [await parent(), await parent()]
  const first = await book(t, a, centre, XMAS.slice(0, 2))
  const second = await book(t, b, centre, XMAS.slice(2))
  const [week, single] = [await parent(), await parent()]
  const weekId = await wait(t, week, centre, XMAS, { unit: 'week' })
  const singleId = await wait(t, single, centre, [XMAS[3]!])
  const ranks = await rankOf(read, [weekId, singleId])
  assert.deepEqual([ranks.get(weekId), ranks.get(singleId)], [1, 2])
  await cancelDays(t.town, a.actor, first, XMAS.slice(0, 2).map(day))
  assert.deepEqual([await state(weekId), await state(singleId)], ['waiting', 'waiting'], 'two days of four are free')
  await cancelDays(t.town, b.actor, second, XMAS.slice(2).map(day))
  assert.deepEqual([await state(weekId), await state(singleId)], ['offered', 'waiting'])
  assert.deepEqual(await told(t, week), [`offered: ${XMAS.map(iso => `${iso.slice(5)} taken`).join(', ')}`])
  await leaveLine(t.town, week.actor, weekId)
  assert.equal(await state(singleId), 'offered', 'the day goes on to who wants that day alone')
})

test('the place of a half-day goes to who wants that half, whoever wants the day before', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const half = { unit: 'half-day', meal: false } as const
  const [morning, afternoon, whole, late] = [await parent(), await parent(), await parent(), await parent()]
  const am = await book(t, morning, centre, [TUESDAY], { ...half, part: 'morning' })
  await book(t, afternoon, centre, [TUESDAY], { ...half, part: 'afternoon' })
  const wholeId = await wait(t, whole, centre, [TUESDAY])
  const lateId = await wait(t, late, centre, [TUESDAY], { ...half, part: 'morning' })
  await cancelDays(t.town, morning.actor, am, [day(TUESDAY)])
  assert.deepEqual([await state(wholeId), await state(lateId)], ['waiting', 'offered'])
  assert.deepEqual(await takenOn(t, centre.groups[0]!, TUESDAY), [1, 1])
})

test('the rank is that of the worst day, and moves up as others leave', async () => {
  const { others } = await fullDay(3)
  const ids = others.map(({ id }) => id)
  const ranks = async () => [...(await rankOf(read, ids)).values()].sort((a, b) => a - b)
  assert.deepEqual(await ranks(), [1, 2, 3])
  await leaveLine(t.town, others[0]!.home.actor, ids[0]!)
  await leaveLine(t.town, others[0]!.home.actor, ids[0]!)
  assert.deepEqual(
    [...(await rankOf(read, ids.slice(1))).values()].sort((a, b) => a - b),
    [1, 2],
  )
})

test('two parents who accept at the same moment book it once', async () => {
  const { centre, others, free } = await fullDay(1)
  await free()
  const [one] = others
  const token = await offerToken(t, one!.home)
  await Promise.all([
    answerByLink(t.town, token, 'accept'),
    answerByLink(t.town, token, 'accept'),
    acceptOffer(t.town, one!.home.actor, one!.id),
  ])
  assert.deepEqual(await told(t, one!.home), ['booked: 12-22 taken'])
  assert.deepEqual(await taken(centre), [1, 1])
  const confirmations = await read
    .select()
    .from(outbox)
    .where(and(eq(outbox.topic, 'leisure.confirmed'), eq(outbox.key, `leisure.confirmed:offer:${one!.id}`)))
  assert.equal(confirmations.length, 1)
})

test('accepting and declining at the same moment leaves one answer, and the places counted', async () => {
  const { centre, others, free } = await fullDay(1)
  await free()
  const [one] = others
  const token = await offerToken(t, one!.home)
  await Promise.allSettled([answerByLink(t.town, token, 'accept'), answerByLink(t.town, token, 'decline')])
  const end = await state(one!.id)
  assert.deepEqual(await taken(centre), end === 'booked' ? [1, 1] : [0, 0])
  assert.ok(end === 'booked' || end === 'left')
})

test('who found another place that day is passed over and waits no longer; one only held elsewhere is passed over', async () => {
  const { others, free } = await fullDay(3)
  const elsewhere = await plan(t)
  await book(t, others[0]!.home, elsewhere, [TUESDAY])
  await hold(t, others[1]!.home, elsewhere, [TUESDAY])
  await free()
  assert.deepEqual(await states(others), ['left', 'waiting', 'offered'])
})

test('a week of the other parent is not offered', async () => {
  const { others, free } = await fullDay(2)
  // A week with each from 30 November on: that of 21 December is the second parent's.
  await secondHousehold(t, others[0]!.home, {
    signedIn: false,
    terms: { kind: 'alternating-weeks', firstWeek: '2026-11-30' },
  })
  await free()
  assert.deepEqual(await states(others), ['left', 'offered'])
})

test('a basket that is given up or lapses offers its places, too', async () => {
  t.at(NOW)
  const centre = await plan(t, { groups: [{ places: 1 }] })
  const [holder, one, two] = [await parent(), await parent(), await parent()]
  const held = await hold(t, holder, centre, [TUESDAY])
  const oneId = await wait(t, one, centre, [TUESDAY])
  const twoId = await wait(t, two, centre, [TUESDAY])
  await removeFromBasket(t.town, holder.actor, held.held[0]!.signupId)
  assert.equal(await state(oneId), 'offered')
  await leaveLine(t.town, one.actor, oneId)
  assert.equal(await state(twoId), 'offered')
})

test('more places are offered to as many as there are', async () => {
  const { centre, others } = await fullDay(3)
  const { actor } = await clerkAccount(t, 'leisure')
  const asked = { centreId: centre.centreId, periodId: centre.periodId, revision: 1 }
  const raise = (half: 'morning' | 'afternoon') => [placesField(centre.groups[0]!, day(TUESDAY), half), 3] as const
  await savePlan(t.town, actor, asked, { places: new Map([raise('morning')]), staff: new Map() })
  assert.deepEqual(await states(others), ['waiting', 'waiting', 'waiting'], 'a morning is no day')
  const places = new Map([raise('afternoon')])
  await savePlan(t.town, actor, { ...asked, revision: 2 }, { places, staff: new Map() })
  assert.deepEqual(await states(others), ['offered', 'offered', 'waiting'])
})

test('near the day an offer is shorter, and the evening before nothing is offered', async () => {
  const near = await fullDay(1)
  t.at('2026-12-20T20:00:00+01:00')
  await near.free()
  const offered = await signupById(read, near.others[0]!.id)
  assert.equal(offered?.offerExpiresAt?.toString(), '2026-12-21T07:00:00Z')
  const late = await fullDay(1)
  t.at('2026-12-21T19:00:00+01:00')
  await late.free()
  assert.deepEqual(await states(late.others), ['waiting'])
  t.at('2026-12-22T09:00:00+01:00')
  await t.tick()
  assert.deepEqual(await states(late.others), ['lapsed'], 'its day has come')
})

test('who accepts a place waits for no other on that day', async () => {
  const { others, free } = await fullDay(1)
  const [one] = others
  const other = await plan(t, { groups: [{ places: 1 }] })
  await book(t, await parent(), other, [TUESDAY])
  const elsewhere = await wait(t, one!.home, other, [TUESDAY])
  await free()
  await acceptOffer(t.town, one!.home.actor, one!.id)
  assert.equal(await state(elsewhere), 'left')
})

test('another family’s place cannot be answered, nor a token guessed; only its hash is kept', async () => {
  const { first, others, free } = await fullDay(1)
  await free()
  const [one] = others
  const missing = { status: 404 }
  await assert.rejects(acceptOffer(t.town, first.actor, one!.id), missing)
  await assert.rejects(leaveLine(t.town, first.actor, one!.id), missing)
  await assert.rejects(answerByLink(t.town, one!.id, 'accept'), missing)
  const token = await offerToken(t, one!.home)
  assert.ok(Buffer.from(token, 'base64url').length >= 32)
  const [row] = await read.select().from(leisureSignups).where(eq(leisureSignups.id, one!.id))
  assert.match(row?.tokenHash ?? '', /^[0-9a-f]{64}$/)
  await assert.rejects(offerOfLink(t.town, row!.tokenHash!), missing)
  assert.ok(!JSON.stringify(await read.select().from(outbox)).includes(token))
})
