import { accountByEmail, actorOf } from '../access/store.ts'
import { changeDayCapacity } from '../canteen/capacity.ts'
import { mealDays } from '../canteen/schema.ts'
import { and, asc, eq, gt } from '../db/drizzle.ts'
import { system } from '../kernel/actor.ts'
import { cents } from '../kernel/money.ts'
import { sendQuotient } from '../people/quotients.ts'
import { childrenOf, householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { paper } from './paper.ts'

/** What waits for somebody: a quotient that a clerk must look at, and a day that is full at the first family's school. */
export async function seedQueues(town: Town, today: Temporal.PlainDate): Promise<void> {
  const marc = await accountByEmail(town.db.read, 'marc.petit@exemple.fr')
  if (marc) {
    const bytes = await paper('Attestation de quotient familial', 'Quotient familial : 712,50 euros')
    await sendQuotient(town, actorOf(marc), cents(71_250), { name: 'attestation.pdf', bytes })
  }
  const amina = await accountByEmail(town.db.read, 'amina.diallo@exemple.fr')
  if (!amina) return
  const [child] = await childrenOf(town.db.read, await householdOf(town.db.read, actorOf(amina)))
  const schoolId = child?.schoolings[0]?.schoolId
  if (!schoolId) return
  const [full] = await town.db.read
    .select()
    .from(mealDays)
    .where(and(eq(mealDays.schoolId, schoolId), gt(mealDays.day, today.add({ weeks: 3 }))))
    .orderBy(asc(mealDays.day))
    .limit(1)
  if (full) await changeDayCapacity(town, system('demo'), { schoolId, day: full.day, capacity: full.taken })
}
