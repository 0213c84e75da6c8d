import { index, instant, integer, json, primaryKey, ref, table, text } from '../db/columns.ts'

/** The answer given to a write with an Idempotency-Key, stored in that write's transaction: asked again, told the same. */
export const idempotentAnswers = table(
  'idempotent_answers',
  {
    /** Who asked: another person's key is another key. */
    scope: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    status: integer().notNull(),
    body: json<unknown>().notNull(),
    createdAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.scope, t.key] })],
)

/** Server-side sessions: a stolen database gives none, for only the hash of the cookie's secret is kept. */
export const sessions = table(
  'sessions',
  {
    idHash: text().primaryKey(),
    accountId: ref<'account'>(),
    data: json<Record<string, unknown>>().notNull(),
    device: text(),
    createdAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  t => [index('sessions_account').on(t.accountId), index('sessions_expiry').on(t.expiresAt)],
)
