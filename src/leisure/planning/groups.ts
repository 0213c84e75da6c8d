import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import { and, eq, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { type FieldError, invalid, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { overlapping } from '../age-bands.ts'
import { leisureGroups, leisurePlans, UNITS } from '../schema.ts'
import { type Centre, centreById, daysOf, type Group, groupsOfPlan, type Session, sessionsOf } from '../store.ts'
import type { AskedDay } from '../taking.ts'
import { offerPlaces, withOffers } from '../waiting/offers.ts'
import { changedMeanwhile, lineField, timeField, wholeField } from './form-fields.ts'
import { holdPeriod } from './periods.ts'
import { refuseAbovePremises } from './premises.ts'
import { insertUsual, refuseNeeded, removeSessions, setCapacity } from './sessions.ts'
import { MOST_CHILDREN } from './staffing.ts'

export const groupForm = z.object({
  name: lineField(60),
  minAge: wholeField(2, 17),
  maxAge: wholeField(2, 17),
  units: z
    .array(z.enum(UNITS, 'not-a-choice'))
    .min(1, 'no-unit')
    .max(UNITS.length)
    .transform(units => UNITS.filter(unit => units.includes(unit))),
  opensAt: timeField,
  closesAt: timeField,
  places: wholeField(1, MOST_CHILDREN),
})
export type GroupForm = z.output<typeof groupForm>

/** Where a group is: a centre in a period. */
export type Plan = { centreId: string; periodId: string }

/**
 * Keeps a group: a new one without `known`, with its usual places on every day of the period. When the usual places
 * change, so do the half-days to come that had them; more places go to who waits. Throws 404, 409 `leisure-changed`, or 422: ages that another group
 * takes, places above the premises, fewer places than are taken (with who is in).
 */
export async function saveGroup(
  town: Town,
  clerk: Clerk,
  plan: Plan,
  form: GroupForm,
  known?: { id: string; revision: number },
): Promise<Id<'leisure-group'>> {
  const now = town.clock.now()
  return withOffers(town, async tx => {
    const period = await holdPeriod(tx, plan.periodId)
    const centre = await centreById(tx, plan.centreId)
    const place = { centreId: centre.id, periodId: period.id }
    const groups = await groupsOfPlan(tx, place)
    const before = known && groups.find(({ id }) => id === known.id)
    if (known && !before) throw notFound()
    refuseFaults(
      form,
      centre,
      groups.filter(group => group !== before),
    )
    if (known) await advance(tx, place, known.revision)
    else await openPlan(tx, place)
    const id = before?.id ?? newId<'leisure-group'>()
    let raised: AskedDay[] = []
    if (before) {
      await tx.update(leisureGroups).set(form).where(eq(leisureGroups.id, id))
      const usual = (await sessionsOf(tx, [before])).filter(
        ({ day, capacity }) => capacity === before.places && Temporal.PlainDate.compare(day, dayInParis(now)) >= 0,
      )
      await setUsual(tx, usual, form.places)
      raised = form.places > before.places ? usual.map(({ day, half }) => ({ groupId: id, day, part: half })) : []
    } else {
      await tx.insert(leisureGroups).values({ id, ...place, ...form })
      await insertUsual(tx, { id, places: form.places }, await daysOf(tx, town.config.schoolZone, period))
    }
    await refuseAbovePremises(tx, centre, await groupsOfPlan(tx, place), () => 'places')
    await audit(tx, now, clerk, {
      action: before ? 'leisure-group.changed' : 'leisure-group.added',
      subject: { kind: 'leisure-group', id },
      details: { ...place, from: before ? factsOf(before) : null, to: factsOf(form) },
    })
    await offerPlaces(tx, { town, now }, raised)
    return id
  })
}

/** Takes a group away with its half-days: who waited is told. Throws 404, 409 `leisure-changed`, or 422 with who is in. */
export async function removeGroup(
  town: Town,
  clerk: Clerk,
  plan: Plan,
  known: { id: string; revision: number },
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const period = await holdPeriod(tx, plan.periodId)
    const centre = await centreById(tx, plan.centreId)
    const place = { centreId: centre.id, periodId: period.id }
    const group = (await groupsOfPlan(tx, place)).find(({ id }) => id === known.id)
    if (!group) throw notFound()
    await advance(tx, place, known.revision)
    await removeSessions(tx, await sessionsOf(tx, [group]), now, () => 'places')
    await tx.delete(leisureGroups).where(eq(leisureGroups.id, group.id))
    await audit(tx, now, clerk, {
      action: 'leisure-group.removed',
      subject: { kind: 'leisure-group', id: group.id },
      details: { ...place, from: factsOf(group) },
    })
  })
}

/** Moves a plan's revision on. Throws 409 when a colleague did since it was shown. */
export async function advance(
  tx: Tx,
  { centreId, periodId }: { centreId: Id<'leisure-centre'>; periodId: Id<'leisure-period'> },
  revision: number,
): Promise<void> {
  const moved = await tx
    .update(leisurePlans)
    .set({ revision: sql`${leisurePlans.revision} + 1` })
    .where(
      and(
        eq(leisurePlans.centreId, centreId),
        eq(leisurePlans.periodId, periodId),
        eq(leisurePlans.revision, revision),
      ),
    )
    .returning({ revision: leisurePlans.revision })
  if (moved.length === 0) throw changedMeanwhile()
}

/** A new group changes the plan whatever was shown: it takes nothing from what a colleague did. */
async function openPlan(
  tx: Tx,
  place: { centreId: Id<'leisure-centre'>; periodId: Id<'leisure-period'> },
): Promise<void> {
  await tx
    .insert(leisurePlans)
    .values(place)
    .onConflictDoUpdate({
      target: [leisurePlans.centreId, leisurePlans.periodId],
      set: { revision: sql`${leisurePlans.revision} + 1` },
    })
}

async function setUsual(tx: Tx, sessions: readonly Session[], places: number): Promise<void> {
  const needed = []
  for (const session of sessions) {
    if (session.capacity === places) continue
    if (!(await setCapacity(tx, session.id, places))) needed.push({ session, field: 'places' })
  }
  await refuseNeeded(tx, needed)
}

const factsOf = ({
  minAge,
  maxAge,
  units,
  opensAt,
  closesAt,
  places,
}: Omit<GroupForm, 'name' | 'units'> & Pick<Group, 'units'>) => ({
  minAge,
  maxAge,
  units,
  opensAt,
  closesAt,
  places,
})

function refuseFaults(form: GroupForm, centre: Centre, others: readonly Group[]): void {
  const errors: FieldError[] = []
  if (form.maxAge < form.minAge) errors.push({ field: 'maxAge', code: 'ages-turned-round' })
  const other = overlapping(form, others)
  if (other) errors.push({ field: 'minAge', code: 'ages-overlap', params: { name: other.name } })
  if (form.closesAt <= form.opensAt) errors.push({ field: 'closesAt', code: 'closes-before-it-opens' })
  if (form.units.includes('half-day-with-meal') && !centre.meals)
    errors.push({ field: 'units', code: 'no-meals-there' })
  if (errors.length > 0) throw invalid(errors)
}
