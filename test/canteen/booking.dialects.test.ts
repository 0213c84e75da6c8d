import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saveMeals } from '../../src/canteen/save-meals.ts'
import { family, school, secondHousehold } from '../support/family.ts'
import { book, cancel, canteenTown, close, day, meals, places, setCapacity } from './world.ts'

const t = await canteenTown()
const codes = (saved: Awaited<ReturnType<typeof book>>) => saved.refused.map(({ day, code }) => `${day} ${code}`)

test('a parent books some days and cancels one of them', async () => {
  const home = await family(t, { signedIn: false })
  const [child] = home.children
  const saved = await book(t, home, '2026-12-07', '2026-12-08')
  assert.equal(saved.changed.length, 2)
  await cancel(t, home, '2026-12-07')
  assert.deepEqual(await meals(t, child!.id), ['2026-12-08'])
})

test('a day that is booked already stays so, and nobody takes a second place for it', async () => {
  const home = await family(t, { school: 'École Twice', signedIn: false })
  await book(t, home, '2026-12-07')
  const again = await book(t, home, '2026-12-07')
  assert.equal(again.already.length, 1)
  assert.deepEqual(await places(t, await school(t, 'École Twice'), '2026-12-07'), { capacity: 100, taken: 1 })
})

test('what cannot be booked is told with its reason, and the rest is saved', async () => {
  const home = await family(t, { signedIn: false })
  await close(t, { from: '2026-12-10', school: await school(t) })
  const saved = await book(
    t,
    home,
    '2026-11-20',
    '2026-11-24',
    '2026-12-06',
    '2026-12-09',
    '2026-12-10',
    '2026-12-11',
    '2026-12-21',
    '2028-10-02',
  )
  assert.deepEqual(codes(saved), [
    '2026-11-20 past',
    '2026-11-24 too-late',
    '2026-12-06 not-serving',
    '2026-12-09 not-serving',
    '2026-12-10 not-serving',
    '2026-12-21 not-serving',
    '2028-10-02 not-open-yet',
  ])
  assert.deepEqual(await meals(t, home.children[0]!.id), ['2026-12-11'])
})

test('nobody books for somebody else’s child', async () => {
  const [one, other] = [await family(t, { signedIn: false }), await family(t, { signedIn: false })]
  const theirs = { childId: other.children[0]!.id, day: day('2026-12-07'), wish: 'book' } as const
  const own = { childId: one.children[0]!.id, day: day('2026-12-07'), wish: 'book' } as const
  await assert.rejects(saveMeals(t.town, one.actor, [own, theirs]), { status: 404 })
  assert.deepEqual(await meals(t, one.children[0]!.id), [])
  assert.deepEqual(await meals(t, other.children[0]!.id), [])
})

test('by alternating weeks each parent books own weeks and may not touch the other’s', async () => {
  const mother = await family(t, { signedIn: false })
  const father = await secondHousehold(t, mother, { signedIn: false }) // her week begins on 23 November
  const child = mother.children[0]!.id
  assert.deepEqual(codes(await book(t, mother, '2026-12-01', '2026-12-07')), ['2026-12-01 other-household'])
  assert.deepEqual(codes(await book(t, father, '2026-12-01', '2026-12-07')), ['2026-12-07 other-household'])
  assert.deepEqual(codes(await cancel(t, father, '2026-12-07')), [])
  assert.deepEqual(await meals(t, child), ['2026-12-01', '2026-12-07'])
})

test('the last place goes to one child, and the other is told that the day is full', async () => {
  const [one, other] = [
    await family(t, { school: 'École Petite', signedIn: false }),
    await family(t, { school: 'École Petite', signedIn: false }),
  ]
  await setCapacity(t, await school(t, 'École Petite'), 1)
  await book(t, one, '2026-12-07')
  assert.deepEqual(codes(await book(t, other, '2026-12-07', '2026-12-08')), ['2026-12-07 full'])
  await cancel(t, one, '2026-12-07')
  assert.deepEqual(codes(await book(t, other, '2026-12-07')), [])
})

test('two children of one family take two places of the same day', async () => {
  const home = await family(t, { children: ['Inès', 'Malo'], school: 'École Fratrie', signedIn: false })
  await setCapacity(t, await school(t, 'École Fratrie'), 2)
  const both = home.children.map(({ id }) => ({ childId: id, day: day('2026-12-07'), wish: 'book' }) as const)
  assert.equal((await saveMeals(t.town, home.actor, both)).changed.length, 2)
  assert.deepEqual(await places(t, await school(t, 'École Fratrie'), '2026-12-07'), { capacity: 2, taken: 2 })
  await saveMeals(
    t.town,
    home.actor,
    both.map(wish => ({ ...wish, wish: 'cancel' as const })),
  )
  assert.deepEqual(await places(t, await school(t, 'École Fratrie'), '2026-12-07'), { capacity: 2, taken: 0 })
})

test('the same request sent twice is done once, even when the day was cancelled in between', async () => {
  const home = await family(t, { signedIn: false })
  const wish = [{ childId: home.children[0]!.id, day: day('2026-12-07'), wish: 'book' }] as const
  const first = await saveMeals(t.town, home.actor, wish, 'key-1')
  await cancel(t, home, '2026-12-07')
  assert.deepEqual(await saveMeals(t.town, home.actor, wish, 'key-1'), first)
  assert.deepEqual(await meals(t, home.children[0]!.id), [])
})

test('a page that was shown before a change does not undo it', async () => {
  const home = await family(t, { signedIn: false })
  const child = home.children[0]!.id
  const shown = { childId: child, day: day('2026-12-07'), revision: 0 }
  await saveMeals(t.town, home.actor, [{ ...shown, wish: 'book' }])
  await cancel(t, home, '2026-12-07')
  const stale = await saveMeals(t.town, home.actor, [{ ...shown, wish: 'book' }])
  assert.deepEqual(codes(stale), ['2026-12-07 changed-meanwhile'])
  assert.deepEqual(await meals(t, child), [])
})
