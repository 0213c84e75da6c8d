import { personAmong } from '../kernel/actor.ts'
import { dayInParis, PARIS } from '../kernel/clock.ts'
import { cents, sum } from '../kernel/money.ts'
import type { Amounts, ToDos } from '../people/dashboard.ts'
import type { FamilySection } from '../people/desk-family.ts'
import { creditsOf, creditTotal } from './ledger.ts'
import { invoicesOf } from './store.ts'
import { ofMonth } from './words.ts'

/** Invoices to pay, for the parents' first page. */
export const invoicesToDo: ToDos = async ({ town, actor, householdId, words }) => {
  if (!personAmong(actor, 'cash-office')) return []
  const { t, f } = words
  const invoices = await invoicesOf(town.db.read, householdId, dayInParis(town.clock.now()))
  return invoices
    .filter(invoice => invoice.owed > 0 && !invoice.disputed)
    .map(invoice => ({
      text: t('billing:todo.text', {
        ofMonth: ofMonth(words, invoice.period),
        day: f.dayNoYear(invoice.dueDate),
      }),
      action: t('billing:todo.action', { amount: f.money(invoice.owed) }),
      href: `/factures/${invoice.id}`,
      until: invoice.dueDate.add({ days: 1 }).toZonedDateTime(PARIS).toInstant(),
    }))
}

/** What is owed and what is in the household's favour, for the parents' first page. */
export const amountsOwed: Amounts = async ({ town, actor, householdId, words: { t, f } }) => {
  if (!personAmong(actor, 'cash-office')) return []
  const { owed, credit } = await standing(town, householdId)
  return [
    ...(owed > 0 ? [{ label: t('billing:amounts.owed'), text: f.money(owed), href: '/factures' }] : []),
    ...(credit > 0 ? [{ label: t('billing:amounts.credit'), text: f.money(credit), href: '/factures' }] : []),
  ]
}

/** The same, on the clerks' page of a family: for the cash office. */
export const familyInvoices: FamilySection = async ({ town, clerk, householdId, words: { t, f } }) => {
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
        month: f.month(Temporal.PlainYearMonth.from(invoice.period)),
        amount: f.money(invoice.total),
      }),
      href: `/guichet/facturation/factures/${invoice.id}`,
    })),
  }
}

async function standing(town: Parameters<Amounts>[0]['town'], householdId: Parameters<Amounts>[0]['householdId']) {
  const { read } = town.db
  const invoices = await invoicesOf(read, householdId, dayInParis(town.clock.now()))
  const owed = sum(invoices.map(invoice => (invoice.owed > 0 ? invoice.owed : cents(0))))
  const credits = await creditsOf(read, [householdId])
  return { invoices, owed, credit: creditTotal(credits.get(householdId)) }
}
