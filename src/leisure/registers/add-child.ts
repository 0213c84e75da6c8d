import { audit } from '../../audit/audit.ts'
import { isUniqueViolation, type Queries } from '../../db/database.ts'
import { and, eq, inArray } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { schoolYearOf } from '../../kernel/days.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { type FieldError, invalid, notFound } from '../../kernel/problems.ts'
import { missingPieces } from '../../people/child-file-rules.ts'
import { fileState } from '../../people/child-file-store.ts'
import { householdOfDay } from '../../people/custody.ts'
import { peopleMatching, readFamilyQuery, searchedBy } from '../../people/family-search.ts'
import { compareNames } from '../../people/rules.ts'
import { type Child, childrenById, guardiansOf, householdsOfChild } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { groupFor } from '../age-bands.ts'
import { leisureAttendances, leisureSignupDays, leisureSignups, type Part } from '../schema.ts'
import { type Offer, offersOf } from '../signing-up/rules.ts'
import { groupsOfPlan } from '../store.ts'
import { lockPlaces, takeDays } from '../taking.ts'
import { write } from './note.ts'
import { type GroupPlace, groupPlace } from './register-store.ts'

/** A way to come, as a form names it: « day », « morning », « morning-with-meal ». */
export const wayOf = ({ part, meal }: Pick<Offer, 'part' | 'meal'>) =>
  part === 'day' ? part : meal ? `${part}-with-meal` : part

/** The ways to come to a group for one day: who may come for a week only may come for a day of it here. */
export function waysToCome({ group, centre }: Pick<GroupPlace, 'group' | 'centre'>): Offer[] {
  const offers = offersOf({ units: group.units, meals: centre.meals })
  const days = offers.filter(({ part }) => part === 'day').slice(0, 1)
  return [...days.map(one => ({ ...one, unit: 'day' as const })), ...offers.filter(({ part }) => part !== 'day')]
}

/** A child that may be the one at the door, and the household whose sign-up it would be. */
export type Candidate = { child: Child; householdId: Id<'household'>; parents: readonly string[] }

const MOST_FOUND = 20

/**
 * The children of the town a search finds who are not on the register: each with the household it is with that day, or once
 * for each of its two where no calendar says. The look-up is in the audit trail, without what was typed.
 */
export async function childrenToAdd(
  town: Town,
  clerk: Clerk,
  day: Temporal.PlainDate,
  typed: string,
  listed: ReadonlySet<string>,
): Promise<Candidate[]> {
  const db = town.db.read
  const query = readFamilyQuery(typed)
  const people = await peopleMatching(db, query)
  const children = [...(await childrenById(db, people)).values()]
    .filter(({ id }) => !listed.has(id))
    .sort((a, b) => compareNames(a.lastName, b.lastName) || compareNames(a.firstName, b.firstName))
    .slice(0, MOST_FOUND)
  const found: Candidate[] = []
  for (const child of children)
    for (const householdId of await homesOn(db, child, day)) {
      const parents = (await guardiansOf(db, householdId)).map(one => `${one.firstName} ${one.lastName}`)
      found.push({ child, householdId, parents })
    }
  await town.db.transaction(tx =>
    audit(tx, town.clock.now(), clerk, {
      action: 'families.searched',
      subject: { kind: 'household', id: found.length === 1 ? (found[0]?.householdId ?? 'several') : 'several' },
      details: { by: searchedBy(query), found: found.length },
    }),
  )
  return found
}

/** The households that may have brought a child that day. */
async function homesOn(db: Queries, child: Child, day: Temporal.PlainDate): Promise<Id<'household'>[]> {
  const homes = await householdsOfChild(db, child.id)
  const own = child.custody && householdOfDay(child.custody, day)
  return own && homes.includes(own) ? [own] : homes
}

type Asked = {
  groupId: string
  day: Temporal.PlainDate
  childId: string
  householdId: string
  way: Pick<Offer, 'part' | 'meal'>
}

/**
 * A child who is there without a sign-up gets one, booked by the clerk for its household, and is noted as there. Throws
 * 404 for a child or household that do not belong together, 422 on `childId` with the reason it cannot stay: no place
 * left, its age, its file, another place that day; 422 for a day to come.
 */
