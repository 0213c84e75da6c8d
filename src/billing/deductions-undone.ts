import type { Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { signupOfSource } from '../leisure/consumption.ts'
import { depositOfSource } from './deposit-store.ts'
import { wasTakenBack } from './rules.ts'
import { charges, deposits } from './schema.ts'

type Charge = typeof charges.$inferSelect
type SignupId = Id<'leisure-signup'>

/** Deposits that were taken off charges which are being given back. */
export type DeductionsUndone = {
  /** What of a charge's amount was never asked for on its invoice, for a deposit had paid it: that goes back to the deposit. */
  takenFrom(charge: Charge, amount: Cents): Cents
  /** Notes that so much of the deductions does not count any more. */
  write(): Promise<void>
}

/**
 * When charges of an invoice are given back, deposits may stay deducted from what is left of their sign-up there, and no
 * more: the rest is in the deposit again, to be deducted elsewhere or given back by itself.
 */
export async function deductionsUndone(
  tx: Tx,
  invoice: { householdId: Id<'household'>; period: string },
  givenBack: readonly Charge[],
): Promise<DeductionsUndone> {
  const signups = new Set(givenBack.flatMap(charge => signupOfSource(charge.source) ?? []))
  const undo = new Map<SignupId, Cents>()
  const writes: { id: Id<'charge'>; credited: Cents }[] = []
  if (signups.size > 0) {
    const all = await tx
      .select()
      .from(charges)
      .where(and(eq(charges.householdId, invoice.householdId), eq(charges.period, invoice.period)))
    const theirs = await tx
      .select({ id: deposits.id, signupId: deposits.signupId })
      .from(deposits)
      .where(eq(deposits.householdId, invoice.householdId))
    const signupOfDeposit = new Map(theirs.map(({ id, signupId }) => [id, signupId]))
    const gone = new Set(givenBack.map(charge => charge.id))
    for (const signupId of signups) {
      const rest = all.filter(
        ({ id, source }) => signupOfSource(source) === signupId && !gone.has(id) && !wasTakenBack(source),
      )
      const made = all.filter(
        ({ kind, source }) => kind === 'deposit-deducted' && signupOfDeposit.get(depositOfSource(source)) === signupId,
      )
      let left = sum(rest.map(charge => netOf(charge)))
      let undone = cents(0)
      for (const deduction of made) {
        const counted = negate(netOf(deduction))
        const kept = cents(Math.max(0, Math.min(counted, left)))
        left = sum([left, negate(kept)])
        const back = sum([counted, negate(kept)])
        if (back === 0) continue
        undone = sum([undone, back])
        writes.push({ id: deduction.id, credited: sum([deduction.credited, negate(back)]) })
      }
      undo.set(signupId, undone)
    }
  }
  return {
    takenFrom: (charge, amount) => {
      const signupId = signupOfSource(charge.source)
      const left = signupId === undefined ? undefined : undo.get(signupId)
      if (signupId === undefined || left === undefined) return cents(0)
      const part = cents(Math.min(left, amount))
      undo.set(signupId, sum([left, negate(part)]))
      return part
    },
    write: async () => {
      for (const { id, credited } of writes) await tx.update(charges).set({ credited }).where(eq(charges.id, id))
    },
  }
}

const netOf = ({ amount, credited }: Charge): Cents => sum([amount, negate(credited)])
