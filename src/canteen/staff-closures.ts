import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isOnOrBefore } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, type FieldError, invalid, notFound } from '../kernel/problems.ts'
import { dayField, linesField } from '../people/forms.ts'
import { schoolsForClerk } from '../schools/clerk-schools.ts'
import {
  addDeclaration,
  CLOSURE_REASONS,
  type ClosedPart,
  closuresInForce,
  type Declaration,
  declarationById,
  declarationsSince,
  moveDeclaration,
  withdrawClosures,
} from '../schools/closures.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { type ClosureEffect, closureEffect, countClosed } from './staff-closure-effect.ts'

/** A strike told late is still a strike; what is older goes through the cash office. */
const MOST_DAYS_BACK = 62
const LONGEST_DAYS = 62

export const closureForm = z.object({
  /** The whole town, those schools, or one school's classes. */
  wholeTown: z.boolean().default(false),
  schools: z.array(z.string().max(60)).max(200).default([]),
  classes: z.array(z.string().max(60)).max(60).default([]),
  from: dayField,
  to: dayField,
  reason: z.enum(CLOSURE_REASONS, 'required'),
  message: linesField(500).pipe(z.string().min(1, 'required')),
})
export type ClosureForm = z.output<typeof closureForm>

export type ClosurePlan = { parts: readonly ClosedPart[]; effect: ClosureEffect }

/**
 * What closing would do, before anything is done. Throws 404 for a school that is not the clerk's, 422 for days that make
 * no closure, or for what is closed already.
 */
export async function planClosure(town: Town, clerk: Clerk, form: ClosureForm): Promise<ClosurePlan> {
  const { read } = town.db
  const parts = await partsOf(read, clerk, form)
  const errors = dayErrors(form, dayInParis(town.clock.now()))
  if (errors.length > 0) throw invalid(errors)
  await refuseClosedAlready(read, form, parts)
  return { parts, effect: await closureEffect(read, { parts, from: form.from, to: form.to }) }
}

/**
 * Closes: from now on nobody books those days. The meals are cancelled and the families told in the background, a
 * household at a time, however many there are. `meals` is the number the clerk typed: 422 when it is not what would be
 * cancelled. The same `key` closes once.
 */
export async function declareClosure(
  town: Town,
  clerk: Clerk,
  asked: ClosureForm & { meals: number },
  key?: string,
): Promise<Id<'closure-declaration'>> {
  const now = town.clock.now()
  const scope = `closure:${clerk.accountId}`
  return once({ db: town.db, now }, { scope, key, content: asked }, async tx => {
    const { from, to, reason, message, meals } = asked
    const parts = await partsOf(tx, clerk, asked)
    const errors = dayErrors(asked, dayInParis(now))
    if (errors.length > 0) throw invalid(errors)
    await refuseClosedAlready(tx, asked, parts)
    const effect = await countClosed(tx, { parts, from, to })
    if (effect.meals !== meals)
      throw invalid([{ field: 'meals', code: 'meals-differ', params: { count: effect.meals } }])
    const declared = { parts, from, to, reason, message, mealsExpected: meals, createdBy: clerk.accountId }
    const id = await addDeclaration(tx, now, declared)
    await outbox(tx, now, { topic: 'canteen.close', payload: { declarationId: id }, key: `canteen.close:${id}` })
    const details = {
      parts,
      from: from.toString(),
      to: to.toString(),
      reason,
      meals,
      households: effect.households,
    }
    await audit(tx, now, clerk, { action: 'closure.declared', subject: { kind: 'closure', id }, details })
    return id
  })
}

/**
 * Takes a closure back: its days are open again, and the meals it cancelled are booked again where places are left.
 * Throws 404 for a closure that is not the clerk's, 409 while it is still being drawn out or when it was taken back.
 */