export async function addChild(town: Town, clerk: Clerk, asked: Asked): Promise<void> {
  const now = town.clock.now()
  const { day } = asked
  const today = dayInParis(now)
  if (Temporal.PlainDate.compare(day, today) > 0) throw invalid([{ field: '', code: 'day-to-come' }])
  try {
    await town.db.transaction(async tx => {
      const place = await groupPlace(tx, asked.groupId)
      const { group } = place
      const offer = waysToCome(place).find(one => wayOf(one) === wayOf(asked.way))
      if (!offer) throw invalid([{ field: 'way', code: 'not-a-choice' }])
      const child = (await childrenById(tx, [asked.childId as Id<'person'>])).get(asked.childId as Id<'person'>)
      const householdId = child && (await homesOn(tx, child, day)).find(id => id === asked.householdId)
      if (!child || !householdId) throw notFound()
      const fault = await obstacle(tx, place, child, householdId, day)
      if (fault) throw invalid([{ field: 'childId', ...fault }])
      const taken = { groupId: group.id, day, part: offer.part }
      const places = await lockPlaces(tx, [taken])
      if ((await takeDays(tx, places, [taken])).length > 0)
        throw invalid([{ field: 'childId', code: 'no-place-that-day' }])
      const signupId = newId<'leisure-signup'>()
      await tx.insert(leisureSignups).values({
        id: signupId,
        householdId,
        childId: child.id,
        centreId: group.centreId,
        periodId: group.periodId,
        ...offer,
        state: 'booked',
        since: now,
        confirmedAt: now,
      })
      await tx.insert(leisureSignupDays).values({ signupId, childId: child.id, ...taken, state: 'taken' })
      await write(
        tx,
        now,
        clerk,
        { childId: child.id, day, groupId: group.id },
        {
          present: true,
          arrivedAt: day.equals(today) ? now.round({ smallestUnit: 'minute', roundingMode: 'floor' }) : null,
          leftAt: null,
          collectedBy: null,
        },
      )
      await audit(tx, now, clerk, {
        action: 'leisure-register.child-added',
        subject: { kind: 'child', id: child.id },
        details: { day: day.toString(), groupId: group.id, householdId, signupId, part: offer.part, meal: offer.meal },
      })
      await outbox(tx, now, {
        topic: 'leisure.confirmed',
        payload: { householdId, signupIds: [signupId] },
        key: `leisure.confirmed:${signupId}`,
      })
    })
  } catch (error) {
    // Somebody gave the child another place at the same moment.
    if (isUniqueViolation(error)) throw invalid([{ field: 'childId', code: 'other-place-that-day' }])
    throw error
  }
}

/** What stands against taking a child in that day, places apart. */
async function obstacle(
  db: Queries,
  { group }: GroupPlace,
  child: Child,
  householdId: Id<'household'>,
  day: Temporal.PlainDate,
): Promise<Omit<FieldError, 'field'> | undefined> {
  const groups = await groupsOfPlan(db, group)
  const placed = groupFor(child.birthDate, day, groups)
  if (!('group' in placed) || placed.group.id !== group.id)
    return { code: 'age-of-another-group', params: { min: group.minAge, max: group.maxAge } }
  const elsewhere = await db
    .select({ signupId: leisureSignupDays.signupId })
    .from(leisureSignupDays)
    .where(
      and(
        eq(leisureSignupDays.childId, child.id),
        eq(leisureSignupDays.day, day),
        inArray(leisureSignupDays.state, ['taken']),
      ),
    )
  const noted = await db
    .select({ childId: leisureAttendances.childId })
    .from(leisureAttendances)
    .where(and(eq(leisureAttendances.childId, child.id), eq(leisureAttendances.day, day)))
  if (elsewhere.length > 0 || noted.length > 0) return { code: 'other-place-that-day' }
  const file = await fileState(db, { childId: child.id, householdId, year: schoolYearOf(day) })
  return missingPieces(file, { service: 'leisure', day }).length > 0 ? { code: 'file-incomplete' } : undefined
}

/** The way to come that a form names, or undefined. */
export function wayNamed(
  place: Pick<GroupPlace, 'group' | 'centre'>,
  name: string,
): { part: Part; meal: boolean } | undefined {
  return waysToCome(place).find(one => wayOf(one) === name)
}
