import type { Queries } from '../../db/database.ts'
import { count, inArray } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { civilRequests } from '../schema.ts'
import { filterOf, queueTabs } from './queue-filter.ts'
import { queueMoment } from './queue-moment.ts'
import { countFitting, MOST_COUNTED, tabCounts } from './queue-query.ts'
import { queueAddress } from './queue-view.ts'

/** The day of a clerk of the civil registry: what is late first, then what is near, what waits, and their own files. */
const tiles = [
  { key: 'late', query: { delai: 'late' } },
  { key: 'today', query: { delai: 'today' } },
  { key: 'soon', query: { delai: 'soon' } },
  { key: 'waiting', query: { etat: 'waiting' } },
  { key: 'to-print', query: { etat: 'to-print' } },
  { key: 'to-send', query: { etat: 'to-send' } },
  { key: 'to-collect', query: { etat: 'to-collect' } },
  { key: 'mine', query: { agent: 'me' } },
] as const

/** How many files there are of each, with the queue that shows them; `more` when there are more than are counted. */
export async function registryDay(
  db: Queries,
  now: Temporal.Instant,
  clerk: Clerk,
): Promise<{ key: string; href: string; count: number; more: boolean }[]> {
  const moment = await queueMoment(db, now, clerk)
  const ofTabs = await tabCounts(db)
  return Promise.all(
    tiles.map(async ({ key, query }) => {
      const filter = filterOf(query)
      const found = 'etat' in query ? (ofTabs[filter.tab] ?? 0) : await countFitting(db, filter, moment)
      return { key, href: queueAddress(filter), count: Math.min(found, MOST_COUNTED), more: found > MOST_COUNTED }
    }),
  )
}

/** How many files the town must decide. */
export async function countToTreat(db: Queries): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(civilRequests)
    .where(inArray(civilRequests.state, [...queueTabs['to-treat']]))
  return Number(row?.n ?? 0)
}
