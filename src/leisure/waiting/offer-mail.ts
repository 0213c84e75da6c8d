import type { Tx } from '../../db/database.ts'
import type { Town } from '../../town-context.ts'
import { writeToHousehold } from '../letters.ts'
import type { Signup } from '../signups.ts'
import { stayInWords } from './words.ts'

type Offer = { firstName: string; centre: string; expiresAt: Temporal.Instant; token: string }

/** Tells a household that a place is kept for its child, until when, and where to take it. */
export async function writeOffer(tx: Tx, town: Town, signup: Signup, offer: Offer): Promise<void> {
  await writeToHousehold(tx, town, signup.householdId, {
    kind: 'offer',
    key: signup.id,
    content: words => {
      const { t, f } = words
      const said = { name: offer.firstName, centre: offer.centre, until: f.instant(offer.expiresAt) }
      return {
        subject: t('leisure-waiting:mail.offer.subject', said),
        paragraphs: [t('leisure-waiting:mail.offer.place', said), t('leisure-waiting:mail.offer.until', said)],
        facts: [
          { label: t('leisure-waiting:mail.child'), value: offer.firstName },
          { label: t('leisure-waiting:mail.centre'), value: offer.centre },
          { label: t('leisure-waiting:mail.days'), value: stayInWords(words, signup) },
        ],
        action: {
          label: t('leisure-waiting:mail.offer.action'),
          url: `${town.config.baseUrl}/centres-de-loisirs/place/${offer.token}`,
        },
        after: [t('leisure-waiting:mail.offer.after')],
      }
    },
  })
}
