import type { Response } from 'express'
import type { FileStore } from '../documents/file-store.ts'
import type { KeptDocument } from '../documents/keep.ts'
import { Problem } from '../kernel/problems.ts'

/** Answers with a PDF that was just drawn. */
export function sendPdf(res: Response, name: string, bytes: Uint8Array): void {
  res.setHeader('Content-Type', 'application/pdf')
  res.setHeader('Content-Disposition', `inline; filename="${name}.pdf"`)
  res.setHeader('Cache-Control', 'private, no-store')
  res.end(Buffer.from(bytes))
}

/** Answers with a PDF kept by the worker. Throws 404 `document-not-ready` while it is being made. */
export async function sendDocument(
  { files }: { files: FileStore },
  res: Response,
  document: KeptDocument | undefined,
): Promise<void> {
  if (!document) throw new Problem(404, 'document-not-ready')
  sendPdf(res, document.name.replace(/\.pdf$/, ''), await files.read(document.storedAs))
}
