import { z } from 'zod'
import { clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isoMonth } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { invalid, signInFirst } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { askForDraft } from './draft.ts'
import { issueRun } from './issue.ts'
import { creditsOf, creditTotal } from './ledger.ts'
import { type BillingRun, oddityCounts, progressOf, runById, runsOf } from './run-store.ts'
import { CHARGE_KINDS } from './schema.ts'
import { creditNotesOf, type Invoice, invoiceOf, invoicesOf, linesOfInvoice } from './store.ts'
import type { PaymentsUnderWay, PaymentUnderWay } from './under-way.ts'
import { lineView } from './words.ts'

const amount = z.int().meta({ description: 'Cents of euro' })
const PER_PAGE = 25

const invoice = z
  .object({
    id: z.string(),
    number: z.string(),
    kind: z.enum(['month', 'deposit']).meta({ description: 'Of a month, or asking for deposits at sign-up' }),
    month: z.string(),
    issuedOn: z.iso.date(),
    dueOn: z.iso.date(),
    total: amount,
    creditUsed: amount,
    credited: amount,
    owed: amount,
    state: z.enum(['nothing-to-pay', 'issued', 'part-paid', 'paid', 'overdue', 'credited']),
    disputed: z.boolean(),
    payment: z
      .object({
        stage: z
          .enum(['bank', 'begun'])
          .meta({ description: 'Given and waiting for the bank; or a payment page is open' }),
        since: z.iso.datetime(),
        amount,
      })
      .nullable()
      .meta({ description: 'The payment that is under way' }),
  })
  .meta({ id: 'Invoice', description: 'An invoice of the household; its state is worked out from the accounts' })

const line = z.object({
  position: z.int(),
  child: z.string(),
  service: z.string(),
  kind: z.enum(CHARGE_KINDS),
  quantity: z.int(),
  unit: amount,
  amount,
  days: z.array(z.iso.date()),
  why: z.array(z.string()).meta({ description: 'Why this price, in sentences' }),
})

const run = z
  .object({
    id: z.string(),
    month: z.string(),
    state: z.enum(['drafting', 'draft', 'issuing', 'issued']),
    households: z.int(),
    total: amount,
  })
  .meta({ id: 'BillingRun', description: 'A month’s billing of the whole town' })

const runInDetail = run.extend({
  progress: z.object({ toIssue: z.int(), issued: z.int(), blocked: z.int() }),
  oddities: z.record(z.string(), z.int()),
})

const byId = z.object({ id: z.string().max(60) })
const language = z.enum(['fr', 'en']).default('fr').meta({ description: 'Language of the words' })

