import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saveMeals } from '../../src/canteen/save-meals.ts'
import { bookForChild } from '../../src/canteen/staff-child-day.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { hold, plan } from '../leisure/signing-up-world.ts'
import { book as sign } from '../leisure/waiting-world.ts'
import { clerkAccount, type Family, family, school } from '../support/family.ts'
import { textOf } from './html.ts'
import { book, cancel, canteenTown, day, meals, setCapacity, wait, waitingState } from './world.ts'

const t = await canteenTown()
/** Two school days of December on which a centre is open as well. */
const [MONDAY, TUESDAY] = ['2026-12-07', '2026-12-08']
const child = (home: Family) => home.children[0]!.id
const codes = (saved: Awaited<ReturnType<typeof book>>) => saved.refused.map(({ day, code }) => `${day} ${code}`)

async function centre() {
  t.at('2026-11-23T09:00:00+01:00')
  return plan(t, { days: [MONDAY, TUESDAY], kind: 'wednesdays' })
}

test('no meal is booked for a child that has a place at a centre over lunch, held or confirmed', async () => {
  const open = await centre()
  const home = await family(t, { children: ['Inès', 'Malo'], signedIn: false })
  const id = await sign(t, home, open, [MONDAY])
  await hold(t, home, open, [TUESDAY])
  const both = home.children.flatMap(({ id: childId }) =>
    [MONDAY, TUESDAY].map(iso => ({ childId, day: day(iso), wish: 'book' as const })),
  )
  const saved = await saveMeals(t.town, home.actor, both)
  assert.deepEqual(codes(saved), [`${MONDAY} at-leisure-centre`, `${TUESDAY} at-leisure-centre`])
  assert.deepEqual(await meals(t, child(home)), [])
  assert.deepEqual(await meals(t, home.children[1]!.id), [MONDAY, TUESDAY])
  await cancelDays(t.town, home.actor, id, [day(MONDAY)])
  assert.deepEqual(codes(await book(t, home, MONDAY)), [])
})

test('a morning without lunch leaves the canteen its meal; with lunch it does not', async () => {
  const open = await centre()
  const home = await family(t, { signedIn: false })
  await sign(t, home, open, [MONDAY], { unit: 'half-day', part: 'morning', meal: false })
  await sign(t, home, open, [TUESDAY], { unit: 'half-day-with-meal', part: 'morning', meal: true })
  assert.deepEqual(codes(await book(t, home, MONDAY, TUESDAY)), [`${TUESDAY} at-leisure-centre`])
  assert.deepEqual(await meals(t, child(home)), [MONDAY])
})

test('a meal that was booked before is still there to cancel', async () => {
  const open = await centre()
  const home = await family(t, { signedIn: false })
  await sign(t, home, open, [MONDAY], { unit: 'half-day', part: 'morning', meal: false })
  await book(t, home, MONDAY)
  await cancel(t, home, MONDAY)
  assert.deepEqual(await meals(t, child(home)), [])
})

test('the month page, the term page and the API say why, in words', async () => {
  const open = await centre()
  const home = await family(t)
  await sign(t, home, open, [MONDAY])
  const month = textOf((await home.parent.get('/cantine?mois=2026-12').expect(200)).text)
  assert.match(month, /lun\. 7 déc\. Inès Au centre de loisirs/)
  const form = `from-day=24&from-month=11&from-year=2026&days=${child(home)}.1&until=holidays`
  const check = textOf((await home.parent.get(`/cantine/jusqu-aux-vacances/verifier?${form}`).expect(200)).text)
  assert.match(check, /Au centre de loisirs ces jours-là : lundi 7 décembre/)
  const answer = await home.parent.put(`/api/v1/canteen/children/${child(home)}/meals/${MONDAY}`).send({})
  assert.deepEqual([answer.status, answer.body.code], [409, 'at-leisure-centre'])
  assert.match(answer.body.title, /centre de loisirs/)
})

test('a meal that comes free passes over a child at a centre, which keeps its place in line', async () => {
  const open = await centre()
  await setCapacity(t, await school(t, 'École du Lac'), 1)
  const [first, away, next] = [
    await family(t, { school: 'École du Lac', signedIn: false }),
    await family(t, { school: 'École du Lac', signedIn: false }),
    await family(t, { school: 'École du Lac', signedIn: false }),
  ]
  await book(t, first, MONDAY)
  await wait(t, away, MONDAY)
  t.at('2026-11-23T09:00:01+01:00')
  await wait(t, next, MONDAY)
  await sign(t, away, open, [MONDAY])
  await cancel(t, first, MONDAY)
  assert.equal((await waitingState(t, child(away), MONDAY))?.state, 'waiting')
  assert.equal((await waitingState(t, child(next), MONDAY))?.state, 'offered')
})

test('a clerk who books for a child is told as well', async () => {
  const open = await centre()
  const home = await family(t, { signedIn: false })
  await sign(t, home, open, [MONDAY])
  const { actor } = await clerkAccount(t, 'canteen')
  const asked = { childId: child(home), day: day(MONDAY), reason: 'Demandé par téléphone', revision: 0 }
  await assert.rejects(bookForChild(t.town, actor, { ...asked, mealType: 'standard' }), { code: 'at-leisure-centre' })
  assert.deepEqual(await meals(t, child(home)), [])
})
