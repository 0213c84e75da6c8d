import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay, isoDay, mondayOf } from '../kernel/days.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import { dayField } from '../people/forms.ts'
import { clerkOfWholeTown } from '../schools/clerk-schools.ts'
import { schoolsOf } from '../schools/store.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { refused } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import type { Translator } from '../web/i18n.ts'
import { sendPdf } from '../web/pdf.ts'
import type { PageError } from '../web/render.ts'
import { canteenCalendar } from './calendar.ts'
import { allergenTyped, DISH_KINDS, dishesBetween, labelTyped, lacksVegetarian, type MenuDish, parts } from './menus.ts'
import { fieldOf, menusVersion, saveMenus, type TypedDish } from './menus-edit.ts'
import { ALLERGENS, type Allergen, QUALITY_SIGNS } from './menus-open-data.ts'
import type { DishKind } from './schema.ts'
import { documentLanguage, type StaffParts, wordsOf } from './staff-page.ts'
import { isoWeek, weekText } from './week-menu.ts'

const week = z.object({ semaine: z.string().max(10).optional(), jour: dayField.optional(), copie: dayField.optional() })
const sentForm = z.record(z.string().max(60), z.union([z.string().max(400), z.array(z.string().max(400))]))
const NAME = /^(\d{4}-\d{2}-\d{2})\.([a-z]+)\.(\d)\.name$/

/** Where canteen clerks write a week's menus, and the poster of it for everybody. */
export function menusPages({ town, draw }: StaffParts): Router {
  const router = Router()

  router.get('/guichet/cantine/menus', async (req, res) => {
    await clerkOfWholeTown(town.db.read, clerkOf(res, 'canteen'))
    const { copie } = parse(week, req.query)
    const monday = mondayAsked(req)
    const saved = await dishesBetween(town.db.read, monday, monday.add({ days: 4 }))
    const from = copie && mondayOf(copie)
    const copied = from ? await dishesBetween(town.db.read, from, from.add({ days: 4 })) : []
    const words = wordsOf(town, res)
    const shown = copied.length > 0 && from ? moved(copied, from, monday) : saved
    await showWeek(res, monday, typedOf(words, shown), {
      version: menusVersion(saved),
      notice:
        from === undefined
          ? null
          : copied.length > 0
            ? words.t('canteen-staff:menus.copied', { day: words.f.day(from) })
            : words.t('canteen-staff:menus.copyEmpty'),
      warned: lacksVegetarian(shown),
    })
  })

  router.post('/guichet/cantine/menus', async (req, res) => {
    const clerk = clerkOf(res, 'canteen')
    await clerkOfWholeTown(town.db.read, clerk)
    const monday = mondayAsked(req)
    const sent = parse(sentForm, req.body)
    const words = wordsOf(town, res)
    const dishes = readDishes(words, sent)
    const refusal = await refused(res, town, async () => {
      if (dishes.errors.length > 0) throw invalid(dishes.errors)
      await saveMenus(town, clerk, monday, { dishes: dishes.typed, version: text(sent, 'version') })
    })
    if (refusal) {
      const saved = await dishesBetween(town.db.read, monday, monday.add({ days: 4 }))
      const typed = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)]))
      const view = { version: menusVersion(saved), notice: null, warned: lacksVegetarian(dishes.typed) }
      return showWeek(res, monday, typed, { ...view, ...refusal })
    }
    flash(req, { kind: 'success', text: words.t('canteen-staff:menus.saved') })
    res.redirect(303, `/guichet/cantine/menus?semaine=${weekText(monday)}`)
  })

  router.get('/menus/affiche.pdf', async (req, res) => {
    const monday = mondayAsked(req)
    const words = wordsOf(town, res)
    const { t } = words
    const dishes = await dishesBetween(town.db.read, monday, monday.add({ days: 4 }))
    const now = town.clock.now()
    const latest = dishes.reduce(
      (at, { updatedAt }) => (Temporal.Instant.compare(updatedAt, at) > 0 ? updatedAt : at),
      dishes[0]?.updatedAt ?? now,
    )
    const closed = await closedDays(monday, words)
    const kind = (name: DishKind) => t(`canteen-staff:menus.kinds.${name}`)
    const bytes = await draw({
      kind: 'menu-poster',
      town: town.config.town,
      language: documentLanguage(res),
      view: {
        restaurants: t('canteen-staff:menus.restaurants', { town: town.config.town.shortName }),
        monday: monday.toString(),
        updatedAt: latest.toString(),
        kinds: DISH_KINDS.filter(each => dishes.some(dish => dish.kind === each.kind)).map(each => kind(each.kind)),
        days: [...eachDay(monday, monday.add({ days: 4 }))].map(day => ({
          day: day.toString(),
          closed: dishes.some(dish => dish.day.equals(day)) ? null : (closed.get(day.toString()) ?? null),
          dishes: dishes
            .filter(dish => dish.day.equals(day))
            .map(dish => ({
              kind: kind(dish.kind),
              name: dish.name,
              vegetarian: dish.vegetarian,
              labels: dish.labels.map(label => signName(words, label)),
              allergens: dish.allergens.map(code => t(`canteen-staff:menus.allergen.${code}`)),
            })),
        })),
      },
    })
    sendPdf(res, `${t('canteen-staff:menus.file')}-${weekText(monday)}`, bytes)
  })

  function mondayAsked(req: Request): Temporal.PlainDate {
    const { semaine, jour } = parse(week, req.query)
    if (jour) return mondayOf(jour)
    if (semaine === undefined) return mondayOf(dayInParis(town.clock.now()).add({ days: 2 }))
    const monday = isoWeek(semaine)
    if (!monday) throw invalid([{ field: 'semaine', code: 'not-a-date' }])
    return monday
  }

  /** The days on which no canteen of the town serves, with the reason. */
  async function closedDays(monday: Temporal.PlainDate, { t }: Translator): Promise<Map<string, string>> {
    const friday = monday.add({ days: 4 })
    const schools = (await schoolsOf(town.db.read)).filter(({ canteen }) => canteen)
    const calendar = await canteenCalendar(town.db.read, town.config, town.clock.now(), monday, friday)
    const days = [...eachDay(monday, friday)].filter(
      day => !schools.some(school => calendar.serving(school, undefined, day).serves),
    )
    return new Map(
      days.map(day => {
        const [school] = schools
        const serving = school && calendar.serving(school, undefined, day)
        const why =
          serving && !serving.serves && serving.why === 'school-holiday'
            ? serving.name
            : t('canteen-staff:menus.serving')
        return [day.toString(), why]
      }),
    )
  }

  type Shown = {
    version: string
    notice: string | null
    warned: boolean
    errors?: readonly PageError[]
    status?: number
  }

  async function showWeek(res: Response, monday: Temporal.PlainDate, typed: Record<string, string>, shown: Shown) {
    const words = wordsOf(town, res)
    const { t } = words
    const closed = await closedDays(monday, words)
    const rowsOf = (day: Temporal.PlainDate) =>
      DISH_KINDS.flatMap(({ kind, rows }) => {
        const places = [0, 1, 2, 3].filter(
          position => position < rows || (typed[`${fieldOf({ day, kind, position })}.name`] ?? '') !== '',
        )
        return places.map(position => {
          const field = fieldOf({ day, kind, position })
          const value = (name: string) => typed[`${field}.${name}`] ?? ''
          return {
            field,
            kind: t(`canteen-staff:menus.kinds.${kind}`),
            name: value('name'),
            vegetarian: value('vegetarian') !== '',
            allergens: value('allergens'),
            labels: value('labels'),
          }
        })
      })
    town.render.page(
      res,
      'canteen/staff-menus',
      {
        errors: shown.errors ?? [],
        monday,
        week: weekText(monday),
        previous: weekText(monday.subtract({ days: 7 })),
        next: weekText(monday.add({ days: 7 })),
        lastYear: monday.subtract({ days: 364 }),
        version: shown.version,
        notice: shown.notice,
        warned: shown.warned,
        days: [...eachDay(monday, monday.add({ days: 4 }))].map(day => {
          const why = closed.get(day.toString()) ?? null
          const rows = rowsOf(day)
          return { day, closed: why, rows: why === null || rows.some(({ name }) => name !== '') ? rows : [] }
        }),
        allergens: (Object.keys(ALLERGENS) as Allergen[]).map(code => t(`canteen-staff:menus.allergen.${code}`)),
        signs: Object.keys(QUALITY_SIGNS).map(code => signName(words, code)),
      },
      shown.status ?? 200,
    )
  }
  return router
}

