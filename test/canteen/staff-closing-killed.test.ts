import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { mealsCancelledBy } from '../../src/canteen/staff-closing.ts'
import { declareClosure } from '../../src/canteen/staff-closures.ts'
import { eq, like } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { declarationById } from '../../src/schools/closures.ts'
import { clerkAccount, family, school } from '../support/family.ts'
import { book, canteenTown, day, setCapacity, wait, waitingState } from './world.ts'

const t = await canteenTown()

test('a worker killed while it cancels a strike’s meals: taken up again, nothing is missing and nobody is told twice', async () => {
  const desk = await clerkAccount(t, 'canteen')
  const here = await school(t, 'École Jean-Macé')
  await setCapacity(t, here, 12)
  const homes = []
  for (let i = 0; i < 12; i++) homes.push(await family(t, { school: 'École Jean-Macé', signedIn: false }))
  for (const home of homes) await book(t, home, '2026-12-10', '2026-12-11')
  const waiting = await family(t, { school: 'École Jean-Macé', signedIn: false })
  assert.equal((await wait(t, waiting, '2026-12-10')).changed.length, 1)
  await t.settle()
  const id = await declareClosure(t.town, desk.actor, {
    wholeTown: false,
    schools: [here],
    classes: [],
    from: day('2026-12-10'),
    to: day('2026-12-11'),
    reason: 'strike',
    message: 'Grève nationale.',
    meals: 24,
  })
  const cancelled = async () =>
    (await mealsCancelledBy(t.town.db.read, await declarationById(t.town.db.read, id))).meals
  // The first two transactions wait for whoever was booking, the others cancel a household's meals each; eight
  // of these share a commit, which the killed one takes with it.
  for (const [nth, done] of [
    [1, 0],
    [6, 0],
    [12, 16],
  ] as const) {
    const worker = spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'close-and-die.ts'),
        join(t.folder, 'guichet.sqlite'),
        id,
        String(nth),
        t.town.clock.now().toString(),
      ],
      { stdio: 'inherit' },
    )
    const [, signal] = await once(worker, 'exit')
    assert.equal(signal, 'SIGKILL')
    assert.equal(await cancelled(), done)
    assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  }
  t.at('2026-11-23T10:00:00+01:00')
  await t.settle()
  assert.equal(await cancelled(), 24)
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
  assert.equal((await declarationById(t.town.db.read, id)).state, 'closed')
  assert.equal((await waitingState(t, waiting.children[0]!.id, '2026-12-10'))?.state, 'left')
  const written = (await t.letters()).filter(({ kind }) => kind === 'canteen-closed')
  const [toWaiting, ...more] = written.filter(({ to }) => to === waiting.email)
  assert.match(toWaiting?.text ?? '', /L’attente est finie/)
  assert.equal(more.length, 0)
  const letters = written.filter(({ to }) => to !== waiting.email)
  assert.deepEqual(new Set(letters.map(({ to }) => to)), new Set(homes.map(({ email }) => email)))
  assert.equal(letters.length, homes.length)
  for (const { text } of letters) assert.match(text, /jeudi 10 décembre et vendredi 11 décembre/)
  const credited = await t.town.db.read.select().from(outbox).where(like(outbox.topic, 'billing.credit'))
  const sources = credited.flatMap(({ payload }) => (payload as { sources: string[] }).sources)
  const rows = await t.town.db.read.select().from(mealBookings).where(eq(mealBookings.state, 'cancelled'))
  assert.deepEqual(sources.sort(), rows.map(row => `meal:${row.id}`).sort())
})
