import { availableParallelism } from 'node:os'
import { type ResourceLimits, Worker } from 'node:worker_threads'

/** What a thread of the pool receives, and answers. */
export type ThreadJob<Request> = { id: number; request: Request }
export type ThreadAnswer<Answer> = { id: number } & ({ answer: Answer } | { error: unknown })

export type ThreadPool<Request, Answer> = {
  /** Done by the next free thread. Rejects with what the work threw, or when its thread died. */
  run(request: Request): Promise<Answer>
  /** Waits for what was asked, then ends the threads. What is asked afterwards is refused. */
  close(): Promise<void>
}

type Job<Request, Answer> = { request: Request; resolve(answer: Answer): void; reject(error: unknown): void }
type Thread<Request, Answer> = {
  worker: Worker
  id: number
  job: Job<Request, Answer> | undefined
  rest?: NodeJS.Timeout
  patience?: NodeJS.Timeout | undefined
}

export type ThreadOptions = {
  threads?: number
  /** Milliseconds that one piece of work may take; then its thread is ended. Without, as long as it takes. */
  patience?: number
  /** How much memory the JavaScript of each thread may take. */
  limits?: ResourceLimits
}

/** A thread that has rested this long gives its memory back (50 MB each); the next job starts another in 0.2 s. */
const REST = 30_000

/** Threads running one module, started when there is work for them, as many as there are cores. */
export function threadPool<Request, Answer>(
  module: URL,
  { threads: most = availableParallelism(), patience, limits }: ThreadOptions = {},
): ThreadPool<Request, Answer> {
  const threads = new Set<Thread<Request, Answer>>()
  const waiting: Job<Request, Answer>[] = []
  let closing: PromiseWithResolvers<void> | undefined

  function start(): Thread<Request, Answer> {
    const worker = new Worker(module, limits ? { resourceLimits: limits } : {})
    const thread: Thread<Request, Answer> = { worker, id: 0, job: undefined }
    threads.add(thread)
    worker.on('message', (message: ThreadAnswer<Answer>) => {
      const { job } = thread
      if (job === undefined || message.id !== thread.id) return
      clearTimeout(thread.patience)
      thread.job = undefined
      if ('answer' in message) job.resolve(message.answer)
      else job.reject(message.error)
      next()
    })
    worker.on('error', error => lose(thread, error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', code => lose(thread, new Error(`a thread ended with code ${code} before its work`)))
    return thread
  }

  /** A thread that ended takes its own work with it, and no other. */
  function lose(thread: Thread<Request, Answer>, error: Error): void {
    if (!threads.delete(thread)) return
    clearTimeout(thread.rest)
    clearTimeout(thread.patience)
    thread.job?.reject(error)
    thread.job = undefined
    next()
  }

  function give(thread: Thread<Request, Answer>, job: Job<Request, Answer>): void {
    clearTimeout(thread.rest)
    thread.job = job
    if (patience !== undefined) {
      thread.patience = setTimeout(() => {
        void thread.worker.terminate()
        lose(thread, new Error(`a thread took longer than ${patience} ms`))
      }, patience)
    }
    thread.worker.ref()
    try {
      thread.worker.postMessage({ id: ++thread.id, request: job.request } satisfies ThreadJob<Request>)
    } catch (error) {
      clearTimeout(thread.patience)
      thread.job = undefined // it holds something that cannot be sent
      job.reject(error)
    }
  }

  function next(): void {
    while (waiting.length > 0) {
      const free = [...threads].find(thread => thread.job === undefined) ?? (threads.size < most ? start() : undefined)
      if (!free) return
      give(free, waiting.shift() as Job<Request, Answer>)
    }
    const idle = [...threads].filter(thread => thread.job === undefined)
    // While closing, the end of each thread is waited for: none may be let out of sight.
    if (!closing) idle.forEach(relieve)
    else if (idle.length === threads.size) closing.resolve()
  }

  /** An idle thread keeps no process alive, and does not stay for ever. */
  function relieve(thread: Thread<Request, Answer>): void {
    thread.worker.unref()
    clearTimeout(thread.rest)
    thread.rest = setTimeout(() => {
      threads.delete(thread) // first, so that no work is given to a thread that ends
      void thread.worker.terminate()
    }, REST).unref()
  }

  return {
    run: request => {
      if (closing) return Promise.reject(new Error('the threads are closed'))
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      waiting.push({ request, resolve, reject })
      next()
      return promise
    },
    close: async () => {
      closing ??= Promise.withResolvers<void>()
      next()
      await closing.promise
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}
