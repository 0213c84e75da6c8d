import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { isUniqueViolation, type Queries, type Tx } from '../../db/database.ts'
import { and, eq, gte, lte, ne, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { isOnOrBefore, schoolYearOf } from '../../kernel/days.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { type FieldError, invalid, notFound } from '../../kernel/problems.ts'
import { dayField } from '../../people/forms.ts'
import { knownSchoolYears } from '../../schools/store.ts'
import type { Town } from '../../town-context.ts'
import { PERIOD_KINDS, type PeriodDays } from '../days-of-period.ts'
import { leisurePeriods } from '../schema.ts'
import { daysOf, groupsOf, type LeisurePeriod, periodById, sessionsOf } from '../store.ts'
import { changedMeanwhile, lineField, wholeField } from './form-fields.ts'
import { insertUsual, removeSessions } from './sessions.ts'

/** A school year and its summer at the most. */
const LONGEST_DAYS = 366

/** Hours as they are typed, « 9 » or « 9,5 »: given in minutes. */
const hoursField = z
  .string()
  .trim()
  .min(1)
  .regex(/^\d{1,2}([.,]\d{1,2})?$/, 'not-a-number')
  .transform(text => Math.round(Number(text.replace(',', '.')) * 60))
  .pipe(
    z
      .number()
      .min(60, 'too-low')
      .max(14 * 60, 'too-high'),
  )

export const periodForm = z.object({
  name: lineField(80),
  kind: z.enum(PERIOD_KINDS, 'not-a-choice'),
  from: dayField,
  to: dayField,
  weekdays: z
    .array(z.coerce.number().int().min(1, 'not-a-choice').max(6, 'not-a-choice'))
    .min(1, 'no-weekday')
    .max(6)
    .transform(days => [...new Set(days)].sort((a, b) => a - b)),
  pedt: z.boolean(),
  hours: hoursField,
  cancelDays: wholeField(1, 60),
})
export type PeriodForm = z.output<typeof periodForm>

/**
 * Keeps a period: a new one without `known`. Groups get places on the days that come to it; half-days that leave it go,
 * unless somebody is in. Throws 409 `leisure-changed` after a colleague's change, 422 by field otherwise.
 */
export async function savePeriod(
  town: Town,
  clerk: Clerk,
  form: PeriodForm,
  known?: { id: string; revision: number },
): Promise<Id<'leisure-period'>> {
  const now = town.clock.now()
  const { hours, ...rest } = form
  // A contract says nothing out of school.
  const values = { ...rest, pedt: form.pedt && form.kind === 'wednesdays', minutesADay: hours }
  return namedOnce(() =>
    town.db.transaction(async tx => {
      const before = known && (await periodById(tx, known.id))
      const id = before?.id ?? newId<'leisure-period'>()
      const days = await checkedDays(tx, town.config.schoolZone, form, before?.id)
      if (known) {
        const changed = await tx
          .update(leisurePeriods)
          .set({ ...values, revision: sql`${leisurePeriods.revision} + 1` })
          .where(and(eq(leisurePeriods.id, id), eq(leisurePeriods.revision, known.revision)))
          .returning({ id: leisurePeriods.id })
        if (changed.length === 0) throw changedMeanwhile()
        await followDays(tx, town, id, before as LeisurePeriod, days)
      } else await tx.insert(leisurePeriods).values({ id, ...values, allocation: 'wishes' })
      await audit(tx, now, clerk, {
        action: before ? 'leisure-period.changed' : 'leisure-period.added',
        subject: { kind: 'leisure-period', id },
        details: { from: before ? factsOf(before) : null, to: factsOf(values) },
      })
      return id
    }),
  )
}

/** The trail keeps what decides days and staff. */
export const factsOf = (period: PeriodDays & { pedt: boolean; minutesADay: number; cancelDays: number }) => ({
  kind: period.kind,
  from: period.from.toString(),
  to: period.to.toString(),
  weekdays: period.weekdays,
  pedt: period.pedt,
  minutesADay: period.minutesADay,
  cancelDays: period.cancelDays,
})

/** A name that another period has is told beside its field. */
export async function namedOnce<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid([{ field: 'name', code: 'name-known' }])
    throw error
  }
}

/** The days of a period as it is asked for. Throws 422 when it has none, or one of another period's. */
export async function checkedDays(
  db: Queries,
  zone: string,
  period: PeriodDays,
  own?: Id<'leisure-period'>,
): Promise<Temporal.PlainDate[]> {
  const fault = await daysFault(db, zone, period, own)
  if (Array.isArray(fault)) return fault
  throw invalid([fault])
}

async function daysFault(
  db: Queries,
  zone: string,
  period: PeriodDays,
  own: Id<'leisure-period'> | undefined,
): Promise<Temporal.PlainDate[] | FieldError> {
  const { from, to } = period
  if (!isOnOrBefore(from, to)) return { field: 'to', code: 'ends-before-it-begins' }
  if (from.until(to, { largestUnit: 'day' }).days >= LONGEST_DAYS)
    return { field: 'to', code: 'period-too-long', params: { days: LONGEST_DAYS } }
  const years = await knownSchoolYears(db, zone)
  const unknown = [from, to].map(day => schoolYearOf(day).label).find(label => !years.has(label))
  if (unknown) return { field: 'from', code: 'school-year-unknown', params: { year: unknown } }
  const days = await daysOf(db, zone, period)
  if (days.length === 0) return { field: 'from', code: 'no-day-in-period' }
  const others = await db
    .select()
    .from(leisurePeriods)
    .where(
      and(lte(leisurePeriods.from, to), gte(leisurePeriods.to, from), own ? ne(leisurePeriods.id, own) : undefined),
    )
  const mine = new Set(days.map(String))
  for (const other of others) {
    const shared = (await daysOf(db, zone, other)).find(day => mine.has(day.toString()))
    if (shared) return { field: 'from', code: 'period-overlaps', params: { name: other.name } }
  }
  return days
}

/** The period, held until the transaction ends: whoever changes its days or its groups comes one after the other. */
export async function holdPeriod(tx: Tx, id: string): Promise<LeisurePeriod> {
  const [period] = await tx
    .update(leisurePeriods)
    .set({ revision: sql`${leisurePeriods.revision}` })
    .where(eq(leisurePeriods.id, id as Id<'leisure-period'>))
    .returning()
  if (!period) throw notFound()
  return period
}

async function followDays(
  tx: Tx,
  town: Town,
  id: Id<'leisure-period'>,
  before: LeisurePeriod,
  days: readonly Temporal.PlainDate[],
): Promise<void> {
  const groups = await groupsOf(tx, [id])
  const sessions = await sessionsOf(tx, groups)
  const wanted = new Set(days.map(String))
  const gone = sessions.filter(({ day }) => !wanted.has(day.toString()))
  await removeSessions(tx, gone, town.clock.now(), () => 'from')
  const had = new Set((await daysOf(tx, town.config.schoolZone, before)).map(String))
  const added = days.filter(day => !had.has(day.toString()))
  for (const group of groups) await insertUsual(tx, group, added)
}