export async function withdrawClosure(town: Town, clerk: Clerk, id: string): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const declaration = await declarationForClerk(tx, clerk, id)
    if (declaration.state === 'closing') throw conflict('closure-in-progress')
    if (!(await moveDeclaration(tx, declaration.id, 'closed', 'reopening'))) throw conflict('closure-withdrawn')
    await withdrawClosures(tx, now, declaration.id, clerk.accountId)
    const payload = { declarationId: declaration.id }
    await outbox(tx, now, { topic: 'canteen.reopen', payload, key: `canteen.reopen:${declaration.id}` })
    const subject = { kind: 'closure', id: declaration.id }
    await audit(tx, now, clerk, { action: 'closure.withdrawn', subject })
  })
}

/** The closure, when it concerns none but the clerk's schools. Throws 404 for any other. */
export async function declarationForClerk(db: Queries, clerk: Clerk, id: string): Promise<Declaration> {
  const declaration = await declarationById(db, id)
  const { wholeTown, schools } = await schoolsForClerk(db, clerk)
  const own = new Set<string | null>(schools.map(school => school.id))
  if (!wholeTown && !declaration.closures.every(({ schoolId }) => own.has(schoolId))) throw notFound()
  return declaration
}

/** The closures of these days and those to come that concern a school of the clerk's. */
export async function closuresForClerk(town: Town, clerk: Clerk): Promise<Declaration[]> {
  const { read } = town.db
  const since = dayInParis(town.clock.now()).subtract({ days: 14 })
  const { wholeTown, schools } = await schoolsForClerk(read, clerk)
  const own = new Set<string | null>([null, ...schools.map(school => school.id)])
  const all = await declarationsSince(read, since)
  return wholeTown ? all : all.filter(({ closures }) => closures.some(({ schoolId }) => own.has(schoolId)))
}

async function partsOf(db: Queries, clerk: Clerk, form: ClosureForm): Promise<ClosedPart[]> {
  const { wholeTown, schools } = await schoolsForClerk(db, clerk)
  if (form.wholeTown) {
    if (!wholeTown) throw notFound()
    return [{ schoolId: null, className: null }]
  }
  const chosen = [...new Set(form.schools)].map(id => schools.find(school => school.id === id))
  if (!chosen.every(school => school !== undefined)) throw notFound()
  const [only, ...others] = chosen
  if (!only) throw invalid([{ field: 'schools', code: 'required' }])
  if (form.classes.length === 0) return chosen.map(({ id }) => ({ schoolId: id, className: null }))
  if (others.length > 0) throw invalid([{ field: 'classes', code: 'one-school' }])
  return [...new Set(form.classes)].map(className => ({ schoolId: only.id, className }))
}

function dayErrors({ from, to }: ClosureForm, today: Temporal.PlainDate): FieldError[] {
  if (!isOnOrBefore(from, to)) return [{ field: 'to', code: 'ends-before-it-begins' }]
  if (isOnOrBefore(from, today.subtract({ days: MOST_DAYS_BACK + 1 }))) return [{ field: 'from', code: 'date-too-old' }]
  if (!isOnOrBefore(to, today.add({ years: 1 }))) return [{ field: 'to', code: 'date-too-far' }]
  if (!isOnOrBefore(to, from.add({ days: LONGEST_DAYS })))
    return [{ field: 'to', code: 'closure-too-long', params: { days: LONGEST_DAYS } }]
  return []
}

/** Closed twice is closed once: what others have closed in whole need not be closed again. */
async function refuseClosedAlready(db: Queries, { from, to }: ClosureForm, parts: readonly ClosedPart[]) {
  const inForce = await closuresInForce(db, from, to)
  const covered = (part: ClosedPart) =>
    inForce.some(
      closure =>
        isOnOrBefore(closure.from, from) &&
        isOnOrBefore(to, closure.to) &&
        (closure.schoolId === null || closure.schoolId === part.schoolId) &&
        (closure.className === null || closure.className === part.className),
    )
  if (parts.every(covered)) throw invalid([{ field: 'from', code: 'already-closed' }])
}
