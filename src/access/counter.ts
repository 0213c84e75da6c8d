import type { Request } from 'express'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import { householdMembers } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import type { Clerk } from '../web/asker.ts'

export const COUNTER_REASONS = ['counter', 'phone', 'letter'] as const

export const actForm = z.object({
  personId: z.string().min(1, 'required'),
  reason: z.enum(COUNTER_REASONS, 'required'),
  /** The resident is there, on the phone or wrote, and asked for it. */
  consent: z.literal('yes', 'consent-needed'),
})

/**
 * From now on this clerk's session acts for a resident who asked for it: for ten idle minutes at most, and every act is
 * kept with both names. Throws `invalid` for whoever is no adult of that household.
 */
export async function startActing(
  town: Town,
  clerk: Clerk,
  req: Request,
  householdId: string,
  form: z.output<typeof actForm>,
): Promise<void> {
  const now = town.clock.now()
  const personId = await town.db.transaction(async tx => {
    const [adult] = await tx
      .select({ personId: householdMembers.personId, householdId: householdMembers.householdId })
      .from(householdMembers)
      .where(
        and(
          eq(householdMembers.householdId, householdId as Id<'household'>),
          eq(householdMembers.personId, form.personId as Id<'person'>),
          eq(householdMembers.role, 'guardian'),
        ),
      )
    if (!adult) throw invalid([{ field: 'personId', code: 'not-a-choice' }])
    if (adult.personId === clerk.personId) throw notFound()
    const details = { reason: form.reason, householdId: adult.householdId }
    await audit(tx, now, clerk, { action: 'counter.began', subject: { kind: 'person', id: adult.personId }, details })
    return adult.personId
  })
  req.session.actingFor = { personId, reason: form.reason, lastActAt: now.toString() }
}

/** The clerk acts in their own name again. */
export async function stopActing(town: Town, clerk: Clerk, req: Request): Promise<void> {
  const acting = req.session.actingFor
  if (!acting) return
  delete req.session.actingFor
  await town.db.transaction(async tx => {
    const subject = { kind: 'person', id: acting.personId }
    await audit(tx, town.clock.now(), clerk, { action: 'counter.ended', subject })
  })
}
