import type { Tx } from '../../db/database.ts'
import { childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { writeToHousehold } from '../letters.ts'
import type { Signup } from '../signups.ts'
import { centreById } from '../store.ts'
import { daysInWords } from './words.ts'

type Cancelled = {
  free: readonly Temporal.PlainDate[]
  late: readonly Temporal.PlainDate[]
  /** A clerk's words, when it was the town hall that cancelled. */
  reason?: string
}

/** Tells a household which days of a sign-up are cancelled, and which of them are charged all the same. */
export async function writeCancelled(tx: Tx, town: Town, signup: Signup, { free, late, reason }: Cancelled) {
  const child = (await childrenById(tx, [signup.childId])).get(signup.childId)
  const centre = await centreById(tx, signup.centreId)
  const first = [...free, ...late].sort(Temporal.PlainDate.compare)[0]
  await writeToHousehold(tx, town, signup.householdId, {
    kind: 'cancelled',
    // A day is cancelled once.
    key: `${signup.id}:${first}`,
    content: words => {
      const { t } = words
      const name = child?.firstName ?? ''
      const fact = (key: string, days: readonly Temporal.PlainDate[]) =>
        days.length > 0 ? [{ label: t(`leisure-waiting:mail.cancelled.${key}`), value: daysInWords(words, days) }] : []
      return {
        subject: t('leisure-waiting:mail.cancelled.subject', { name }),
        paragraphs: [
          t(`leisure-waiting:mail.cancelled.${reason ? 'byTown' : 'done'}`, { name }),
          ...(reason ? [reason] : []),
          ...(late.length > 0 ? [t('leisure-waiting:mail.cancelled.paper')] : []),
        ],
        facts: [
          { label: t('leisure-waiting:mail.centre'), value: centre.name },
          ...fact('free', free),
          ...fact('late', late),
        ],
        action: {
          label: t('leisure-waiting:mail.mine'),
          url: `${town.config.baseUrl}/centres-de-loisirs/inscriptions`,
        },
      }
    },
  })
}
