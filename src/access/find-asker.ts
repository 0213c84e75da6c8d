import type { RequestHandler } from 'express'
import { prepared, type Queries } from '../db/database.ts'
import { and, eq, isNull, sql } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import type { ActorSummary } from '../web/navigation.ts'
import { accounts } from './schema.ts'

const accountOfSession = prepared(db =>
  db
    .select({
      accountId: accounts.id,
      personId: accounts.personId,
      services: accounts.services,
      administrator: accounts.administrator,
      clerk: accounts.clerk,
      firstName: persons.firstName,
      lastName: persons.lastName,
    })
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(and(eq(accounts.id, sql.placeholder('accountId')), isNull(accounts.disabledAt)))
    .prepare(),
)

/** A clerk who leaves the counter must not go on in the resident's name. */
const COUNTER_IDLE = Temporal.Duration.from({ minutes: 10 })

/**
 * Finds out who sends each request: from the session, and from the account as it is now, so that a right taken away is
 * gone at the next click.
 */
export function findAsker(town: Town): RequestHandler {
  return async (req, res, next) => {
    const { accountId, actingFor } = req.session
    if (!accountId) return next()
    const [account] = await accountOfSession(town.db.read).execute({ accountId })
    // Disabled or deleted meanwhile: whoever holds the cookie is nobody.
    if (!account) return req.session.regenerate(next)
    const own: Actor = account.clerk
      ? {
          kind: 'clerk',
          accountId,
          personId: account.personId,
          services: account.services,
          administrator: account.administrator,
        }
      : { kind: 'resident', accountId, personId: account.personId }
    const summary: ActorSummary = {
      signedIn: true,
      name: `${account.firstName} ${account.lastName}`,
      isClerk: account.clerk,
      isAdministrator: account.administrator,
      services: account.services,
    }
    res.locals['asker'] = own
    res.locals['actor'] = summary
    if (actingFor && own.kind === 'clerk') {
      const now = town.clock.now()
      const idleSince = Temporal.Instant.from(actingFor.lastActAt).add(COUNTER_IDLE)
      if (Temporal.Instant.compare(now, idleSince) > 0) delete req.session.actingFor
      else {
        actingFor.lastActAt = now.toString()
        res.locals['asker'] = { kind: 'on-behalf', clerk: own, personId: actingFor.personId } satisfies Actor
        summary.actingFor = await nameOf(town.db.read, actingFor.personId)
      }
    }
    next()
  }
}

async function nameOf(db: Queries, personId: Id<'person'>): Promise<string> {
  const [person] = await db
    .select({ firstName: persons.firstName, lastName: persons.lastName })
    .from(persons)
    .where(eq(persons.id, personId))
  return person ? `${person.firstName} ${person.lastName}` : ''
}