const text = (sent: z.output<typeof sentForm>, name: string) => {
  const value = sent[name]
  return typeof value === 'string' ? value.trim() : ''
}

const signName = ({ t }: Translator, label: string) =>
  Object.hasOwn(QUALITY_SIGNS, label) ? t(`canteen-staff:menus.sign.${label}`) : label

/** The dishes as they were typed, and what was no allergen. */
function readDishes(words: Translator, sent: z.output<typeof sentForm>) {
  const typed: TypedDish[] = []
  const errors: FieldError[] = []
  for (const name of Object.keys(sent)) {
    const [, dayText = '', kind = '', position = ''] = NAME.exec(name) ?? []
    const day = isoDay(dayText)
    const known = DISH_KINDS.find(each => each.kind === kind)
    if (!day || !known) continue
    const field = `${dayText}.${kind}.${position}`
    const allergens: Allergen[] = []
    for (const part of parts(text(sent, `${field}.allergens`))) {
      const code = allergenTyped(part, each => words.t(`canteen-staff:menus.allergen.${each}`))
      if (code) allergens.push(code)
      else
        errors.push({ field: `${field}.allergens`, code: 'unknown-allergen', params: { allergen: part.slice(0, 40) } })
    }
    typed.push({
      day,
      kind: known.kind,
      position: Number(position),
      name: text(sent, name),
      vegetarian: text(sent, `${field}.vegetarian`) !== '',
      allergens: [...new Set(allergens)],
      labels: [
        ...new Set(parts(text(sent, `${field}.labels`)).map(part => labelTyped(part, code => signName(words, code)))),
      ],
    })
  }
  return { typed, errors }
}

/** Saved dishes as the form's inputs have them. */
function typedOf(words: Translator, dishes: readonly MenuDish[]): Record<string, string> {
  const typed: Record<string, string> = {}
  for (const dish of dishes) {
    const field = fieldOf(dish)
    typed[`${field}.name`] = dish.name
    typed[`${field}.vegetarian`] = dish.vegetarian ? 'yes' : ''
    typed[`${field}.allergens`] = dish.allergens.map(code => words.t(`canteen-staff:menus.allergen.${code}`)).join(', ')
    typed[`${field}.labels`] = dish.labels.map(label => signName(words, label)).join(', ')
  }
  return typed
}

const moved = (dishes: readonly MenuDish[], from: Temporal.PlainDate, to: Temporal.PlainDate): MenuDish[] =>
  dishes.map(dish => ({ ...dish, day: to.add({ days: from.until(dish.day, { largestUnit: 'day' }).days }) }))
