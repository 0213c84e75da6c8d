import { dayInParis } from '../../src/kernel/clock.ts'
import { schoolYearOf } from '../../src/kernel/days.ts'
import { newId } from '../../src/kernel/ids.ts'
import { schoolHolidays } from '../../src/schools/schema.ts'
import type { TestTown } from '../support/town.ts'
import type { Caller } from './caller.ts'

/** The next days that may be booked, as the API tells them at the time of this very day, whatever the season. */
export async function openDays(t: TestTown, caller: Caller, wanted: number): Promise<string[]> {
  const today = dayInParis(Temporal.Now.instant())
  const nextYear = schoolYearOf(today.add({ years: 1 }))
  // A school year opens once its holidays are known.
  await t.town.db.transaction(async tx => {
    await tx.insert(schoolHolidays).values({
      id: newId<'school-holiday'>(),
      zone: 'B',
      name: 'Toussaint',
      from: nextYear.from.with({ month: 10, day: 20 }),
      until: nextYear.from.with({ month: 11, day: 3 }),
      schoolYear: nextYear.label,
    })
  })
  const days = new Set<string>()
  for (let ahead = 0; days.size < wanted && ahead < 6; ahead++) {
    const month = today.toPlainYearMonth().add({ months: ahead })
    const { status, body } = await caller.insist({ method: 'GET', path: `/api/v1/canteen/months/${month}` })
    if (status !== 200) throw new Error(JSON.stringify(body))
    const { meals } = body as { meals: { day: string; state: string; changeableUntil: string | null }[] }
    // Not one that closes while the test runs.
    const safe = Temporal.Now.instant().add({ minutes: 10 }).toString()
    for (const meal of meals) if (meal.state === 'open' && (meal.changeableUntil ?? '') > safe) days.add(meal.day)
  }
  if (days.size < wanted) throw new Error(`only ${days.size} days may be booked`)
  return [...days].slice(0, wanted)
}
