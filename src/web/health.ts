import { Router } from 'express'
import type { Database } from '../db/database.ts'
import { notFound } from '../kernel/problems.ts'
import { sameText } from './same-text.ts'

export type Health = {
  db: Database
  /** Answers when Redis does; absent in a town without. */
  pingRedis: (() => Promise<boolean>) | undefined
  /** True while the process drains: the load balancer must send nobody more. */
  draining: () => boolean
  metricsToken: string | undefined
}

/** For machines: `/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus, behind a token). */
export function healthRoutes(health: Health): Router {
  const router = Router()
  router.get('/healthz', (_req, res) => void res.json({ ok: true }))

  router.get('/readyz', async (_req, res) => {
    const within = <T>(check: Promise<T>, otherwise: T) =>
      Promise.race([
        check.catch(() => otherwise),
        new Promise<T>(resolve => setTimeout(resolve, 2_000, otherwise).unref()),
      ])
    const [database, pending, redis] = await Promise.all([
      within(health.db.ping(), false),
      within(health.db.pendingMigrations(), -1),
      health.pingRedis ? within(health.pingRedis(), false) : undefined,
    ])
    const checks = {
      database,
      migrations: pending === 0,
      ...(redis === undefined ? {} : { redis }),
      draining: health.draining(),
    }
    // Without Redis the pages still work, and the work is done when it returns: told, but no reason to stop serving.
    const ready = database && pending === 0 && !checks.draining
    res.status(ready ? 200 : 503).json({ ready, checks })
  })

  router.get('/metrics', async (req, res) => {
    const { metrics } = await import('./metrics.ts')
    if (health.metricsToken && !sameText(req.get('authorization') ?? '', `Bearer ${health.metricsToken}`))
      throw notFound()
    res.type(metrics.contentType).send(await metrics.metrics())
  })
  return router
}
