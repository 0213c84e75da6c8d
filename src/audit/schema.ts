import { id, index, instant, integer, json, ref, table, text } from '../db/columns.ts'

/** Who did what to whom. Rows are never changed, but for the number of the seal that closes them. */
export const auditEntries = table(
  'audit_entries',
  {
    id: id<'audit-entry'>(),
    at: instant().notNull(),
    /** `resident`, `clerk`, `system` or `anonymous`. */
    actorKind: text().notNull(),
    actorAccountId: ref<'account'>(),
    /** The resident a clerk acts for at the counter. */
    onBehalfOf: ref<'person'>(),
    action: text().notNull(),
    subjectKind: text().notNull(),
    subjectId: text().notNull(),
    details: json<Record<string, unknown>>().notNull(),
    seal: integer(),
  },
  t => [
    index('audit_subject').on(t.subjectKind, t.subjectId, t.at),
    index('audit_unsealed').on(t.seal),
    // In the order of time, with what the journal filters by: a rare deed is found without reading all rows.
    index('audit_at').on(t.at, t.id, t.action, t.subjectKind),
    index('audit_actor').on(t.actorAccountId, t.at),
  ],
)

/** Each seal is the fingerprint of its entries and of the seal before it: a changed or missing entry breaks the chain. */
export const auditSeals = table('audit_seals', {
  number: integer().primaryKey(),
  previousHash: text().notNull(),
  hash: text().notNull(),
  entries: integer().notNull(),
  sealedAt: instant().notNull(),
})
