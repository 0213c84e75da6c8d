import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, eq, gte, isNull } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isOnOrBefore, isWithin, monthOf, schoolYearOf } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, sum } from '../kernel/money.ts'
import { type FieldError, invalid, notFound } from '../kernel/problems.ts'
import type { MealType } from '../people/schema.ts'
import { type Child, childrenOf, householdOf } from '../people/store.ts'
import { quoterFor } from '../tariffs/quotes.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { tableOn } from './child-days.ts'
import { type ChildMeal, childrenDays } from './month.ts'
import { daysOfPattern, type Serving } from './rules.ts'
import { type MealWish, type SavedMeals, saveMealsIn, scopeOf } from './save-meals.ts'
import { mealPatterns } from './schema.ts'

/** The same days each week, for some children, from a day to another. */
export type TermWish = {
  children: readonly { childId: string; weekdays: readonly number[]; mealType?: MealType | undefined }[]
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

export type Pattern = typeof mealPatterns.$inferSelect

/** What booking a term would do, before anything is done. */
export type TermPlan = {
  children: readonly PlannedChild[]
  from: Temporal.PlainDate
  /** The end asked for, or of the school year when that is sooner. */
  to: Temporal.PlainDate
  /** Meals and price of each month, of all the children. */
  months: readonly { month: Temporal.PlainYearMonth; meals: number; price: Cents | undefined }[]
  total: { meals: number; price: Cents | undefined }
  /** Days that are closed by the town between the two, strikes and works, holidays not named. */
  closed: readonly { day: Temporal.PlainDate; message: string; children: readonly string[] }[]
  /** The first day to be booked, and until when that may be changed. */
  first: { day: Temporal.PlainDate; until: Temporal.ZonedDateTime } | undefined
}

export type PlannedChild = {
  child: Child
  weekdays: readonly number[]
  mealType: MealType
  /** To be booked now; the others stay as they are. */
  meals: readonly Temporal.PlainDate[]
  already: readonly Temporal.PlainDate[]
  full: readonly Temporal.PlainDate[]
  tooLate: readonly Temporal.PlainDate[]
  atCentre: readonly Temporal.PlainDate[]
  otherParent: number
}

/** What would be booked, and what it would cost. Changes nothing. Throws as `bookTerm`. */
export async function planTerm(town: Town, actor: Actor, asked: TermWish): Promise<TermPlan> {
  const { read } = town.db
  const householdId = await householdOf(read, actor, 'canteen')
  const wish = checked(asked, await childrenOf(read, householdId), dayInParis(town.clock.now()))
  const { from, to } = wish
  const children = wish.children.map(({ child }) => child)
  const days = await childrenDays(read, town, { householdId, children, from, to })
  const quoter = await quoterFor(read, householdId)
  const closed = new Map<string, { day: Temporal.PlainDate; message: string; children: string[] }>()
  const months = new Map<string, { month: Temporal.PlainYearMonth; meals: number; prices: (Cents | undefined)[] }>()

  const planned = wish.children.map(({ child, weekdays, mealType }): PlannedChild => {
    const found = { meals: [], already: [], full: [], tooLate: [], atCentre: [] } as Record<
      string,
      Temporal.PlainDate[]
    >
    let otherParent = 0
    for (const day of daysOfPattern({ weekdays, from, to, mealType }, day => servingOf(days.ground, child, day))) {
      const meal = days.meal(child, day)
      const kind = kindOf(meal)
      if (kind === 'other-parent') otherParent += 1
      else if (kind) found[kind]?.push(day)
      if (kind !== 'meals') continue
      const month = monthOf(day)
      const known = months.get(month.toString()) ?? { month, meals: 0, prices: [] }
      months.set(month.toString(), known)
      known.meals += 1
      known.prices.push(quoter({ child, day, mealType, kind: 'meal' })?.cents)
    }
    for (const { day, message } of closedDays(days.ground, child, { weekdays, from, to })) {
      const key = `${day} ${message}`
      const known = closed.get(key) ?? { day, message, children: [] }
      closed.set(key, known)
      known.children.push(child.firstName)
    }
    const { meals = [], already = [], full = [], tooLate = [], atCentre = [] } = found
    return { child, weekdays, mealType, meals, already, full, tooLate, atCentre, otherParent }
  })
  const ofMonths = [...months.values()].sort((a, b) => Temporal.PlainYearMonth.compare(a.month, b.month))
  const [first] = planned.flatMap(({ meals }) => meals.slice(0, 1)).sort(Temporal.PlainDate.compare)
  return {
    children: planned,
    from,
    to,
    months: ofMonths.map(({ month, meals, prices }) => ({ month, meals, price: sumOfKnown(prices) })),
    total: {
      meals: planned.reduce((n, { meals }) => n + meals.length, 0),
      price: sumOfKnown(ofMonths.flatMap(({ prices }) => prices)),
    },
    closed: [...closed.values()].sort((a, b) => Temporal.PlainDate.compare(a.day, b.day)),
    first: first && { day: first, until: days.ground.calendar.deadline(first) },
  }
}

/**
 * Books every day of the term that can be booked, and keeps the weeks. Booked twice, it adds nothing.
 * Throws 404 for somebody else's child, 422 for days that make no term.
 */
export async function bookTerm(town: Town, actor: Actor, asked: TermWish, key?: string): Promise<SavedMeals> {
  const now = town.clock.now()
  return once({ db: town.db, now }, { scope: scopeOf(actor), key, content: asked }, async tx => {
    const householdId = await householdOf(tx, actor, 'canteen')
    const wish = checked(asked, await childrenOf(tx, householdId), dayInParis(now))
    const { from, to } = wish
    const children = wish.children.map(({ child }) => child)
    const { ground } = await childrenDays(tx, town, { householdId, children, from, to })
    const wishes = wish.children.flatMap(({ child, weekdays, mealType }) =>
      daysOfPattern({ weekdays, from, to, mealType }, day => servingOf(ground, child, day)).map(
        (day): MealWish => ({ childId: child.id, day, wish: 'book', mealType }),
      ),
    )
    const saved = await saveMealsIn(tx, { town, actor, now }, householdId, wishes)
    for (const { child, weekdays, mealType } of wish.children) {
      const row = { childId: child.id, householdId, weekdays, mealType, from, to }
      if (await isKnown(tx, row)) continue
      const id = newId<'meal-pattern'>()
      await tx.insert(mealPatterns).values({ ...row, id, createdAt: now })
      const details = { patternId: id, weekdays, from: from.toString(), to: to.toString() }
      await audit(tx, now, actor, { action: 'meal-pattern.added', subject: { kind: 'child', id: child.id }, details })
    }
    return saved
  })
}

/** The weeks a household has booked that have not ended, soonest end first. */
export async function patternsOf(db: Queries, householdId: Id<'household'>, today: Temporal.PlainDate) {
  return db
    .select()
    .from(mealPatterns)
    .where(and(eq(mealPatterns.householdId, householdId), isNull(mealPatterns.stoppedAt), gte(mealPatterns.to, today)))
    .orderBy(asc(mealPatterns.to), asc(mealPatterns.createdAt))
}

/** What stopping a pattern would cancel. Throws 404 for somebody else's, or one that has ended. */
export async function planStop(town: Town, actor: Actor, patternId: string) {
  const { read } = town.db
  const householdId = await householdOf(read, actor, 'canteen')
  const { pattern, child, wishes } = await stopping(read, town, householdId, patternId)
  return { pattern, child, days: wishes.map(({ day }) => day) }
}

/** Ends a pattern and cancels its meals that may still be cancelled. Throws as `planStop`. */
export async function stopPattern(town: Town, actor: Actor, patternId: string, key?: string): Promise<SavedMeals> {
  const now = town.clock.now()
  const content = { stop: patternId }
  return once({ db: town.db, now }, { scope: scopeOf(actor), key, content }, async tx => {
    const householdId = await householdOf(tx, actor, 'canteen')
    const { pattern, wishes } = await stopping(tx, town, householdId, patternId)
    await tx.update(mealPatterns).set({ stoppedAt: now }).where(eq(mealPatterns.id, pattern.id))
    const subject = { kind: 'child', id: pattern.childId }
    await audit(tx, now, actor, { action: 'meal-pattern.stopped', subject, details: { patternId } })
    return saveMealsIn(tx, { town, actor, now }, householdId, wishes)
  })
}

/** The days of the pattern that may still be cancelled and that no other pattern of the child books. */
async function stopping(db: Queries, town: Town, householdId: Id<'household'>, patternId: string) {
  const today = dayInParis(town.clock.now())
  const running = await patternsOf(db, householdId, today)
  const pattern = running.find(({ id }) => id === patternId)
  const child = pattern && (await childrenOf(db, householdId)).find(({ id }) => id === pattern.childId)
  if (!pattern || !child) throw notFound()
  const from = isOnOrBefore(pattern.from, today) ? today : pattern.from
  const days = await childrenDays(db, town, { householdId, children: [child], from, to: pattern.to })
  const others = running.filter(other => other.childId === child.id && other.id !== pattern.id)
  const wishes = daysOfPattern({ ...pattern, from }, day => servingOf(days.ground, child, day))
    .filter(day => !others.some(other => other.weekdays.includes(day.dayOfWeek) && isWithin(day, other)))
    .filter(day => {
      const { state } = days.meal(child, day)
      return state.state === 'open' && state.booked
    })
    .map((day): MealWish => ({ childId: child.id, day, wish: 'cancel' }))
  return { pattern, child, wishes }
}

type CheckedTerm = {
  children: { child: Child; weekdays: number[]; mealType: MealType }[]
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

function checked(wish: TermWish, household: readonly Child[], today: Temporal.PlainDate): CheckedTerm {
  const faults: FieldError[] = []
  const from = isOnOrBefore(today, wish.from) ? wish.from : today
  const end = schoolYearOf(from).to
  const to = isOnOrBefore(wish.to, end) ? wish.to : end
  if (isOnOrBefore(wish.to, today)) faults.push({ field: 'to', code: 'date-in-past' })
  else if (!isOnOrBefore(from, to)) faults.push({ field: 'to', code: 'ends-before-it-begins' })
  const children = wish.children.map(({ childId, weekdays, mealType }, index) => {
    const child = household.find(({ id }) => id === childId)
    if (!child) throw notFound()
    if (mealType === 'pai-basket' && !child.pai)
      faults.push({ field: `children.${index}.mealType`, code: 'pai-needed' })
    return { child, weekdays: [...new Set(weekdays)].sort((a, b) => a - b), mealType: mealType ?? child.mealType }
  })
  if (new Set(children.map(({ child }) => child.id)).size < children.length)
    faults.push({ field: 'children', code: 'child-twice' })
  if (children.every(({ weekdays }) => weekdays.length === 0)) faults.push({ field: 'children', code: 'no-weekday' })
  if (faults.length > 0) throw invalid(faults)
  return { children: children.filter(({ weekdays }) => weekdays.length > 0), from, to }
}

type Ground = Awaited<ReturnType<typeof childrenDays>>['ground']

function servingOf(ground: Ground, child: Child, day: Temporal.PlainDate): Serving {
  const table = tableOn(child, ground.schools, day)
  return table ? ground.calendar.serving(table.school, table.className, day) : { serves: false, why: 'weekend' }
}

function closedDays(
  ground: Ground,
  child: Child,
  term: { weekdays: readonly number[] } & Omit<CheckedTerm, 'children'>,
) {
  const found: { day: Temporal.PlainDate; message: string }[] = []
  const all = { ...term, mealType: child.mealType }
  for (const day of daysOfPattern(all, () => ({ serves: true }))) {
    const serving = servingOf(ground, child, day)
    if (!serving.serves && serving.why === 'closure') found.push({ day, message: serving.message })
  }
  return found
}

function kindOf({
  state,
  booked,
}: ChildMeal): keyof Omit<PlannedChild, 'child' | 'otherParent'> | 'other-parent' | undefined {
  if (booked) return 'already'
  switch (state.state) {
    case 'open':
    case 'offered':
      return 'meals'
    case 'full':
      return 'full'
    case 'locked':
    case 'past':
      return 'tooLate'
    case 'at-leisure-centre':
      return 'atCentre'
    case 'other-household':
    case 'booked-by-other-household':
      return 'other-parent'
    default:
      return undefined
  }
}

/** The sum, or undefined as soon as one price is not known. */
function sumOfKnown(prices: readonly (Cents | undefined)[]): Cents | undefined {
  const known = prices.filter(price => price !== undefined)
  return known.length === prices.length ? sum(known) : undefined
}

async function isKnown(tx: Tx, row: Omit<Pattern, 'id' | 'createdAt' | 'stoppedAt'>): Promise<boolean> {
  const same = await tx
    .select({ weekdays: mealPatterns.weekdays, mealType: mealPatterns.mealType })
    .from(mealPatterns)
    .where(
      and(
        eq(mealPatterns.childId, row.childId),
        eq(mealPatterns.householdId, row.householdId),
        eq(mealPatterns.from, row.from),
        eq(mealPatterns.to, row.to),
        isNull(mealPatterns.stoppedAt),
      ),
    )
  return same.some(({ weekdays, mealType }) => mealType === row.mealType && weekdays.join() === row.weekdays.join())
}
