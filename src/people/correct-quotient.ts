import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { dayField, linesField } from './forms.ts'
import { writeToFamily } from './letters.ts'
import { quotientById, quotientField } from './quotients.ts'
import { familyQuotients } from './schema.ts'

export const correctForm = z.object({
  value: quotientField,
  to: dayField,
  /** The family reads it. */
  correction: linesField(500).pipe(z.string().min(1, 'reason-needed')),
  /** The value the clerk saw, in cents. */
  seen: z.coerce.number().int().min(0),
})

/**
 * A clerk puts right a quotient that was confirmed wrongly, from the day it began to count. The family is written to; what
 * was invoiced at the wrong price is put right on its next invoice, up or down. Throws 404, `invalid` for an end before
 * the beginning, 409 `quotient-not-confirmed`, and `stale-page` when a colleague corrected it since the page was opened.
 */
export async function correctQuotient(
  town: Town,
  clerk: Clerk,
  id: string,
  { value, to, correction, seen }: z.output<typeof correctForm>,
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const before = await quotientById(tx, id)
    const { from, householdId } = before
    if (before.state !== 'confirmed') throw conflict('quotient-not-confirmed')
    if (Temporal.PlainDate.compare(to, from) < 0) throw invalid([{ field: 'to', code: 'ends-before-it-begins' }])
    if (Temporal.PlainDate.compare(to, from.add({ years: 2 })) > 0)
      throw invalid([{ field: 'to', code: 'date-too-far' }])
    const corrected = await tx
      .update(familyQuotients)
      .set({ value, to, decidedBy: clerk.accountId, decidedAt: now })
      .where(and(eq(familyQuotients.id, before.id), eq(familyQuotients.state, 'confirmed')))
      .returning({ id: familyQuotients.id })
    if (corrected.length === 0 || before.value !== seen) throw conflict('stale-page')
    if (before.value === value && before.to.equals(to)) return
    await writeToFamily(tx, town, householdId, {
      kind: 'quotient-corrected',
      key: `${id}:${now.epochMilliseconds}`,
      path: '/famille/quotient',
      params: ({ f }) => ({
        before: f.money(before.value),
        value: f.money(value),
        from: f.day(from),
        to: f.day(to),
        reason: correction,
      }),
    })
    await audit(tx, now, clerk, {
      action: 'quotient.corrected',
      subject: { kind: 'household', id: householdId },
      details: { quotientId: id, before: before.value, value, to: to.toString(), reason: correction },
    })
  })
}
