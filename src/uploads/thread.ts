// One thread that reads what families send: it may hang or die of it, and is then replaced.
import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer, ThreadJob } from '../documents/threads.ts'
import { verdictOn } from './content.ts'
import { pdfPage, pdfPages } from './pdfium.ts'
import { Refusal, type Verdict } from './verdict.ts'

/** What is asked about a file: whether it is taken, how many pages of it can be shown, or one of them as PNG. */
export type Question = { bytes: Uint8Array } & ({ ask: 'verdict' } | { ask: 'pages' } | { ask: 'page'; page: number })
export type Answer = { verdict?: Verdict; pages?: number; picture?: Uint8Array | undefined }

parentPort?.on('message', (job: ThreadJob<Question>) => void look(job))

async function look({ id, request }: ThreadJob<Question>): Promise<void> {
  try {
    parentPort?.postMessage({ id, answer: await answerTo(request) } satisfies ThreadAnswer<Answer>)
  } catch (error) {
    parentPort?.postMessage({ id, error } satisfies ThreadAnswer<Answer>)
  }
}

async function answerTo(question: Question): Promise<Answer> {
  const bytes = Buffer.from(question.bytes.buffer, question.bytes.byteOffset, question.bytes.byteLength)
  try {
    switch (question.ask) {
      case 'verdict':
        return { verdict: await verdictOn(bytes) }
      case 'pages':
        return { pages: await pdfPages(bytes) }
      case 'page':
        return { picture: await pdfPage(bytes, question.page) }
    }
  } catch (error) {
    if (error instanceof Refusal) return {}
    throw error
  }
}
