import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { and, eq, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { PARIS } from '../../kernel/clock.ts'
import { type FieldError, invalid } from '../../kernel/problems.ts'
import { dayField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { ALLOCATIONS, AUDIENCES, inOrder, type Opening } from '../openings.ts'
import { leisureOpenings, leisurePeriods } from '../schema.ts'
import { openingsOf, periodById } from '../store.ts'
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

/** Keeps how places are given and from when who may sign up. Throws 404, 409 `leisure-changed`, or 422 by field. */
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
    const changed = await tx
      .update(leisurePeriods)
      .set({ allocation: form.allocation, revision: sql`${leisurePeriods.revision} + 1` })
      .where(and(eq(leisurePeriods.id, period.id), eq(leisurePeriods.revision, known.revision)))
      .returning({ id: leisurePeriods.id })
    if (changed.length === 0) throw changedMeanwhile()
    await tx.delete(leisureOpenings).where(eq(leisureOpenings.periodId, period.id))
    for (const opening of openings) await tx.insert(leisureOpenings).values({ periodId: period.id, ...opening })
    await audit(tx, town.clock.now(), clerk, {
      action: 'leisure-openings.changed',
      subject: { kind: 'leisure-period', id: period.id },
      details: {
        from: { allocation: period.allocation, openings: told(before) },
        to: { allocation: form.allocation, openings: told(openings) },
      },
    })
  })
}

const told = (openings: readonly Opening[]) =>
  openings.map(({ audience, opensAt }) => ({ audience, opensAt: opensAt.toString() }))
