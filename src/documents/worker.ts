// One thread of the pool: draws the document it is sent, and sends the bytes back without copying them.
import { parentPort } from 'node:worker_threads'
import { renderDocument } from './render.ts'
import type { ThreadAnswer, ThreadJob } from './threads.ts'
import type { DocumentRequest } from './views.ts'

type Answer = ThreadAnswer<Uint8Array<ArrayBuffer>>

parentPort?.on('message', (job: ThreadJob<DocumentRequest>) => void draw(job))

async function draw({ id, request }: ThreadJob<DocumentRequest>): Promise<void> {
  try {
    const answer = await renderDocument(request)
    parentPort?.postMessage({ id, answer } satisfies Answer, [answer.buffer])
  } catch (error) {
    parentPort?.postMessage({ id, error } satisfies Answer)
  }
}
