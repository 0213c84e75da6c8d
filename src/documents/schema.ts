import { id, instant, integer, table, text, uniqueIndex } from '../db/columns.ts'

/** A PDF made by the worker: one per kind and subject, its bytes in the file store. */
export const documents = table(
  'documents',
  {
    id: id<'document'>(),
    kind: text().notNull(),
    /** The invoice, receipt or credit note it shows. */
    subjectId: text().notNull(),
    name: text().notNull(),
    storedAs: text().notNull(),
    size: integer().notNull(),
    sha256: text().notNull(),
    createdAt: instant().notNull(),
  },
  t => [uniqueIndex('documents_subject').on(t.kind, t.subjectId)],
)
