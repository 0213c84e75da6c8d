import { type Express, Router } from 'express'
import type { Logger } from 'pino'
import { accessApi } from './access/api.ts'
import { accessJobs, accessScheduled } from './access/jobs.ts'
import { accessPages } from './access/pages.ts'
import { accountById } from './access/store.ts'
import { webApp } from './app.ts'
import { sealWholeTrail } from './audit/seal.ts'
import { billingApi } from './billing/api.ts'
import { checkLedger } from './billing/check-ledger.ts'
import { amountsOwed, familyInvoices, invoicesToDo } from './billing/dashboard.ts'
import { billingInvoicePages } from './billing/desk-invoices.ts'
import { billingMonthPages } from './billing/desk-months.ts'
import { countOpenDisputes } from './billing/disputes.ts'
import { billingFigures } from './billing/figures.ts'
import { billingHolds } from './billing/holds.ts'
import { invoiceSearch } from './billing/invoice-search.ts'
import { billingJobs, billingScheduled } from './billing/jobs.ts'
import { billingPages } from './billing/pages.ts'
import { canteenApi } from './canteen/api.ts'
import { placesAreCounted } from './canteen/counters.ts'
import { comingMeals, familyMeals, offersToDo } from './canteen/dashboard.ts'
import { canteenFigures } from './canteen/figures.ts'
import { canteenHolds } from './canteen/holds.ts'
import { canteenJobs, canteenScheduled } from './canteen/jobs.ts'
import { canteenPages } from './canteen/pages.ts'
import { closureAlerts } from './canteen/staff-alerts.ts'
import { staffApi } from './canteen/staff-api.ts'
import { countClaims } from './canteen/staff-claims.ts'
import { countClosing } from './canteen/staff-closing.ts'
import { countsScheduled } from './canteen/staff-counts.ts'
import { staffJobs } from './canteen/staff-jobs.ts'
import { staffPages } from './canteen/staff-pages.ts'
import { civilRecordsApi } from './civil-records/api.ts'
import { civilFigures } from './civil-records/figures.ts'
import { personRequests } from './civil-records/file/person-section.ts'
import { civilFarewell, requestsToDo } from './civil-records/following/dashboard.ts'
import { civilRecordsJobs, civilRecordsScheduled } from './civil-records/jobs.ts'
import { civilRecordsPages } from './civil-records/pages.ts'
import { countToTreat, registryDay } from './civil-records/queue/overview.ts'
import { requestSearch } from './civil-records/queue/request-search.ts'
import type { Config } from './config.ts'
import type { Queries } from './db/database.ts'
import { openDatabase } from './db/open.ts'
import { bullBoard } from './desk/bull-board.ts'
import { type FiguresProvider, figuresPages } from './desk/figures-pages.ts'
import { journalPages } from './desk/journal-pages.ts'
import { deskPages } from './desk/pages.ts'
import { searchPages } from './desk/search-pages.ts'
import { familySearch, personSearch } from './desk/search-people.ts'
import { countDeadJobs, countLettersToTreat } from './desk/store.ts'
import type { DeskOverview, DeskTask } from './desk/tasks.ts'
import { fileStore } from './documents/file-store.ts'
import { documentPool } from './documents/pool.ts'
import { redisHealth } from './jobs/redis-health.ts'
import type { Handlers, JobsParts } from './jobs/run.ts'
import { everyMinutes, type Scheduled } from './jobs/schedule.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { cents } from './kernel/money.ts'
import { leisureCrowd } from './leisure/opening/room-cookie.ts'
import { roomDoor } from './leisure/opening/room-door.ts'
import { stayCalendar } from './leisure/papers/calendar.ts'
import { basketToDo, comingStays, familyStays } from './leisure/papers/dashboard.ts'
import { leisureService } from './leisure/service.ts'
import { leisureHolds } from './leisure/signing-up/holds.ts'
import { leisureOffersToDo } from './leisure/waiting/dashboard.ts'
import { mailer, mailJobs } from './mail/mailer.ts'
import { folderTransport, smtpTransport } from './mail/transport.ts'
import { openDataPages } from './open-data/pages.ts'
import { countOpenAlerts } from './payments/alerts.ts'
import { paymentApi } from './payments/api.ts'
import { countCashTooMuch } from './payments/cash-deposits.ts'
import { checkPayments } from './payments/check-payments.ts'
import { paymentCounterPages } from './payments/desk-counter-pages.ts'
import { paymentFollowPages } from './payments/desk-follow-pages.ts'
import { paymentDeskPages } from './payments/desk-pages.ts'
import { paymentHolds } from './payments/holds.ts'
import { invoicesUnderWay } from './payments/invoices-under-way.ts'
import { paymentJobs, paymentScheduled } from './payments/jobs.ts'
import { paymentPages } from './payments/pages.ts'
import { paymentOrigins } from './payments/stripe-client.ts'
import { stripeWebhook } from './payments/webhook.ts'
import { peopleApi } from './people/api.ts'
import { childFilesToDo } from './people/child-file-todo.ts'
import { childFileJobs, childFileScheduled } from './people/child-file-year.ts'
import { familyToDos } from './people/dashboard.ts'
import { countFamilyChecks } from './people/desk-check-pages.ts'
import { childFilesOfFamily, countChildPapers } from './people/desk-child-file-pages.ts'
import { countQuotients } from './people/desk-quotient-pages.ts'
import { allHolds } from './people/holds.ts'
import { peoplePages } from './people/pages.ts'
import type { PeopleParts } from './people/parts.ts'
import { schoolDirectory } from './schools/directory.ts'
import { liveIdentity } from './settings/live-identity.ts'
import { settingsPages } from './settings/pages.ts'
import { tariffApi } from './tariffs/api.ts'
import { tariffDeskPages } from './tariffs/desk-pages.ts'
import { tariffPages } from './tariffs/pages.ts'
import type { Town } from './town-context.ts'
import { uploadJobs } from './uploads/remove-later.ts'
import type { Endpoint } from './web/api.ts'
import { loadLanguages } from './web/i18n.ts'
import { type LoadMeter, loadMeter } from './web/load.ts'
import { renderer } from './web/render.ts'
import { openLog } from './web/request-log.ts'
import { loadAssets } from './web/static.ts'

