import { attendanceList } from './attendance-list.ts'
import { acknowledgement } from './civil/acknowledgement.ts'
import { batch } from './civil/batch.ts'
import { coverLetter } from './civil/cover-letter.ts'
import { fileOf } from './civil/paper.ts'
import { record } from './civil/record.ts'
import { refusal } from './civil/refusal.ts'
import { requestReceipt } from './civil/request-receipt.ts'
import { creditNote } from './credit-note.ts'
import { invoice } from './invoice.ts'
import { kitchenCounts } from './kitchen-counts.ts'
import { leisureConfirmation } from './leisure-confirmation.ts'
import { leisureRegister } from './leisure-register.ts'
import { menuPoster } from './menu-poster.ts'
import { receipt } from './receipt.ts'
import type { DocumentRequest } from './views.ts'
import { wordsIn } from './words.ts'

/**
 * The PDF of a document. The same request always gives the same bytes, so that a job done twice changes nothing.
 * Importing this loads pdfkit and the fonts (80 ms, 40 MB): a program that answers requests asks `documentPool`.
 */
export async function renderDocument(request: DocumentRequest): Promise<Uint8Array<ArrayBuffer>> {
  const words = wordsIn(request.language)
  switch (request.kind) {
    case 'invoice':
      return invoice(request.view, request.town, words)
    case 'credit-note':
      return creditNote(request.view, request.town, words)
    case 'receipt':
      return receipt(request.view, request.town, words)
    case 'attendance-list':
      return attendanceList(request.view, request.town, words)
    case 'kitchen-counts':
      return kitchenCounts(request.view, request.town, words)
    case 'menu-poster':
      return menuPoster(request.view, request.town, words)
    case 'leisure-register':
      return leisureRegister(request.view, request.town, words)
    case 'leisure-confirmation':
      return leisureConfirmation(request.view, request.town, words)
    case 'civil-acknowledgement':
      return fileOf(acknowledgement(request.view, request.town, words), request.town)
    case 'civil-request-receipt':
      return fileOf(requestReceipt(request.view, request.town, words), request.town)
    case 'civil-record':
      return fileOf(record(request.view, request.town), request.town)
    case 'civil-cover-letter':
      return fileOf(coverLetter(request.view, request.town, words), request.town)
    case 'civil-refusal':
      return fileOf(refusal(request.view, request.town, words), request.town)
    case 'civil-batch':
      return batch(request.view, request.town, words)
  }
}
