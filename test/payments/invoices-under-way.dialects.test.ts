import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clerk, family } from '../support/family.ts'
import { invoiceOf, payingTown } from './support.ts'

const t = await payingTown()
const cashier = await clerk(t, 'cash-office')

/** A page's words alone, its spaces made plain. */
const words = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ')

test('while the bank is asked, an invoice says so everywhere and cannot be paid again', async () => {
  const parent = await family(t)
  const [asked, other] = [await invoiceOf(t, parent, 2940), await invoiceOf(t, parent, 1000)]
  t.at('2026-11-23T14:02:00+01:00')
  const payment = await t.pay(parent, [asked], 'late-success')
  // The bank answers by itself after half a minute: this is before.
  t.at('2026-11-23T14:02:20+01:00')

  const list = await parent.parent.get('/factures').expect(200)
  assert.match(
    words(list.text),
    /Paiement en cours Paiement de 29,40 € en cours depuis le lundi 23 novembre.{0,6}à 14 h 02/,
  )
  assert.doesNotMatch(list.text, new RegExp(`name="invoices" value="${asked}"`))
  assert.match(list.text, new RegExp(`name="invoices" value="${other}" checked`))

  const page = await parent.parent.get(`/factures/${asked}`).expect(200)
  assert.match(words(page.text), /Paiement en cours.*depuis le lundi 23 novembre.{0,6}à 14 h 02/)
  assert.match(page.text, new RegExp(`/paiement/${payment}/retour`))
  assert.doesNotMatch(page.text, /action="\/paiement"/)

  const home = words((await parent.parent.get('/accueil').expect(200)).text)
  assert.match(home, /À payer 10,00 €/)
  assert.match(home, /Paiement en cours 29,40 €, depuis le lundi 23 novembre/)
  assert.doesNotMatch(home, /Payer 29,40 €/)

  const shown = await parent.parent.get(`/api/v1/invoices/${asked}`).expect(200)
  assert.deepEqual(shown.body.payment, { stage: 'bank', since: '2026-11-23T13:02:00Z', amount: 2940 })
  const desk = await cashier.get(`/guichet/facturation/factures/${asked}`).expect(200)
  assert.match(words(desk.text), /Paiement de 29,40 € en cours depuis/)

  await t.control.settle({ paymentIntent: (await t.payment(payment)).intentId ?? '' })
  await t.settle()
  assert.doesNotMatch(words((await parent.parent.get('/factures').expect(200)).text), /Paiement en cours/)
  assert.match(words((await parent.parent.get(`/factures/${asked}`).expect(200)).text), /Payée/)
  t.at('2026-11-24T09:00:00+01:00')
})

test('a payment page left open can be taken up again; once it is closed, the invoice is to pay as before', async () => {
  const parent = await family(t)
  const id = await invoiceOf(t, parent, 2100)
  const begun = await t.begin(parent, [id])
  const list = await parent.parent.get('/factures').expect(200)
  assert.match(words(list.text), /Paiement en cours.*Paiement commencé le mardi 24 novembre/)
  assert.match(list.text, new RegExp(`name="invoices" value="${id}" aria`), 'not ticked beforehand')
  const page = await parent.parent.get(`/factures/${id}`).expect(200)
  assert.match(page.text, /Reprendre le paiement/)
  assert.doesNotMatch(words(page.text), /Payer 21,00 €/)
  assert.match(
    words((await parent.parent.get('/accueil').expect(200)).text),
    /Vous avez commencé à payer votre facture/,
  )
  const again = await parent.parent.get(`/paiement/${begun.id}/retour`).expect(200)
  assert.match(words(again.text), /21,00 €/)
  const resumed = await parent.parent.post('/paiement').type('form').send({ invoices: id }).expect(303)
  assert.equal(resumed.headers['location'], begun.url, 'the same page')

  await t.later({ hours: 3 })
  const later = await parent.parent.get(`/factures/${id}`).expect(200)
  assert.match(words(later.text), /Payer 21,00 €/)
  assert.doesNotMatch(words(later.text), /Paiement en cours/)
})

test('nobody learns of another family’s payment', async () => {
  const [one, other] = [await family(t), await family(t)]
  const id = await invoiceOf(t, one, 3300)
  await t.pay(one, [id], 'late-success')
  for (const path of ['/factures', '/accueil'])
    assert.doesNotMatch(words((await other.parent.get(path).expect(200)).text), /en cours|33,00/)
})
