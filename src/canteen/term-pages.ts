import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay, schoolYearOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { type Child, childrenOf, householdOf, mailRecipients } from '../people/store.ts'
import { schoolsById, servingFacts } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import type { Translator } from '../web/i18n.ts'
import { tableOn } from './child-days.ts'
import { firstOpenDay } from './month.ts'
import { refusedInWords, savedInWords } from './outcome.ts'
import { bookTerm, patternsOf, planStop, planTerm, stopPattern } from './patterns.ts'
import { termsOf } from './rules.ts'
import type { SavedMeals } from './save-meals.ts'
import { readTermFields, type TermEnds, type TermFields, termQuery, termWish } from './term-form.ts'
import { planInWords, weekdaysInWords } from './term-view.ts'

declare module 'express-session' {
  interface SessionData {
    /** What booking a term did, for the page that says so: meals by child, and what could not be booked, in words. */
    termBooked?: { meals: [childId: string, count: number][]; refused: string[] }
  }
}

const FORM = '/cantine/jusqu-aux-vacances'

/** « Réserver jusqu’aux vacances »: the days of the week, a check page with the price, one confirmation. */
export function termPages(town: Town): Router {
  const db = town.db.read
  const router = Router()

  const form = async (res: Response, fields: TermFields, errors: readonly object[], status: number) => {
    const householdId = await householdOf(db, signedIn(res), 'canteen')
    const words = wordsOf(town, res)
    const { t, f } = words
    const children = await childrenOf(db, householdId)
    const ends = await termEnds(town)
    const today = dayInParis(town.clock.now())
    const weekdays = [1, 2, 3, 4, 5].map(weekday => ({ weekday, text: f.weekday(monday.add({ days: weekday - 1 })) }))
    const served = await servedWeekdays(town, children, ends.from)
    const isServed = (day: Temporal.PlainDate) => children.some(({ id }) => served.get(id)?.includes(day.dayOfWeek))
    const from = fields.from.year
      ? fields.from
      : partsOf([...eachDay(ends.from, ends.from.add({ days: 6 }))].find(isServed) ?? ends.from)
    const shown = weekdays.filter(({ weekday }) => children.some(({ id }) => served.get(id)?.includes(weekday)))
    const row = (id: string, name: string, serves: (weekday: number) => boolean) => ({
      id,
      name,
      days: shown.map(({ weekday, text }) => ({
        text,
        value: `${id}.${weekday}`,
        served: serves(weekday),
        checked: fields.days.includes(`${id}.${weekday}`),
      })),
    })
    const rows = children.map(child =>
      row(child.id, child.firstName, day => served.get(child.id)?.includes(day) ?? false),
    )
    town.render.page(
      res,
      'canteen/term',
      {
        errors,
        weekdays: shown.map(({ text }) => ({ text, short: text.slice(0, 3) })),
        rows: children.length > 1 ? [row('all', t('canteen:term.allChildren'), () => true), ...rows] : rows,
        from,
        to: fields.to,
        until: fields.until,
        ends: {
          holidays: ends.holidays ? t('canteen:term.untilHolidays', { day: f.dayNoYear(ends.holidays) }) : '',
          summer: t('canteen:term.untilSummer', { day: f.dayNoYear(ends.summer) }),
        },
        children: children.map(({ id, firstName, mealType, pai }) => ({
          id,
          name: firstName,
          mealType: fields.mealTypes.get(id) ?? mealType,
          mealTypes: MEAL_TYPES.filter(type => type !== 'pai-basket' || pai).map(type => ({
            value: type,
            text: t(`canteen:mealType.${type}`),
          })),
        })),
        patterns: (await patternsOf(db, householdId, today)).map(pattern => ({
          text: t('canteen:term.pattern', {
            name: children.find(({ id }) => id === pattern.childId)?.firstName ?? '',
            days: weekdaysInWords(words, pattern.weekdays),
            to: f.day(pattern.to),
          }),
          href: `/cantine/semaines/${pattern.id}/arreter`,
        })),
      },
      status,
    )
  }

  router.get(FORM, async (req, res) => {
    const ends = await termEnds(town)
    const fields = readTermFields(req.query)
    const until = fields.until || (typed(req.query, 'jusqu') !== 'ete' && ends.holidays ? 'holidays' : 'summer')
    await form(res, { ...fields, until }, [], 200)
  })

  router.get(`${FORM}/verifier`, async (req, res) => {
    const asker = signedIn(res)
    const fields = readTermFields(req.query)
    const words = wordsOf(town, res)
    const refusal = await refused(res, town, async () => {
      const children = await childrenOf(db, await householdOf(db, asker, 'canteen'))
      const plan = await planTerm(town, asker, termWish(fields, children, await termEnds(town)))
      const query = termQuery(fields)
      town.render.page(res, 'canteen/term-check', {
        ...planInWords(words, plan),
        back: `${FORM}?${query}`,
        values: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
      })
    })
    if (refusal) await form(res, fields, refusal.errors, refusal.status)
  })

  router.post(FORM, async (req, res) => {
    const asker = signedIn(res)
    const fields = readTermFields(req.body ?? {})
    const refusal = await refused(res, town, async () => {
      const children = await childrenOf(db, await householdOf(db, asker, 'canteen'))
      const wish = termWish(fields, children, await termEnds(town))
      const key = typed(req.body, 'idempotencyKey').slice(0, 64) || undefined
      req.session.termBooked = toldLater(wordsOf(town, res), await bookTerm(town, asker, wish, key), children)
    })
    if (refusal) return form(res, fields, refusal.errors, refusal.status)
    await saveSession(req)
    res.redirect(303, `${FORM}/fait`)
  })

  router.get(`${FORM}/fait`, async (req, res) => {
    const householdId = await householdOf(db, signedIn(res), 'canteen')
    const saved = req.session.termBooked
    if (!saved) return res.redirect(303, '/cantine')
    const words = wordsOf(town, res)
    const children = await childrenOf(db, householdId)
    const emails = (await mailRecipients(db, householdId)).flatMap(({ email }) => email ?? [])
    const meals = new Map(saved.meals)
    const total = saved.meals.reduce((sum, [, count]) => sum + count, 0)
    town.render.page(res, 'canteen/term-done', {
      title: total > 0 ? words.t('canteen:term.done', { count: total }) : words.t('canteen:term.nothingNew'),
      lines: children
        .filter(({ id }) => meals.has(id))
        .map(({ id, firstName }) => words.t('canteen:term.childMeals', { name: firstName, count: meals.get(id) })),
      refused: saved.refused,
      mailed: emails.length > 0 && total > 0 ? words.t('canteen:term.mailed', { emails: words.f.list(emails) }) : '',
    })
  })

  router.get('/cantine/semaines/:id/arreter', async (req, res) => {
    const words = wordsOf(town, res)
    const { pattern, child, days } = await planStop(town, signedIn(res), req.params.id)
    const first = days[0]
    town.render.page(res, 'canteen/stop', {
      action: `/cantine/semaines/${pattern.id}/arreter`,
      what: words.t('canteen:stop.what', { name: child.firstName, days: weekdaysInWords(words, pattern.weekdays) }),
      effect: first
        ? words.t('canteen:stop.effect', { count: days.length, day: words.f.dayNoYear(first) })
        : words.t('canteen:stop.noEffect'),
    })
  })

  router.post('/cantine/semaines/:id/arreter', async (req, res) => {
    const key = typed(req.body, 'idempotencyKey').slice(0, 64) || undefined
    const saved = await stopPattern(town, signedIn(res), req.params.id, key)
    const { t } = wordsOf(town, res)
    const text = [t('canteen:stop.done'), saved.changed.length > 0 ? savedInWords(wordsOf(town, res), saved).text : '']
    await goOn(req, res, FORM, { kind: 'success', text: text.filter(Boolean).join(' ') })
  })
  return router
}

