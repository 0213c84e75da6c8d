import { threadPool } from './threads.ts'
import type { DocumentRequest } from './views.ts'

export type DocumentPool = {
  /** The PDF of a document, drawn on another thread: the one that answers requests is never held up. */
  render(request: DocumentRequest): Promise<Uint8Array<ArrayBuffer>>
  /** Draws what was asked, then ends the threads. */
  close(): Promise<void>
}

/** Threads that draw documents. pdfkit and the fonts are loaded there, at the first document; here, nothing is. */
export function documentPool(options: { threads?: number } = {}): DocumentPool {
  const threads = threadPool<DocumentRequest, Uint8Array<ArrayBuffer>>(new URL('./worker.ts', import.meta.url), options)
  return { render: threads.run, close: threads.close }
}
