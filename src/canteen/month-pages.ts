import { createHash } from 'node:crypto'
import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { isoMonth, monthOf } from '../kernel/days.ts'
import { notFound } from '../kernel/problems.ts'
import { childrenOf, householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, typed, wordsOf } from '../web/form-page.ts'
import { firstOpenDay, type MonthOfMeals, monthOfMeals } from './month.ts'
import { type MonthForm, readMonthForm } from './month-form.ts'
import { monthView } from './month-view.ts'
import { keepRefusals, refusalsOnce, refusedInWords, savedInWords } from './outcome.ts'
import { saveMeals } from './save-meals.ts'

/** From this many children on, the page can be cut to one of them. */
const MANY_CHILDREN = 4

/** `/cantine`: the month of meals of all one's children on one page, one form, one button. */
export function monthPages(town: Town): Router {
  const router = Router()

  router.get('/cantine', async (req, res) => {
    const asker = signedIn(res)
    const householdId = await householdOf(town.db.read, asker, 'canteen')
    const asked = typed(req.query, 'mois')
    const month = asked ? isoMonth(asked) : monthOf(await firstOpenDay(town))
    if (!month) throw notFound()
    showMonth(town, req, res, onlyOf(await monthOfMeals(town, householdId, month), typed(req.query, 'enfant')))
  })

  router.post('/cantine', async (req, res) => {
    const asker = signedIn(res)
    const form = readMonthForm(req.body)
    if (form.tick) {
      const householdId = await householdOf(town.db.read, asker, 'canteen')
      const month = onlyOf(await monthOfMeals(town, householdId, form.month), form.only)
      return showMonth(town, req, res, month, form)
    }
    const saved = await saveMeals(town, asker, form.wishes, keyOf(form))
    const children =
      saved.refused.length > 0 ? await childrenOf(town.db.read, await householdOf(town.db.read, asker, 'canteen')) : []
    keepRefusals(req, refusedInWords(wordsOf(town, res), saved.refused, children))
    const only = form.only ? `&enfant=${encodeURIComponent(form.only)}` : ''
    await goOn(req, res, `/cantine?mois=${form.month}${only}`, savedInWords(wordsOf(town, res), saved))
  })
  return router
}

/** The page's key with what it asks for: the same page sent twice is done once, one changed and sent again is another. */
function keyOf({ idempotencyKey, wishes }: MonthForm): string | undefined {
  if (!idempotencyKey) return undefined
  return `${idempotencyKey}:${createHash('sha256').update(JSON.stringify(wishes)).digest('base64url').slice(0, 16)}`
}

type Shown = MonthOfMeals & { only: string; all: MonthOfMeals['children'] }

function onlyOf(month: MonthOfMeals, only: string): Shown {
  const all = month.children
  const child = all.find(({ id }) => id === only)
  if (!child) return { ...month, only: '', all }
  const weeks = month.weeks.map(week =>
    week.map(({ day, children }) => ({ day, children: children.filter(meal => meal.child.id === child.id) })),
  )
  return { ...month, weeks, children: [child], only, all }
}

function showMonth(town: Town, req: Request, res: Response, month: Shown, form?: MonthForm): void {
  const words = wordsOf(town, res)
  const { t, f } = words
  const today = dayInParis(town.clock.now())
  const tick = form?.tick
  const ticked =
    form &&
    ((child: { id: string }, day: Temporal.PlainDate) =>
      child.id === tick?.childId ? tick.all : form.ticked.has(`${child.id} ${day}`))
  const link = (to: Temporal.PlainYearMonth) => ({
    href: `/cantine?mois=${to}${month.only ? `&enfant=${month.only}` : ''}`,
    text: f.month(to),
  })
  const inReach = (to: Temporal.PlainYearMonth) =>
    Math.abs(monthOf(today).until(to).total({ unit: 'months', relativeTo: today })) <= 12
  const [previous, next] = [month.month.subtract({ months: 1 }), month.month.add({ months: 1 })]
  const view = monthView(month, words, ticked)
  town.render.page(res, 'canteen/month', {
    ...view,
    month: month.month.toString(),
    monthName: f.month(month.month),
    only: month.only,
    links: { previous: inReach(previous) ? link(previous) : null, next: inReach(next) ? link(next) : null },
    filters:
      month.all.length >= MANY_CHILDREN
        ? [
            { id: '', name: t('canteen:month.all') },
            ...month.all.map(({ id, firstName }) => ({ id, name: firstName })),
          ].map(({ id, name }) => ({
            text: name,
            href: `/cantine?mois=${month.month}${id ? `&enfant=${id}` : ''}`,
            current: id === month.only,
          }))
        : [],
    unsaved: form !== undefined,
    refused: refusalsOnce(req),
    noSchool: month.children
      .filter(({ schoolings }) => schoolings.length === 0)
      .map(({ id, firstName }) => ({ name: firstName, href: `/famille/enfants/${id}/ecole` })),
    prices: pricesOf(month, words.f.money),
    householdHasChildren: month.all.length > 0,
  })
}

/** What a meal costs each child, as on the first day that has a price. */
function pricesOf(month: MonthOfMeals, money: (cents: number) => string): { name: string; price: string }[] {
  const days = month.weeks.flat().map(({ day }) => day)
  return month.children.flatMap(child => {
    const price = days.map(day => month.price(child, day, child.mealType)).find(found => found !== undefined)
    return price === undefined ? [] : [{ name: child.firstName, price: money(price) }]
  })
}
