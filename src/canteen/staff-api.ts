import { z } from 'zod'
import type { Queries } from '../db/database.ts'
import { type Actor, type Clerk, clerkAmong } from '../kernel/actor.ts'
import { dayField } from '../people/forms.ts'
import { schoolForClerk, schoolsForClerk } from '../schools/clerk-schools.ts'
import { CLOSURE_REASONS, type Declaration } from '../schools/closures.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { saveAttendance } from './staff-attendance.ts'
import { attendanceList } from './staff-attendance-list.ts'
import { mealsCancelledBy } from './staff-closing.ts'
import {
  closureForm,
  closuresForClerk,
  declarationForClerk,
  declareClosure,
  planClosure,
  withdrawClosure,
} from './staff-closures.ts'
import { kitchenCounts, MEAL_TYPES } from './staff-counts.ts'

const tag = 'canteen staff'
const dayText = dayField.meta({ type: 'string', format: 'date', example: '2026-12-07' })
const perType = z.record(z.enum(MEAL_TYPES), z.int())
const closed = closureForm.extend({ from: dayText, to: dayText })
const seen = z.enum(['none', 'present', 'absent'])

const closure = z
  .object({
    id: z.string(),
    state: z.enum(['closing', 'closed', 'reopening', 'withdrawn']),
    parts: z.array(z.object({ schoolId: z.string().nullable(), className: z.string().nullable() })),
    from: z.iso.date(),
    to: z.iso.date(),
    reason: z.enum(CLOSURE_REASONS),
    message: z.string(),
    meals: z.object({ expected: z.int(), cancelled: z.int() }),
    households: z.int(),
  })
  .meta({ id: 'Closure', description: 'Days without canteen, and how far their consequences are drawn' })

const list = z
  .object({
    schoolId: z.string(),
    day: z.iso.date(),
    booked: z.int(),
    present: z.int(),
    absent: z.int(),
    unbooked: z.int(),
    capacity: z.int(),
    children: z.array(
      z.object({
        id: z.string(),
        firstName: z.string(),
        lastName: z.string(),
        className: z.string(),
        mealType: z.enum(MEAL_TYPES),
        healthPlan: z.boolean(),
        booked: z.boolean(),
        seen,
        revision: z.int(),
      }),
    ),
  })
  .meta({ id: 'AttendanceList' })

