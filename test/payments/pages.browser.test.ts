import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { balanceOf } from '../../src/billing/ledger.ts'
import { cents } from '../../src/kernel/money.ts'
import { takeAtCounter } from '../../src/payments/counter.ts'
import { refundPayment } from '../../src/payments/refunds.ts'
import { launchChromium, picture } from '../support/chromium.ts'
import { family } from '../support/family.ts'
import { clerkWithoutSession, invoiceOf, payingTown } from './support.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const t = await payingTown({ ownAddress: true })
const base = t.town.config.baseUrl
const browser = await launchChromium()
after(() => browser.close())

async function signIn(context: BrowserContext, who: { email: string; password: string }) {
  const answer = await context.request.post(`${base}/api/v1/sessions`, {
    data: { email: who.email, password: who.password },
    headers: { origin: base },
  })
  assert.equal(answer.status(), 201)
}

/** What axe finds wrong, as lines to read. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
}
const overflow = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

test('a parent pays two invoices on a phone without JavaScript: the policy of the page lets the way to Stripe and back', async () => {
  const parent = await family(t, { signedIn: false })
  await invoiceOf(t, parent, 2940)
  await invoiceOf(t, parent, 1210)
  const phone = await browser.phone({ javaScriptEnabled: false })
  await signIn(phone, parent)
  const page = await phone.newPage()
  await page.goto(`${base}/factures`)
  await page.getByRole('button', { name: /^Payer/ }).click()
  await page.waitForURL(`${t.standIn.url}/c/pay/**`)
  assert.match((await page.textContent('h1')) ?? '', /41,50/)

  // Refused, then another card, without beginning anew.
  await page.locator('#email').fill('awa@exemple.fr')
  await page.locator('input[name="card"][value="declined"]').check()
  await page.locator('button[type="submit"]').click()
  assert.match(page.url(), /refused=/)
  await page.locator('#email').fill('awa@exemple.fr')
  await page.locator('input[name="card"][value="three-d-secure"]').check()
  await page.locator('button[type="submit"]').click()
  await page.locator('button[value="accept"]').click()

  await page.waitForURL(`${base}/paiement/*/retour**`)
  assert.equal(await page.textContent('h1'), 'Votre paiement est arrivé')
  await picture(page, 'payment-arrived-375')
  await t.settle()
  assert.equal(await balanceOf(t.town.db.read, `household:${parent.household}`), 0)
  const [payment] = await t.paymentsOf(parent)
  assert.deepEqual([payment?.state, payment?.amount], ['succeeded', 4150])
  const receipt = await phone.request.get(`${base}/recus/${payment?.id}`)
  assert.equal(receipt.headers()['content-type'], 'application/pdf')
  await phone.close()
})

test('axe finds nothing on the pages of paying, in whatever state, on a phone and on a desk', async () => {
  const parent = await family(t, { signedIn: false })
  const [due, processing, open, late] = [
    await invoiceOf(t, parent, 5000),
    await invoiceOf(t, parent, 2000),
    await invoiceOf(t, parent, 2100),
    await invoiceOf(t, parent, 2200),
  ]
  const paid = await t.pay(parent, [await invoiceOf(t, parent, 4000)])
  const debit = await t.pay(parent, [processing], 'late-success')
  const failed = await t.pay(parent, [late], 'late-failure')
  const begun = await t.begin(parent, [open])
  await t.control.settle({ paymentIntent: (await t.payment(failed)).intentId ?? '' })
  await t.settle()
  const paths = [
    `/paiement?invoices=${due}`,
    `/paiement/${paid}/retour`,
    `/paiement/${debit}/retour`,
    `/paiement/${failed}/retour`,
    `/paiement/${begun.id}/annule`,
  ]
  for (const [name, context] of [
    ['375', await browser.phone({ bypassCSP: true })],
    ['1280', await browser.desk({ bypassCSP: true })],
  ] as const) {
    await signIn(context, parent)
    const page = await context.newPage()
    for (const [n, path] of paths.entries()) {
      await page.goto(base + path)
      assert.deepEqual(await faults(page), [], path)
      assert.ok((await overflow(page)) <= 0, `${path} is wider than the screen`)
      await picture(page, `payment-${n}-${name}`)
    }
    await page.goto(`${base}/paiement?invoices=${due}`)
    await page.getByText('Payer une partie seulement').click()
    await page.getByLabel('Montant à payer').fill('60')
    await page.getByRole('button', { name: 'Payer cette partie' }).click()
    assert.equal(await page.getByLabel('Montant à payer').inputValue(), '60')
    assert.deepEqual(await faults(page), [])
    await picture(page, `payment-fault-${name}`)
    await context.close()
  }
})

test('axe finds nothing on the cash office’s pages, on a phone and on a desk', async () => {
  const parent = await family(t, { signedIn: false, lastName: 'N’Diaye-Œuvré' })
  const office = await clerkWithoutSession(t)
  const cash = await takeAtCounter(t.town, office.actor, {
    invoiceIds: [await invoiceOf(t, parent, 1250)],
    means: 'cash',
  })
  await takeAtCounter(t.town, office.actor, {
    invoiceIds: [await invoiceOf(t, parent, 9900)],
    means: 'cheque',
    reference: '0012345',
  })
  const paid = await t.pay(parent, [await invoiceOf(t, parent, 4000), await invoiceOf(t, parent, 2000)])
  await refundPayment(t.town, office.actor, { paymentId: paid, amount: cents(1000), reason: 'Enfant parti' })
  const contested = await t.pay(parent, [await invoiceOf(t, parent, 3300)])
  await t.control.dispute({ payment: (await t.payment(contested)).intentId ?? '' })
  await t.settle()
  const payout = await t.control.payout({ pendingToo: true })
  await t.settle()
  const due = await invoiceOf(t, parent, 2750)
  await invoiceOf(t, parent, 1000)
  const paths = [
    '/guichet/paiements',
    `/guichet/paiements/${paid}`,
    `/guichet/paiements/${contested}`,
    `/guichet/paiements/${cash}`,
    `/guichet/paiements/encaisser?foyer=${parent.household}`,
    '/guichet/paiements/alertes',
    '/guichet/paiements/virements',
    `/guichet/paiements/virements/${payout.id}`,
    '/guichet/paiements/journal',
    '/guichet/paiements?texte=personne',
  ]
  assert.ok(due)
  for (const [name, context] of [
    ['1280', await browser.desk({ bypassCSP: true })],
    ['375', await browser.phone({ bypassCSP: true })],
  ] as const) {
    await signIn(context, office)
    const page = await context.newPage()
    for (const [n, path] of paths.entries()) {
      await page.goto(base + path)
      assert.deepEqual(await faults(page), [], path)
      assert.ok((await overflow(page)) <= 0, `${path} is wider than the screen`)
      await picture(page, `payments-desk-${n}-${name}`)
    }
    await context.close()
  }
})
