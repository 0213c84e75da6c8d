import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import { notFound } from '../kernel/problems.ts'
import { dayField } from '../people/forms.ts'
import { servesChildren, viewHealthOf } from '../people/health.ts'
import { flash } from '../web/asker.ts'
import { refused } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import type { PageError } from '../web/render.ts'
import { correctAttendance } from './staff-attendance.ts'
import { bookForChild, cancelForChild, childDay } from './staff-child-day.ts'
import { MEAL_TYPES } from './staff-counts.ts'
import { closedInWords, type StaffParts, staffOf, typedText, wordsOf } from './staff-page.ts'

type WithChild = Request<{ childId: string }>

const withDay = z.object({ jour: dayField })
const reason = z.string().max(300).default('')
const revision = z.coerce.number().int().min(0)
const bookingForm = z.object({ reason, revision, mealType: z.enum(MEAL_TYPES).default('standard') })
const cancelForm = z.object({ cancelReason: reason, revision })
const attendanceForm = z.object({
  reason,
  revision,
  state: z.enum(['present', 'absent', 'excused'], 'required'),
  justification: z.string().trim().max(300).default(''),
})

/** A child's day at the canteen, for whoever puts it right; and, apart, what its health plan says. */
export function childDayPages({ town }: StaffParts): Router {
  const router = Router()
  const address = (childId: string, day: Temporal.PlainDate) => `/guichet/cantine/enfants/${childId}?jour=${day}`

  router.get('/guichet/cantine/enfants/:childId', async (req: WithChild, res) => {
    await showDay(req, res, [], 200)
  })

  router.post('/guichet/cantine/enfants/:childId/reserver', (req: WithChild, res) =>
    change(req, res, 'booked', async (clerk, day) => {
      await bookForChild(town, clerk, { childId: req.params.childId, day, ...parse(bookingForm, req.body) })
    }),
  )
  router.post('/guichet/cantine/enfants/:childId/annuler', (req: WithChild, res) =>
    change(req, res, 'cancelled', async (clerk, day) => {
      const { cancelReason, revision } = parse(cancelForm, req.body)
      await cancelForChild(town, clerk, { childId: req.params.childId, day, reason: cancelReason, revision })
    }),
  )
  router.post('/guichet/cantine/enfants/:childId/presence', (req: WithChild, res) =>
    change(req, res, 'corrected', async (clerk, day) => {
      const { state, justification, ...rest } = parse(attendanceForm, req.body)
      const words = wordsOf(town, res)
      await correctAttendance(town, clerk, {
        ...rest,
        childId: req.params.childId,
        day,
        present: state === 'present',
        ...(state === 'excused' ? { justification: justification || words.t('canteen-staff:child.excused') } : {}),
      })
    }),
  )

  /** Health data: on a page of its own, and each look is in the audit trail. */
  router.get('/guichet/cantine/enfants/:childId/pai', async (req: WithChild, res) => {
    const { clerk } = await staffOf(town, res)
    const { jour } = parse(withDay, req.query)
    if (!servesChildren(clerk)) throw notFound()
    const { child } = await childDay(town, town.db.read, clerk, req.params.childId, jour)
    if (!child.pai) throw notFound()
    const plans = await viewHealthOf(town, clerk, [child.id])
    town.render.page(res, 'canteen/staff-health', {
      name: `${child.firstName} ${child.lastName}`,
      back: address(child.id, jour),
      details: plans.get(child.id) ?? null,
    })
  })

  type Change = (clerk: Awaited<ReturnType<typeof staffOf>>['clerk'], day: Temporal.PlainDate) => Promise<void>

  async function change(req: WithChild, res: Response, done: 'booked' | 'cancelled' | 'corrected', action: Change) {
    const { clerk } = await staffOf(town, res)
    const { jour } = parse(withDay, req.query)
    const refusal = await refused(res, town, () => action(clerk, jour))
    // Two forms of the page ask for a reason: the fault is shown at the one that was sent.
    const field = (name: string) => (done === 'cancelled' && name === 'reason' ? 'cancelReason' : name)
    const errors = refusal?.errors.map(error => ({ ...error, field: field(error.field) })) ?? []
    if (refusal) return showDay(req, res, errors, refusal.status)
    flash(req, { kind: 'success', text: wordsOf(town, res).t(`canteen-staff:child.done.${done}`) })
    res.redirect(303, address(req.params.childId, jour))
  }

  async function showDay(req: WithChild, res: Response, errors: readonly PageError[], status: number) {
    const { clerk } = await staffOf(town, res)
    const today = dayInParis(town.clock.now())
    const { jour } = parse(withDay, { jour: String(today), ...req.query })
    const found = await childDay(town, town.db.read, clerk, req.params.childId, jour)
    const words = wordsOf(town, res)
    const { child, school, booking, attendance, day } = found
    const order = Temporal.PlainDate.compare(day, today)
    const state = attendance
      ? attendance.present
        ? 'present'
        : attendance.justification === null
          ? 'absent'
          : 'excused'
      : ''
    town.render.page(
      res,
      'canteen/staff-child',
      {
        errors,
        child: { id: child.id, name: `${child.firstName} ${child.lastName}`, pai: child.pai && servesChildren(clerk) },
        school: { id: school.id, name: school.name },
        className: found.className,
        day,
        closed: closedInWords(words, found.serving),
        deadline: found.deadline.toInstant(),
        booked: booking?.state === 'booked',
        meal: words.t(`canteen-staff:meals.${booking?.state === 'booked' ? booking.mealType : child.mealType}`),
        mealType: typedText(req.body, 'mealType') || child.mealType,
        mealTypes: MEAL_TYPES.map(value => ({ value, text: words.t(`canteen-staff:meals.${value}`) })),
        bookingRevision: booking?.revision ?? 0,
        attendance: attendance
          ? {
              state,
              justification: attendance.justification,
              correction: attendance.correction,
              at: attendance.recordedAt,
            }
          : null,
        attendanceRevision: attendance?.revision ?? 0,
        typed: {
          state: typedText(req.body, 'state') || state,
          justification: typedText(req.body, 'justification') || (attendance?.justification ?? ''),
          reason: typedText(req.body, 'reason'),
          cancelReason: typedText(req.body, 'cancelReason'),
        },
        isPast: order < 0,
        mayBook: order >= 0 && found.serving.serves && booking?.state !== 'booked',
        mayCorrect: order <= 0 && (booking?.state === 'booked' || attendance !== undefined),
      },
      status,
    )
  }
  return router
}
