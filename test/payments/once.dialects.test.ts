import assert from 'node:assert/strict'
import { test } from 'node:test'
import { owedOn } from '../../src/billing/ledger.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { newId } from '../../src/kernel/ids.ts'
import { countOpenAlerts } from '../../src/payments/alerts.ts'
import { startPayment } from '../../src/payments/start.ts'
import { householdMembers } from '../../src/people/schema.ts'
import { type Family, family } from '../support/family.ts'
import { invoiceOf, payingTown, sessionIn } from './support.ts'

const t = await payingTown()

const sessionsOf = async (family: Family) => {
  const rows = await t.paymentsOf(family)
  const { data } = await t.stripe('/v1/checkout/sessions?limit=100')
  return data.filter(session => rows.some(row => row.id === session['client_reference_id']))
}
const chargesOf = async (family: Family) => {
  const intents = (await sessionsOf(family)).map(session => session['payment_intent'])
  const { data } = await t.stripe('/v1/charges?limit=100')
  return data.filter(charge => charge['status'] === 'succeeded' && intents.includes(charge['payment_intent']))
}

/** The other parent of the same household. */
async function otherGuardian(of: Family): Promise<Extract<Actor, { kind: 'resident' }>> {
  const other = await family(t, { children: [], firstName: 'Karim', signedIn: false })
  await t.town.db.transaction(async tx => {
    const { eq } = await import('../../src/db/drizzle.ts')
    await tx
      .update(householdMembers)
      .set({ householdId: of.household })
      .where(eq(householdMembers.personId, other.personId))
  })
  return other.actor
}

test('a double click ends on one page', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const click = () => parent.parent.post('/paiement').type('form').send({ invoices: invoiceId })
  const answers = await Promise.all([click(), click(), click()])
  assert.deepEqual(
    answers.map(answer => answer.status),
    [303, 303, 303],
  )
  assert.equal(new Set(answers.map(answer => answer.headers['location'])).size, 1)
  assert.equal((await t.paymentsOf(parent)).length, 1)
  assert.equal((await sessionsOf(parent)).length, 1)
})

test('two tabs pay once, and the second is told it is paid', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const first = await t.begin(parent, [invoiceId])
  const second = await t.begin(parent, [invoiceId])
  assert.deepEqual(second, first)
  await t.control.pay({ session: first.session, card: 'success' })
  assert.equal((await t.control.pay({ session: second.session, card: 'success' })).state, 'closed')
  await t.settle()
  const page = await parent.parent.post('/paiement').type('form').send({ invoices: invoiceId })
  assert.equal(page.status, 409)
  assert.match(page.text, /Cette facture est déjà payée/)
  const api = await parent.parent.post('/api/v1/payments').send({ invoiceIds: [invoiceId] })
  assert.deepEqual([api.status, api.body.code], [409, 'already-paid'])
  assert.equal((await chargesOf(parent)).length, 1)
  assert.deepEqual(await t.faults(), [])
})

test('two parents who pay the same invoice at the same moment pay it once', async () => {
  const one = await family(t)
  const other = await otherGuardian(one)
  const invoiceId = await invoiceOf(t, one, 2940)
  const begin = (actor: Actor) => startPayment(t.town, actor, { invoiceIds: [invoiceId], language: 'fr' })
  const begun = await Promise.all([begin(one.actor), begin(other), begin(one.actor), begin(other)])
  assert.equal(new Set(begun.map(({ url }) => url)).size, 1)
  const session = sessionIn(begun[0].url)
  const outcomes = await Promise.all([
    t.control.pay({ session, card: 'success' }),
    t.control.pay({ session, card: 'cartes-bancaires' }),
  ])
  await t.settle()
  assert.deepEqual(outcomes.map(({ state }) => state).sort(), ['closed', 'paid'])
  assert.equal((await chargesOf(one)).length, 1)
  assert.equal((await owedOn(t.town.db.read, [invoiceId])).get(invoiceId), 0)
})

