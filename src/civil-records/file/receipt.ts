import { accounts } from '../../access/schema.ts'
import { audit } from '../../audit/audit.ts'
import { and, eq } from '../../db/drizzle.ts'
import type { DocumentPool } from '../../documents/pool.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/problems.ts'
import { persons } from '../../people/schema.ts'
import type { Town } from '../../town-context.ts'
import { followPage } from '../asking/acknowledge.ts'
import { askedRecord, registryService } from '../registry.ts'
import { civilMoves } from '../schema.ts'
import { requestForClerk } from '../store.ts'

/**
 * What a resident takes home from the counter, in large letters: drawn when it is printed, for it says who wrote the request
 * down for them and by what mandate; `note` is what the clerk noted of it. Throws 404 for a request that nobody wrote down
 * for the applicant.
 */
export async function drawReceipt(
  town: Town,
  pdf: DocumentPool,
  clerk: Clerk,
  id: string,
  note: (personId: string | null) => string | undefined,
): Promise<{ name: string; bytes: Uint8Array }> {
  const db = town.db.read
  const request = await requestForClerk(db, clerk, id)
  const { number, delivery, submittedAt, dueOn, answers, channel, granted } = request
  const [writer] = await db
    .select({ firstName: persons.firstName, lastName: persons.lastName })
    .from(civilMoves)
    .innerJoin(accounts, eq(accounts.id, civilMoves.accountId))
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(and(eq(civilMoves.requestId, request.id), eq(civilMoves.to, 'submitted'), eq(civilMoves.by, 'clerk')))
  const { applicant } = answers
  if (!writer || channel === 'online' || !number || !delivery || !submittedAt || !dueOn || !applicant) throw notFound()
  const language = request.language === 'fr' ? 'fr' : 'en'
  const { t } = town.languages.for(language)
  const noted = note(request.personId)
  const mandate = [t(`access:acting.mandate.${channel}`), ...(noted ? [noted] : [])].join(', ')
  await town.db.transaction(async tx => {
    const subject = { kind: 'civil-request', id: request.id }
    await audit(tx, town.clock.now(), clerk, { action: 'civil-request.receipt-printed', subject })
  })
  const bytes = await pdf.render({
    kind: 'civil-request-receipt',
    language,
    town: town.config.town,
    view: {
      number,
      receivedAt: submittedAt.toString(),
      applicant: `${applicant.firstName} ${applicant.lastName}`,
      asked: askedRecord(request),
      delivery,
      clerk: `${writer.firstName} ${writer.lastName}`,
      mandate,
      service: registryService(town),
      answerBefore: dueOn.toString(),
      followPage: followPage(town, { ...request, personId: null }),
      missing:
        answers.proof === 'at-counter' ? (granted?.proofs ?? []).map(proof => t(`civil-ask:proof.of.${proof}`)) : [],
    },
  })
  return { name: `recu-${number}`, bytes }
}
