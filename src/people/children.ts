import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, eq, gte, isNotNull, ne } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { birthDateFault, dayField, linesField, nameField } from './forms.ts'
import { addPerson, renamePerson } from './persons.ts'
import { type ChildIdentity, isSameChild, maybeSameChild } from './rules.ts'
import { childHealth, children, householdMembers, persons, schoolings } from './schema.ts'
import { classesFor, classNameFor, LEVELS, type SchoolDirectory, schoolingsWith } from './schools.ts'
import { type Child, childOf, householdOf, type Schooling } from './store.ts'

export const MEAL_TYPES = ['standard', 'no-pork', 'vegetarian', 'pai-basket'] as const

export const identityForm = z.object({ firstName: nameField, lastName: nameField, birthDate: dayField })
export const schoolForm = z.object({
  schoolId: z.string().min(1),
  level: z.enum(LEVELS),
  /** One of the school's classes of that level, when known. */
  className: z.string().trim().max(60).optional(),
  from: dayField.optional(),
})
export const mealsForm = z.object({ mealType: z.enum(MEAL_TYPES), pai: z.boolean() })
export const healthText = linesField(4_000)

export const newChildForm = identityForm.extend({
  mealType: mealsForm.shape.mealType.default('standard'),
  pai: z.boolean().default(false),
})
export type NewChild = z.output<typeof newChildForm>

/** Whether the town has to look at the child first, because another household may have it already. */
export type AddedChild = { id: Id<'person'>; toCheck: boolean }

/**
 * Adds a child to the asker's household. When the town may know the child from another household, it waits for a clerk and
 * nothing of the other household is said. Throws `invalid` for a birth date that cannot be, 409 `child-known` when the
 * household has this very child already. The same `key` sent twice adds one child.
 */
export async function addChild(town: Town, actor: Actor, child: NewChild, key?: string): Promise<AddedChild> {
  const now = town.clock.now()
  const fault = birthDateFault(child.birthDate, dayInParis(now))
  if (fault) throw invalid([{ field: 'birthDate', code: fault }])
  const householdId = await householdOf(town.db.read, actor)
  return once({ db: town.db, now }, { scope: `child of ${householdId}`, key, content: child }, async tx => {
    if ((await siblings(tx, householdId)).some(known => isSameChild(known, child))) throw conflict('child-known')
    const toCheck = (await knownElsewhere(tx, householdId, child)).length > 0
    const { firstName, lastName, birthDate, mealType, pai } = child
    const id = await addPerson(tx, now, { firstName, lastName, birthDate, language: 'fr' })
    await tx.insert(children).values({ personId: id, mealType, pai })
    await tx.insert(householdMembers).values({
      householdId,
      personId: id,
      role: 'child',
      confirmedAt: toCheck ? null : now,
      createdAt: now,
    })
    await audit(tx, now, actor, { action: 'child.added', subject: subject(id), details: { householdId, toCheck } })
    return { id, toCheck }
  })
}

/**
 * Corrects a child's names or birth date. Throws 409 `child-to-check` when they would become those of a child of another
 * household: that is for a clerk to look at.
 */
export async function renameChild(
  town: Town,
  actor: Actor,
  childId: string,
  identity: z.output<typeof identityForm>,
): Promise<void> {
  const now = town.clock.now()
  const fault = birthDateFault(identity.birthDate, dayInParis(now))
  if (fault) throw invalid([{ field: 'birthDate', code: fault }])
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    const child = await childOf(tx, householdId, childId)
    const others = (await siblings(tx, householdId)).filter(({ id }) => id !== child.id)
    if (others.some(other => isSameChild(other, identity))) throw conflict('child-known')
    const elsewhere = (await knownElsewhere(tx, householdId, identity)).filter(({ id }) => id !== child.id)
    if (!isSameChild(child, identity) && elsewhere.length > 0) throw conflict('child-to-check')
    await renamePerson(tx, child.id, identity)
    await tx.update(persons).set({ birthDate: identity.birthDate }).where(eq(persons.id, child.id))
    await audit(tx, now, actor, { action: 'child.renamed', subject: subject(child.id) })
  })
}

/**
 * Writes the school and class of a child from a day on (today when none is said): days before stay with the school of
 * then. Throws `invalid` for a school or class that is not of the town.
 */
export async function changeSchool(
  town: Town,
  schools: SchoolDirectory,
  actor: Actor,
  childId: string,
  form: z.output<typeof schoolForm>,
): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    const child = await childOf(tx, householdId, childId)
    const school = (await schools(tx)).find(({ id }) => id === form.schoolId)
    if (!school) throw invalid([{ field: 'schoolId', code: 'not-a-choice' }])
    if (form.className && !classesFor(school, form.level).includes(form.className)) {
      throw invalid([{ field: 'className', code: 'not-a-choice' }])
    }
    const from = form.from ?? today
    // Meals already eaten stay with the school that served them.
    if (child.schoolings.length > 0 && Temporal.PlainDate.compare(from, today) < 0) {
      throw invalid([{ field: 'from', code: 'date-in-past' }])
    }
    if (Temporal.PlainDate.compare(from, today.add({ years: 1 })) > 0) {
      throw invalid([{ field: 'from', code: 'date-too-far' }])
    }
    const className = form.className ?? classNameFor(school, form.level)
    await writeSchoolings(tx, child.id, schoolingsWith(child.schoolings, { schoolId: school.id, className, from }))
    await audit(tx, now, actor, {
      action: 'child.school-changed',
      subject: subject(child.id),
      details: { schoolId: school.id, from: from.toString() },
    })
    await promiseMealsFollow(tx, now, { childId: child.id })
  })
}

