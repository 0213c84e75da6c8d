import { Router } from 'express'
import { menusChangedAt } from '../canteen/menus.ts'
import type { Town } from '../town-context.ts'
import { menusAsOpenData } from './menus.ts'

/** The town's open data: what there is, under which licence, and the files. */
export function openDataPages(town: Town): Router {
  const router = Router()
  router.get('/open-data', async (_req, res) => {
    town.render.page(res, 'open-data/index', { updatedAt: (await menusChangedAt(town.db.read)) ?? null })
  })
  router.get('/open-data/menus-collectifs.csv', async (_req, res) => {
    const table = await menusAsOpenData(town)
    res.setHeader('Cache-Control', 'public, max-age=3600')
    // Anybody's page may read public data.
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.attachment('menus-collectifs.csv')
    res.type('text/csv; charset=utf-8').send(table)
  })
  return router
}
