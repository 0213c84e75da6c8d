import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changeDayCapacity } from '../../src/canteen/capacity.ts'
import { checkMealCounters } from '../../src/canteen/counters.ts'
import { type MealWish, saveMeals } from '../../src/canteen/save-meals.ts'
import { mealBookings, mealWaiting } from '../../src/canteen/schema.ts'
import { dialect } from '../../src/db/columns.ts'
import { system } from '../../src/kernel/actor.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { type Family, family, school } from '../support/family.ts'
import { canteenTown, day, places, setCapacity, wishes } from './world.ts'

const t = await canteenTown()
const staff = system('test')
const DAYS = ['2026-12-07', '2026-12-08']
const runs = dialect === 'sqlite' ? 60 : 15

let schoolsMade = 0
async function newSchool(capacity: number) {
  const name = `École ${++schoolsMade}`
  const id = await school(t, name)
  await setCapacity(t, id, capacity)
  return { id, name }
}

/** The families move to a new school, so that each run begins with empty days. */
async function households(n: number, schoolName: string): Promise<Family[]> {
  const found: Family[] = []
  for (let i = 0; i < n; i++) found.push(await family(t, { school: schoolName, signedIn: false }))
  return found
}

test('two hundred parents want the last twenty places at once: twenty have them, the others are told', async () => {
  const { id, name } = await newSchool(20)
  const all = await households(200, name)
  const answers = await Promise.all(
    all.map(home => saveMeals(t.town, home.actor, wishes(home, 'book', ['2026-12-07']))),
  )
  assert.equal(answers.filter(({ changed }) => changed.length === 1).length, 20)
  assert.equal(answers.filter(({ refused }) => refused[0]?.code === 'full').length, 180)
  assert.deepEqual(await places(t, id, '2026-12-07'), { capacity: 20, taken: 20 })
  assert.deepEqual(await checkMealCounters(t.town.db.read), [])
})

type Step =
  | { kind: 'wish'; family: number; wish: MealWish['wish']; day: number }
  | { kind: 'capacity'; day: number; capacity: number }

const FAMILIES = 5
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wish' as const),
      family: fc.nat(FAMILIES - 1),
      wish: fc.constantFrom('book', 'cancel', 'wait', 'leave' as const),
      day: fc.nat(DAYS.length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('capacity' as const),
      day: fc.nat(DAYS.length - 1),
      capacity: fc.nat(3),
    }),
  },
)

/** The rules of places in thirty lines, without database: what the town must do, step by step. */
class Model {
  capacity = DAYS.map(() => 2)
  booked = DAYS.map(() => new Set<number>())
  offered = DAYS.map(() => new Set<number>())
  line = DAYS.map((): number[] => [])

  taken = (d: number) => this.booked[d]!.size + this.offered[d]!.size

  offer(d: number) {
    while (this.taken(d) < this.capacity[d]! && this.line[d]!.length > 0) this.offered[d]!.add(this.line[d]!.shift()!)
  }

  run(s: Step) {
    const d = s.day
    if (s.kind === 'capacity') {
      if (s.capacity >= this.taken(d)) this.capacity[d] = s.capacity
      return this.offer(d)
    }
    const [booked, offered] = [this.booked[d]!, this.offered[d]!]
    const f = s.family
    if (s.wish === 'cancel') booked.delete(f)
    if (s.wish === 'leave') {
      offered.delete(f)
      this.line[d] = this.line[d]!.filter(other => other !== f)
    }
    if (s.wish === 'book' && !booked.has(f) && (offered.has(f) || this.taken(d) < this.capacity[d]!)) {
      offered.delete(f)
      booked.add(f)
    }
    const free = this.taken(d) < this.capacity[d]!
    if (s.wish === 'wait' && !booked.has(f) && !offered.has(f) && !this.line[d]!.includes(f) && !free)
      this.line[d]!.push(f)
    this.offer(d)
  }
}

async function run(all: readonly Family[], schoolId: Awaited<ReturnType<typeof school>>, s: Step) {
  if (s.kind === 'wish') return saveMeals(t.town, all[s.family]!.actor, wishes(all[s.family]!, s.wish, [DAYS[s.day]!]))
  return changeDayCapacity(t.town, staff, { schoolId, day: day(DAYS[s.day]!), capacity: s.capacity }).catch(error => {
    assert.ok(error instanceof Problem && error.code === 'capacity-below-taken', String(error))
  })
}

async function fresh(): Promise<{ all: readonly Family[]; schoolId: Awaited<ReturnType<typeof school>> }> {
  const { id, name } = await newSchool(2)
  return { all: await households(FAMILIES, name), schoolId: id }
}

test('whatever families and the town do one after the other, places and waiting lists are as the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async steps => {
      const { all, schoolId } = await fresh()
      const model = new Model()
      for (const s of steps) {
        t.at(t.town.clock.now().add({ milliseconds: 1 }).toString())
        await run(all, schoolId, s)
        model.run(s)
      }
      const bookings = await t.town.db.read.select().from(mealBookings)
      const line = await t.town.db.read.select().from(mealWaiting)
      const childOf = (f: number) => all[f]!.children[0]!.id
      for (const [d, iso] of DAYS.entries())
        for (const f of all.keys()) {
          const isBooked = bookings.some(
            b => b.childId === childOf(f) && b.day.toString() === iso && b.state === 'booked',
          )
          const state = line.find(w => w.childId === childOf(f) && w.day.toString() === iso)?.state
          assert.equal(isBooked, model.booked[d]!.has(f), `booked ${f} on ${iso}`)
          assert.equal(state === 'waiting', model.line[d]!.includes(f), `waiting ${f} on ${iso}`)
          assert.equal(state === 'offered', model.offered[d]!.has(f), `offered ${f} on ${iso}`)
        }
      assert.deepEqual(await checkMealCounters(t.town.db.read), [])
    }),
    { numRuns: runs },
  )
})

test('whatever happens at the same time, no place is given twice and none stays empty while somebody waits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 5 }), async bursts => {
      const { all, schoolId } = await fresh()
      for (const burst of bursts) await Promise.all(burst.map(s => run(all, schoolId, s)))
      const line = await t.town.db.read.select().from(mealWaiting)
      for (const iso of DAYS) {
        const day = await places(t, schoolId, iso)
        if (!day) continue
        assert.ok(day.taken <= day.capacity)
        const waits = line.some(w => w.schoolId === schoolId && w.day.toString() === iso && w.state === 'waiting')
        if (waits) assert.equal(day.taken, day.capacity, `a place is free on ${iso} while somebody waits`)
      }
      assert.deepEqual(await checkMealCounters(t.town.db.read), [])
    }),
    { numRuns: runs },
  )
})
