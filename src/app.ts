import { constants } from 'node:zlib'
import compression from 'compression'
import express, { type Express, type Router } from 'express'
import { findAsker } from './access/find-asker.ts'
import type { Town } from './town-context.ts'
import { admission, type Crowd } from './web/admission.ts'
import { apiRouter, type Endpoint } from './web/api.ts'
import { apiDocs } from './web/api-docs.ts'
import { showFlash } from './web/flash.ts'
import { noFlood } from './web/flood.ts'
import { type Health, healthRoutes } from './web/health.ts'
import { type HomeAlert, informationPages } from './web/information-pages.ts'
import { chooseLanguage } from './web/language.ts'
import type { LoadMeter } from './web/load.ts'
import { maintenance } from './web/maintenance.ts'
import { measureRequests } from './web/metrics.ts'
import { nothingHere, problemHandler } from './web/problem-handler.ts'
import { requestLog } from './web/request-log.ts'
import { sameSiteOnly } from './web/same-site.ts'
import { securityHeaders } from './web/security-headers.ts'
import { sessionMiddleware } from './web/session.ts'
import { type Assets, staticFiles } from './web/static.ts'

export type Doors = {
  /** The services' pages, each mounted at its own French addresses. */
  pages: readonly Router[]
  endpoints: readonly Endpoint[]
  /** Takes Stripe's signed raw body: before any parser, and before the rules made for browsers. */
  webhooks: Router
  health: Health
  /** Where many come at once. */
  crowds: readonly Crowd[]
  /** How loaded this process is. */
  meter: LoadMeter
  /** What is asked for so often that no session is read for it. */
  beforeSession: Router
  assets: Assets
  /** Origins that a form may lead to: the hosted payment page. */
  paymentOrigins: readonly string[]
  /** What the home page says first, in a language's words. */
  alertsFor: (language: string) => Promise<readonly HomeAlert[]>
}

/**
 * A page is found again within 64 kB of itself: brotli's own window of 4 MB for each answer under way would be most of the
 * memory of a crowded process.
 */
const SMALL_WINDOW = { brotli: { params: { [constants.BROTLI_PARAM_LGWIN]: 16 } } }

/** The web application: what every request goes through, in order, then the services' pages and the API. */
export function webApp(town: Town, doors: Doors): Express {
  const { config, languages, render, log } = town
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', config.trustProxy)
  app.set('query parser', 'simple')
  app.use(requestLog(log), measureRequests)
  app.use('/public', staticFiles(doors.assets))
  app.use(healthRoutes(doors.health))
  app.use(doors.webhooks)
  app.use(admission({ config, clock: town.clock, languages, meter: doors.meter, crowds: doors.crowds }))
  app.use(compression(SMALL_WINDOW), chooseLanguage(languages))
  app.use(securityHeaders({ formAction: doors.paymentOrigins, https: config.baseUrl.startsWith('https:') }))
  app.use(maintenance(config.maintenance), doors.beforeSession)
  app.use(noFlood(config.requestsPerMinute), sameSiteOnly(config.baseUrl))
  app.use(sessionMiddleware(town.db, town.clock, config), findAsker(town), showFlash)
  app.use(express.urlencoded({ extended: false, limit: '100kb', parameterLimit: 2_000 }))
  app.use('/api/v1', express.json({ limit: '100kb' }), apiRouter(doors.endpoints))
  app.use('/api', apiDocs(doors.endpoints, { name: config.town.name, baseUrl: config.baseUrl }))
  app.use(informationPages(town, doors.alertsFor), ...doors.pages)
  app.use(nothingHere, problemHandler({ log, render, languages, baseUrl: config.baseUrl }))
  return app
}
