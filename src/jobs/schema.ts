import { id, index, instant, integer, json, table, text, uniqueIndex } from '../db/columns.ts'

/** Work promised by a use case in its own transaction. The row is the truth; BullMQ or the in-process runner only carry it. */
export const outbox = table(
  'outbox',
  {
    id: id<'job'>(),
    topic: text().notNull(),
    payload: json<unknown>().notNull(),
    /** What makes this work one and the same: promising it twice keeps the first. */
    key: text().notNull(),
    state: text().$type<'waiting' | 'done' | 'dead'>().notNull(),
    /** Not before this instant; moved forward when the row is handed over or must be tried again. */
    dueAt: instant().notNull(),
    attempts: integer().notNull(),
    lastError: text(),
    createdAt: instant().notNull(),
    doneAt: instant(),
  },
  t => [uniqueIndex('outbox_key').on(t.key), index('outbox_due').on(t.state, t.dueAt)],
)
