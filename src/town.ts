import { type Express, Router } from 'express'
import type { Logger } from 'pino'
import { accessApi } from './access/api.ts'
import { accessJobs, accessScheduled } from './access/jobs.ts'
import { webApp } from './app.ts'
import { sealWholeTrail } from './audit/seal.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/open.ts'
import { bullBoard } from './desk/bull-board.ts'
import { deskPages } from './desk/pages.ts'
import { countDeadJobs, countLettersToTreat } from './desk/store.ts'
import type { DeskTask } from './desk/tasks.ts'
import { fileStore } from './documents/file-store.ts'
import { documentPool } from './documents/pool.ts'
import { redisHealth } from './jobs/redis-health.ts'
import type { Handlers, JobsParts } from './jobs/run.ts'
import { everyMinutes, type Scheduled } from './jobs/schedule.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { mailer, mailJobs } from './mail/mailer.ts'
import { folderTransport, smtpTransport } from './mail/transport.ts'
import type { Town } from './town-context.ts'
import type { Endpoint } from './web/api.ts'
import { loadLanguages } from './web/i18n.ts'
import { renderer } from './web/render.ts'
import { openLog } from './web/request-log.ts'
import { loadAssets } from './web/static.ts'

/** A whole town, built and ready to serve or to work. */
export type RunningTown = {
  town: Town
  app: Express
  jobs: JobsParts
  scheduled: readonly Scheduled[]
  /** From now on `/readyz` says no: the load balancer sends nobody more. */
  drain(): void
  close(): Promise<void>
}

/** What a service brings: each part goes to where such parts are served, run or counted. */
type Service = {
  pages?: Router
  endpoints?: readonly Endpoint[]
  jobs?: Handlers
  scheduled?: readonly Scheduled[]
  /** Queues shown on the clerks' first page. */
  deskTasks?: readonly DeskTask[]
}

/** What the demonstration and the tests bring of their own. */
type Given = { clock?: Clock; log?: Logger; extraPages?: (town: Town) => Router }

/** The one place that knows every part: builds each once, from the configuration, and hands it to those that need it. */
export async function buildTown(config: Config, given: Given = {}): Promise<RunningTown> {
  const log = given.log ?? openLog(config.logLevel)
  const clock = given.clock ?? systemClock
  const db = await openDatabase(config.database)
  const files = fileStore(config.filesDir)
  const languages = await loadLanguages({ strict: config.mode === 'test' })
  const assets = loadAssets(config.town)
  const render = renderer({
    town: config.town,
    languages,
    assets,
    strict: config.mode === 'test',
    demo: config.mode === 'demo',
  })
  const letters = mailer((format, language, content) =>
    render.text(format === 'html' ? 'mail/letter' : 'mail/letter.txt', language, {
      facts: [],
      action: null,
      after: [],
      ...content,
    }),
  )
  const town: Town = { config, db, clock, log, files, languages, render, mailer: letters }
  const transport = config.mail.smtpUrl ? smtpTransport(config.mail.smtpUrl) : folderTransport(config.mail.folder)
  const pdf = documentPool()

  const services: Service[] = [
    {
      jobs: mailJobs({ db, clock, files, transport, from: config.mail.from, baseUrl: config.baseUrl }),
      deskTasks: [
        {
          key: 'letters',
          href: '/guichet/courriers',
          services: ['canteen', 'cash-office'],
          count: countLettersToTreat,
        },
      ],
    },
    {
      jobs: { 'audit.seal': () => sealWholeTrail(town) },
      scheduled: [{ topic: 'audit.seal', period: everyMinutes(10) }],
    },
    { endpoints: accessApi(town), jobs: accessJobs(town), scheduled: accessScheduled },
    { deskTasks: [{ key: 'jobs', href: '/guichet/travaux', services: [], count: countDeadJobs }] },
  ]

  const redis = config.redisUrl ? redisHealth(config.redisUrl) : undefined
  let draining = false
  const deskTasks = services.flatMap(service => service.deskTasks ?? [])
  const app = webApp(town, {
    pages: [
      ...services.flatMap(service => service.pages ?? []),
      deskPages(town, deskTasks),
      bullBoard(town),
      ...(given.extraPages ? [given.extraPages(town)] : []),
    ],
    endpoints: services.flatMap(service => service.endpoints ?? []),
    webhooks: Router(),
    health: { db, pingRedis: redis?.ping, draining: () => draining, metricsToken: config.metricsToken },
    assets,
    paymentOrigins: [],
  })
  return {
    town,
    app,
    jobs: { db, clock, log, handlers: Object.assign({}, ...services.map(service => service.jobs)) },
    scheduled: services.flatMap(service => service.scheduled ?? []),
    drain: () => {
      draining = true
    },
    close: async () => {
      redis?.close()
      transport.close()
      await pdf.close()
      await db.close()
    },
  }
}
