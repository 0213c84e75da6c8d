import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { hashPassword } from '../../src/access/passwords.ts'
import { addAccount } from '../../src/access/store.ts'
import { householdAccount, post, revenueAccount } from '../../src/billing/ledger.ts'
import { takeNumbers } from '../../src/billing/numbers.ts'
import { documentNumber, numberSeriesOf } from '../../src/billing/rules.ts'
import { billingRuns, invoiceLines, invoices } from '../../src/billing/schema.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { dayInParis } from '../../src/kernel/clock.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents, negate } from '../../src/kernel/money.ts'
import { checkPayments } from '../../src/payments/check-payments.ts'
import { payments } from '../../src/payments/schema.ts'
import { startPayment } from '../../src/payments/start.ts'
import { paymentById } from '../../src/payments/store.ts'
import { addPerson } from '../../src/people/persons.ts'
import type { Family } from '../support/family.ts'
import { type TestTown, testTown } from '../support/town.ts'

export const SECRET_KEY = 'sk_test_guichet_0123456789'
export const WEBHOOK_SECRET = 'whsec_guichet_0123456789'

/**
 * A town that takes payments: the app on a real port, the stand-in of Stripe beside it on the town's clock, webhooks from
 * the one to the other over HTTP. With `ownAddress`, links lead to that port, for a browser. Call it at the top of the file.
 */