test('the receipt goes to the parent who was led to the page last', async () => {
  const one = await family(t)
  const other = await otherGuardian(one)
  const invoiceId = await invoiceOf(t, one, 2940)
  const { id, session } = await t.begin(one, [invoiceId])
  await startPayment(t.town, other, { invoiceIds: [invoiceId], language: 'fr' })
  await t.control.pay({ session, card: 'success' })
  await t.settle()
  assert.equal((await t.payment(id)).payerId, other.personId)
})

test('when the amount changes, the old page is closed before the new one opens', async () => {
  const parent = await family(t)
  const [a, b] = [await invoiceOf(t, parent, 2940), await invoiceOf(t, parent, 1000)]
  const first = await t.begin(parent, [a])
  const both = await t.begin(parent, [a, b])
  assert.notEqual(both.session, first.session)
  assert.equal((await t.control.pay({ session: first.session, card: 'success' })).state, 'closed')
  const part = await t.begin(parent, [a], 1000)
  await t.settle()
  assert.deepEqual(
    (await t.paymentsOf(parent)).map(payment => [payment.id, payment.state]),
    [
      [part.id, 'open'],
      [both.id, 'cancelled'],
      [first.id, 'cancelled'],
    ],
  )
  const page = await parent.parent.get(`/paiement/${first.id}/retour`)
  assert.match(page.text, /Ce paiement est remplacé/)
})

test('an old page paid in the same moment as the amount changes is believed: nothing is paid twice', async () => {
  const parent = await family(t)
  const [a, b] = [await invoiceOf(t, parent, 2940), await invoiceOf(t, parent, 1000)]
  const first = await t.begin(parent, [a])
  await t.control.webhooks({ drop: 100 })
  await t.control.pay({ session: first.session, card: 'success' })
  // The parent begins to pay both: the first turns out to be paid, so only the second is asked for.
  const second = await t.begin(parent, [a, b])
  await t.control.behave()
  assert.equal((await t.payment(first.id)).state, 'succeeded')
  assert.equal((await t.payment(second.id)).amount, 1000)
  assert.deepEqual(await t.faults(), [])
})

test('different choices in many tabs at the same moment never leave two pages for one invoice', async () => {
  for (let round = 0; round < 5; round++) {
    const parent = await family(t, { signedIn: false })
    const [a, b] = [await invoiceOf(t, parent, 2940), await invoiceOf(t, parent, 1000)]
    const wishes = [[a], [a, b], [b], [a, b], [b, a], [a]]
    const begun = await Promise.allSettled(wishes.map(wish => t.begin(parent, wish)))
    assert.ok(begun.some(one => one.status === 'fulfilled'))
    const rows = await t.paymentsOf(parent)
    const open = (await sessionsOf(parent)).filter(session => session['status'] === 'open')
    for (const session of open) assert.equal(rows.find(row => row.id === session['client_reference_id'])?.state, 'open')
    // Whoever pays whatever page can still be paid pays no invoice twice.
    for (const session of open) await t.control.pay({ session: String(session['id']), card: 'success' })
    await t.settle()
    for (const [invoiceId, left] of await owedOn(t.town.db.read, [a, b])) assert.ok(left >= 0, invoiceId)
    assert.equal(await countOpenAlerts(t.town.db.read), 0)
  }
})

test('the back button after paying shows the same answer, and pays nothing', async () => {
  const parent = await family(t)
  const id = await t.pay(parent, [await invoiceOf(t, parent, 2940)])
  for (const path of ['retour', 'retour', 'annule']) {
    const page = await parent.parent.get(`/paiement/${id}/${path}`).redirects(1)
    assert.match(page.text, /Votre paiement est arrivé/)
  }
  assert.equal((await chargesOf(parent)).length, 1)
})

test('a page that belongs to nobody is not found', async () => {
  const parent = await family(t)
  for (const path of [`/paiement/${newId()}/retour`, `/recus/${newId()}`, '/paiement/x/retour'])
    assert.ok([404, 422].includes((await parent.parent.get(path)).status), path)
})
