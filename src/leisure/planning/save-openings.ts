import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { and, eq, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { PARIS } from '../../kernel/clock.ts'
import { type FieldError, invalid } from '../../kernel/problems.ts'
import { dayField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { refuseBegun } from '../opening/begun.ts'
import { makeDraw } from '../opening/draws.ts'
import { ALLOCATIONS, AUDIENCES, inOrder, type Opening } from '../openings.ts'
import { leisureOpenings, leisurePeriods } from '../schema.ts'
import { type LeisurePeriod, openingsOf, periodById } from '../store.ts'
import { changedMeanwhile, timeField } from './form-fields.ts'

/** One audience's opening as it is typed: a day and an hour, or neither. */
const openingField = z
  .object({ day: z.string().trim().max(10), time: z.string().trim().max(10) })
  .transform(({ day, time }, context) => {
    if (day === '') return null
    const parsed = z.object({ day: dayField, time: timeField }).safeParse({ day, time })
    if (parsed.success) {
      const plainTime = Temporal.PlainTime.from(parsed.data.time)
      return parsed.data.day.toZonedDateTime({ timeZone: PARIS, plainTime }).toInstant()
    }
    for (const issue of parsed.error.issues)
      context.addIssue({ code: 'custom', path: issue.path, message: time === '' ? 'not-an-hour' : issue.message })
    return z.NEVER
  })

export const openingsForm = z.object({
  allocation: z.enum(ALLOCATIONS, 'not-a-choice'),
  openings: z.record(z.enum(AUDIENCES), openingField),
  /** Until when wishes may be told; nothing for other ways of giving places, and until the period begins. */
  wishesUntil: openingField,
})
export type OpeningsForm = z.output<typeof openingsForm>

/** The openings that were typed, the first first. Throws 422 for those that make no sense together. */
export function checkedOpenings(form: OpeningsForm, period: { to: Temporal.PlainDate }): Opening[] {
  const openings = inOrder(
    AUDIENCES.flatMap(audience => {
      const opensAt = form.openings[audience]
      return opensAt ? [{ audience, opensAt }] : []
    }),
  )
  const end = period.to.add({ days: 1 }).toZonedDateTime(PARIS).toInstant()
  const everybody = openings.find(({ audience }) => audience === 'everybody')
  const errors = openings.flatMap(({ audience, opensAt }): FieldError[] => {
    const field = `openings.${audience}.day`
    if (Temporal.Instant.compare(opensAt, end) >= 0) return [{ field, code: 'opens-after-the-period' }]
    if (everybody && Temporal.Instant.compare(opensAt, everybody.opensAt) > 0)
      return [{ field, code: 'opens-after-everybody' }]
    return []
  })
  if (errors.length > 0) throw invalid(errors)
  return openings
}

type WishesPeriod = Pick<LeisurePeriod, 'from' | 'allocation' | 'wishesUntil'>

/** The end of the wishes that was typed: null for places given otherwise. Throws 422 for one that makes no sense. */
export function checkedWishesEnd(form: OpeningsForm, period: WishesPeriod, now: Temporal.Instant) {
  if (form.allocation !== 'wishes') return null
  const refuse = (code: string) => invalid([{ field: 'wishesUntil.day', code }])
  const before = period.allocation === 'wishes' ? period.wishesUntil : null
  const until = form.wishesUntil
  const same = until && before ? until.equals(before) : until === before
  // Once the end has come the draw is public: nobody may tell wishes knowing their rank.
  if (!same && before && Temporal.Instant.compare(before, now) <= 0) throw refuse('wishes-over')
  if (!until || same) return until
  if (Temporal.Instant.compare(until, now) <= 0) throw refuse('date-in-past')
  if (Temporal.Instant.compare(until, period.from.toZonedDateTime(PARIS).toInstant()) > 0)
    throw refuse('wishes-after-the-beginning')
  const opensLater = Object.values(form.openings).some(
    opensAt => opensAt && Temporal.Instant.compare(opensAt, until) >= 0,
  )
  if (opensLater) throw refuse('wishes-before-the-opening')
  return until
}

/**
 * Keeps how places are given and from when who may sign up; the secret of a draw is made with it, once. Throws
 * 404, 409 `leisure-changed`, or 422 by field: also for what may not change once sign-ups have begun.
 */
export async function saveOpenings(
  town: Town,
  clerk: Clerk,
  known: { id: string; revision: number },
  form: OpeningsForm,
): Promise<void> {
  await town.db.transaction(async tx => {
    const period = await periodById(tx, known.id)
    const openings = checkedOpenings(form, period)
    const before = (await openingsOf(tx, [period.id])).get(period.id) ?? []
    const now = town.clock.now()
    const wishesUntil = checkedWishesEnd(form, period, now)
    refuseBegun({ ...period, openings: before }, { allocation: form.allocation, openings }, now)
    const changed = await tx
      .update(leisurePeriods)
      .set({ allocation: form.allocation, wishesUntil, revision: sql`${leisurePeriods.revision} + 1` })
      .where(and(eq(leisurePeriods.id, period.id), eq(leisurePeriods.revision, known.revision)))
      .returning({ id: leisurePeriods.id })
    if (changed.length === 0) throw changedMeanwhile()
    await tx.delete(leisureOpenings).where(eq(leisureOpenings.periodId, period.id))
    for (const opening of openings) await tx.insert(leisureOpenings).values({ periodId: period.id, ...opening })
    const draw = form.allocation === 'first-come' ? undefined : await makeDraw(tx, period.id, now)
    await audit(tx, now, clerk, {
      action: 'leisure-openings.changed',
      subject: { kind: 'leisure-period', id: period.id },
      details: {
        from: { allocation: period.allocation, openings: told(before), wishesUntil: endTold(period.wishesUntil) },
        to: { allocation: form.allocation, openings: told(openings), wishesUntil: endTold(wishesUntil) },
        ...(draw ? { drawFingerprint: draw.fingerprint } : {}),
      },
    })
  })
}

const endTold = (until: Temporal.Instant | null) => until?.toString() ?? null

const told = (openings: readonly Opening[]) =>
  openings.map(({ audience, opensAt }) => ({ audience, opensAt: opensAt.toString() }))