/** The canteen's staff for programs: counts, attendance and closures, by the same use cases as their pages. */
export function staffApi(town: Town): Endpoint[] {
  const staff = (actor: Actor): Clerk => clerkAmong(actor, 'canteen')
  return [
    endpoint({
      method: 'get',
      path: '/canteen/counts',
      tag,
      summary: 'Meals to prepare on a day, by school and type: now, and as told at the cut-off',
      query: z.object({ day: dayText }),
      answer: z.object({
        day: z.iso.date(),
        schools: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            serves: z.boolean(),
            now: perType,
            counted: perType.nullable(),
            countedAt: z.iso.datetime().nullable(),
          }),
        ),
      }),
      handle: async ({ actor, query }) => {
        const { schools } = await schoolsForClerk(town.db.read, staff(actor))
        const counts = await kitchenCounts(town, schools, query.day)
        return {
          day: query.day.toString(),
          schools: counts.map(({ school, serving, now, counted, countedAt }) => ({
            id: school.id,
            name: school.name,
            serves: serving.serves,
            now,
            counted: counted ?? null,
            countedAt: countedAt?.toString() ?? null,
          })),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/canteen/schools/{schoolId}/attendance/{day}',
      tag,
      summary: 'Who eats at a school on a day, and who was ticked',
      params: z.object({ schoolId: z.string().max(64), day: dayText }),
      answer: list,
      problems: ['not-found'],
      handle: async ({ actor, params }) => {
        const school = await schoolForClerk(town.db.read, staff(actor), params.schoolId)
        const { classes, booked, present, absent, unbooked, capacity } = await attendanceList(town, school, params.day)
        return {
          schoolId: school.id,
          day: params.day.toString(),
          booked,
          present,
          absent,
          unbooked,
          capacity,
          children: classes.flatMap(({ name, children }) =>
            children.map(({ child, mealType, booked, seen, revision }) => ({
              id: child.id,
              firstName: child.firstName,
              lastName: child.lastName,
              className: name,
              mealType,
              healthPlan: child.pai,
              booked,
              seen,
              revision,
            })),
          ),
        }
      },
    }),
    endpoint({
      method: 'put',
      path: '/canteen/schools/{schoolId}/attendance/{day}',
      tag,
      summary: 'Tick children: `shown` and `revision` are what the list said, so that a colleague’s tick is not undone',
      params: z.object({ schoolId: z.string().max(64), day: dayText }),
      body: z.strictObject({
        rows: z
          .array(
            z.strictObject({
              childId: z.string().max(64),
              shown: seen,
              revision: z.int().min(0),
              present: z.boolean(),
            }),
          )
          .min(1)
          .max(1_000),
        /** Needed for a day that is over. */
        reason: z.string().max(300).optional(),
      }),
      answer: z.object({ present: z.int(), absent: z.int(), keptAsColleague: z.array(z.string()) }),
      problems: ['not-found', 'invalid'],
      handle: async ({ actor, params, body }) =>
        saveAttendance(town, staff(actor), {
          ...params,
          rows: body.rows.map(({ present, ...row }) => ({ ...row, ticked: present })),
          complete: () => true,
          ...(body.reason === undefined ? {} : { reason: body.reason }),
        }),
    }),
    endpoint({
      method: 'get',
      path: '/canteen/closures',
      tag,
      summary: 'The closures of these days and those to come',
      answer: z.object({ closures: z.array(closure) }),
      handle: async ({ actor }) => {
        const closures = []
        for (const each of await closuresForClerk(town, staff(actor))) closures.push(await shown(town.db.read, each))
        return { closures }
      },
    }),
    endpoint({
      method: 'post',
      path: '/canteen/closures/preview',
      tag,
      summary: 'What closing would do: meals cancelled, households told. Changes nothing',
      body: closed,
      answer: z.object({ meals: z.int(), households: z.int() }),
      problems: ['not-found', 'invalid'],
      handle: async ({ actor, body }) => {
        const { effect } = await planClosure(town, staff(actor), body)
        return { meals: effect.meals, households: effect.households.size }
      },
    }),
    endpoint({
      method: 'post',
      path: '/canteen/closures',
      tag,
      summary: 'Close a canteen; `meals` must be the number the preview gave',
      body: closed.extend({ meals: z.int().min(0) }),
      status: 202,
      answer: closure,
      problems: ['not-found', 'invalid'],
      handle: async ({ actor, body, idempotencyKey }) => {
        const clerk = staff(actor)
        const id = await declareClosure(town, clerk, body, idempotencyKey)
        return shown(town.db.read, await declarationForClerk(town.db.read, clerk, id))
      },
    }),
    endpoint({
      method: 'get',
      path: '/canteen/closures/{id}',
      tag,
      summary: 'A closure, and how far it is',
      params: z.object({ id: z.string().max(64) }),
      answer: closure,
      problems: ['not-found'],
      handle: async ({ actor, params }) =>
        shown(town.db.read, await declarationForClerk(town.db.read, staff(actor), params.id)),
    }),
    endpoint({
      method: 'delete',
      path: '/canteen/closures/{id}',
      tag,
      summary: 'Take a closure back: its meals are booked again where places are left',
      params: z.object({ id: z.string().max(64) }),
      problems: ['not-found', 'closure-in-progress', 'closure-withdrawn'],
      handle: async ({ actor, params }) => withdrawClosure(town, staff(actor), params.id),
    }),
  ]
}

async function shown(db: Queries, declaration: Declaration) {
  const { meals, households } = await mealsCancelledBy(db, declaration)
  const [first] = declaration.closures
  return {
    id: declaration.id,
    state: declaration.state,
    parts: declaration.closures.map(({ schoolId, className }) => ({ schoolId, className })),
    from: first?.from.toString(),
    to: first?.to.toString(),
    reason: first?.reason,
    message: first?.message,
    meals: { expected: declaration.mealsExpected, cancelled: meals },
    households,
  }
}