/**
 * Says which class of the school the child is in, where only the level was known. Throws `invalid` for a class that does
 * not take that level, 404 when the class is known already.
 */
export async function chooseClass(
  town: Town,
  schools: SchoolDirectory,
  actor: Actor,
  childId: string,
  className: string,
): Promise<void> {
  await town.db.transaction(async tx => {
    const child = await childOf(tx, await householdOf(tx, actor), childId)
    const choice = await classesToChoose(tx, schools, child)
    if (!choice) throw notFound()
    if (!choice.classes.includes(className)) throw invalid([{ field: 'className', code: 'not-a-choice' }])
    await tx
      .update(schoolings)
      .set({ className })
      .where(and(eq(schoolings.childId, child.id), eq(schoolings.from, choice.schooling.from)))
    await audit(tx, town.clock.now(), actor, { action: 'child.class-chosen', subject: subject(child.id) })
  })
}

/** The classes of the child's level at their school, while nobody has said which one it is. */
export async function classesToChoose(
  db: Queries,
  schools: SchoolDirectory,
  child: Child,
): Promise<{ schooling: Schooling; school: string; classes: readonly string[] } | undefined> {
  const schooling = child.schoolings.at(-1)
  const level = LEVELS.find(one => one === schooling?.className)
  const school = (await schools(db)).find(({ id }) => id === schooling?.schoolId)
  if (!schooling || !level || !school) return undefined
  const classes = classesFor(school, level)
  return classes.length > 1 ? { schooling, school: school.name, classes } : undefined
}

/** Says what the child eats and whether there is a health plan (PAI). Without one, what was written of it is forgotten. */
export async function changeMeals(
  town: Town,
  actor: Actor,
  childId: string,
  form: z.output<typeof mealsForm>,
): Promise<void> {
  if (form.mealType === 'pai-basket' && !form.pai) throw invalid([{ field: 'pai', code: 'pai-needed' }])
  await town.db.transaction(async tx => {
    const child = await childOf(tx, await householdOf(tx, actor), childId)
    await tx.update(children).set(form).where(eq(children.personId, child.id))
    if (!form.pai) await tx.delete(childHealth).where(eq(childHealth.childId, child.id))
    await audit(tx, town.clock.now(), actor, { action: 'child.meals-changed', subject: subject(child.id) })
    await promiseMealsFollow(tx, town.clock.now(), { childId: child.id, mealTypeBefore: child.mealType })
  })
}

/** The children of a household, those to check included. */
export async function siblings(
  db: Queries,
  householdId: Id<'household'>,
): Promise<(ChildIdentity & { id: Id<'person'>; confirmed: boolean })[]> {
  const rows = await db
    .select({
      id: persons.id,
      firstName: persons.firstName,
      lastName: persons.lastName,
      birthDate: persons.birthDate,
      confirmedAt: householdMembers.confirmedAt,
    })
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .where(and(eq(householdMembers.householdId, householdId), eq(householdMembers.role, 'child')))
    .orderBy(asc(persons.birthDate), asc(persons.firstName))
  return rows.map(({ birthDate, confirmedAt, ...row }) => ({
    ...row,
    birthDate: birthDate ?? impossible(),
    confirmed: confirmedAt !== null,
  }))
}

/** Checked children of other households that may be this one. */
export async function knownElsewhere(
  db: Queries,
  householdId: Id<'household'>,
  child: ChildIdentity,
): Promise<(ChildIdentity & { id: Id<'person'>; householdId: Id<'household'> })[]> {
  const sameDay = await db
    .select({
      id: persons.id,
      firstName: persons.firstName,
      lastName: persons.lastName,
      birthDate: persons.birthDate,
      householdId: householdMembers.householdId,
    })
    .from(persons)
    .innerJoin(householdMembers, eq(householdMembers.personId, persons.id))
    .where(
      and(
        eq(persons.birthDate, child.birthDate),
        eq(householdMembers.role, 'child'),
        ne(householdMembers.householdId, householdId),
        isNotNull(householdMembers.confirmedAt),
      ),
    )
  return sameDay
    .map(({ birthDate, ...row }) => ({ ...row, birthDate: birthDate ?? impossible() }))
    .filter(other => maybeSameChild(child, other))
}

async function writeSchoolings(tx: Tx, childId: Id<'person'>, wanted: readonly Schooling[]): Promise<void> {
  const kept = wanted.slice(0, -1)
  const next = wanted.at(-1)
  if (!next) return
  await tx.delete(schoolings).where(and(eq(schoolings.childId, childId), gte(schoolings.from, next.from)))
  for (const { from, to } of kept) {
    await tx
      .update(schoolings)
      .set({ to })
      .where(and(eq(schoolings.childId, childId), eq(schoolings.from, from)))
  }
  await tx.insert(schoolings).values({ id: newId<'schooling'>(), childId, ...next })
}

/** A child of the asker's household, checked or not. Throws 404 for any other. */
export async function anyChildOf(db: Queries, householdId: Id<'household'>, childId: string) {
  const child = (await siblings(db, householdId)).find(({ id }) => id === childId)
  if (!child) throw notFound()
  return child
}

const subject = (id: Id<'person'>) => ({ kind: 'child', id })

function impossible(): never {
  throw new Error('a child without birth date')
}

/** The canteen moves the meals already booked to the new school, or has them cooked as the child eats now. */
async function promiseMealsFollow(
  tx: Tx,
  now: Temporal.Instant,
  payload: { childId: Id<'person'>; mealTypeBefore?: string },
): Promise<void> {
  const key = `canteen.child-changed:${payload.childId}:${newId()}`
  await outbox(tx, now, { topic: 'canteen.child-changed', payload, key })
}
