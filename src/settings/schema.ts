import { instant, json, primaryKey, ref, table, text } from '../db/columns.ts'

/** What an administrator set, one row for each setting; one that has no row is as the program ships it. */
export const townSettings = table('town_settings', {
  key: text().primaryKey(),
  /** In an object, so that a text, a number and nothing at all are kept alike on both engines. */
  value: json<{ is: unknown }>().notNull(),
  updatedAt: instant().notNull(),
  updatedBy: ref<'account'>().notNull(),
})

/** The town's own words for a letter, in a language; without a row the letter has the words it ships with. */
export const letterTexts = table(
  'letter_texts',
  {
    key: text().notNull(),
    language: text().notNull(),
    subject: text().notNull(),
    /** Paragraphs, with an empty line between them. */
    body: text().notNull(),
    updatedAt: instant().notNull(),
    updatedBy: ref<'account'>().notNull(),
  },
  t => [primaryKey({ columns: [t.key, t.language] })],
)
