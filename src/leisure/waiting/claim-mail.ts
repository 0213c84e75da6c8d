import type { Tx } from '../../db/database.ts'
import type { Town } from '../../town-context.ts'
import { writeToHousehold } from '../letters.ts'
import type { leisureClaims } from '../schema.ts'
import { daysInWords } from './words.ts'

type Answer = {
  name: string
  accepted: readonly Temporal.PlainDate[]
  refused: readonly Temporal.PlainDate[]
  words: string
}

/** Tells the household what the town answers to its paper, day by day, and why some days are refused. */
export async function writeClaimAnswer(
  tx: Tx,
  town: Town,
  claim: Pick<typeof leisureClaims.$inferSelect, 'id' | 'householdId'>,
  { name, accepted, refused, words: reason }: Answer,
): Promise<void> {
  await writeToHousehold(tx, town, claim.householdId, {
    kind: 'claim',
    key: claim.id,
    content: words => {
      const { t } = words
      const fact = (key: string, days: readonly Temporal.PlainDate[]) =>
        days.length > 0 ? [{ label: t(`leisure-waiting:mail.claim.${key}`), value: daysInWords(words, days) }] : []
      return {
        subject: t('leisure-waiting:mail.claim.subject', { name }),
        paragraphs: [
          t('leisure-waiting:mail.claim.intro', { name }),
          ...(reason ? [t('leisure-waiting:mail.claim.reason'), reason] : []),
        ],
        facts: [...fact('accepted', accepted), ...fact('refused', refused)],
        action: {
          label: t('leisure-waiting:mail.claim.action'),
          url: `${town.config.baseUrl}/centres-de-loisirs/justificatifs`,
        },
      }
    },
  })
}
