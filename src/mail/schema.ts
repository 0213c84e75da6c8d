import { id, index, instant, json, ref, table, text, uniqueIndex } from '../db/columns.ts'

/** Every message to a person, kept so that a failed one is seen, sent again or printed. */
export const mails = table(
  'mails',
  {
    id: id<'mail'>(),
    /** The same event writes to the same person once. */
    key: text().notNull(),
    personId: ref<'person'>(),
    to: text(),
    language: text().notNull(),
    /** The template: `confirm-email`, `invoice`, `receipt` … */
    kind: text().notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text().notNull(),
    /** Documents to join, by id. */
    documents: json<readonly string[]>().notNull(),
    /** `to-print`: the person has no e-mail, the town sends paper; `posted`: it has. */
    state: text().$type<'waiting' | 'sent' | 'failed' | 'to-print' | 'posted'>().notNull(),
    failure: text(),
    createdAt: instant().notNull(),
    sentAt: instant(),
  },
  t => [
    uniqueIndex('mails_key').on(t.key),
    index('mails_state').on(t.state, t.createdAt),
    index('mails_person').on(t.personId),
  ],
)
