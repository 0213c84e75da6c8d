import { z } from 'zod'
import type { Actor } from '../kernel/actor.ts'
import { clerkAmong } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { refundPayment } from './refunds.ts'
import { startPayment } from './start.ts'
import type { Payment } from './states.ts'
import { disputesOf, partsOf, paymentById, paymentOf, refundsOf } from './store.ts'

const amount = z.int().meta({ description: 'Cents of euro' })
const params = z.object({ id: z.uuid() })
const refund = z
  .object({
    id: z.string(),
    amount,
    state: z.enum(['pending', 'succeeded', 'failed']),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Refund' })
const payment = z
  .object({
    id: z.string(),
    means: z.enum(['card', 'cash', 'cheque']),
    state: z.enum(['created', 'open', 'processing', 'succeeded', 'failed', 'expired', 'cancelled']),
    amount,
    refunded: amount,
    disputed: z.boolean(),
    invoices: z.array(z.object({ id: z.string(), number: z.string(), amount })),
    receiptNumber: z.string().nullable(),
    url: z.url().nullable().meta({ description: 'The hosted payment page, while it is open' }),
    createdAt: z.iso.datetime(),
    succeededAt: z.iso.datetime().nullable(),
    refunds: z.array(refund),
  })
  .meta({ id: 'Payment' })

/** Paying invoices, and giving money back. */
export function paymentApi(town: Town): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/payments',
      tag: 'Payments',
      summary: 'Begin to pay invoices by card: gives the address of the hosted page, the same while it is open',
      body: z.strictObject({
        invoiceIds: z.array(z.uuid()).min(1).max(50),
        amount: amount.optional().meta({ description: 'A part of a single invoice, in cents; all when left out' }),
        language: z.enum(['fr', 'en']).default('fr'),
      }),
      status: 201,
      answer: z.object({ id: z.string(), url: z.url() }),
      problems: [
        'not-found',
        'already-paid',
        'too-little-to-pay-online',
        'payment-on-its-way',
        'payment-service-unreachable',
      ],
      handle: async ({ actor, body }) => {
        const { paymentId, url } = await startPayment(town, actor, {
          invoiceIds: body.invoiceIds as Id<'invoice'>[],
          amount: body.amount === undefined ? undefined : cents(body.amount),
          language: body.language,
        })
        return { id: paymentId, url }
      },
    }),
    endpoint({
      method: 'get',
      path: '/payments/{id}',
      tag: 'Payments',
      summary: 'A payment of one’s own household; any for the cash office',
      params,
      answer: payment,
      problems: ['not-found'],
      handle: async ({ actor, params: { id } }) => shown(town, await visible(town, actor, id)),
    }),
    endpoint({
      method: 'post',
      path: '/payments/{id}/refunds',
      tag: 'Payments',
      summary: 'Give money back to the card it came from (cash office)',
      params,
      body: z.strictObject({ amount: amount.min(1), reason: z.string().trim().min(1).max(500) }),
      status: 201,
      answer: refund,
      problems: ['not-found', 'payment-not-refundable', 'refund-by-accountant', 'payment-disputed'],
      handle: async ({ actor, params: { id }, body, idempotencyKey }) => {
        const paymentId = id as Id<'payment'>
        const refundId = await refundPayment(town, actor, {
          paymentId,
          amount: cents(body.amount),
          reason: body.reason,
          key: idempotencyKey,
        })
        const made = (await refundsOf(town.db.read, paymentId)).find(one => one.id === refundId)
        return made && refundView(made)
      },
    }),
  ]
}

async function visible(town: Town, actor: Actor, id: string): Promise<Payment> {
  if (actor.kind !== 'clerk') return paymentOf(town.db.read, await householdOf(town.db.read, actor, 'cash-office'), id)
  clerkAmong(actor, 'cash-office')
  return paymentById(town.db.read, id)
}

async function shown(town: Town, one: Payment): Promise<z.input<typeof payment>> {
  const parts = await partsOf(town.db.read, one.id)
  const disputes = await disputesOf(town.db.read, one.id)
  return {
    id: one.id,
    means: one.means,
    state: one.state,
    amount: one.amount,
    refunded: one.refunded,
    disputed: disputes.some(dispute => dispute.state !== 'won'),
    invoices: parts.map(part => ({ id: part.invoiceId, number: part.number, amount: part.amount })),
    receiptNumber: one.receiptNumber,
    url: one.state === 'open' ? one.sessionUrl : null,
    createdAt: one.createdAt.toString(),
    succeededAt: one.succeededAt?.toString() ?? null,
    refunds: (await refundsOf(town.db.read, one.id)).map(refundView),
  }
}

const refundView = ({ id, amount, state, createdAt }: Awaited<ReturnType<typeof refundsOf>>[number]) => ({
  id,
  amount,
  state,
  createdAt: createdAt.toString(),
})
