import { type RequestHandler, Router } from 'express'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'

const BASE = '/guichet/travaux/redis'
// The board asks a font from a third party; this policy keeps it, and anything else from elsewhere, out.
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

type Board = { pages: Router; close(): Promise<void> }
type OpenBoard = { show: RequestHandler; close(): void }

/** BullMQ's own board, for administrators. Only in a town with Redis; connected at its first visit. */
export function bullBoard(town: Town): Board {
  const router = Router()
  const { redisUrl } = town.config
  let board: Promise<OpenBoard> | undefined
  const close = async () => (await board)?.close()
  if (!redisUrl) return { pages: router, close }
  router.use(BASE, async (req, res, next) => {
    if (!clerkOf(res).administrator) throw notFound()
    res.setHeader('Content-Security-Policy', POLICY)
    board ??= openBoard(redisUrl)
    return (await board).show(req, res, next)
  })
  return { pages: router, close }
}

async function openBoard(redisUrl: string): Promise<OpenBoard> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }, { Queue }, { Redis }, { QUEUE }] =
    await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/express'),
      import('bullmq'),
      import('ioredis'),
      import('../jobs/bullmq.ts'),
    ])
  const serverAdapter = new ExpressAdapter()
  serverAdapter.setBasePath(BASE)
  const connection = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, lazyConnect: false })
  connection.on('error', () => {}) // told by /readyz; the board shows it too
  const queue = new Queue(QUEUE, { connection })
  queue.on('error', () => {}) // the same; without, BullMQ prints it
  createBullBoard({ queues: [new BullMQAdapter(queue, { readOnlyMode: true })], serverAdapter })
  return { show: serverAdapter.getRouter() as RequestHandler, close: () => connection.disconnect() }
}
