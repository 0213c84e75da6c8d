import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sessionFor, standInWorld } from './support.ts'

type World = Awaited<ReturnType<typeof standInWorld>>

/** The desk as a French visitor sees it. */
const deskOf = async ({ url }: World, search = '') =>
  (await fetch(`${url}/${search}`, { headers: { 'accept-language': 'fr' } })).text()

/** Presses the button with these words, if it is there. */
async function press(world: World, button: string, origin: string | undefined = world.url) {
  const page = await deskOf(world)
  const value = new RegExp(`value="([^"]*)">${button}<`).exec(page)?.[1]
  assert.ok(value !== undefined, `no button « ${button} »`)
  const answer = await fetch(world.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...(origin !== '' && { origin }) },
    body: new URLSearchParams({ order: value }),
  })
  return { status: answer.status, location: answer.headers.get('location') }
}

const DONE = { status: 303, location: '/?done' }

test('the desk says what it is, and that there is nothing yet', async t => {
  const world = await standInWorld(t)
  const page = await deskOf(world)
  assert.match(page, /aucun argent ne bouge[\s\S]*vous jouez la banque[\s\S]*Aucun paiement pour l’instant/)
  assert.doesNotMatch(page, /<button|<script/)
  await sessionFor(world.stripe)
  assert.match(await deskOf(world), /29,40\s€, à payer[\s\S]*Facture 2026-000012[\s\S]*href="[^"]*\/c\/pay\/cs_test_/)
})

test('a visitor answers for the bank: debit, dispute, refund sent back, payout', async t => {
  const world = await standInWorld(t)
  const { stripe, control, told } = world
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'late-success' })
  assert.match(await deskOf(world), /la banque va répondre/)
  assert.deepEqual(await press(world, 'La banque accepte le prélèvement'), DONE)
  assert.ok((await told()).includes('checkout.session.async_payment_succeeded'))
  assert.match(await deskOf(world, '?done'), /role="status">C’est fait[\s\S]*28,71\s€[\s\S]*29,40\s€, payé/)

  const [charge] = (await stripe.charges.list()).data
  await stripe.refunds.create({ charge: charge!.id, amount: 100 })
  assert.match(await deskOf(world), /29,40\s€, remboursé en partie/)
  assert.deepEqual(await press(world, 'La banque renvoie le remboursement'), DONE)
  assert.deepEqual(await press(world, 'La famille conteste auprès de sa banque'), DONE)
  assert.match(await deskOf(world), /29,40\s€, contesté/)
  assert.deepEqual(await press(world, 'La mairie gagne la contestation'), DONE)
  assert.match(await deskOf(world), /29,40\s€, payé, contestation gagnée/)

  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  assert.deepEqual(await press(world, 'Verser l’argent à la mairie'), DONE)
  assert.equal((await stripe.payouts.list()).data[0]?.amount, 2871 - 2000 + 2871)
  assert.doesNotMatch(await deskOf(world), /Verser l’argent/)
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'late-failure' })
  assert.deepEqual(await press(world, 'La banque refuse le prélèvement'), DONE)
  assert.match(await deskOf(world), /29,40\s€, refusé par la banque/)
})

test('an order from another site, or for what cannot be, changes nothing', async t => {
  const world = await standInWorld(t)
  const { stripe, control, url } = world
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  for (const origin of ['https://elsewhere.example', '']) {
    assert.equal((await press(world, 'La famille conteste auprès de sa banque', origin)).status, 403)
  }
  for (const order of ['dispute ch_nowhere', 'toString', '', 'settle pi_1']) {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: url },
      body: new URLSearchParams({ order }),
    })
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/?refused'])
  }
  assert.equal((await stripe.disputes.list()).data.length, 0)
})
