import { audit } from '../audit/audit.ts'
import { lockAccounts } from '../billing/ledger.ts'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { cents } from '../kernel/money.ts'
import { raiseAlert } from './alerts.ts'
import type { BelievedDispute } from './believed.ts'
import { postDisputeMoney, postDisputeOpened, postDisputeWon, postFee } from './postings.ts'
import { disputes, type EventOutcome } from './schema.ts'
import { type Dispute, moveDispute, type Payment } from './states.ts'
import { paymentOfIntent } from './store.ts'

/** Only a question of the bank's: no money moves. */
const isInquiry = (status: string) => status.startsWith('warning_')
const WON = ['won', 'warning_closed', 'prevented']

/** Believes a dispute. Its money follows what the bank really took and gave back, in whatever order that is told. */
export async function applyDispute(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  told: BelievedDispute,
): Promise<EventOutcome> {
  const payment = await paymentOfIntent(tx, told.intentId)
  if (payment?.state !== 'succeeded') return told.intentId ? 'looked-up' : 'not-ours'
  await lockAccounts(tx, [payment.householdId])
  const { dispute, isNew } = await knownOrNew(tx, now, actor, payment, told)
  if (dispute.amount !== told.amount || told.currency !== 'eur') {
    await raiseAlert(tx, now, {
      kind: 'dispute',
      key: `dispute-differs:${told.id}`,
      paymentId: payment.id,
      details: { stripeId: told.id, expected: `${dispute.amount} eur`, found: `${told.amount} ${told.currency}` },
    })
    return 'parked'
  }
  if (!isInquiry(told.status)) await postDisputeOpened(tx, now, payment, dispute)
  const moneyMoved = await followMoney(tx, now, dispute, told)
  const closed = await close(tx, now, actor, dispute, told)
  return isNew || moneyMoved || closed ? 'applied' : 'nothing-to-do'
}

async function knownOrNew(tx: Tx, now: Temporal.Instant, actor: Actor, payment: Payment, told: BelievedDispute) {
  const [written] = await tx
    .insert(disputes)
    .values({
      stripeId: told.id,
      paymentId: payment.id,
      amount: told.amount,
      fee: cents(0),
      withdrawn: cents(0),
      reinstated: cents(0),
      state: 'open',
      reason: told.reason,
      openedAt: told.createdAt,
    })
    .onConflictDoNothing()
    .returning()
  if (!written) {
    const [dispute] = await tx.select().from(disputes).where(eq(disputes.stripeId, told.id))
    if (!dispute) throw new Error(`the dispute ${told.id} is not there`)
    return { dispute, isNew: false }
  }
  await audit(tx, now, actor, {
    action: 'dispute.opened',
    subject: { kind: 'payment', id: payment.id },
    details: { dispute: told.id, amount: told.amount },
  })
  await raiseAlert(tx, now, {
    kind: 'dispute',
    key: `dispute:${told.id}`,
    paymentId: payment.id,
    details: { stripeId: told.id, amount: told.amount },
  })
  return { dispute: written, isNew: true }
}

/** An older picture of the dispute shows less money moved than we know: nothing is undone by it. */
async function followMoney(tx: Tx, now: Temporal.Instant, known: Dispute, told: BelievedDispute): Promise<boolean> {
  const withdrawn = cents(Math.max(known.withdrawn, told.withdrawn))
  const reinstated = cents(Math.max(known.reinstated, told.reinstated))
  const fee = cents(Math.max(known.fee, told.fee))
  if (withdrawn === known.withdrawn && reinstated === known.reinstated && fee === known.fee) return false
  await tx.update(disputes).set({ withdrawn, reinstated, fee }).where(eq(disputes.stripeId, known.stripeId))
  const id = known.stripeId
  await postDisputeMoney(tx, now, id, { amount: cents(withdrawn - known.withdrawn), total: withdrawn })
  await postDisputeMoney(tx, now, id, { amount: cents(known.reinstated - reinstated), total: reinstated })
  await postFee(tx, now, `dispute-fee:${id}:${fee}`, cents(fee - known.fee))
  return true
}

async function close(tx: Tx, now: Temporal.Instant, actor: Actor, dispute: Dispute, told: BelievedDispute) {
  const outcome = told.status === 'lost' ? 'lost' : WON.includes(told.status) ? 'won' : undefined
  if (!outcome) return false
  const moved = await moveDispute(tx, now, actor, dispute.stripeId, outcome)
  if (!moved) return false
  if (outcome === 'won') await postDisputeWon(tx, now, dispute.stripeId)
  else
    await raiseAlert(tx, now, {
      kind: 'dispute-lost',
      key: `dispute-lost:${dispute.stripeId}`,
      paymentId: dispute.paymentId,
      details: { stripeId: dispute.stripeId, amount: dispute.amount },
    })
  return true
}
