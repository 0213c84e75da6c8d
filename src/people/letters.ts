import type { Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { mailRecipients } from './store.ts'

type To = { personId: Id<'person'> | null; email: string | null; language: string }

type FamilyLetter = {
  kind: string
  /** Which event it is about: the same one writes once to each reader. */
  key: string
  path?: string
  /** What fills the words, said in the reader's language. */
  params: (words: Translator) => Record<string, unknown>
}

/** Writes to each adult of a household that can be reached. The words are `people:mail.<kind>`. */
export async function writeToFamily(
  tx: Tx,
  town: Town,
  householdId: Id<'household'>,
  letter: FamilyLetter,
): Promise<void> {
  for (const to of await mailRecipients(tx, householdId)) await writeLetter(tx, town, to, letter)
}

/** Writes one such letter to one reader, who need not be known to the town. */
export async function writeLetter(tx: Tx, town: Town, to: To, letter: FamilyLetter): Promise<void> {
  const words = town.languages.for(to.language)
  const params = { ...letter.params(words), town: town.config.town.name, phone: town.config.town.phone }
  const say = (part: string) => words.t(`people:mail.${letter.kind}.${part}`, params)
  await town.mailer.write(tx, town.clock.now(), {
    key: `${letter.kind}:${letter.key}:${to.personId ?? ''}`,
    kind: `family.${letter.kind}`,
    to,
    content: {
      subject: say('subject'),
      paragraphs: say('text').split('\n'),
      ...(letter.path ? { action: { label: say('action'), url: `${town.config.baseUrl}${letter.path}` } } : {}),
    },
  })
}
