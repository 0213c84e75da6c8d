import { z } from 'zod'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isoDay, isoMonth } from '../kernel/days.ts'
import { Problem, signInFirst } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { type ChildMeal, type MonthOfMeals, monthOfMeals } from './month.ts'
import { bookTerm, patternsOf, stopPattern } from './patterns.ts'
import { type MealWish, MOST_WISHES, type SavedMeals, saveMeals } from './save-meals.ts'
import { waitingLists } from './waiting.ts'
import { isoWeek, menuOfWeek } from './week-menu.ts'

/** Text that one of the kernel's readers understands, or the code of its fault. */
const readBy = <T>(read: (text: string) => T | undefined, code: string, example: string) =>
  z
    .string()
    .max(20)
    .transform((text, context) => {
      const value = read(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: code })
      return z.NEVER
    })
    .meta({ type: 'string', example })

const dayText = readBy(isoDay, 'not-a-date', '2026-12-07')
const childId = z.string().max(64)
const mealType = z.enum(['standard', 'no-pork', 'vegetarian', 'pai-basket'])
const weekday = z.int().min(1).max(5)
const ofChildAndDay = z.object({ childId, day: dayText })

const mealOfDay = z
  .object({
    childId: z.string(),
    day: z.iso.date(),
    /** One of the states of the calendar: `open`, `full`, `locked`, `not-serving` … */
    state: z.string(),
    booked: z.boolean(),
    mealType,
    /** In cents; null where the town has no tariff. */
    price: z.int().nullable(),
    changeableUntil: z.iso.datetime().nullable(),
    /** In the waiting list of a full day. */
    rank: z.int().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'MealOfDay' })

const monthAnswer = z
  .object({
    month: z.string(),
    children: z.array(z.object({ id: z.string(), firstName: z.string() })),
    meals: z.array(mealOfDay),
    total: z.object({ meals: z.int(), cents: z.int() }),
  })
  .meta({ id: 'MonthOfMeals' })

const outcome = { childId: z.string(), day: z.iso.date(), wish: z.enum(['book', 'cancel', 'wait', 'leave']) }
const saved = z
  .object({
    changed: z.array(z.object(outcome)),
    already: z.array(z.object(outcome)),
    refused: z.array(z.object({ ...outcome, code: z.string(), params: z.record(z.string(), z.unknown()) })),
  })
  .meta({ id: 'SavedMeals' })

const pattern = z
  .object({
    id: z.string(),
    childId: z.string(),
    weekdays: z.array(weekday),
    mealType,
    from: z.iso.date(),
    to: z.iso.date(),
  })
  .meta({ id: 'MealPattern' })

const REFUSALS = [
  'full',
  'too-late',
  'past',
  'not-serving',
  'not-enrolled',
  'other-household',
  'at-leisure-centre',
  'not-open-yet',
] as const
const tag = 'canteen'