export async function payingTown({ ownAddress = false } = {}) {
  const now = { at: () => Date.now() }
  // The door stands before the town is built, so that Stripe can be told where it is.
  const door: { app?: RequestListener } = {}
  const server: Server = createServer((req, res) => door.app?.(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const standIn = await startStripeStandIn({
    secretKey: SECRET_KEY,
    webhook: { url: `http://127.0.0.1:${port}/webhooks/stripe`, secret: WEBHOOK_SECRET },
    now: () => now.at(),
  })
  const t = await testTown({
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_STAND_IN: standIn.url,
    ...(ownAddress ? { BASE_URL: `http://127.0.0.1:${port}` } : {}),
  })
  now.at = () => t.town.clock.now().epochMilliseconds
  door.app = t.app
  await standIn.control.retryWebhooksAfter({ ms: 20 })
  after(async () => {
    await standIn.close()
    server.closeAllConnections()
    server.close()
  })
  const { control } = standIn
  const settle = async () => {
    await control.webhooksIdle()
    await t.settle()
    await control.webhooksIdle()
    await t.settle()
  }
  return {
    ...t,
    port,
    standIn,
    control,
    /** Closes the town's door, for another process to stand there; `listen` opens it again. */
    closeDoor: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
    listen: async () => {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    /** All that is on its way arrives: webhooks, jobs, and what they bring. */
    settle,
    /** Lets time pass, and what is scheduled happen. */
    later: async (duration: Temporal.DurationLike) => {
      t.at(t.town.clock.now().add(duration).toString())
      await t.tick()
      await settle()
    },
    /** Begins a payment as its parent does, and gives what Stripe and we hold. */
    begin: (family: Family, invoiceIds: readonly Id<'invoice'>[], amount?: number) =>
      begin(t, family, invoiceIds, amount),
    /** Begins and pays. */
    pay: async (family: Family, invoiceIds: readonly Id<'invoice'>[], card = 'success') => {
      const begun = await begin(t, family, invoiceIds)
      await control.pay({ session: begun.session, card })
      await settle()
      return begun.id
    },
    payment: (id: Id<'payment'>) => paymentById(t.town.db.read, id),
    paymentsOf: (family: Family) =>
      t.town.db.read
        .select()
        .from(payments)
        .where(eq(payments.householdId, family.household))
        .orderBy(desc(payments.id)),
    /** What is wrong between payments and accounts. */
    faults: () => checkPayments(t.town.db.read),
    stripe: (path: string) => readStripe(standIn.url, path),
  }
}

async function begin(t: TestTown, family: Family, invoiceIds: readonly Id<'invoice'>[], amount?: number) {
  const { paymentId, url } = await startPayment(t.town, family.actor, {
    invoiceIds,
    language: 'fr',
    ...(amount === undefined ? {} : { amount: cents(amount) }),
  })
  return { id: paymentId, url, session: sessionIn(url) }
}

/** The session's id in the address of its page. */
export const sessionIn = (url: string) => new URL(url).pathname.split('/').at(-1) ?? ''

async function readStripe(url: string, path: string) {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${SECRET_KEY}` } })
  return (await answer.json()) as { data: Record<string, unknown>[] } & Record<string, unknown>
}

let billed = 0

/** An issued invoice of so many cents, written as the month's billing writes it. */
export async function invoiceOf(t: TestTown, family: Family, amount: number): Promise<Id<'invoice'>> {
  const now = t.town.clock.now()
  const issueDate = dayInParis(now)
  const period = Temporal.PlainYearMonth.from('2020-01').add({ months: billed++ })
  const id = newId<'invoice'>()
  const runId = newId<'billing-run'>()
  const total = cents(amount)
  const { town: identity, baseUrl, billing } = t.town.config
  await t.town.db.transaction(async tx => {
    await tx.insert(billingRuns).values({
      id: runId,
      period: period.toString(),
      state: 'issued',
      households: 1,
      total,
      createdAt: now,
      issuedAt: now,
      frozen: { town: identity, baseUrl, counterMeans: billing.counterMeans },
    })
    const [n] = await takeNumbers(tx, numberSeriesOf('invoice', issueDate), 1)
    await tx.insert(invoices).values({
      id,
      number: documentNumber('invoice', issueDate, n ?? 0),
      householdId: family.household,
      payerId: family.personId,
      period: period.toString(),
      issueDate,
      dueDate: issueDate.add({ days: 20 }),
      total,
      frozen: {
        payer: { name: 'Awa Diallo', addressLines: ['1 rue des Lilas', '59100 Valmont'], language: 'fr' },
        quotient: null,
        resident: true,
        creditUsed: 0,
        children: family.children.map(child => ({ id: child.id, name: child.firstName, school: 'Jules-Guesde, CP' })),
      },
      runId,
      createdAt: now,
    })
    await tx.insert(invoiceLines).values({
      invoiceId: id,
      position: 0,
      childId: family.children[0]?.id ?? family.personId,
      childName: 'Inès',
      service: 'canteen',
      kind: 'meal',
      quantity: 1,
      unit: total,
      amount: total,
      explanation: [],
      days: [],
    })
    if (total !== 0)
      await post(tx, now, {
        key: `invoice:${id}`,
        kind: 'invoice',
        lines: [
          { account: householdAccount(family.household), amount: total, invoiceId: id },
          { account: revenueAccount('canteen'), amount: negate(total) },
        ],
      })
  })
  return id
}

export async function invoiceNumber(t: TestTown, id: Id<'invoice'>): Promise<string> {
  const [row] = await t.town.db.read.select({ number: invoices.number }).from(invoices).where(eq(invoices.id, id))
  return row?.number ?? ''
}

/** A clerk of the cash office who signs in by a browser. */
export async function clerkWithoutSession(t: TestTown) {
  const number = ++billed
  const now = t.town.clock.now()
  const email = `caisse${number}@valmont.example`
  const password = 'quatre mots au hasard'
  const passwordHash = await hashPassword('test', password)
  const { accountId, personId } = await t.town.db.transaction(async tx => {
    const personId = await addPerson(tx, now, { firstName: 'Claire', lastName: 'Caisse', email, language: 'fr' })
    const rights = { clerk: true, services: ['cash-office'] as const, administrator: false }
    const account = { personId, email, ...rights, passwordHash, emailVerifiedAt: now }
    return { personId, accountId: await addAccount(tx, now, account) }
  })
  const actor = {
    kind: 'clerk',
    accountId,
    personId,
    services: ['cash-office'],
    administrator: false,
  } as const satisfies Actor
  return { email, password, actor }
}