/** A family's invoices, and the cash office's months. */
export function billingApi(town: Town, paymentsUnderWay: PaymentsUnderWay): Endpoint[] {
  const today = () => dayInParis(town.clock.now())
  const { read } = town.db
  const detail = async (shown: BillingRun) => ({
    ...shownRun(shown),
    progress: await progressOf(read, shown.id),
    oddities: Object.fromEntries(await oddityCounts(read, shown.id)),
  })
  return [
    endpoint({
      method: 'get',
      path: '/invoices',
      tag: 'Invoices',
      summary: 'The household’s invoices, the latest first, and what it has in its favour',
      query: z.object({ after: z.string().max(60).optional() }),
      answer: z.object({ invoices: z.array(invoice), credit: amount, next: z.string().nullable() }),
      problems: ['no-household'],
      handle: async ({ actor, query: { after } }) => {
        if (actor.kind === 'anonymous') throw signInFirst()
        const householdId = await householdOf(read, actor, 'cash-office')
        const all = await invoicesOf(read, householdId, today())
        const rest = all.filter(each => after === undefined || each.number < after)
        const shown = rest.slice(0, PER_PAGE)
        const credits = await creditsOf(read, [householdId])
        const ids = shown.map(each => each.id)
        const underWay = await paymentsUnderWay(read, ids, town.clock.now())
        return {
          invoices: shown.map(each => shownInvoice(each, underWay.get(each.id))),
          credit: creditTotal(credits.get(householdId)),
          next: rest.length > shown.length ? (shown.at(-1)?.number ?? null) : null,
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/invoices/{id}',
      tag: 'Invoices',
      summary: 'One of the household’s invoices, line by line',
      params: byId,
      query: z.object({ lang: language }),
      answer: invoice.extend({
        lines: z.array(line),
        creditNotes: z.array(z.object({ number: z.string(), issuedOn: z.iso.date(), amount, reason: z.string() })),
      }),
      problems: ['no-household', 'not-found'],
      handle: async ({ actor, params: { id }, query: { lang } }) => {
        if (actor.kind === 'anonymous') throw signInFirst()
        const found = await invoiceOf(read, await householdOf(read, actor, 'cash-office'), id, today())
        const words = town.languages.for(lang)
        const lines = await linesOfInvoice(read, found.id)
        const notes = await creditNotesOf(read, found.id)
        const underWay = await paymentsUnderWay(read, [found.id], town.clock.now())
        return {
          ...shownInvoice(found, underWay.get(found.id)),
          lines: lines.map(each => ({
            position: each.position,
            child: each.childName,
            service: each.service,
            kind: each.kind,
            quantity: each.quantity,
            unit: each.unit,
            amount: each.amount,
            days: each.days,
            why: lineView(words, each).why,
          })),
          creditNotes: notes.map(({ number, issueDate, amount, reason }) => ({
            number,
            amount,
            reason,
            issuedOn: issueDate.toString(),
          })),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/billing-runs',
      tag: 'Billing',
      summary: 'The months billed so far (cash office)',
      answer: z.object({ runs: z.array(run) }),
      handle: async ({ actor }) => {
        clerkAmong(actor, 'cash-office')
        return { runs: (await runsOf(read)).map(shownRun) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/billing-runs',
      tag: 'Billing',
      summary: 'Draft a month, or draft it anew; the worker prices it (cash office)',
      body: z.object({ month: z.string().meta({ description: 'YYYY-MM' }) }),
      status: 202,
      answer: runInDetail,
      problems: ['month-not-begun', 'earlier-month-open'],
      handle: async ({ actor, body }) => {
        const month = isoMonth(body.month)
        if (!month) throw invalid([{ field: 'month', code: 'not-a-date' }])
        return detail(await askForDraft(town, actor, month))
      },
    }),
    endpoint({
      method: 'get',
      path: '/billing-runs/{id}',
      tag: 'Billing',
      summary: 'How far a month is, and what is odd in it (cash office)',
      params: byId,
      answer: runInDetail,
      handle: async ({ actor, params: { id } }) => {
        clerkAmong(actor, 'cash-office')
        return detail(await runById(read, id as Id<'billing-run'>))
      },
    }),
    endpoint({
      method: 'post',
      path: '/billing-runs/{id}/issue',
      tag: 'Billing',
      summary: 'Issue a drafted month; the worker writes the invoices (cash office)',
      params: byId,
      body: z.object({ total: amount.meta({ description: 'The draft’s total, as looked at' }) }),
      status: 202,
      answer: runInDetail,
      problems: ['draft-changed', 'month-not-over', 'earlier-month-open', 'second-approval'],
      handle: async ({ actor, params: { id }, body: { total } }) =>
        detail(await issueRun(town, actor, id as Id<'billing-run'>, { total: cents(total) })),
    }),
  ]
}

function shownInvoice(invoice: Invoice, payment: PaymentUnderWay | undefined) {
  const { id, number, period, runId, issueDate, dueDate, total, frozen, credited, owed, state, disputed } = invoice
  return {
    id,
    number,
    kind: runId === null ? ('deposit' as const) : ('month' as const),
    month: period,
    issuedOn: issueDate.toString(),
    dueOn: dueDate.toString(),
    total,
    creditUsed: frozen.creditUsed,
    credited,
    owed,
    state,
    disputed,
    payment: payment ? { stage: payment.stage, since: payment.since.toString(), amount: payment.amount } : null,
  }
}

const shownRun = ({ id, period, state, households, total }: BillingRun) => ({
  id,
  month: period,
  state,
  households,
  total,
})