/** A whole town, built and ready to serve or to work. */
export type RunningTown = {
  town: Town
  app: Express
  jobs: JobsParts
  scheduled: readonly Scheduled[]
  invariants: readonly Invariant[]
  /** From now on what an administrator changes in any process is seen in this one within seconds. */
  watch(): Promise<void>
  /** How loaded the process is with people's requests. */
  meter: LoadMeter
  /** From now on `/readyz` says no: the load balancer sends nobody more. */
  drain(): void
  close(): Promise<void>
}

/** Something that must always be true of the data. `check` gives what is not, in words; nothing when all is well. */
export type Invariant = { name: string; check: (db: Queries) => Promise<readonly string[]> }

/** What a service brings: each part goes to where such parts are served, run or counted. */
type Service = {
  pages?: Router
  endpoints?: readonly Endpoint[]
  jobs?: Handlers
  scheduled?: readonly Scheduled[]
  /** Queues shown on the clerks' first page. */
  deskTasks?: readonly DeskTask[]
  /** What the service counts, for the clerks' dashboard. */
  figures?: readonly FiguresProvider[]
  /** A service's day, on the same page. */
  deskOverview?: DeskOverview
  /** What must always be true, for `doctor`. */
  invariants?: readonly Invariant[]
}

/** What the demonstration and the tests bring of their own. */
type Given = { clock?: Clock; log?: Logger; extraPages?: (town: Town) => Router }

