import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { balanceOf, householdAccount, owedOn } from '../../src/billing/ledger.ts'
import { eq } from '../../src/db/drizzle.ts'
import { mails } from '../../src/mail/schema.ts'
import { family } from '../support/family.ts'
import { invoiceNumber, invoiceOf, payingTown, sessionIn } from './support.ts'

const t = await payingTown()

test('a parent pays two invoices at once, and gets a receipt by mail', async () => {
  const parent = await family(t)
  const ids = [await invoiceOf(t, parent, 2940), await invoiceOf(t, parent, 1210)]
  const answer = await parent.parent.post('/paiement').type('form').send({ invoices: ids })
  assert.equal(answer.status, 303)
  const location = answer.headers['location'] ?? ''
  assert.ok(location.startsWith(`${t.standIn.url}/c/pay/`))

  assert.deepEqual(await t.control.pay({ session: sessionIn(location), card: 'success' }), { state: 'paid' })
  await t.settle()

  const [payment] = await t.paymentsOf(parent)
  assert.equal(payment?.state, 'succeeded')
  assert.equal(payment.amount, 4150)
  assert.match(payment.receiptNumber ?? '', /^R2026-\d{6}$/)
  assert.deepEqual([...(await owedOn(t.town.db.read, ids)).values()], [0, 0])
  const [letter] = await t.town.db.read
    .select()
    .from(mails)
    .where(eq(mails.key, `receipt:${payment.id}`))
  assert.equal(letter?.to, parent.email)
  assert.equal(letter.state, 'sent')
  assert.equal(letter.documents.length, 1)

  const page = await parent.parent.get(`/paiement/${payment.id}/retour`)
  assert.match(page.text, /Votre paiement est arrivé/)
  assert.ok(page.text.includes(payment.receiptNumber ?? '?'))
  const pdf = await parent.parent.get(`/recus/${payment.id}`).buffer(true)
  assert.equal(pdf.status, 200)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
  assert.deepEqual(await t.faults(), [])
  assert.deepEqual(await checkLedger(t.town.db.read), [])
})

test('what Stripe shows names the invoices and the town, and nobody', async () => {
  const parent = await family(t, { children: ['Zéphyrine'], lastName: 'Brancusi' })
  const id = await invoiceOf(t, parent, 1500)
  const { session } = await t.begin(parent, [id])
  const lines = await t.stripe(`/v1/checkout/sessions/${session}/line_items`)
  assert.deepEqual(
    lines.data.map(line => line['description']),
    [`Facture ${await invoiceNumber(t, id)}`],
  )
  await t.control.pay({ session, card: 'success' })
  const everything = JSON.stringify([
    await t.stripe(`/v1/checkout/sessions/${session}?expand[0]=line_items`),
    await t.stripe('/v1/payment_intents?limit=1'),
    await t.stripe('/v1/charges?limit=1'),
  ])
  for (const word of ['Zéphyrine', 'Brancusi', parent.email, 'cantine', 'canteen'])
    assert.ok(!everything.includes(word), word)
  assert.ok(everything.includes('Ville de Valmont'))
  await t.settle()
})

test('what Stripe keeps of a payment is a cost of the town', async () => {
  await t.later({ minutes: 3 })
  const before = await balanceOf(t.town.db.read, 'stripe:fees')
  const parent = await family(t)
  await t.pay(parent, [await invoiceOf(t, parent, 10_000)])
  await t.later({ minutes: 3 })
  // 1.5 % and 25 cents
  assert.equal((await balanceOf(t.town.db.read, 'stripe:fees')) - before, 175)
  assert.deepEqual(await t.faults(), [])
})

test('a part of an invoice can be paid, then the rest', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 5000)
  const answer = await parent.parent.post('/paiement').type('form').send({ invoices: id, amount: '20,00' })
  assert.equal(answer.status, 303)
  await t.control.pay({ session: sessionIn(answer.headers['location'] ?? ''), card: 'success' })
  await t.settle()
  assert.equal((await owedOn(t.town.db.read, [id])).get(id), 3000)

  const rest = await t.pay(parent, [id])
  assert.equal((await t.payment(rest)).amount, 3000)
  assert.equal((await owedOn(t.town.db.read, [id])).get(id), 0)
})

