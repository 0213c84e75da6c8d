import type { Farewell } from '../../access/farewell.ts'
import type { Queries } from '../../db/database.ts'
import { and, eq, inArray } from '../../db/drizzle.ts'
import { personAmong } from '../../kernel/actor.ts'
import { PARIS } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import type { ToDo, ToDos } from '../../people/dashboard.ts'
import { settingsOf } from '../../settings/settings.ts'
import { writeToApplicant } from '../letters.ts'
import { civilRequests } from '../schema.ts'
import { openStates, type RequestState } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import { whatWasAsked } from '../words.ts'
import { collectBefore, readyMove } from './collection-due.ts'
import { openAsk } from './follow.ts'

/**
 * What the town waits for, for the parents' first page: an answer, or the collection of a record. A request is its
 * applicant's own: the other parent sees none, nor does a clerk of another service who acts for them.
 */
export const requestsToDo: ToDos = async ({ town, actor, words }) => {
  const personId = personAmong(actor, 'civil-registry')
  if (!personId) return []
  const { t, f } = words
  const todos: ToDo[] = []
  const settings = await settingsOf(town.db.read)
  for (const request of await requestsIn(town.db.read, personId, ['waiting-for-applicant', 'ready-for-collection'])) {
    const href = `/etat-civil/mes-demandes/${request.id}`
    if (request.state === 'waiting-for-applicant') {
      const ask = await openAsk(town.db.read, request.id)
      if (!ask) continue
      const params = { what: whatWasAsked(words, request), day: f.dayNoYear(ask.dueOn) }
      todos.push({
        text: t('civil-follow:todo.text', params),
        action: t('civil-follow:todo.action'),
        href: `${href}#messages`,
        until: endOf(ask.dueOn),
      })
    } else {
      const ready = await readyMove(town.db.read, request.id)
      if (!ready) continue
      const last = collectBefore(ready.at, settings)
      todos.push({
        text: t('civil-follow:todo.collect', { day: f.dayNoYear(last) }),
        action: t('civil-follow:todo.collectAction'),
        href,
        until: endOf(last),
      })
    }
  }
  return todos
}

/**
 * Requests outlive the account of who made them: what is open goes on, followed by a link of its own. Drafts are the
 * account's, and end with their seven days.
 */
export const civilFarewell: Farewell = {
  staysOf: async (db, personId) => {
    const { length: count } = await requestsIn(db, personId, openStates)
    return count > 0 ? [{ words: 'civil-follow:farewell', params: { count } }] : []
  },
  leave: async (tx, town, personId) => {
    const open = await requestsIn(tx, personId, openStates)
    await tx.update(civilRequests).set({ personId: null }).where(eq(civilRequests.personId, personId))
    for (const request of open) {
      // Without an address there is no link: the number and the birth year still tell where it stands.
      if (!request.email) continue
      const letter = { text: 'civil.follow-link', key: `${request.id}:account-closed`, params: {} } as const
      await writeToApplicant(tx, town, { ...request, personId: null }, letter)
    }
  },
}

async function requestsIn(
  db: Queries,
  personId: Id<'person'>,
  states: readonly RequestState[],
): Promise<CivilRequest[]> {
  return db
    .select()
    .from(civilRequests)
    .where(and(eq(civilRequests.personId, personId), inArray(civilRequests.state, [...states])))
}

/** The end of a day in the town. */
const endOf = (day: Temporal.PlainDate) => day.add({ days: 1 }).toZonedDateTime(PARIS).toInstant()