/** The one place that knows every part: builds each once, from the configuration, and hands it to those that need it. */
export async function buildTown(configured: Config, given: Given = {}): Promise<RunningTown> {
  const log = given.log ?? openLog(configured.logLevel)
  const clock = given.clock ?? systemClock
  const db = await openDatabase(configured.database)
  const identity = liveIdentity(configured.town, db)
  const config: Config = { ...configured, town: identity.town }
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

  /** What must be settled before a child or a household can be forgotten. */
  const holdsOf = allHolds([canteenHolds, leisureHolds, billingHolds, paymentHolds])

  /** What the services above bring to the families' pages. */
  const peopleParts: PeopleParts = {
    schools: schoolDirectory,
    holdsOf,
    toDos: [
      familyToDos,
      invoicesToDo(invoicesUnderWay),
      basketToDo,
      offersToDo,
      leisureOffersToDo,
      requestsToDo,
      childFilesToDo,
    ],
    comingDays: [comingMeals, comingStays],
    amounts: amountsOwed(invoicesUnderWay),
    familySections: [childFilesOfFamily, familyMeals, familyStays, familyInvoices],
    personSections: [personRequests],
  }

  const services: Service[] = [
    {
      jobs: mailJobs({ db, clock, files, transport, from: config.mail.from, baseUrl: config.baseUrl }),
      deskTasks: [
        {
          key: 'letters',
          href: '/guichet/courriers',
          services: ['canteen', 'cash-office'],
          count: countLettersToTreat('families'),
        },
        {
          key: 'civilLetters',
          href: '/guichet/courriers',
          services: ['civil-registry'],
          count: countLettersToTreat('civil-registry'),
        },
      ],
    },
    { jobs: uploadJobs(town) },
    {
      jobs: { 'audit.seal': () => sealWholeTrail(town) },
      scheduled: [{ topic: 'audit.seal', period: everyMinutes(10) }],
    },
    {
      pages: accessPages(town, { holdsOf, farewells: [civilFarewell] }),
      endpoints: accessApi(town),
      jobs: accessJobs(town),
      scheduled: accessScheduled,
    },
    {
      pages: peoplePages(town, peopleParts),
      endpoints: peopleApi(town, peopleParts),
      jobs: childFileJobs(town),
      scheduled: childFileScheduled,
      deskTasks: [
        {
          key: 'quotients',
          href: '/guichet/quotients',
          services: ['canteen', 'cash-office'],
          count: countQuotients,
        },
        {
          key: 'familyChecks',
          href: '/guichet/verifications',
          services: ['canteen', 'cash-office'],
          count: countFamilyChecks,
        },
        {
          key: 'childPapers',
          href: '/guichet/dossiers',
          services: ['canteen', 'leisure'],
          count: countChildPapers,
        },
      ],
    },
    {
      pages: canteenPages(town, { calendars: [stayCalendar] }),
      endpoints: canteenApi(town),
      jobs: canteenJobs(town),
      scheduled: canteenScheduled,
      figures: [{ key: 'canteen', services: ['canteen'], load: canteenFigures }],
      invariants: [{ name: 'places taken are meals booked or offered', check: placesAreCounted }],
    },
    { pages: Router().use(tariffPages(town), tariffDeskPages(town)), endpoints: tariffApi(town) },
    {
      // The invoices' own addresses before `/guichet/facturation/:month`.
      pages: Router().use(
        billingPages(town, invoicesUnderWay),
        billingInvoicePages(town, invoicesUnderWay),
        billingMonthPages(town),
      ),
      endpoints: billingApi(town, invoicesUnderWay),
      jobs: billingJobs(town, pdf),
      scheduled: billingScheduled,
      deskTasks: [
        {
          key: 'disputes',
          href: '/guichet/facturation/contestations',
          services: ['cash-office'],
          count: countOpenDisputes,
        },
      ],
      figures: [{ key: 'billing', services: ['cash-office'], load: billingFigures }],
      invariants: [{ name: 'the books balance', check: checkLedger }],
    },
    {
      pages: Router().use(
        paymentPages(town, pdf),
        paymentCounterPages(town),
        paymentFollowPages(town),
        paymentDeskPages(town),
      ),
      endpoints: paymentApi(town),
      jobs: paymentJobs(town, pdf),
      scheduled: paymentScheduled,
      deskTasks: [
        {
          key: 'paymentAlerts',
          href: '/guichet/paiements/alertes',
          services: ['cash-office'],
          count: countOpenAlerts,
        },
        {
          key: 'cashTooMuch',
          href: '/guichet/paiements/journal',
          services: ['cash-office'],
          count: countCashTooMuch(cents(config.billing.cashCeiling)),
        },
      ],
      invariants: [{ name: 'payments', check: checkPayments }],
    },
    {
      pages: staffPages({ town, draw: pdf.render }),
      endpoints: staffApi(town),
      jobs: staffJobs(town),
      scheduled: countsScheduled,
      deskTasks: [
        { key: 'absences', href: '/guichet/cantine/absences', services: ['canteen'], count: countClaims },
        { key: 'closing', href: '/guichet/cantine/fermetures', services: ['canteen'], count: countClosing },
      ],
    },
    {
      pages: civilRecordsPages(town, pdf),
      endpoints: civilRecordsApi(town),
      jobs: civilRecordsJobs(town, pdf),
      scheduled: civilRecordsScheduled,
      figures: [{ key: 'civil', services: ['civil-registry'], load: civilFigures }],
      deskTasks: [
        { key: 'civilRecords', href: '/guichet/etat-civil', services: ['civil-registry'], count: countToTreat },
      ],
      deskOverview: { key: 'civilRecords', services: ['civil-registry'], figures: registryDay },
    },
    leisureService(town, pdf),
    {
      pages: settingsPages(town, {
        refresh: identity.refresh,
        emailOf: async (db, accountId) => {
          const account = await accountById(db, accountId)
          return account?.contact ?? account?.email
        },
      }),
    },
    { pages: openDataPages(town) },
    { deskTasks: [{ key: 'jobs', href: '/guichet/travaux', services: [], count: countDeadJobs }] },
  ]

  const redis = config.redisUrl ? redisHealth(config.redisUrl) : undefined
  const board = bullBoard(town)
  const meter = loadMeter({ inHand: config.admission.requests, delayMs: config.admission.delayMs })
  let draining = false
  const deskTasks = services.flatMap(service => service.deskTasks ?? [])
  const app = webApp(town, {
    pages: [
      ...services.flatMap(service => service.pages ?? []),
      figuresPages(
        town,
        services.flatMap(service => service.figures ?? []),
      ),
      deskPages(
        town,
        deskTasks,
        services.flatMap(service => service.deskOverview ?? []),
      ),
      searchPages(town, [familySearch, personSearch, requestSearch, invoiceSearch]),
      journalPages(town),
      board.pages,
      ...(given.extraPages ? [given.extraPages(town)] : []),
    ],
    endpoints: services.flatMap(service => service.endpoints ?? []),
    webhooks: stripeWebhook(town),
    crowds: [leisureCrowd(town)],
    meter,
    beforeSession: roomDoor(town),
    health: { db, pingRedis: redis?.ping, draining: () => draining, metricsToken: config.metricsToken },
    assets,
    paymentOrigins: paymentOrigins(config),
    alertsFor: closureAlerts(town),
  })
  return {
    town,
    app,
    jobs: { db, clock, log, handlers: Object.assign({}, ...services.map(service => service.jobs)) },
    scheduled: services.flatMap(service => service.scheduled ?? []),
    invariants: services.flatMap(service => service.invariants ?? []),
    watch: identity.watch,
    meter,
    drain: () => {
      draining = true
    },
    close: async () => {
      identity.stop()
      redis?.close()
      await board.close()
      transport.close()
      await pdf.close()
      await db.close()
    },
  }
}
