import { and, eq, inArray } from '../../src/db/drizzle.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { creditStays, type StayCreditReason } from '../../src/leisure/credit-stays.ts'
import {
  leisureAttendances,
  leisureCentres,
  leisureGroups,
  leisurePeriods,
  leisureSignupDays,
  leisureSignups,
  type Part,
  type Unit,
} from '../../src/leisure/schema.ts'
import type { LeisureRule } from '../../src/tariffs/leisure-rules.ts'
import { tariffs } from '../../src/tariffs/schema.ts'
import type { Town } from '../../src/town-context.ts'
import type { Family } from '../support/family.ts'
import { day } from './month.ts'

type SignupId = Id<'leisure-signup'>

const flat = (price: number) => {
  const scale = { kind: 'flat', price: cents(price) } as const
  return { residents: scale, nonResidents: scale }
}

/** 12.00 € a day, 7.00 € a half-day, 3.50 € for lunch with a half-day; nothing taken off, no deposit, after the stay. */
export const plain: LeisureRule = {
  day: flat(1_200),
  halfDay: flat(700),
  lunch: flat(350),
  lunchOnDays: 'included',
  weekDiscount: 0,
  siblingReduction: 0,
  deposit: 0,
  chargedAt: 'attendance',
  chargesAbsence: true,
}

/** A tariff of leisure centres, as if voted long ago. */
export async function leisureTariff(town: Town, rule: Partial<LeisureRule> = {}, from = '2026-09-01'): Promise<void> {
  await town.db.transaction(async tx => {
    await tx.insert(tariffs).values({
      id: newId<'tariff'>(),
      service: 'leisure',
      from: day(from),
      to: null,
      rule: { ...plain, ...rule },
      createdAt: town.clock.now(),
    })
  })
}

export type Centre = {
  centreId: Id<'leisure-centre'>
  periodId: Id<'leisure-period'>
  groupId: Id<'leisure-group'>
}

/** A centre with one group, in a period as long as the tests need. */
export async function centre(town: Town, name = 'Centre Jacques-Prévert'): Promise<Centre> {
  const made: Centre = { centreId: newId(), periodId: newId(), groupId: newId() }
  const { centreId, periodId, groupId } = made
  await town.db.transaction(async tx => {
    await tx.insert(leisureCentres).values({
      id: centreId,
      name,
      address: '2 rue du Parc, 59100 Valmont',
      offers: 'Jeux, piscine',
      toBring: 'Un chapeau',
      premises: 100,
      meals: true,
    })
    await tx.insert(leisurePeriods).values({
      id: periodId,
      name: `Vacances (${name})`,
      kind: 'holidays',
      from: day('2026-09-01'),
      to: day('2027-08-31'),
      weekdays: [1, 2, 3, 4, 5],
      pedt: false,
      minutesADay: 600,
      cancelDays: 7,
      allocation: 'first-come',
    })
    await tx.insert(leisureGroups).values({
      id: groupId,
      centreId,
      periodId,
      name: 'Tous',
      minAge: 3,
      maxAge: 12,
      units: ['day', 'half-day', 'half-day-with-meal', 'week'],
      opensAt: '08:30',
      closesAt: '17:30',
      places: 50,
    })
  })
  return made
}

type Way = { child?: number; unit?: Unit; part?: Part; meal?: boolean; confirmedAt?: string }

/** A confirmed sign-up of a family for one of its children, with its places. */
export async function signUp(
  town: Town,
  { centreId, periodId, groupId }: Centre,
  family: Pick<Family, 'household' | 'children'>,
  days: readonly string[],
  { child = 0, unit = 'day', part = 'day', meal = part === 'day', confirmedAt }: Way = {},
): Promise<SignupId> {
  const id = newId<'leisure-signup'>()
  const childId = family.children[child]!.id
  const at = confirmedAt ? Temporal.Instant.from(confirmedAt) : town.clock.now()
  await town.db.transaction(async tx => {
    const where = { householdId: family.household, childId, centreId, periodId }
    await tx
      .insert(leisureSignups)
      .values({ id, ...where, unit, part, meal, state: 'booked', since: at, confirmedAt: at })
    await tx
      .insert(leisureSignupDays)
      .values(days.map(each => ({ signupId: id, day: day(each), childId, groupId, part, state: 'taken' as const })))
  })
  return id
}

/** Gives up days of a sign-up: in time, they are not to be paid, as whoever cancels promises. */
export async function giveUp(
  town: Town,
  signupId: SignupId,
  days: readonly string[],
  how: { late?: boolean; reason?: StayCreditReason } = {},
): Promise<void> {
  const { late = false, reason = 'cancelled-in-time' } = how
  const now = town.clock.now()
  const wanted = days.map(day)
  await town.db.transaction(async tx => {
    await tx
      .update(leisureSignupDays)
      .set({ state: 'freed', cancelledAt: now, late })
      .where(and(eq(leisureSignupDays.signupId, signupId), inArray(leisureSignupDays.day, wanted)))
    const left = await tx
      .select({ day: leisureSignupDays.day })
      .from(leisureSignupDays)
      .where(and(eq(leisureSignupDays.signupId, signupId), eq(leisureSignupDays.state, 'taken')))
    if (left.length === 0)
      await tx.update(leisureSignups).set({ state: 'cancelled' }).where(eq(leisureSignups.id, signupId))
    if (!late) await creditStays(tx, now, { signupId, days: wanted, reason, key: `cancel:${signupId}:${days.join()}` })
  })
}

/** The town accepts why a child could not come. */
export async function excuse(town: Town, signupId: SignupId, days: readonly string[]): Promise<void> {
  const wanted = days.map(day)
  await town.db.transaction(async tx => {
    await tx
      .update(leisureSignupDays)
      .set({ excused: true })
      .where(and(eq(leisureSignupDays.signupId, signupId), inArray(leisureSignupDays.day, wanted)))
    await creditStays(tx, town.clock.now(), {
      signupId,
      days: wanted,
      reason: 'claim-accepted',
      key: `claim:${signupId}:${days.join()}`,
    })
  })
}

/** What the staff wrote on the register of a day. */
export async function register(
  town: Town,
  { groupId }: Centre,
  family: Pick<Family, 'children' | 'accountId'>,
  on: string,
  present: boolean,
  child = 0,
): Promise<void> {
  const written = {
    childId: family.children[child]!.id,
    day: day(on),
    groupId,
    present,
    recordedBy: family.accountId,
    recordedAt: town.clock.now(),
  }
  await town.db.transaction(async tx => {
    await tx
      .insert(leisureAttendances)
      .values(written)
      .onConflictDoUpdate({ target: [leisureAttendances.childId, leisureAttendances.day], set: written })
  })
}
