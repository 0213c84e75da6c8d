import words from '../../templates/locales/fr/journal.json' with { type: 'json' }

// The journal's words are its lists: what gets words there is offered as a filter, and all else is shown by its code.

/** The deeds that have words, by the thing they are about: `meals` → `changed`, `moved` … */
export const deeds: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(words.actions).map(([thing, list]) => [thing, Object.keys(list)]),
)

/** What deeds are done to. */
export const subjectKinds: readonly string[] = Object.keys(words.kinds)
