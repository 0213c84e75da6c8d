import { eq } from '../../db/drizzle.ts'
import { documentOf, keepDocument } from '../../documents/keep.ts'
import type { DocumentPool } from '../../documents/pool.ts'
import type { Handlers } from '../../jobs/run.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { writeToApplicant } from '../letters.ts'
import { addresseeOf, appealOf, askedRecord, registryService, signingOfficer } from '../registry.ts'
import { appealInWords } from '../rules/appeal.ts'
import { civilMoves } from '../schema.ts'
import { requestById } from '../store.ts'
import { reasonInWords } from './refusal.ts'

/** Work that a decision leaves for after. Done twice it changes nothing. */
export function refusalJobs(town: Town, pdf: DocumentPool): Handlers {
  return {
    'civil.refusal': ({ moveId }: { moveId: Id<'civil-move'> }) => drawRefusal(town, pdf, moveId),
  }
}

/**
 * Draws the letter of a refusal and writes the mail that brings it, once. The document is of the move: a request opened
 * again on appeal may be refused a second time, with a letter of its own.
 */
async function drawRefusal(town: Town, pdf: DocumentPool, moveId: Id<'civil-move'>): Promise<void> {
  if (await documentOf(town.db.read, 'civil-refusal', moveId)) return
  const [move] = await town.db.read.select().from(civilMoves).where(eq(civilMoves.id, moveId))
  // Deleted with its request, long after: nobody waits for it any more.
  if (!move?.refusal) return
  const request = await requestById(town.db.read, move.requestId)
  const { number, submittedAt, language } = request
  if (!number || !submittedAt) throw new RangeError('a request that was not sent is never refused')
  const { refusal } = move
  const decidedOn = dayInParis(move.at)
  const words = town.languages.for(language)
  const view = {
    number,
    receivedAt: submittedAt.toString(),
    decidedOn: decidedOn.toString(),
    to: addresseeOf(request),
    asked: askedRecord(request),
    law: refusal.law,
    facts: refusal.facts,
    instead: refusal.instead,
    officer: signingOfficer(town),
    appeal: appealOf(town),
    service: registryService(town),
  }
  await keepDocument(
    town,
    pdf,
    {
      kind: 'civil-refusal',
      subjectId: moveId,
      name: `refus-${number}.pdf`,
      request: { kind: 'civil-refusal', view, town: town.config.town, language: language === 'en' ? 'en' : 'fr' },
    },
    (tx, documents) =>
      writeToApplicant(tx, town, request, {
        text: 'civil.refused',
        key: moveId,
        params: {
          reason: reasonInWords(refusal, language === 'fr'),
          appeal: appealInWords(town, words, decidedOn),
        },
        documents,
      }),
  )
}