test('an amount that cannot be paid is refused, and what was typed stays', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 5000)
  for (const [amount, words] of [
    ['50,01', 'plus que ce qui reste'],
    ['0,49', 'trop petit'],
    ['0', 'trop petit'],
    ['49,80', 'Le reste serait trop petit'],
    ['douze', 'Exemple'],
    ['-3', 'Exemple'],
    ['12,345', 'Exemple'],
  ] as const) {
    const page = await parent.parent.post('/paiement').type('form').send({ invoices: id, amount })
    assert.equal(page.status, 422, amount)
    assert.ok(page.text.includes(words), `${amount}: ${words}`)
    assert.ok(page.text.includes(`value="${amount}"`), amount)
  }
  const two = [id, await invoiceOf(t, parent, 900)]
  const page = await parent.parent.post('/paiement').type('form').send({ invoices: two, amount: '10' })
  assert.equal(page.status, 422)
  for (const amount of [10 ** 15, -1, 0, 0.5]) {
    const answer = await parent.parent.post('/api/v1/payments').send({ invoiceIds: [id], amount })
    assert.equal(answer.status, 422, String(amount))
  }
  assert.deepEqual(await t.paymentsOf(parent), [])
})

test('an invoice of 0.00 € exists and is not payable; below 0.50 € it is paid at the town hall', async () => {
  const parent = await family(t)
  const nothing = await parent.parent.post('/api/v1/payments').send({ invoiceIds: [await invoiceOf(t, parent, 0)] })
  assert.deepEqual([nothing.status, nothing.body.code], [409, 'already-paid'])
  const little = await parent.parent.post('/api/v1/payments').send({ invoiceIds: [await invoiceOf(t, parent, 49)] })
  assert.deepEqual([little.status, little.body.code], [409, 'too-little-to-pay-online'])
  assert.deepEqual(await t.paymentsOf(parent), [])
})

test('nobody pays, sees or prints what is another household’s', async () => {
  const [parent, stranger] = [await family(t), await family(t)]
  const id = await invoiceOf(t, parent, 2000)
  assert.equal((await stranger.parent.post('/api/v1/payments').send({ invoiceIds: [id] })).status, 404)
  const own = await invoiceOf(t, stranger, 2000)
  assert.equal((await stranger.parent.post('/api/v1/payments').send({ invoiceIds: [own, id] })).status, 404)
  assert.equal((await stranger.parent.get(`/paiement?invoices=${id}`)).status, 404)
  assert.equal((await stranger.parent.post('/paiement').type('form').send({ invoices: id })).status, 404)

  const payment = await t.pay(parent, [id])
  for (const path of [`/paiement/${payment}/retour`, `/paiement/${payment}/annule`, `/recus/${payment}`])
    assert.equal((await stranger.parent.get(path)).status, 404, path)
  assert.equal((await stranger.parent.get(`/api/v1/payments/${payment}`)).status, 404)
  assert.equal((await t.visitor().get(`/recus/${payment}`)).status, 303)
  assert.equal(
    (
      await t
        .visitor()
        .post('/api/v1/payments')
        .send({ invoiceIds: [id] })
    ).status,
    401,
  )
  assert.equal((await parent.parent.get(`/api/v1/payments/${payment}`)).body.state, 'succeeded')
  assert.deepEqual(await t.paymentsOf(stranger), [])
})

test('a card is refused, another one pays, without beginning anew', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  for (const card of ['declined', 'insufficient-funds', 'expired-card'])
    assert.equal((await t.control.pay({ session, card })).state, 'refused')
  await t.settle()
  assert.equal((await t.payment(id)).state, 'open')
  assert.equal((await t.control.pay({ session, card: 'success' })).state, 'paid')
  await t.settle()
  assert.equal((await t.payment(id)).state, 'succeeded')
  assert.equal((await t.paymentsOf(parent)).length, 1)
  assert.deepEqual(await t.faults(), [])
})

test('the bank asks to confirm (3-D Secure): refused it may be tried again, accepted it pays', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  assert.equal((await t.control.pay({ session, card: 'three-d-secure', refuseChallenge: true })).state, 'refused')
  await t.settle()
  const back = await parent.parent.get(`/paiement/${id}/retour`)
  assert.match(back.text, /Vous n’avez pas payé/)
  assert.equal((await t.control.pay({ session, card: 'three-d-secure' })).state, 'paid')
  await t.settle()
  assert.equal((await t.payment(id)).state, 'succeeded')
})

