import { personAmong } from '../kernel/actor.ts'
import { dayInParis, PARIS } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { cents, sum } from '../kernel/money.ts'
import type { Amounts, ToDos } from '../people/dashboard.ts'
import type { FamilySection } from '../people/desk-family.ts'
import type { Town } from '../town-context.ts'
import { creditsOf, creditTotal } from './ledger.ts'
import { invoiceInShort, ofInvoice } from './line-label.ts'
import { type Invoice, invoicesOf } from './store.ts'
import type { PaymentsUnderWay } from './under-way.ts'

/** Invoices to pay, for the parents' first page. What the bank is asked for already is not to do: see `amountsOwed`. */
export function invoicesToDo(paymentsUnderWay: PaymentsUnderWay): ToDos {
  return async ({ town, actor, householdId, words }) => {
    if (!personAmong(actor, 'cash-office')) return []
    const { t, f } = words
    const { due } = await standing(town, householdId)
    const underWay = await paymentsUnderWay(town.db.read, idsOf(due), town.clock.now())
    return due
      .filter(({ id, disputed }) => !disputed && underWay.get(id)?.stage !== 'bank')
      .map(invoice => {
        const { id, dueDate, owed } = invoice
        const begun = underWay.get(id)
        const month = { ofMonth: ofInvoice(words, invoice) }
        return {
          ...(begun
            ? {
                text: t('billing:todo.begun', { ...month, since: f.instant(begun.since) }),
                action: t('billing:underWay.begunAction'),
                href: begun.href,
              }
            : {
                text: t('billing:todo.text', { ...month, day: f.dayNoYear(dueDate) }),
                action: t('billing:todo.action', { amount: f.money(owed) }),
                href: `/factures/${id}`,
              }),
          until: dueDate.add({ days: 1 }).toZonedDateTime(PARIS).toInstant(),
        }
      })
  }
}

/** What is owed, on its way from a bank, and in the household's favour, for the parents' first page. */
export function amountsOwed(paymentsUnderWay: PaymentsUnderWay): Amounts {
  return async ({ town, actor, householdId, words: { t, f } }) => {
    if (!personAmong(actor, 'cash-office')) return []
    const { due, owed, credit } = await standing(town, householdId)
    const underWay = await paymentsUnderWay(town.db.read, idsOf(due), town.clock.now())
    const atTheBank = [...underWay.values()].filter(payment => payment.stage === 'bank')
    const left = owed - sum(atTheBank.map(payment => payment.amount))
    return [
      ...(left > 0 ? [{ label: t('billing:amounts.owed'), text: f.money(cents(left)), href: '/factures' }] : []),
      ...atTheBank.map(({ amount, since, href }) => ({
        label: t('common:status.paying'),
        text: t('billing:amounts.payingSince', { amount: f.money(amount), since: f.instant(since) }),
        href,
      })),
      ...(credit > 0 ? [{ label: t('billing:amounts.credit'), text: f.money(credit), href: '/factures' }] : []),
    ]
  }
}

/** The same, on the clerks' page of a family: for the cash office. */
export const familyInvoices: FamilySection = async ({ town, clerk, householdId, words }) => {
  const { t, f } = words
  if (!clerk.administrator && !clerk.services.includes('cash-office')) return undefined
  const { invoices, owed, credit } = await standing(town, householdId)
  return {
    title: t('billing:family.title'),
    lines: [
      t('billing:family.owed', { amount: f.money(owed) }),
      ...(credit > 0 ? [t('billing:family.credit', { amount: f.money(credit) })] : []),
    ],
    links: invoices.slice(0, 6).map(invoice => ({
      text: t('billing:family.invoice', {
        number: invoice.number,
        month: invoiceInShort(words, invoice),
        amount: f.money(invoice.total),
      }),
      href: `/guichet/facturation/factures/${invoice.id}`,
    })),
  }
}

async function standing({ db, clock }: Town, householdId: Id<'household'>) {
  const invoices = await invoicesOf(db.read, householdId, dayInParis(clock.now()))
  const due = invoices.filter(invoice => invoice.owed > 0)
  const credits = await creditsOf(db.read, [householdId])
  return { invoices, due, owed: sum(due.map(invoice => invoice.owed)), credit: creditTotal(credits.get(householdId)) }
}

const idsOf = (invoices: readonly Invoice[]) => invoices.map(invoice => invoice.id)
