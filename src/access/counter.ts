import type { Request } from 'express'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { ageOn } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import { adultById, type Person } from '../people/desk-persons.ts'
import { guardiansOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Clerk } from '../web/asker.ts'
import { accounts } from './schema.ts'

export const COUNTER_REASONS = ['counter', 'phone', 'letter'] as const

export const actForm = z.object({
  reason: z.enum(COUNTER_REASONS, 'required'),
  /** How the resident gave the mandate, when it is worth a word: « par sa fille, carte d’identité vue ». */
  note: z
    .string()
    .trim()
    .max(200)
    .transform(text => text.replace(/\s+/g, ' '))
    .default(''),
  /** The resident is there, on the phone or wrote, and asked for it. */
  consent: z.literal('yes', 'consent-needed'),
})

/**
 * From now on this clerk's session acts for an adult resident who asked for it: for ten idle minutes at most, within the
 * clerk's own services, and every act is kept with both names. Throws 404 for whoever is no adult resident, and for oneself.
 */
export async function startActing(
  town: Town,
  clerk: Clerk,
  req: Request,
  personId: string,
  form: z.output<typeof actForm>,
): Promise<void> {
  const now = town.clock.now()
  const { reason, note } = form
  const person = await town.db.transaction(async tx => {
    const person = await residentToServe(tx, town, clerk, personId)
    const details = { reason, ...(note ? { note } : {}) }
    await audit(tx, now, clerk, { action: 'counter.began', subject: { kind: 'person', id: person.id }, details })
    return person
  })
  req.session.actingFor = { personId: person.id, reason, note, lastActAt: now.toString() }
}

/** The adult resident for whom this clerk may act: no minor, no colleague in their work, not the clerk. Throws 404. */
export async function residentToServe(db: Queries, town: Town, clerk: Clerk, id: string): Promise<Person> {
  const person = await adultById(db, id)
  const [account] = await db.select({ clerk: accounts.clerk }).from(accounts).where(eq(accounts.personId, person.id))
  const minor = person.birthDate && ageOn(person.birthDate, dayInParis(town.clock.now())) < 18
  if (account?.clerk || minor || person.id === clerk.personId) throw notFound()
  return person
}

/** The one of a household's adults that was chosen. Throws `invalid` for anybody else. */
export async function chosenAdult(db: Queries, householdId: string, personId: string): Promise<Id<'person'>> {
  const adults = await guardiansOf(db, householdId as Id<'household'>)
  const adult = adults.find(({ id }) => id === personId)
  if (!adult) throw invalid([{ field: 'personId', code: personId ? 'not-a-choice' : 'required' }])
  return adult.id
}

/** The clerk acts in their own name again. Gives for whom they acted. */
export async function stopActing(town: Town, clerk: Clerk, req: Request): Promise<Id<'person'> | undefined> {
  const acting = req.session.actingFor
  if (!acting) return undefined
  delete req.session.actingFor
  await town.db.transaction(async tx => {
    const subject = { kind: 'person', id: acting.personId }
    await audit(tx, town.clock.now(), clerk, { action: 'counter.ended', subject })
  })
  return acting.personId
}
