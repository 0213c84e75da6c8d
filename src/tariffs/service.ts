import { audit } from '../audit/audit.ts'
import { isUniqueViolation, type Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, type FieldError, invalid } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { LeisureTariff } from './leisure-rules.ts'
import { type Tariff, type TariffDates, tariffOn } from './rules.ts'
import { tariffs } from './schema.ts'
import { type AnyTariff, type TariffService, tariffById, tariffsOf } from './store.ts'
import { tariffErrors } from './validation.ts'

/** A tariff as a clerk enters it. */
export type NewTariff = (Omit<Tariff, 'id'> | Omit<LeisureTariff, 'id'>) & { service: TariffService }

/**
 * Keeps a tariff voted by the council, with its date of effect: next year's may be entered in spring. Only the cash office
 * and administrators. Throws 422 naming each fault: prices, overlaps, days left without price, a day whose prices families
 * were already told.
 */
export async function createTariff(town: Town, actor: Actor, tariff: NewTariff): Promise<Id<'tariff'>> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  try {
    return await town.db.transaction(async tx => {
      const others = await tariffsOf(tx, tariff.service)
      const errors = [
        ...tariffErrors(tariff, others),
        ...pastErrors(tariff, others, dayInParis(now)),
        ...gapErrors(tariff, others),
      ]
      if (errors.length > 0) throw invalid(errors)
      const id = newId<'tariff'>()
      await tx.insert(tariffs).values({ id, ...tariff, createdBy: clerk.accountId, createdAt: now })
      await audit(tx, now, actor, {
        action: 'tariff.created',
        subject: { kind: 'tariff', id },
        details: { service: tariff.service, from: tariff.from.toString(), rule: tariff.rule },
      })
      return id
    })
  } catch (error) {
    // Another clerk entered one for the same day meanwhile.
    if (isUniqueViolation(error)) throw invalid([{ field: 'from', code: 'overlaps-tariff' }])
    throw error
  }
}

/** Takes back a tariff that has priced nothing yet, and gives it. Throws `conflict` once it has begun, 404 when there is none. */
export async function withdrawTariff(town: Town, actor: Actor, id: Id<'tariff'>): Promise<AnyTariff> {
  clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const tariff = await tariffById(tx, id)
    if (Temporal.PlainDate.compare(tariff.from, dayInParis(now)) <= 0) throw conflict('tariff-in-force')
    await remove(tx, id)
    await audit(tx, now, actor, {
      action: 'tariff.withdrawn',
      subject: { kind: 'tariff', id },
      details: { service: tariff.service, from: tariff.from.toString(), rule: tariff.rule },
    })
    return tariff
  })
}

const remove = (tx: Tx, id: Id<'tariff'>) => tx.delete(tariffs).where(eq(tariffs.id, id))

/** A day with a tariff in force keeps it: families were told its prices. */
function pastErrors(tariff: NewTariff, others: readonly TariffDates[], today: Temporal.PlainDate): FieldError[] {
  const begun = Temporal.PlainDate.compare(tariff.from, today) < 0
  if (!begun || tariffOn(others, tariff.service, tariff.from) === undefined) return []
  return [{ field: 'from', code: 'date-in-past' }]
}

/** Days between two tariffs that would have no price. Before the first tariff and after the last there is no gap. */
function gapErrors(tariff: NewTariff, others: readonly TariffDates[]): FieldError[] {
  const { compare } = Temporal.PlainDate
  const errors: FieldError[] = []
  const before = others.findLast(other => compare(other.from, tariff.from) < 0)
  const after = others.find(other => compare(other.from, tariff.from) > 0)
  const endOfBefore = before?.to
  if (endOfBefore && compare(endOfBefore.add({ days: 1 }), tariff.from) < 0)
    errors.push({ field: 'from', code: 'leaves-a-gap', params: { from: endOfBefore.add({ days: 1 }).toString() } })
  if (tariff.to && after && compare(tariff.to.add({ days: 1 }), after.from) < 0)
    errors.push({ field: 'to', code: 'leaves-a-gap', params: { from: tariff.to.add({ days: 1 }).toString() } })
  return errors
}
