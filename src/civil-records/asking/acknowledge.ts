import { eq } from '../../db/drizzle.ts'
import { documentOf, keepDocument } from '../../documents/keep.ts'
import type { DocumentPool } from '../../documents/pool.ts'
import type { DocumentRequest } from '../../documents/views.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { writeToApplicant } from '../letters.ts'
import { addresseeOf, appealOf, askedRecord, registryService } from '../registry.ts'
import { silenceRefusesOn } from '../rules/delays.ts'
import { civilRequests } from '../schema.ts'
import type { CivilRequest } from '../store.ts'

export const acknowledgementKind = 'civil-acknowledgement'

/**
 * Draws the acknowledgement of a request, keeps it, and writes the letter that brings it, printed for who has no e-mail
 * (code des relations entre le public et l'administration, art. R112-5 and R112-11-1). Done twice, it changes nothing.
 */
export async function acknowledge(town: Town, pdf: DocumentPool, requestId: Id<'civil-request'>): Promise<void> {
  if (await documentOf(town.db.read, acknowledgementKind, requestId)) return
  const [request] = await town.db.read.select().from(civilRequests).where(eq(civilRequests.id, requestId))
  const made = request && acknowledgement(town, request)
  if (!made) return
  const { t, f } = town.languages.for(request.language)
  const name = `${t('civil-ask:acknowledgementFile', { number: request.number })}.pdf`
  await keepDocument(
    town,
    pdf,
    { kind: acknowledgementKind, subjectId: requestId, name, request: made },
    (tx, documents) =>
      writeToApplicant(tx, town, request, {
        text: 'civil.acknowledged',
        key: requestId,
        params: { deadline: request.dueOn ? f.day(request.dueOn) : '' },
        documents,
      }),
  )
}

/** What is printed; undefined for a request that was not sent. */
function acknowledgement(town: Town, request: CivilRequest): DocumentRequest | undefined {
  const { number, delivery, submittedAt, dueOn, answers } = request
  if (!number || !delivery || !submittedAt || !dueOn) return undefined
  const language = request.language === 'fr' ? 'fr' : 'en'
  const words = town.languages.for(language)
  return {
    kind: acknowledgementKind,
    language,
    town: town.config.town,
    view: {
      number,
      receivedAt: submittedAt.toString(),
      to: addresseeOf(request),
      asked: askedRecord(request),
      delivery,
      service: registryService(town),
      answerBefore: dueOn.toString(),
      silence: { meaning: 'refusal', afterMonths: 2, on: silenceRefusesOn(submittedAt).toString() },
      appeal: appealOf(town),
      followPage: followPage(town, request),
      missing:
        answers.proof === 'at-counter'
          ? (request.granted?.proofs ?? []).map(proof => words.t(`civil-ask:proof.of.${proof}`))
          : [],
    },
  }
}

/**
 * Where the code on the paper leads. Without an account it is the page that asks for the number and the birth year: people
 * show this paper to others, and its secret would go along.
 */
export function followPage({ config }: Town, { id, personId }: Pick<CivilRequest, 'id' | 'personId'>): string {
  return `${config.baseUrl}/etat-civil/${personId ? `mes-demandes/${id}` : 'suivi'}`
}