const MEAL_TYPES = ['standard', 'no-pork', 'vegetarian', 'pai-basket'] as const
const monday = Temporal.PlainDate.from('2024-01-01')

function toldLater(words: Translator, { changed, refused }: SavedMeals, children: readonly Child[]) {
  const meals = [...Map.groupBy(changed, ({ childId }) => childId)].map(([id, of]): [string, number] => [id, of.length])
  return { meals, refused: refusedInWords(words, refused, children) }
}

const partsOf = ({ day, month, year }: Temporal.PlainDate) => ({
  day: String(day),
  month: String(month),
  year: String(year),
})

const saveSession = (req: Request) =>
  new Promise<void>((resolve, reject) => req.session.save(error => (error ? reject(error) : resolve())))

/** From the first day that can still be changed, to the eve of the next holidays, or to the last day of school. */
async function termEnds(town: Town): Promise<TermEnds> {
  const from = await firstOpenDay(town)
  const year = schoolYearOf(from)
  const { schoolHolidays } = await servingFacts(town.db.read, town.config.schoolZone, year.from, year.to)
  const terms = termsOf(from, schoolHolidays)
  const lastSchoolDay = (day: Temporal.PlainDate) =>
    day.dayOfWeek > 5 ? day.subtract({ days: day.dayOfWeek - 5 }) : day
  const now = terms.find(term => Temporal.PlainDate.compare(from, term.to) <= 0)
  const last = terms.findLast(term => term.before !== undefined) ?? terms.at(-1)
  const summer = lastSchoolDay(last?.to ?? year.to)
  const holidays = now && lastSchoolDay(now.to)
  return { from, holidays: holidays && !holidays.equals(summer) ? holidays : undefined, summer }
}

/** The weekdays each child's school serves, at the beginning of the term. */
async function servedWeekdays(
  town: Town,
  children: readonly Child[],
  from: Temporal.PlainDate,
): Promise<ReadonlyMap<Id<'person'>, readonly number[]>> {
  const schools = await schoolsById(town.db.read, new Set(children.flatMap(c => c.schoolings.map(s => s.schoolId))))
  const weekdays = new Map<Id<'person'>, readonly number[]>()
  for (const child of children) {
    // A child who only begins school later in the term eats from then on.
    for (const day of eachDay(from, from.add({ days: 60 }))) {
      const table = tableOn(child, schools, day)
      if (table) weekdays.set(child.id, table.school.mealWeekdays)
      if (table) break
    }
  }
  return weekdays
}
