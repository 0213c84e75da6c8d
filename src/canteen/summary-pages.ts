import { Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay } from '../kernel/days.ts'
import { sum } from '../kernel/money.ts'
import { childrenOf, householdOf } from '../people/store.ts'
import { quoterFor } from '../tariffs/quotes.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { wordsOf } from '../web/form-page.ts'
import { childrenDays } from './month.ts'

/** As far as anybody books: to the end of a school year. */
const HORIZON = { days: 310 }

/** The meals booked from today on, with their prices, for paper: what somebody takes home from the counter. */
export function summaryPages(town: Town): Router {
  const router = Router()
  router.get('/cantine/recapitulatif', async (_req, res) => {
    const db = town.db.read
    const householdId = await householdOf(db, signedIn(res), 'canteen')
    const now = town.clock.now()
    const from = dayInParis(now)
    const to = from.add(HORIZON)
    const { f } = wordsOf(town, res)
    const children = await childrenOf(db, householdId)
    const days = await childrenDays(db, town, { householdId, children, from, to })
    const quoter = await quoterFor(db, householdId)
    const rows = children.map(child => {
      const meals = [...eachDay(from, to)].flatMap(day => {
        const { booked, mealType } = days.meal(child, day)
        return booked ? [{ day, price: quoter({ child, day, mealType, kind: 'meal' })?.cents }] : []
      })
      const prices = meals.flatMap(({ price }) => price ?? [])
      const months = Map.groupBy(meals, ({ day }) => day.toPlainYearMonth().toString())
      return {
        name: `${child.firstName} ${child.lastName}`,
        months: [...months].map(([month, inMonth]) => ({
          month: f.month(Temporal.PlainYearMonth.from(month)),
          days: inMonth.map(({ day, price }) => ({
            day: f.dayNoYear(day),
            price: price === undefined ? '' : f.money(price),
          })),
        })),
        count: meals.length,
        // A day without a tariff has no price yet: then there is no total to promise.
        total: prices.length === meals.length ? sum(prices) : undefined,
      }
    })
    const totals = rows.map(({ total }) => total)
    const known = totals.filter(total => total !== undefined)
    town.render.page(res, 'canteen/summary-print', {
      printedAt: now,
      children: rows.map(row => ({ ...row, total: row.total === undefined ? '' : f.money(row.total) })),
      total: known.length === totals.length ? f.money(sum(known)) : '',
    })
  })
  return router
}
