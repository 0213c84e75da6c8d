import { Router } from 'express'
import type { Endpoint } from './api.ts'

const DOCUMENT = '/api/openapi.json'
// The reader's own styles are inline; nothing else of the policy is loosened, and only here.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `/api/openapi.json`, and a page to read it at `/api/docs`; both are loaded at the first visit. */
export function apiDocs(endpoints: readonly Endpoint[], town: { name: string; baseUrl: string }): Router {
  let document: object | undefined
  let reader: Router | undefined
  const router = Router()
  router.get('/openapi.json', async (_req, res) => {
    document ??= (await import('./openapi.ts')).openApiDocument(endpoints, town)
    res.json(document)
  })
  router.use('/docs', async (req, res, next) => {
    if (req.originalUrl === '/api/docs') return res.redirect(301, '/api/docs/')
    res.setHeader('Content-Security-Policy', POLICY)
    reader ??= await swaggerReader()
    return reader(req, res, next)
  })
  return router
}

async function swaggerReader(): Promise<Router> {
  const { default: swaggerUi } = await import('swagger-ui-express')
  const router = Router()
  router.use(swaggerUi.serveFiles(undefined, { swaggerUrl: DOCUMENT }))
  router.get('/', swaggerUi.setup(undefined, { swaggerUrl: DOCUMENT }))
  return router
}