test('a bank debit is on its way for days, and nobody pays a second time meanwhile', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const { id, session } = await t.begin(parent, [invoiceId])
  assert.equal((await t.control.pay({ session, card: 'late-success' })).state, 'processing')
  await t.settle()
  assert.equal((await t.payment(id)).state, 'processing')
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  assert.match(page.text, /Paiement en cours/)
  assert.match(page.text, /Ne payez pas une deuxième fois/)

  const again = await parent.parent.post('/paiement').type('form').send({ invoices: invoiceId })
  assert.deepEqual([again.status, again.headers['location']], [303, `/paiement/${id}/retour`])
  const api = await parent.parent.post('/api/v1/payments').send({ invoiceIds: [invoiceId] })
  assert.deepEqual([api.status, api.body.code], [409, 'payment-on-its-way'])

  await t.control.settleAll()
  await t.settle()
  assert.equal((await t.payment(id)).state, 'succeeded')
  assert.equal((await owedOn(t.town.db.read, [invoiceId])).get(invoiceId), 0)
})

test('a bank debit that fails leaves the invoice to be paid, and says so', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const { id, session } = await t.begin(parent, [invoiceId])
  await t.control.pay({ session, card: 'late-failure' })
  await t.control.settleAll()
  await t.settle()
  assert.equal((await t.payment(id)).state, 'failed')
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  assert.match(page.text, /Le paiement n’est pas passé/)
  assert.match(page.text, /Payer 29,40/)
  assert.equal((await owedOn(t.town.db.read, [invoiceId])).get(invoiceId), 2940)
  const second = await t.pay(parent, [invoiceId])
  assert.notEqual(second, id)
  assert.equal((await t.payment(second)).state, 'succeeded')
})

test('a payment page left open too long closes; the parent begins again', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const { id } = await t.begin(parent, [invoiceId])
  await t.later({ hours: 3 })
  assert.equal((await t.payment(id)).state, 'expired')
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  assert.match(page.text, /La page de paiement est fermée/)
  const second = await t.pay(parent, [invoiceId])
  assert.equal((await t.payment(second)).state, 'succeeded')
  assert.equal((await t.payment(id)).state, 'expired')
})

test('who comes back without having paid is told so, and may go on', async () => {
  const parent = await family(t)
  const { id, url } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const page = await parent.parent.get(`/paiement/${id}/annule`)
  assert.match(page.text, /Vous n’avez pas payé/)
  assert.match(page.text, /Rien n’est débité/)
  const form = { invoices: /name="invoices" value="([^"]+)"/.exec(page.text)?.[1] }
  const again = await parent.parent.post('/paiement').type('form').send(form)
  assert.equal(again.headers['location'], url)
})

test('the money of an invoice that was credited meanwhile is in the household’s favour', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 3000)
  const { id, session } = await t.begin(parent, [invoiceId])
  const { post, revenueAccount } = await import('../../src/billing/ledger.ts')
  const { cents } = await import('../../src/kernel/money.ts')
  await t.town.db.transaction(tx =>
    post(tx, t.town.clock.now(), {
      key: `credit-of-${invoiceId}`,
      kind: 'correction',
      lines: [
        { account: householdAccount(parent.household), amount: cents(-1000), invoiceId },
        { account: revenueAccount('canteen'), amount: cents(1000) },
      ],
    }),
  )
  await t.control.pay({ session, card: 'success' })
  await t.settle()
  assert.equal((await t.payment(id)).state, 'succeeded')
  assert.equal((await owedOn(t.town.db.read, [invoiceId])).get(invoiceId), 0)
  assert.equal(await balanceOf(t.town.db.read, householdAccount(parent.household)), -1000)
  const { alertsAbout } = await import('../../src/payments/alerts.ts')
  const alerts = await alertsAbout(t.town.db.read, id)
  assert.deepEqual(
    alerts.map(alert => [alert.kind, alert.details.amount]),
    [['overpaid', 1000]],
  )
  assert.deepEqual(await t.faults(), [])
})

test('who chose no invoice is sent back to choose one', async () => {
  const parent = await family(t)
  const answer = await parent.parent.post('/paiement').type('form').send({})
  assert.deepEqual([answer.status, answer.headers['location']], [303, '/factures'])
  const page = await parent.parent.get('/factures')
  assert.match(page.text, /Choisissez au moins une facture/)
})
