import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeDayCapacity } from '../../src/canteen/capacity.ts'
import { saveMeals } from '../../src/canteen/save-meals.ts'
import { answerOffer, offerOfLink, waitingLists } from '../../src/canteen/waiting.ts'
import { system } from '../../src/kernel/actor.ts'
import { type Family, family, school } from '../support/family.ts'
import { book, cancel, canteenTown, day, meals, setCapacity, wait, waitingState, wishes } from './world.ts'

const t = await canteenTown()
const MONDAY = '2026-12-07'
let schools = 0

/** A school with one place, taken by the first family; the others wait in their order. */
async function fullDay(waiting: number) {
  t.at('2026-11-23T09:00:00+01:00')
  const name = `École pleine ${++schools}`
  const schoolId = await school(t, name)
  await setCapacity(t, schoolId, 1)
  const families: Family[] = []
  for (let i = 0; i <= waiting; i++) families.push(await family(t, { school: name, signedIn: false }))
  const [first, ...others] = families
  await book(t, first!, MONDAY)
  for (const other of others) {
    await wait(t, other, MONDAY)
    t.at(t.town.clock.now().add({ milliseconds: 5 }).toString())
  }
  return { schoolId, first: first!, others }
}

const child = (home: Family) => home.children[0]!.id
const state = async (home: Family) => (await waitingState(t, child(home), MONDAY))?.state

async function offerLetters(home: Family) {
  return (await t.letters()).filter(letter => letter.personId === home.personId && letter.kind === 'meal-offer')
}
async function offerToken(home: Family) {
  const [letter] = await offerLetters(home)
  return /\/cantine\/place\/([\w-]+)/.exec(letter?.text ?? '')?.[1] ?? assert.fail('no link')
}

test('who waits for a full day is told the place in the line', async () => {
  const { others } = await fullDay(3)
  const [third] = await waitingLists(t.town, others[2]!.actor)
  assert.deepEqual([third?.state, third?.rank, third?.day.toString()], ['waiting', 3, MONDAY])
})

test('a place that is cancelled is offered to the first in line by mail, and nobody else can take it', async () => {
  const { first, others } = await fullDay(2)
  await cancel(t, first, MONDAY)
  assert.equal(await state(others[0]!), 'offered')
  assert.equal(await state(others[1]!), 'waiting')
  assert.equal((await book(t, first, MONDAY)).refused[0]?.code, 'full')
  assert.equal((await offerLetters(others[0]!)).length, 1)
  assert.equal((await offerLetters(others[1]!)).length, 0)
})

test('the link of the mail says what is offered, and books the meal only when the offer is accepted', async () => {
  const { first, others } = await fullDay(1)
  await cancel(t, first, MONDAY)
  const token = await offerToken(others[0]!)
  const offer = await offerOfLink(t.town, token)
  assert.deepEqual([offer.firstName, offer.day.toString(), offer.state], ['Inès', MONDAY, 'offered'])
  assert.deepEqual(await meals(t, child(others[0]!)), [])
  await answerOffer(t.town, token, 'accept')
  await answerOffer(t.town, token, 'accept')
  assert.deepEqual(await meals(t, child(others[0]!)), [MONDAY])
  assert.equal((await offerOfLink(t.town, token)).state, 'accepted')
})

test('a place that is declined goes to the next in line', async () => {
  const { first, others } = await fullDay(2)
  await cancel(t, first, MONDAY)
  await answerOffer(t.town, await offerToken(others[0]!), 'decline')
  assert.equal(await state(others[0]!), 'left')
  assert.equal(await state(others[1]!), 'offered')
})

test('an offer without answer passes to the next after a day; the first family, too late by a click, is told so', async () => {
  const { first, others } = await fullDay(2)
  await cancel(t, first, MONDAY)
  const token = await offerToken(others[0]!)
  t.at(t.town.clock.now().add({ hours: 24, milliseconds: 1 }).toString())
  await t.settle()
  assert.equal(await state(others[0]!), 'expired')
  assert.equal(await state(others[1]!), 'offered')
  await assert.rejects(answerOffer(t.town, token, 'accept'), { status: 409, code: 'offer-gone' })
  assert.equal((await offerOfLink(t.town, token)).state, 'gone')
  await answerOffer(t.town, await offerToken(others[1]!), 'accept')
  assert.deepEqual(await meals(t, child(others[1]!)), [MONDAY])
  assert.deepEqual(await meals(t, child(others[0]!)), [])
})

test('two clicks on one offer at the same moment book one meal', async () => {
  const { first, others } = await fullDay(1)
  await cancel(t, first, MONDAY)
  const token = await offerToken(others[0]!)
  const home = others[0]!
  await Promise.all([
    answerOffer(t.town, token, 'accept'),
    answerOffer(t.town, token, 'accept'),
    saveMeals(t.town, home.actor, wishes(home, 'book', [MONDAY])),
  ])
  assert.deepEqual(await meals(t, child(home)), [MONDAY])
})

test('after the cut-off no place is offered any more', async () => {
  const { schoolId, others } = await fullDay(1)
  t.at('2026-12-03T10:00:00+01:00') // the limit of Monday 7 December, to the second
  await changeDayCapacity(t.town, system('test'), { schoolId, day: day(MONDAY), capacity: 2 })
  assert.equal(await state(others[0]!), 'waiting')
})

test('new places are offered to as many as there are', async () => {
  const { schoolId, others } = await fullDay(3)
  await changeDayCapacity(t.town, system('test'), { schoolId, day: day(MONDAY), capacity: 3 })
  assert.deepEqual(await Promise.all(others.map(state)), ['offered', 'offered', 'waiting'])
})

test('an offer made shortly before the cut-off ends with it', async () => {
  const { first, others } = await fullDay(1)
  t.at('2026-12-03T09:30:00+01:00')
  await cancel(t, first, MONDAY)
  const row = await waitingState(t, child(others[0]!), MONDAY)
  assert.equal(row?.offerExpiresAt?.toString(), '2026-12-03T09:00:00Z')
})
