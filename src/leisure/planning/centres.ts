import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { isUniqueViolation, type Tx } from '../../db/database.ts'
import { and, eq, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { invalid } from '../../kernel/problems.ts'
import { linesField } from '../../people/forms.ts'
import { phoneNumber } from '../../people/rules.ts'
import type { Town } from '../../town-context.ts'
import { leisureCentres } from '../schema.ts'
import { centreById, groupsOf, periodsOf, sessionsOf } from '../store.ts'
import { changedMeanwhile, lineField, wholeField } from './form-fields.ts'
import { abovePremises } from './premises.ts'
import { FEWEST_CHILDREN, MOST_CHILDREN } from './staffing.ts'

const orNothing = <Field extends z.ZodType>(field: Field) => z.union([z.literal('').transform(() => null), field])

export const centreForm = z.object({
  name: lineField(80),
  address: lineField(200),
  phone: z
    .string()
    .trim()
    .max(40)
    // Kept as it is typed: it is read aloud, and dialled from the page.
    .pipe(orNothing(z.string().refine(text => phoneNumber(text) !== undefined, 'not-a-phone'))),
  email: z
    .string()
    .trim()
    .max(254)
    .pipe(orNothing(z.email('not-an-email'))),
  offers: linesField(1_000).pipe(z.string().min(1)),
  toBring: linesField(1_000),
  premises: wholeField(FEWEST_CHILDREN, MOST_CHILDREN),
  meals: z.boolean(),
})
export type CentreForm = z.output<typeof centreForm>

/**
 * Keeps a centre: a new one without `known`. Throws 409 `leisure-changed` when a colleague changed it since that revision
 * was shown, 422 for a name that another has.
 */
export async function saveCentre(
  town: Town,
  clerk: Clerk,
  form: CentreForm,
  known?: { id: string; revision: number },
): Promise<Id<'leisure-centre'>> {
  const now = town.clock.now()
  try {
    return await town.db.transaction(async tx => {
      const before = known && (await centreById(tx, known.id))
      const id = before?.id ?? newId<'leisure-centre'>()
      if (known) {
        const changed = await tx
          .update(leisureCentres)
          .set({ ...form, revision: sql`${leisureCentres.revision} + 1` })
          .where(and(eq(leisureCentres.id, id), eq(leisureCentres.revision, known.revision)))
          .returning({ id: leisureCentres.id })
        if (changed.length === 0) throw changedMeanwhile()
        await refuseBelowPlans(tx, id, form, dayInParis(now))
      } else await tx.insert(leisureCentres).values({ id, ...form })
      await audit(tx, now, clerk, {
        action: before ? 'leisure-centre.changed' : 'leisure-centre.added',
        subject: { kind: 'leisure-centre', id },
        details: before
          ? {
              from: { premises: before.premises, meals: before.meals },
              to: { premises: form.premises, meals: form.meals },
            }
          : { premises: form.premises, meals: form.meals },
      })
      return id
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid([{ field: 'name', code: 'name-known' }])
    throw error
  }
}

/** What is planned from today on must fit the centre as it becomes: its premises, and its meals. */
async function refuseBelowPlans(
  tx: Tx,
  id: Id<'leisure-centre'>,
  { premises, meals }: CentreForm,
  today: Temporal.PlainDate,
): Promise<void> {
  const toCome = (day: Temporal.PlainDate) => Temporal.PlainDate.compare(day, today) >= 0
  const periods = (await periodsOf(tx)).filter(({ to }) => toCome(to))
  const groups = (
    await groupsOf(
      tx,
      periods.map(period => period.id),
    )
  ).filter(({ centreId }) => centreId === id)
  const over = abovePremises(
    (await sessionsOf(tx, groups)).filter(({ day }) => toCome(day)),
    premises,
  )
  if (over) throw invalid([{ field: 'premises', code: 'premises-below-places', params: { day: over.day.toString() } }])
  if (!meals && groups.some(({ units }) => units.includes('half-day-with-meal')))
    throw invalid([{ field: 'meals', code: 'meals-offered' }])
}
