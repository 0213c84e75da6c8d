import { Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { mondayOf } from '../kernel/days.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { typed, wordsOf } from '../web/form-page.ts'
import type { Translator } from '../web/i18n.ts'
import { ALLERGENS, QUALITY_SIGNS } from './menus-open-data.ts'
import { type Dish, isoWeek, menuOfWeek, weekText } from './week-menu.ts'

/** `/menus`: the week's menus for everybody, to be read or printed. */
export function weekMenuPages(town: Town): Router {
  const router = Router()
  router.get('/menus', async (req, res) => {
    const words = wordsOf(town, res)
    const { t, f } = words
    const asked = typed(req.query, 'semaine')
    const monday = asked ? isoWeek(asked) : weekToShow(dayInParis(town.clock.now()))
    if (!monday) throw notFound()
    const days = await menuOfWeek(town.db.read, monday)
    const link = (weeks: number) => `/menus?semaine=${weekText(monday.add({ days: 7 * weeks }))}`
    town.render.page(res, 'canteen/menu', {
      week: t('canteen:menu.week', { from: f.date(monday), to: f.day(monday.add({ days: 4 })) }),
      previous: link(-1),
      next: link(1),
      poster: `/menus/affiche.pdf?semaine=${weekText(monday)}`,
      published: days.some(({ dishes }) => dishes.length > 0),
      days: days
        .filter(({ dishes }) => dishes.length > 0)
        .map(({ day, dishes }) => ({
          iso: day.toString(),
          name: f.dayNoYear(day),
          dishes: dishes.map(dish => dishInWords(words, dish)),
        })),
    })
  })
  return router
}

/** At the end of the week, the next one. */
const weekToShow = (today: Temporal.PlainDate) => mondayOf(today.dayOfWeek > 5 ? today.add({ days: 7 }) : today)

function dishInWords({ t, f }: Translator, { kind, name, vegetarian, allergens, labels }: Dish) {
  const sign = (label: string) => (label in QUALITY_SIGNS ? t(`canteen-staff:menus.sign.${label}`) : label)
  const allergen = (code: string) => (code in ALLERGENS ? t(`canteen-staff:menus.allergen.${code}`) : code)
  const marks = [...(vegetarian ? [t('canteen:menu.vegetarian')] : []), ...labels.map(sign)]
  return {
    kind: t(`canteen-staff:menus.kinds.${kind}`),
    name,
    marks: marks.join(', '),
    allergens: allergens.length > 0 ? t('canteen:menu.allergens', { allergens: f.list(allergens.map(allergen)) }) : '',
  }
}
