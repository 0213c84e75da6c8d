import type { Tx } from '../../db/database.ts'
import type { Actor } from '../../kernel/actor.ts'
import { newId } from '../../kernel/ids.ts'
import { invalid, notFound } from '../../kernel/problems.ts'
import { childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { once } from '../../web/idempotency.ts'
import { gateFor } from '../opening/gate.ts'
import { type AskedDay, lockPlaces, type Places, sessionKeysOf, takeDays } from '../taking.ts'
import { againWhenTaken } from '../waiting/offers.ts'
import { isOver, lapseBasket } from './basket.ts'
import { gateProblem } from './gate-problem.ts'
import { groundOf, judgeAll } from './hold-ground.ts'
import { writeDown } from './hold-write.ts'
import { type Asking, daysOf, type Held, outcomeOf, type Wanted, type Work } from './holding.ts'
import { type Choice, childDayKey, standing } from './rules.ts'
import { scopeOf } from './scope.ts'
import { childDaysMeanwhile, lockOpenBasket, periodAsked } from './store.ts'

/** Eight children, every day of a summer: what the largest form can ask for. */
export const MOST_CHOICES = 400
const MOST_DAYS = 70

export type HoldOptions = {
  /** The form's key: the same choices sent twice are granted once. */
  key?: string | undefined
  /** Whether a choice that finds a day full goes into the waiting list. */
  waitWhenFull: boolean
  /** What the waiting room gave, when the period has one. */
  ticket?: string | undefined
}

/**
 * Puts choices into the household's basket, each with all of its places or none; one that finds a day full goes into the
 * waiting list when that is wanted. What can be done is done, in one transaction, and the rest is told with its reason.
 * Throws 404 for no period and for somebody else's child, 409 `leisure-…` while the household may not sign up, and 422 for
 * a day named twice in a choice.
 */
export async function holdChoices(
  town: Town,
  actor: Actor,
  periodId: string,
  choices: readonly Choice[],
  { key, waitWhenFull, ticket }: HoldOptions,
): Promise<Held> {
  refuseTooMany(choices)
  const now = town.clock.now()
  const asked = { scope: scopeOf(actor), key, content: { periodId, choices, waitWhenFull } }
  const hold = () =>
    once({ db: town.db, now }, asked, tx => holdIn(tx, { town, actor, now, choices, waitWhenFull, periodId, ticket }))
  // Another request that opened the basket, or took that child's day, at the same time is seen the second time.
  return againWhenTaken(hold)
}

function refuseTooMany(choices: readonly Choice[]) {
  if (choices.length > MOST_CHOICES)
    throw invalid([{ field: 'choices', code: 'too-many', params: { max: MOST_CHOICES } }])
  for (const [index, { days }] of choices.entries()) {
    const field = `choices.${index}.days`
    if (days.length === 0) throw invalid([{ field, code: 'required' }])
    if (days.length > MOST_DAYS) throw invalid([{ field, code: 'too-many', params: { max: MOST_DAYS } }])
    if (new Set(days.map(String)).size < days.length) throw invalid([{ field, code: 'day-twice' }])
  }
}

async function holdIn(tx: Tx, asking: Asking): Promise<Held> {
  const { town, actor, now, choices } = asking
  const householdId = await householdOf(tx, actor, 'leisure')
  const period = await periodAsked(tx, asking.periodId)
  const gate = await gateFor(tx, town, { householdId, period, now, ticket: asking.ticket })
  if (gate.state !== 'open') throw gateProblem(gate)
  const children = new Map((await childrenOf(tx, householdId)).map(child => [child.id as string, child]))
  if (choices.some(({ childId }) => !children.has(childId))) throw notFound()

  const open = await lockOpenBasket(tx, householdId)
  // Its time is up, its job has not come yet: its places are not in the way of what is chosen now.
  const over = open && isOver(open, now)
  if (over) await lapseBasket(tx, { town, now }, open)
  const work: Work = {
    ...asking,
    tx,
    householdId,
    period,
    children,
    basket: over ? undefined : open,
    granted: [],
    inLine: [],
    already: [],
    refused: [],
  }
  const { ground, places } = await groundOf(work)
  await grant(work, judgeAll(work, ground), places)
  return writeDown(work)
}

const fullDaysOf = ({ days }: Wanted, places: ReadonlyMap<string, Places>) =>
  days.filter(day => sessionKeysOf(day).some(key => isFull(places.get(key))))

const isFull = (places: Places | undefined) => !places || places.taken >= places.capacity

/**
 * Takes the places of each choice that finds them. The places read before tell who can only be told « complet »: they do
 * not queue for the rows behind those who take the last ones. Who joins a line does, for the line has one order.
 */
async function grant(work: Work, wanted: readonly Wanted[], seen: ReadonlyMap<string, Places>): Promise<void> {
  const { tx, waitWhenFull } = work
  const hopeless = waitWhenFull ? [] : wanted.filter(one => fullDaysOf(one, seen).length > 0)
  for (const one of hopeless) refuseFull(work, one, fullDaysOf(one, seen))
  const trying = wanted.filter(one => !hopeless.includes(one))
  if (trying.length === 0) return
  const places = await lockPlaces(tx, daysOf(trying))
  const full: Wanted[] = []
  for (const one of trying) {
    const missing = fullDaysOf(one, places)
    const lost = missing.length > 0 ? missing : await takeDays(tx, places, one.days)
    if (lost.length === 0) work.granted.push({ ...one, signupId: newId() })
    else if (waitWhenFull) full.push(one)
    else refuseFull(work, one, lost)
  }
  await joinLines(work, full)
}

/** Lines up what found a day full, but for what the other parent has put in line since it was judged. */
async function joinLines(work: Work, full: readonly Wanted[]): Promise<void> {
  if (full.length === 0) return
  const children = full.map(({ choice }) => choice.childId)
  const known = await childDaysMeanwhile(
    work.tx,
    children,
    daysOf(full).map(({ day }) => day),
  )
  const childDays = Map.groupBy(known, ({ childId, day }) => childDayKey(childId, day))
  for (const one of full) {
    const same = standing({ householdId: work.householdId, childDays }, one.choice)
    if (same) work.already.push({ ...outcomeOf(one), signupId: same })
    else work.inLine.push({ ...one, signupId: newId() })
  }
}

function refuseFull(work: Work, one: Wanted, days: readonly AskedDay[]) {
  work.refused.push({ ...outcomeOf(one), code: 'full', refusedDays: days.map(({ day }) => day.toString()) })
}
