import { type ThreadPool, threadPool } from '../documents/threads.ts'
import { Problem } from '../kernel/problems.ts'
import { MOST_BYTES } from './limits.ts'
import type { Answer, Question } from './thread.ts'
import type { Verdict } from './verdict.ts'

/** What one file may cost: seconds of one thread, and the memory of its JavaScript. */
const PATIENCE = 8000
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }
/** Files that may wait to be looked at, of 5 MB each; who comes later is asked to come again. */
const MOST_WAITING = 24

let pool: ThreadPool<Question, Answer> | undefined
let waiting = 0

/** Asks a thread, the two of this process being made when first needed; idle ones end by themselves. */
async function ask(question: Question): Promise<Answer> {
  if (waiting >= MOST_WAITING) throw new Problem(503, 'unavailable', { retryAfterSeconds: 10 })
  pool ??= threadPool<Question, Answer>(new URL('./thread.ts', import.meta.url), {
    threads: 2,
    patience: PATIENCE,
    limits: LIMITS,
  })
  waiting++
  try {
    return await pool.run({ ...question, bytes: new Uint8Array(question.bytes) })
  } finally {
    waiting--
  }
}

/**
 * What a file is, by its content, and which bytes of it to keep; or why it is not taken. `died` is told when the file was
 * the end of the thread that read it: it counts as too heavy.
 */
export async function judge(bytes: Uint8Array, died: (error: unknown) => void): Promise<Verdict> {
  // Known at once: no thread is asked.
  if (bytes.length === 0) return { fault: 'file-empty' }
  if (bytes.length > MOST_BYTES) return { fault: 'file-too-large' }
  try {
    return (await ask({ ask: 'verdict', bytes })).verdict ?? { fault: 'file-heavy' }
  } catch (error) {
    if (error instanceof Problem) throw error
    died(error)
    return { fault: 'file-heavy' }
  }
}

/** How many pages of a PDF can be shown, none when it does not open; rejects when the thread died of it. */
export const countPages = async (bytes: Uint8Array): Promise<number> => (await ask({ ask: 'pages', bytes })).pages ?? 0

/** A page of a PDF as PNG, counted from 1; nothing when it cannot be shown. Rejects when the thread died of it. */
export const drawPage = async (bytes: Uint8Array, page: number): Promise<Uint8Array | undefined> =>
  (await ask({ ask: 'page', bytes, page })).picture
