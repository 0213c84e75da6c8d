import type { Queries } from '../db/database.ts'
import { type Service, serves } from '../kernel/actor.ts'
import type { Clerk } from '../web/asker.ts'

/** Something that waits for a clerk: a queue with its count. Services hand theirs in at composition. */
export type DeskTask = {
  /** The words are the locale keys `desk:tasks.<key>` with `count`. */
  key: string
  href: string
  /** Who sees it: clerks of one of these services, and administrators. */
  services: readonly Service[]
  count: (db: Queries, now: Temporal.Instant) => Promise<number>
}

export type WaitingTask = { key: string; href: string; count: number }

/** What waits for this clerk, most first. Queues that are empty are left out. */
export async function tasksOf(
  tasks: readonly DeskTask[],
  clerk: Clerk,
  db: Queries,
  now: Temporal.Instant,
): Promise<WaitingTask[]> {
  const own = tasks.filter(task => serves(clerk, task.services))
  const counted = await Promise.all(
    own.map(async ({ key, href, count }) => ({ key, href, count: await count(db, now) })),
  )
  return counted.filter(task => task.count > 0).sort((a, b) => b.count - a.count)
}

/** A service's day on the clerks' first page: figures that each lead to what they count, in the service's own order. */
export type DeskOverview = {
  /** The words are the locale keys `desk:overview.<key>.title` and `desk:overview.<key>.<figure>`. */
  key: string
  /** Who sees it: clerks of one of these services, and administrators. */
  services: readonly Service[]
  figures: (db: Queries, now: Temporal.Instant, clerk: Clerk) => Promise<DeskFigure[]>
}

/** `more`: there are more than were counted. */
type DeskFigure = WaitingTask & { more: boolean }

/** The days of the services that this clerk works for. */
export function overviewsOf(overviews: readonly DeskOverview[], clerk: Clerk, db: Queries, now: Temporal.Instant) {
  const own = overviews.filter(({ services }) => serves(clerk, services))
  return Promise.all(own.map(async ({ key, figures }) => ({ key, figures: await figures(db, now, clerk) })))
}
