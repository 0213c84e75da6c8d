import type { Queries } from '../db/database.ts'
import { and, desc, eq, ne } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { type Clerk, clerkAmong } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { civilRequests } from './schema.ts'

export type CivilRequest = typeof civilRequests.$inferSelect

/** A request for a clerk of the civil registry. Throws 404 to anybody else, for drafts, and for what is not there. */
export async function requestForClerk(db: Queries, actor: Actor, id: string): Promise<CivilRequest> {
  civilClerk(actor)
  const [request] = await db
    .select()
    .from(civilRequests)
    .where(and(eq(civilRequests.id, id as Id<'civil-request'>), ne(civilRequests.state, 'draft')))
  if (!request) throw notFound()
  return request
}

/** The clerk of the civil registry who asks; to anybody else its files do not exist. */
export const civilClerk = (actor: Actor): Clerk => clerkAmong(actor, 'civil-registry')

/** A request of the person who asks, or for whom a clerk acts. Throws 404 for any other. */
export async function requestOfPerson(db: Queries, personId: Id<'person'>, id: string): Promise<CivilRequest> {
  const [request] = await db
    .select()
    .from(civilRequests)
    .where(and(eq(civilRequests.id, id as Id<'civil-request'>), eq(civilRequests.personId, personId)))
  if (!request) throw notFound()
  return request
}

/** The requests of a person, newest first, drafts included. */
export async function requestsOfPerson(db: Queries, personId: Id<'person'>): Promise<CivilRequest[]> {
  return db
    .select()
    .from(civilRequests)
    .where(eq(civilRequests.personId, personId))
    .orderBy(desc(civilRequests.createdAt), desc(civilRequests.id))
    .limit(100)
}

/** The request with that id, whoever asks: for jobs and for links that were checked. Throws 404. */
export async function requestById(db: Queries, id: Id<'civil-request'>): Promise<CivilRequest> {
  const [request] = await db.select().from(civilRequests).where(eq(civilRequests.id, id))
  if (!request) throw notFound()
  return request
}
