import type { Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'

type To = { personId: Id<'person'>; email: string; language: string }

/**
 * Writes a letter about an account. Its words are `access:mail.<kind>`: subject, text, and when it has a link, action and
 * after. `key` says which event it is about: the same event writes once.
 */
export async function writeAccountLetter(
  tx: Tx,
  town: Town,
  letter: { kind: string; key: string; to: To; path?: string; params?: Record<string, unknown> },
): Promise<void> {
  const { t } = town.languages.for(letter.to.language)
  const { town: identity, baseUrl } = town.config
  const params = { ...letter.params, town: identity.name, phone: identity.phone }
  const words = (part: string) => t(`access:mail.${letter.kind}.${part}`, params)
  await town.mailer.write(tx, town.clock.now(), {
    key: `${letter.kind}:${letter.key}`,
    kind: `account.${letter.kind}`,
    to: letter.to,
    content: {
      subject: words('subject'),
      paragraphs: words('text').split('\n'),
      ...(letter.path ? { action: { label: words('action'), url: `${baseUrl}${letter.path}` } } : {}),
      after: words('after').split('\n'),
    },
  })
}
