import { type Response, Router } from 'express'
import { z } from 'zod'
import { invoiceInShort } from '../billing/line-label.ts'
import { invoicesOf } from '../billing/store.ts'
import { eq } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isoDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, fromEuros, sum } from '../kernel/money.ts'
import { type FieldError, invalid, Problem } from '../kernel/problems.ts'
import { typedDay, typedParts } from '../people/forms.ts'
import { payerOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { sendCsv } from '../web/csv.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { cashStanding, depositForm, depositsOn, payInCash } from './cash-deposits.ts'
import { closeCashDesk, closingsOn, takeAtCounter, uncounted } from './counter.ts'
import { payoutRow } from './desk-follow-pages.ts'
import { deskTabs, rowOf } from './desk-pages.ts'
import { arrivedBetween, endOfDay, householdOfNumber, namesOf, refundsBetween, startOfDay } from './desk-store.ts'
import { MOST_CASH } from './rules.ts'
import { payouts } from './schema.ts'
import { paymentById } from './store.ts'
import { wordsOf } from './views.ts'

const takeQuery = z.object({ facture: z.string().max(40).default(''), foyer: z.uuid().optional().catch(undefined) })
const listed = z.preprocess(
  sent => (sent === undefined ? [] : [sent].flat()),
  z
    .array(z.uuid({ message: 'choose-an-invoice' }))
    .min(1, 'choose-an-invoice')
    .max(50),
)
const takeForm = z.object({
  invoiceIds: listed,
  means: z.enum(['cash', 'cheque'], { message: 'required' }),
  amount: z.string().max(20).default(''),
  reference: z.string().trim().max(60).default(''),
  idempotencyKey: z.uuid().optional(),
})
const typedForm = z.object({
  householdId: z.uuid(),
  invoiceIds: z.preprocess(sent => [sent ?? []].flat(), z.array(z.string().max(60)).max(50)),
  means: z.string().max(20).default(''),
  amount: z.string().max(20).default(''),
  reference: z.string().max(60).default(''),
})
const countForm = z.object({
  cash: z.string().max(20),
  cheques: z.string().max(6),
  note: z.string().max(500).default(''),
  idempotencyKey: z.uuid().optional(),
})
const dayQuery = z.object({ jour: z.string().max(10).optional() })

type TypedAtDesk = {
  cash: string
  cheques: string
  note: string
  deposit: string
  slip: string
  depositedOn: { day: string; month: string; year: string }
}
type Typed = { invoiceIds: readonly string[]; means: string; amount: string; reference: string }

/** Taking cash and cheques at the counter, and the journal of each day. */
export function paymentCounterPages(town: Town): Router {
  const router = Router()
  const { db, render } = town
  const today = () => dayInParis(town.clock.now())

  router.get('/guichet/paiements/encaisser', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { facture, foyer } = parse(takeQuery, req.query)
    const found = facture.trim() ? await householdOfNumber(db.read, facture) : undefined
    const householdId = found?.householdId ?? (foyer as Id<'household'> | undefined)
    const typed = { invoiceIds: found ? [found.id] : [], means: 'cash', amount: '', reference: '' }
    await showTake(res, { number: facture.trim(), householdId, typed, errors: [] })
  })

  router.post('/guichet/paiements/encaisser', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const typed = parse(typedForm, req.body)
    let taken: Id<'payment'> | undefined
    const faults = await faultsOf(async () => {
      const { invoiceIds, means, amount, reference, idempotencyKey: key } = parse(takeForm, req.body)
      taken = await takeAtCounter(town, clerk, {
        invoiceIds: invoiceIds as Id<'invoice'>[],
        means,
        amount: euros(amount, 'amount'),
        reference,
        key,
      })
    })
    if (faults || !taken) {
      const householdId = typed.householdId as Id<'household'>
      return showTake(res, { number: '', householdId, typed, errors: faults ?? [] })
    }
    const { t, f } = wordsOf(town, res)
    const { amount, receiptNumber } = await paymentById(db.read, taken)
    const words = t('payments:take.taken', { amount: f.money(amount), receipt: receiptNumber })
    flash(req, { kind: 'success', text: words })
    res.redirect(303, `/guichet/paiements/${taken}`)
  })

  async function showTake(
    res: Response,
    view: {
      number: string
      householdId: Id<'household'> | undefined
      typed: Typed
      errors: readonly FieldError[]
    },
  ) {
    const words = wordsOf(town, res)
    const { number, householdId, typed, errors } = view
    const payer = householdId ? await payerOf(db.read, householdId) : undefined
    const open = householdId
      ? (await invoicesOf(db.read, householdId, today())).filter(invoice => invoice.owed > 0).reverse()
      : []
    render.page(
      res,
      'payments/desk-take',
      {
        tabs: await deskTabs(town, res, 'take'),
        number,
        missing: number !== '' && !householdId,
        household: payer ? { id: householdId, payer: `${payer.firstName} ${payer.lastName}` } : null,
        invoices: open.map(invoice => ({
          id: invoice.id,
          words: words.t('payments:take.line', {
            number: invoice.number,
            month: invoiceInShort(words, invoice),
            owed: words.f.money(invoice.owed),
          }),
          late: invoice.state === 'overdue',
        })),
        mostCash: MOST_CASH,
        drawer: await cashStanding(town, db.read),
        typed: {
          ...typed,
          // One invoice to pay needs no choice.
          invoiceIds: open.length === 1 ? open.map(invoice => invoice.id) : typed.invoiceIds,
        },
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  router.get('/guichet/paiements/journal', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { jour } = parse(dayQuery, req.query)
    await showJournal(res, dayAsked(jour), {}, [])
  })

  router.post('/guichet/paiements/journal/arreter', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const typed = {
      cash: String(req.body?.cash ?? ''),
      cheques: String(req.body?.cheques ?? ''),
      note: String(req.body?.note ?? ''),
    }
    const faults = await faultsOf(async () => {
      const { cash, cheques, note, idempotencyKey: key } = parse(countForm, req.body)
      const cashCounted = euros(cash, 'cash')
      if (cashCounted === undefined) throw invalid([{ field: 'cash', code: 'not-an-amount' }])
      if (!/^\d{1,5}$/.test(cheques.trim())) throw invalid([{ field: 'cheques', code: 'not-a-whole-number' }])
      await closeCashDesk(town, clerk, { cashCounted, chequesCounted: Number(cheques), note, key })
    })
    if (faults) return showJournal(res, today(), typed, faults)
    flash(req, { kind: 'success', text: wordsOf(town, res).t('payments:journal.closed') })
    res.redirect(303, '/guichet/paiements/journal')
  })

  router.post('/guichet/paiements/journal/verser', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const typed = {
      deposit: String(req.body?.deposit ?? ''),
      slip: String(req.body?.slip ?? ''),
      depositedOn: typedParts(req.body, 'depositedOn'),
    }
    const faults = await faultsOf(async () => {
      const sent = { ...req.body, depositedOn: typedDay(req.body, 'depositedOn') }
      const { deposit: amount, slip, depositedOn: day, idempotencyKey: key } = parse(depositForm, sent)
      await payInCash(town, clerk, { amount, slip, day, key })
    })
    if (faults) return showJournal(res, today(), typed, faults)
    flash(req, { kind: 'success', text: wordsOf(town, res).t('payments:deposit.done') })
    res.redirect(303, '/guichet/paiements/journal')
  })

  router.get('/guichet/paiements/journal.csv', async (req, res) => {
    clerkOf(res, 'cash-office')
    const day = dayAsked(parse(dayQuery, req.query).jour)
    const words = wordsOf(town, res)
    const entries = await arrivedBetween(db.read, startOfDay(day), endOfDay(day))
    const names = await namesOf(
      db.read,
      entries.map(entry => entry.takenBy),
    )
    const columns = ['date', 'receipt', 'payer', 'invoices', 'means', 'amount', 'taken', 'reference']
    sendCsv(
      res,
      `journal-${day}`,
      columns.map(column => words.t(`payments:desk.columns.${column}`)),
      entries.map(entry => [
        day,
        entry.receiptNumber,
        entry.payer,
        entry.invoices.join(' '),
        words.t(`payments:means.${entry.means}`),
        { cents: entry.amount },
        names.get(entry.takenBy ?? '') ?? '',
        entry.reference,
      ]),
    )
  })

  async function showJournal(
    res: Response,
    day: Temporal.PlainDate,
    given: Partial<TypedAtDesk>,
    errors: readonly FieldError[],
  ) {
    const { t, f } = wordsOf(town, res)
    const [from, to] = [startOfDay(day), endOfDay(day)]
    const entries = await arrivedBetween(db.read, from, to)
    const closings = await closingsOn(db.read, day)
    const deposits = await depositsOn(db.read, day)
    const names = await namesOf(db.read, [
      ...closings.map(closing => closing.closedBy),
      ...deposits.map(deposit => deposit.paidInBy),
    ])
    const arrived = await db.read.select().from(payouts).where(eq(payouts.arrivalDate, day))
    const isToday = day.equals(today())
    render.page(
      res,
      'payments/desk-journal',
      {
        tabs: await deskTabs(town, res, 'journal'),
        day,
        previous: `/guichet/paiements/journal?jour=${day.subtract({ days: 1 })}`,
        next: isToday ? null : `/guichet/paiements/journal?jour=${day.add({ days: 1 })}`,
        csv: `/guichet/paiements/journal.csv?jour=${day}`,
        totals: totalsByMeans(entries).map(total => ({ ...total, words: t(`payments:means.${total.means}`) })),
        total: { count: entries.length, amount: sum(entries.map(entry => entry.amount)) },
        entries: entries.map(entry => rowOf(town, res, entry)),
        refunds: await refundsBetween(db.read, from, to),
        payouts: await Promise.all(arrived.filter(payout => payout.state === 'paid').map(one => payoutRow(town, one))),
        uncounted: isToday ? await uncounted(db.read) : null,
        drawer: isToday ? await cashStanding(town, db.read) : null,
        deposits: deposits.map(({ number, amount, slip, paidInBy }) => ({
          number,
          amount,
          slip,
          by: names.get(paidInBy) ?? '',
        })),
        closings: closings.map(closing => ({
          words: t('payments:journal.closing', {
            time: f.time(closing.closedAt),
            name: names.get(closing.closedBy) ?? '',
            cash: f.money(closing.cashCounted),
            cheques: closing.chequesCounted,
            chequesAmount: f.money(closing.chequesAmount),
          }),
          differs:
            closing.cashCounted !== closing.cashExpected || closing.chequesCounted !== closing.chequesExpected
              ? t('payments:journal.closingDiffers', {
                  cash: f.money(closing.cashExpected),
                  cheques: closing.chequesExpected,
                  note: closing.note,
                })
              : null,
        })),
        typed: { cash: '', cheques: '', note: '', deposit: '', slip: '', depositedOn: day, ...given },
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  /** Today when no day is named. Throws 404 for what is no day. */
  function dayAsked(text: string | undefined): Temporal.PlainDate {
    const day = text ? isoDay(text) : today()
    if (!day) throw new Problem(404, 'not-found')
    return day
  }
  return router
}

/** The amount typed, undefined when nothing was. Throws 422 for what is no amount. */
function euros(typed: string, field: string): Cents | undefined {
  if (typed.trim() === '') return undefined
  const amount = fromEuros(typed)
  if (amount === undefined) throw invalid([{ field, code: 'not-an-amount' }])
  return amount
}

function totalsByMeans(entries: readonly { means: 'card' | 'cash' | 'cheque'; amount: Cents }[]) {
  return (['card', 'cash', 'cheque'] as const).flatMap(means => {
    const some = entries.filter(entry => entry.means === means)
    return some.length > 0 ? [{ means, count: some.length, amount: sum(some.map(entry => entry.amount)) }] : []
  })
}
