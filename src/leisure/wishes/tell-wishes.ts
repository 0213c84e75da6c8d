import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, inArray } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import type { Actor } from '../../kernel/actor.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, invalid, notFound } from '../../kernel/problems.ts'
import { type Child, childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { once } from '../../web/idempotency.ts'
import { type Gate, gateFor } from '../opening/gate.ts'
import { leisureSignupDays, leisureSignups, leisureWishLists } from '../schema.ts'
import { gateProblem } from '../signing-up/gate-problem.ts'
import { type Choice, judge, type Refusal } from '../signing-up/rules.ts'
import { scopeOf } from '../signing-up/scope.ts'
import { insertSignupDays, insertSignups } from '../signing-up/store.ts'
import type { Signup } from '../signups.ts'
import { type LeisurePeriod, periodById } from '../store.ts'
import type { AskedDay } from '../taking.ts'
import { type WishGround, wishGround } from './wish-ground.ts'
import { MOST_WISHES, touchWishList, type WishListRow, wishesOf } from './wish-lists.ts'

/** How long after the last change the family is written what it told. */
const RECEIPT_AFTER = Temporal.Duration.from({ minutes: 10 })

export type WishChange =
  /** Adds a choice below the others of the child. */
  | { do: 'add'; choice: Choice }
  /** Moves a wish one place towards the dearest, or away. */
  | { do: 'up' | 'down' | 'remove'; signupId: string }
  /** How many of its wishes the family would like at most for a child; null for all. */
  | { do: 'most'; childId: string; most: number | null }

/** The wishes for one child, whole: what is left out of it is wished no more. */
export type ToldWishes = { childId: string; most: number | null; choices: readonly Choice[] }

/** What a family may do now with its wishes, and with whom. Throws 404 for a period that is not given by wishes. */
export async function wishesGate(
  db: Queries,
  town: Town,
  asked: { householdId: Id<'household'>; periodId: string },
): Promise<{ period: LeisurePeriod; gate: Gate }> {
  const period = await periodById(db, asked.periodId)
  if (period.allocation !== 'wishes') throw notFound()
  return { period, gate: await gateFor(db, town, { householdId: asked.householdId, period, now: town.clock.now() }) }
}

/**
 * Changes one thing of a household's wishes. The same `key` twice does it once. Throws 404 for somebody else's child or
 * wish, 409 `leisure-…` before the opening and after the end, 422 for a choice that the rules do not allow.
 */
export async function changeWishes(
  town: Town,
  actor: Actor,
  periodId: string,
  change: WishChange,
  key?: string,
): Promise<void> {
  await telling(town, actor, { periodId, content: change, key }, async work => {
    const { wishes, list } = work
    if (change.do === 'most') {
      const childId = childOf(work, change.childId).id
      const others = Object.entries(list.most).filter(([id]) => id !== childId)
      return { most: Object.fromEntries(change.most ? [...others, [childId, change.most]] : others) }
    }
    if (change.do === 'add') {
      const child = childOf(work, change.choice.childId)
      const own = wishes.filter(({ childId }) => childId === child.id)
      const ground = await groundFor(work, [child])
      return { wanted: [...own, accepted(ground, child, change.choice, own, 'when')], childId: child.id }
    }
    const moved = wishes.find(({ id }) => id === change.signupId)
    if (!moved) throw notFound()
    const own = wishes.filter(({ childId }) => childId === moved.childId)
    return { wanted: movedIn(own, moved, change.do), childId: moved.childId }
  })
}

/**
 * Replaces the wishes for the children named; all or nothing. Wishes that stay keep their identity. `revision`, when given, is
 * that of the list the caller has read. Throws as `changeWishes`, and 409 `wishes-changed` for a list that is old.
 */
export async function tellWishes(
  town: Town,
  actor: Actor,
  periodId: string,
  told: { children: readonly ToldWishes[]; revision?: number | undefined },
  key?: string,
): Promise<void> {
  await telling(town, actor, { periodId, content: told, key }, async work => {
    if (told.revision !== undefined && told.revision !== work.list.revision - 1) throw conflict('wishes-changed')
    const children = told.children.map(({ childId }) => childOf(work, childId))
    if (new Set(children).size < children.length) throw invalid([{ field: 'children', code: 'child-twice' }])
    const ground = await groundFor(work, children)
    const most: Record<string, number> = { ...work.list.most }
    for (const [at, { choices, most: wanted }] of told.children.entries()) {
      const child = children[at] as Child
      const known = work.wishes.filter(({ childId }) => childId === child.id)
      const kept: Wanted[] = []
      for (const [n, choice] of choices.entries()) {
        const same = known.find(wish => isSame(wish, choice) && !kept.includes(wish))
        kept.push(same ?? accepted(ground, child, choice, kept, `children.${at}.choices.${n}`))
      }
      delete most[child.id]
      if (wanted) most[child.id] = wanted
      await writeWishes(work, child.id, kept)
    }
    return { most }
  })
}

type Telling = {
  tx: Tx
  now: Temporal.Instant
  householdId: Id<'household'>
  period: LeisurePeriod
  children: readonly Child[]
  list: WishListRow
  wishes: readonly Signup[]
}
type NewWish = { choice: Choice; days: readonly AskedDay[] }
type Wanted = Signup | NewWish
type Decided = { most?: Readonly<Record<string, number>>; wanted?: readonly Wanted[]; childId?: Id<'person'> }

/** Opens what a change needs, writes what was decided, and promises the family a letter that says what it told. */
async function telling(
  town: Town,
  actor: Actor,
  { periodId, content, key }: { periodId: string; content: unknown; key: string | undefined },
  decide: (work: Telling) => Promise<Decided>,
): Promise<void> {
  const now = town.clock.now()
  const asked = { scope: scopeOf(actor), key, content: { wishes: periodId, content } }
  await once({ db: town.db, now }, asked, async tx => {
    const householdId = await householdOf(tx, actor, 'leisure')
    const { period, gate } = await wishesGate(tx, town, { householdId, periodId })
    if (gate.state !== 'wishes') throw gate.state === 'open' ? conflict('leisure-wishes-closed') : gateProblem(gate)
    const list = await touchWishList(tx, now, householdId, period.id)
    const children = await childrenOf(tx, householdId)
    const wishes = await wishesOf(tx, householdId, period.id)
    const work = { tx, now, householdId, period, children, list, wishes }
    const { most, wanted, childId } = await decide(work)
    if (most) {
      const ofList = and(eq(leisureWishLists.householdId, householdId), eq(leisureWishLists.periodId, period.id))
      await tx.update(leisureWishLists).set({ most }).where(ofList)
    }
    if (wanted && childId) await writeWishes(work, childId, wanted)
    await audit(tx, now, actor, {
      action: 'leisure-wishes.told',
      subject: { kind: 'household', id: householdId },
      details: { periodId: period.id, revision: list.revision },
    })
    await outbox(tx, now, {
      topic: 'leisure.wishes-told',
      payload: { householdId, periodId: period.id, revision: list.revision },
      key: `leisure.wishes-told:${householdId}:${period.id}:${list.revision}`,
      dueAt: now.add(RECEIPT_AFTER),
    })
    return {}
  })
}

function childOf({ children }: Telling, childId: string): Child {
  const child = children.find(({ id }) => id === childId)
  if (!child) throw notFound()
  return child
}

const groundFor = ({ tx, householdId, period, now }: Telling, children: readonly Child[]) =>
  wishGround(tx, { householdId, period, children, now })

/** A choice that the rules allow, with the groups that take the child. Throws 422 `wish-refused` with the reason. */
function accepted(ground: WishGround, child: Child, choice: Choice, others: readonly Wanted[], field: string): NewWish {
  const refuse = (reason: Refusal | 'too-many', days: readonly Temporal.PlainDate[] = []) =>
    invalid([{ field, code: 'wish-refused', params: { reason, days: days.map(String) } }])
  if (choice.days.length === 0) throw refuse('not-open')
  if (new Set(choice.days.map(String)).size < choice.days.length) throw refuse('chosen-twice')
  if (others.length >= MOST_WISHES) throw refuse('too-many')
  if (others.some(other => isSame(other, choice))) throw refuse('chosen-twice')
  const judged = judge(ground, child, choice)
  if ('days' in judged && !('refused' in judged)) return { choice, days: judged.days }
  throw 'refused' in judged ? refuse(judged.refused, judged.days) : refuse('signed-up')
}

function isSame(wish: Wanted, { centreId, unit, part, meal, days }: Choice): boolean {
  const known = 'choice' in wish ? wish.choice : { ...wish, days: wish.days.map(({ day }) => day) }
  return (
    known.centreId === centreId &&
    known.unit === unit &&
    known.part === part &&
    known.meal === meal &&
    known.days.map(String).sort().join() === days.map(String).sort().join()
  )
}

function movedIn(own: readonly Signup[], moved: Signup, how: 'up' | 'down' | 'remove'): Signup[] {
  const at = own.indexOf(moved)
  const others = own.filter(one => one !== moved)
  if (how === 'remove') return others
  const to = Math.min(Math.max(at + (how === 'up' ? -1 : 1), 0), others.length)
  return others.toSpliced(to, 0, moved)
}

/** Writes a child's wishes as they are wanted, in their order; those that are not among them any more are forgotten. */
async function writeWishes(work: Telling, childId: Id<'person'>, wanted: readonly Wanted[]): Promise<void> {
  const { tx, now, householdId, period, wishes } = work
  const kept = new Set(wanted.flatMap(wish => ('choice' in wish ? [] : [wish.id])))
  const gone = wishes.filter(wish => wish.childId === childId && !kept.has(wish.id)).map(({ id }) => id)
  if (gone.length > 0) {
    await tx.delete(leisureSignupDays).where(inArray(leisureSignupDays.signupId, gone))
    await tx.delete(leisureSignups).where(inArray(leisureSignups.id, gone))
  }
  for (const [i, wish] of wanted.entries()) {
    const wishRank = i + 1
    if (!('choice' in wish)) {
      if (wish.wishRank !== wishRank)
        await tx.update(leisureSignups).set({ wishRank }).where(eq(leisureSignups.id, wish.id))
      continue
    }
    const { choice, days } = wish
    const id = newId<'leisure-signup'>()
    const centreId = choice.centreId as Id<'leisure-centre'>
    const { unit, part, meal } = choice
    const what = { householdId, childId, centreId, periodId: period.id, unit, part, meal }
    await insertSignups(tx, [{ id, ...what, state: 'wished', wishRank, since: now }])
    await insertSignupDays(
      tx,
      days.map(day => ({ signupId: id, childId, ...day, state: 'asked' as const, late: false, excused: false })),
    )
  }
}
