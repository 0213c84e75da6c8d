import { inArray } from '../../db/drizzle.ts'
import { keepDocument } from '../../documents/keep.ts'
import type { DocumentPool } from '../../documents/pool.ts'
import type { Id } from '../../kernel/ids.ts'
import type { LetterContent } from '../../mail/mailer.ts'
import { childrenOf, mailRecipients } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { writeToHousehold } from '../letters.ts'
import { leisurePeriods, leisureSignups } from '../schema.ts'
import { type Signup, withDays } from '../signups.ts'
import { centresOf, type LeisurePeriod } from '../store.ts'
import { stayInWords } from '../waiting/words.ts'
import { confirmationKind, confirmationOf } from './confirmation.ts'

/** Sign-ups of a household that were confirmed together. */
export type Confirmed = { householdId: Id<'household'>; signupIds: readonly Id<'leisure-signup'>[] }

/**
 * Writes to the household what was confirmed: a letter for each period, with the confirmation of all its places there as a
 * PDF. A sign-up is confirmed once, and so is its letter written, however often this runs. What was cancelled since is
 * left out.
 */
export async function writeConfirmations(
  town: Town,
  pdf: DocumentPool,
  { householdId, signupIds }: Confirmed,
): Promise<void> {
  if (signupIds.length === 0) return
  const db = town.db.read
  const rows = await db
    .select()
    .from(leisureSignups)
    .where(inArray(leisureSignups.id, [...signupIds]))
  const signups = await withDays(
    db,
    rows.filter(({ state }) => state === 'booked'),
  )
  const periods = await db
    .select()
    .from(leisurePeriods)
    .where(inArray(leisurePeriods.id, [...new Set(signups.map(({ periodId }) => periodId))]))
  for (const period of periods) {
    const confirmed = signups.filter(({ periodId }) => periodId === period.id)
    await writeConfirmation(town, pdf, householdId, { period, confirmed })
  }
}

type Told = { period: LeisurePeriod; confirmed: readonly Signup[] }

async function writeConfirmation(town: Town, pdf: DocumentPool, householdId: Id<'household'>, told: Told) {
  const [first] = await mailRecipients(town.db.read, householdId)
  const language = first?.language ?? 'fr'
  const request = await confirmationOf(town, householdId, told.period, language)
  const [event] = told.confirmed.map(({ id }) => id).sort()
  if (!request || !event) return
  const content = await letter(
    town,
    householdId,
    told,
    request.view.children.some(({ missing }) => missing.length > 0),
  )
  const name = `${town.languages.for(language).t('leisure-papers:file')}.pdf`
  const made = { kind: confirmationKind, subjectId: event, name, request }
  await keepDocument(town, pdf, made, (tx, documents) =>
    writeToHousehold(tx, town, householdId, { kind: 'confirmed', key: event, content, documents }),
  )
}

/** What the letter says, in the reader's language. */
async function letter(
  town: Town,
  householdId: Id<'household'>,
  { period, confirmed }: Told,
  incomplete: boolean,
): Promise<(words: Translator) => LetterContent> {
  const names = new Map((await childrenOf(town.db.read, householdId)).map(child => [child.id, child.firstName]))
  const centres = new Map((await centresOf(town.db.read)).map(centre => [centre.id, centre.name]))
  return words => {
    const { t } = words
    const stay = (signup: Signup) => ({
      stay: stayInWords(words, signup),
      centre: centres.get(signup.centreId) ?? '',
    })
    return {
      subject: t('leisure-papers:mail.confirmed.subject', { period: period.name }),
      paragraphs: [
        t('leisure-papers:mail.confirmed.intro'),
        ...(incomplete ? [t('leisure-papers:mail.confirmed.missing')] : []),
      ],
      facts: confirmed.map(signup => ({
        label: names.get(signup.childId) ?? '',
        value: t('leisure-papers:mail.fact', stay(signup)),
      })),
      action: { label: t('leisure-papers:mail.confirmed.action'), url: signupsUrl(town) },
      after: [t('leisure-papers:mail.confirmed.after', { count: period.cancelDays })],
    }
  }
}

/** Where a family sees its sign-ups. */
export const signupsUrl = ({ config }: Town) => `${config.baseUrl}/centres-de-loisirs/inscriptions`
