// A thread for the tests of the pool: does as it is told, even when told to die.
import { parentPort, threadId } from 'node:worker_threads'

parentPort?.on('message', ({ id, request }: { id: number; request: string }) => {
  if (request === 'die') process.exit(3)
  while (request === 'hang') {}
  if (request === 'throw') throw new Error('out of memory')
  const answer = request === 'which' ? String(threadId) : `done: ${request}`
  setTimeout(() => parentPort?.postMessage({ id, answer }), 20)
})
