import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import supertest from 'supertest'
import { seedDemoTown } from '../../src/demo/seed.ts'
import { DEMO_PASSWORD } from '../../src/demo/seed-families.ts'
import { startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'
import { system } from '../../src/kernel/actor.ts'
import type { mails } from '../../src/mail/schema.ts'
import { importSchoolHolidays } from '../../src/schools/import.ts'
import { type Serving, serve } from '../../src/serve.ts'
import { tariff } from '../billing/month.ts'
import { launchChromium, type TestBrowser } from '../support/chromium.ts'
import { freePort } from '../support/own-process.ts'
import { type TestTown, testTown } from '../support/town.ts'

const SECRET_KEY = 'sk_test_guichet_0123456789'
const WEBHOOK_SECRET = 'whsec_guichet_0123456789'

const HOLIDAYS = new URL('../../src/schools/fixtures/school-holidays-zone-b.csv', import.meta.url)

/** A Monday of the school year, two working days before the meals of Wednesday and Thursday can no longer change. */
const MONDAY_MORNING = '2026-11-23T09:00:00+01:00'

export type Letter = typeof mails.$inferSelect

export type OpenTown = TestTown & {
  url: string
  /** The local stand-in of Stripe: what it was asked, what the bank does. */
  stripe: Awaited<ReturnType<typeof startStripeStandIn>>['control']
  browser: TestBrowser
  /** Lets time pass: what is due and what is scheduled happens. */
  later(duration: Temporal.DurationLike): Promise<void>
  /** Sets the clock back to when the doors opened. */
  startOver(): void
  /** The latest letter to this address whose subject fits, once all that is on its way has left. */
  letterTo(email: string, subject: RegExp): Promise<Letter>
  /** Gives this browser the session of whoever has this e-mail and password. */
  signIn(context: BrowserContext, email: string, password?: string): Promise<void>
}

/**
 * A town with its doors open: the app on a port of this machine, the stand-in of Stripe beside it, a browser to walk in with.
 * Its clock stands still at a Monday morning, or at `at`. `demo` fills it as the demonstration town. Call it at the top of
 * the file.
 */
export async function openTown({ demo = false, at = MONDAY_MORNING } = {}): Promise<OpenTown> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const clock = { now: () => Date.parse(at) }
  const standIn = await startStripeStandIn({
    secretKey: SECRET_KEY,
    webhook: { url: `${url}/webhooks/stripe`, secret: WEBHOOK_SECRET },
    now: () => clock.now(),
  })
  const town = await testTown({
    PORT: String(port),
    BASE_URL: url,
    REQUESTS_PER_MINUTE: '1000000',
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_STAND_IN: standIn.url,
  })
  town.at(at)
  clock.now = () => town.town.clock.now().epochMilliseconds
  if (demo) await seedDemoTown(town.town)
  else await foundTown(town)
  const [serving, browser] = await Promise.all([serve(town), launchChromium()])
  await standIn.control.retryWebhooksAfter({ ms: 20 })
  after(() => closeDoors(browser, serving, () => standIn.close()))
  const settle = async () => {
    for (let n = 0; n < 2; n++) {
      await standIn.control.webhooksIdle()
      await town.settle()
    }
  }
  return {
    ...town,
    url,
    stripe: standIn.control,
    browser,
    visitor: () => supertest.agent(town.app).set('Origin', url).set('Accept-Language', 'fr'),
    settle,
    later: async duration => {
      town.at(town.town.clock.now().add(duration).toString())
      await town.tick()
      await settle()
    },
    startOver: () => town.at(at),
    letterTo: async (email, subject) => {
      await settle()
      const letters = await town.letters()
      const found = letters.find(letter => letter.to === email && subject.test(letter.subject))
      assert.ok(found, `no letter « ${subject.source} » to ${email}, but: ${letters.map(l => `${l.to} ${l.subject}`)}`)
      return found
    },
    signIn: async (context, email, password = DEMO_PASSWORD) => {
      const answer = await context.request.post(`${url}/api/v1/sessions`, {
        data: { email, password },
        headers: { Origin: url },
      })
      assert.equal(answer.status(), 201, `${email} cannot sign in: ${await answer.text()}`)
    },
  }
}

/** What a town has before its first family comes: school holidays and the prices of its canteen. */
async function foundTown({ town }: TestTown): Promise<void> {
  await importSchoolHolidays(town, system('test'), await readFile(HOLIDAYS, 'utf8'))
  await tariff(town)
}

/** The browser first: a server waits for the connections that it holds. */
async function closeDoors(browser: TestBrowser, serving: Serving, closeStandIn: () => Promise<void>): Promise<void> {
  await browser.close()
  await Promise.all([serving.stop(), closeStandIn()])
}

/** The address in a letter that leads to the town's page whose path begins so. */
export function linkIn(letter: Letter, path: string): string {
  const found = letter.text.match(/https?:\/\/\S+/g)?.find(link => new URL(link).pathname.startsWith(path))
  assert.ok(found, `no link to ${path} in « ${letter.subject} »:\n${letter.text}`)
  return found
}
