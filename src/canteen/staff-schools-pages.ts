import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { Queries } from '../db/database.ts'
import { and, asc, eq, gte } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { type FieldError, invalid, notFound, Problem } from '../kernel/problems.ts'
import { dayField } from '../people/forms.ts'
import { addClass, type ClassWithChildren, classesWithChildren, removeClass } from '../schools/classes.ts'
import { schoolsForClerk } from '../schools/clerk-schools.ts'
import { type School, schoolById, schoolsOf } from '../schools/store.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { changeDayCapacity } from './capacity.ts'
import { mealDays } from './schema.ts'
import { waitingCount } from './staff-child-day.ts'
import { listSent, type StaffParts, typedText, wordsOf } from './staff-page.ts'
import { changeSchool, schoolForm } from './staff-schools.ts'

type WithSchool = Request<{ id: string }>

const sentForm = z.object({ canteen: z.string().optional(), mealWeekdays: listSent, mealCapacity: z.string().max(10) })
const dayForm = z.object({
  day: dayField,
  capacity: z
    .string()
    .trim()
    .min(1)
    .transform(Number)
    .pipe(z.number('not-a-number').int('not-a-whole-number').min(0, 'negative').max(2_000, 'too-high')),
})
const classForm = z.object({ name: z.string().trim().min(1).max(40), level: z.string().trim().min(1).max(40) })

/** The schools as the canteen sees them: when they serve, how many meals, which classes. */
export function schoolPages({ town }: StaffParts): Router {
  const { read } = town.db
  const router = Router()

  /** To clerks of some schools, the settings of the town's schools do not exist: only their own lists do. */
  async function townClerk(res: Response) {
    const clerk = clerkOf(res, 'canteen')
    if (!(await schoolsForClerk(read, clerk)).wholeTown) throw notFound()
    return clerk
  }

  router.get('/guichet/ecoles', async (_req, res) => {
    const clerk = clerkOf(res, 'canteen')
    const { wholeTown, schools } = await schoolsForClerk(read, clerk)
    const { t, f } = wordsOf(town, res)
    const all = wholeTown ? await schoolsOf(read) : schools
    town.render.page(res, 'schools/schools', {
      administrator: clerk.administrator,
      wholeTown,
      schools: all.map(school => ({
        id: school.id,
        name: school.name,
        days: school.canteen
          ? f.list(school.mealWeekdays.map(day => t(`schools:weekdays.${day}`)))
          : t('schools:noCanteen'),
        capacity: school.canteen ? school.mealCapacity : '',
      })),
    })
  })

  router.get('/guichet/ecoles/:id', async (req: WithSchool, res) => {
    await townClerk(res)
    await showSchool(req, res, await schoolById(read, req.params.id), [], 200)
  })

  router.post('/guichet/ecoles/:id', (req: WithSchool, res) =>
    change(req, res, 'saved', async (clerk, school) => {
      const { canteen, mealWeekdays, mealCapacity } = parse(sentForm, req.body)
      const form = parse(schoolForm, {
        canteen: canteen === 'yes',
        mealWeekdays,
        mealCapacity: mealCapacity.trim() === '' ? undefined : mealCapacity,
      })
      await changeSchool(town, clerk, school.id, form)
    }),
  )

  router.post('/guichet/ecoles/:id/jour', (req: WithSchool, res) =>
    change(req, res, 'daySaved', async (clerk, school) => {
      const { day, capacity } = parse(dayForm, req.body)
      if (Temporal.PlainDate.compare(day, dayInParis(town.clock.now())) < 0)
        throw invalid([{ field: 'day', code: 'date-in-past' }])
      if (Temporal.PlainDate.compare(day, dayInParis(town.clock.now()).add({ years: 1 })) > 0)
        throw invalid([{ field: 'day', code: 'date-too-far' }])
      try {
        await changeDayCapacity(town, clerk, { schoolId: school.id, day, capacity })
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'capacity-below-taken') throw error
        const params = { taken: error.params['taken'], day: day.toString() }
        throw invalid([{ field: 'capacity', code: error.code, params }])
      }
    }),
  )

  router.post('/guichet/ecoles/:id/classes', (req: WithSchool, res) =>
    change(req, res, 'classAdded', (clerk, school) => addClass(town, clerk, school.id, parse(classForm, req.body))),
  )
  router.post('/guichet/ecoles/:id/classes/retirer', (req: WithSchool, res) =>
    change(req, res, 'classRemoved', (clerk, school) =>
      removeClass(town, clerk, school.id, typedText(req.body, 'name')),
    ),
  )

  type Done = 'saved' | 'daySaved' | 'classAdded' | 'classRemoved'
  type Action = (clerk: Awaited<ReturnType<typeof townClerk>>, school: School) => Promise<void>

  async function change(req: WithSchool, res: Response, done: Done, action: Action) {
    const clerk = await townClerk(res)
    const school = await schoolById(read, req.params.id)
    const faults = await faultsOf(() => action(clerk, school))
    if (faults) return showSchool(req, res, school, faults, 422)
    flash(req, { kind: 'success', text: wordsOf(town, res).t(`schools:${done}`) })
    res.redirect(303, `/guichet/ecoles/${school.id}`)
  }

  async function showSchool(
    req: WithSchool,
    res: Response,
    school: School,
    faults: readonly FieldError[],
    status: number,
  ) {
    const words = wordsOf(town, res)
    const { t, f } = words
    const today = dayInParis(town.clock.now())
    const body = (req.body ?? {}) as Record<string, unknown>
    const settings = 'mealCapacity' in body ? sentForm.safeParse(body).data : undefined
    // The day of a fault comes as a day, and is said in words.
    const said = faults.map(({ params, ...fault }) => {
      const day = params?.['day']
      return {
        ...fault,
        params: { ...params, ...(typeof day === 'string' ? { day: f.day(Temporal.PlainDate.from(day)) } : {}) },
      }
    })
    town.render.page(
      res,
      'schools/school',
      {
        errors: pageErrors(res, town.languages, said),
        school: { id: school.id, name: school.name, address: `${school.address}, ${school.postcode} ${school.city}` },
        typed: settings
          ? {
              canteen: settings.canteen === 'yes',
              mealWeekdays: settings.mealWeekdays,
              mealCapacity: settings.mealCapacity,
            }
          : {
              canteen: school.canteen,
              mealWeekdays: school.mealWeekdays.map(String),
              mealCapacity: school.mealCapacity,
            },
        weekdays: [1, 2, 3, 4, 5].map(day => ({ value: String(day), text: t(`schools:weekdays.${day}`) })),
        dayTyped: { day: typedText(body, 'day'), capacity: typedText(body, 'capacity') },
        classTyped: { name: typedText(body, 'name'), level: typedText(body, 'level') },
        days: await comingDays(read, school.id, today),
        classes: await classesOfSchool(read, school.id, today),
      },
      status,
    )
  }
  return router
}

const classesOfSchool = (db: Queries, id: Id<'school'>, today: Temporal.PlainDate): Promise<ClassWithChildren[]> =>
  classesWithChildren(db, id, today)

/** The next days that families have booked, with who waits. */
async function comingDays(db: Queries, schoolId: Id<'school'>, today: Temporal.PlainDate) {
  const rows = await db
    .select()
    .from(mealDays)
    .where(and(eq(mealDays.schoolId, schoolId), gte(mealDays.day, today)))
    .orderBy(asc(mealDays.day))
    .limit(15)
  const days = []
  for (const { day, taken, capacity } of rows)
    days.push({ day, taken, capacity, waiting: await waitingCount(db, schoolId, day) })
  return days
}