/** The canteen for programs: what the parents' pages do, by the same use cases. */
export function canteenApi(town: Town): Endpoint[] {
  const household = (actor: Actor) => householdOf(town.db.read, known(actor), 'canteen')
  return [
    endpoint({
      method: 'get',
      path: '/canteen/months/{month}',
      tag,
      summary: 'The meals of one’s children in a month, and what may be done with each',
      params: z.object({ month: readBy(isoMonth, 'not-a-month', '2026-12') }),
      answer: monthAnswer,
      handle: async ({ actor, params }) => monthView(await monthOfMeals(town, await household(actor), params.month)),
    }),
    endpoint({
      method: 'put',
      path: '/canteen/children/{childId}/meals/{day}',
      tag,
      summary: 'Book the meal of a day, or take the place that was offered',
      params: ofChildAndDay,
      body: z.strictObject({ mealType: mealType.optional() }),
      answer: z.object({ childId: z.string(), day: z.iso.date(), booked: z.literal(true) }),
      problems: REFUSALS,
      handle: async ({ actor, params, body, idempotencyKey }) => {
        const type = body.mealType ? { mealType: body.mealType } : {}
        await one(town, known(actor), { ...params, ...type, wish: 'book' }, idempotencyKey)
        return { childId: params.childId, day: params.day.toString(), booked: true }
      },
    }),
    endpoint({
      method: 'delete',
      path: '/canteen/children/{childId}/meals/{day}',
      tag,
      summary: 'Cancel the meal of a day',
      params: ofChildAndDay,
      problems: REFUSALS,
      handle: ({ actor, params, idempotencyKey }) =>
        one(town, known(actor), { ...params, wish: 'cancel' }, idempotencyKey),
    }),
    endpoint({
      method: 'put',
      path: '/canteen/meals',
      tag,
      summary: 'Book and cancel several meals: what can be done is done, the rest is told with its reason',
      body: z.strictObject({
        meals: z
          .array(z.strictObject({ childId, day: dayText, booked: z.boolean(), mealType: mealType.optional() }))
          .min(1)
          .max(MOST_WISHES),
      }),
      answer: saved,
      handle: ({ actor, body, idempotencyKey }) => {
        const wishes = body.meals.map(({ childId, day, booked, mealType }): MealWish => {
          const wish = booked ? 'book' : 'cancel'
          return mealType ? { childId, day, wish, mealType } : { childId, day, wish }
        })
        return saveMeals(town, known(actor), wishes, idempotencyKey)
      },
    }),
    endpoint({
      method: 'get',
      path: '/canteen/waiting',
      tag,
      summary: 'The waiting lists one’s children are in',
      answer: z.array(
        z.object({
          childId: z.string(),
          day: z.iso.date(),
          state: z.enum(['waiting', 'offered', 'expired']),
          rank: z.int().nullable(),
          offeredUntil: z.iso.datetime().nullable(),
        }),
      ),
      handle: async ({ actor }) =>
        (await waitingLists(town, known(actor))).map(({ child, day, state, rank, offeredUntil }) => ({
          childId: child.id,
          day: day.toString(),
          state,
          rank: state === 'waiting' ? rank : null,
          offeredUntil: offeredUntil?.toString() ?? null,
        })),
    }),
    endpoint({
      method: 'put',
      path: '/canteen/children/{childId}/waiting/{day}',
      tag,
      summary: 'Join the waiting list of a full day',
      params: ofChildAndDay,
      problems: ['place-free', 'already-booked', ...REFUSALS],
      handle: ({ actor, params, idempotencyKey }) =>
        one(town, known(actor), { ...params, wish: 'wait' }, idempotencyKey),
    }),
    endpoint({
      method: 'delete',
      path: '/canteen/children/{childId}/waiting/{day}',
      tag,
      summary: 'Leave the waiting list of a day, or decline the place that was offered',
      params: ofChildAndDay,
      handle: ({ actor, params, idempotencyKey }) =>
        one(town, known(actor), { ...params, wish: 'leave' }, idempotencyKey),
    }),
    endpoint({
      method: 'get',
      path: '/canteen/patterns',
      tag,
      summary: 'The weeks that repeat',
      answer: z.array(pattern),
      handle: async ({ actor }) => {
        const today = dayInParis(town.clock.now())
        const rows = await patternsOf(town.db.read, await household(actor), today)
        return rows.map(({ id, childId, weekdays, mealType, from, to }) => ({
          id,
          childId,
          weekdays,
          mealType,
          from: from.toString(),
          to: to.toString(),
        }))
      },
    }),
    endpoint({
      method: 'post',
      path: '/canteen/patterns',
      tag,
      summary: 'Book the same days of each week, for several children, from a day to another',
      body: z.strictObject({
        children: z
          .array(z.strictObject({ childId, weekdays: z.array(weekday).max(5), mealType: mealType.optional() }))
          .min(1)
          .max(20),
        from: dayText,
        to: dayText,
      }),
      answer: saved,
      handle: ({ actor, body, idempotencyKey }) => bookTerm(town, known(actor), body, idempotencyKey),
    }),
    endpoint({
      method: 'delete',
      path: '/canteen/patterns/{id}',
      tag,
      summary: 'Stop a week that repeats, and cancel its meals that may still be cancelled',
      params: z.object({ id: z.string().max(64) }),
      answer: saved,
      handle: ({ actor, params, idempotencyKey }) => stopPattern(town, known(actor), params.id, idempotencyKey),
    }),
    endpoint({
      method: 'get',
      path: '/canteen/menus/{week}',
      tag,
      summary: 'The menus of a week',
      open: true,
      params: z.object({ week: readBy(isoWeek, 'not-a-week', '2026-W49') }),
      answer: z.array(
        z.object({
          day: z.iso.date(),
          dishes: z.array(
            z.object({
              kind: z.string(),
              name: z.string(),
              vegetarian: z.boolean(),
              allergens: z.array(z.string()),
              labels: z.array(z.string()),
            }),
          ),
        }),
      ),
      handle: async ({ params }) =>
        (await menuOfWeek(town.db.read, params.week)).map(({ day, dishes }) => ({ day: day.toString(), dishes })),
    }),
  ]
}

function known(actor: Actor): Actor {
  if (actor.kind === 'anonymous') throw signInFirst()
  return actor
}

/** Grants one wish, or throws why not. */
async function one(town: Town, actor: Actor, wish: MealWish, key: string | undefined): Promise<undefined> {
  const { refused }: SavedMeals = await saveMeals(town, actor, [wish], key)
  const [reason] = refused
  if (reason) throw new Problem(409, reason.code, reason.params)
}

function monthView(month: MonthOfMeals) {
  const meals = month.weeks.flatMap(week => week.flatMap(({ day, children }) => children.map(meal => ({ day, meal }))))
  const prices = meals.filter(({ meal }) => meal.booked).map(({ day, meal }) => priceOf(month, day, meal) ?? 0)
  return {
    month: month.month.toString(),
    children: month.children.map(({ id, firstName }) => ({ id, firstName })),
    meals: meals.map(({ day, meal }) => dayView(month, day, meal)),
    total: { meals: prices.length, cents: prices.reduce((total: number, price) => total + price, 0) },
  }
}

const priceOf = (month: MonthOfMeals, day: Temporal.PlainDate, { child, mealType }: ChildMeal) =>
  month.price(child, day, mealType)

function dayView(month: MonthOfMeals, day: Temporal.PlainDate, meal: ChildMeal) {
  const { child, state, booked, mealType } = meal
  return {
    childId: child.id,
    day: day.toString(),
    state: state.state,
    booked,
    mealType,
    price: priceOf(month, day, meal) ?? null,
    changeableUntil: 'until' in state ? state.until.toInstant().toString() : null,
    rank: state.state === 'full' ? (state.rank ?? null) : null,
    reason: state.state === 'not-serving' ? state.why : null,
  }
}
