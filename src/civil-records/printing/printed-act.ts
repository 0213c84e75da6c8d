import type { BatchRequest, CivilCoverLetterView, CivilRecordView } from '../../documents/civil/views.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Town } from '../../town-context.ts'
import { askedRecord, registryService, signingOfficer } from '../registry.ts'
import type { civilActs } from '../schema.ts'
import type { CivilRequest } from '../store.ts'
import { readAct } from './read-act.ts'

type Act = typeof civilActs.$inferSelect

/** The act as it is printed, dated of today in Paris. `scan` has the pictures when the act is copied as one. */
function printedAct(town: Town, request: CivilRequest, act: Act, scan: readonly Uint8Array[]): CivilRecordView {
  const { kind, form } = request
  if (!kind || !form) throw new RangeError('a request that was not sent has no act')
  const today = dayInParis(town.clock.now())
  const { registerYear, volume, actNumber, content } = readAct({ kind, form }, act.typed, today)
  const printed = {
    register: { year: registerYear, number: actNumber, ...(volume ? { volume } : {}) },
    issuedOn: today.toString(),
    officer: signingOfficer(town),
    information: request.granted?.information ?? false,
  }
  const asked = { kind, names: askedRecord(request).names }
  switch (content.way) {
    case 'scan':
      return { ...printed, form: 'full-copy', act: asked, scan }
    case 'text':
      return { ...printed, form: 'full-copy', act: asked, text: content.text, marginalNotes: content.marginalNotes }
    case 'facts': {
      const { act: facts, marginalNotes, events, other } = content
      if (form === 'full-copy') return { ...printed, form, act: facts, marginalNotes }
      if (form !== 'multilingual') return { ...printed, form, act: facts, marginalNotes }
      if (facts.kind === 'recognition') throw new RangeError('a recognition has no multilingual extract')
      return { ...printed, form, act: facts, events, ...(other ? { other } : {}) }
    }
  }
}

/** The letter that goes with a posted record; undefined when it is collected. */
function coverLetter(town: Town, request: CivilRequest): CivilCoverLetterView | undefined {
  const { applicant, address } = request.answers
  if (request.delivery !== 'post' || !applicant || !address || !request.number) return undefined
  return {
    number: request.number,
    sentOn: dayInParis(town.clock.now()).toString(),
    to: { name: `${applicant.firstName} ${applicant.lastName}`, ...address },
    enclosed: [askedRecord(request)],
    service: registryService(town),
  }
}

/** The papers of one request in a batch: its letter when it is posted, then the record as often as asked. */
export function batchRequest(town: Town, request: CivilRequest, act: Act, scan: readonly Uint8Array[]): BatchRequest {
  const { applicant } = request.answers
  const letter = coverLetter(town, request)
  const language = request.language === 'en' ? 'en' : 'fr'
  return {
    number: request.number ?? '',
    applicant: applicant ? `${applicant.lastName} ${applicant.firstName}` : '',
    delivery: request.delivery ?? 'post',
    parts: [
      ...(letter ? [{ kind: 'civil-cover-letter' as const, language, view: letter } as const] : []),
      { kind: 'civil-record', view: printedAct(town, request, act, scan), copies: request.copies ?? 1 },
    ],
  }
}
