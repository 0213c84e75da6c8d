import type { Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { LetterContent } from '../mail/mailer.ts'
import { mailRecipients } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'

type HouseholdLetter = {
  kind: string
  /** Which event it is about: the same one writes once to each reader. */
  key: string
  /** What it says, in the reader's language. */
  content: (words: Translator) => LetterContent
  /** Sent along; none when nothing is said. */
  documents?: readonly Id<'document'>[]
}

/** Writes to each adult of a household that can be reached, about the leisure centres. */
export async function writeToHousehold(
  tx: Tx,
  town: Town,
  householdId: Id<'household'>,
  { kind, key, content, documents = [] }: HouseholdLetter,
): Promise<void> {
  for (const to of await mailRecipients(tx, householdId)) {
    await town.mailer.write(tx, town.clock.now(), {
      key: `leisure-${kind}:${key}:${to.personId}`,
      kind: `leisure.${kind}`,
      to,
      content: content(town.languages.for(to.language)),
      documents,
    })
  }
}
