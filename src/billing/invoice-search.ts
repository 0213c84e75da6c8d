import { desc, eq, inArray, like, or } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { householdsOf } from '../people/family-search.ts'
import type { SearchProvider } from '../people/search-provider.ts'
import { invoiceInShort } from './line-label.ts'
import { invoices } from './schema.ts'
import { withStates } from './store.ts'
import { stateTag } from './words.ts'

/** A name that more families have is to be typed with a first name or a date. */
const MOST_FAMILIES = 200

/** Invoices, for the cash office: by number, whole or its last figures, or of the families found; the latest first. */
export const invoiceSearch: SearchProvider = {
  key: 'invoices',
  services: ['cash-office'],
  find: async ({ town, words, typed, people, from, most }) => {
    const db = town.db.read
    const number = typed
      .trim()
      .toUpperCase()
      .replace(/[\s\p{Pd}]+/gu, '-')
    const which = /^F?\d{4}-\d+$|^\d{3,6}$/.test(number)
      ? or(
          eq(invoices.number, number.startsWith('F') ? number : `F${number}`),
          like(invoices.number, `%-${number.padStart(6, '0')}`),
        )
      : inArray(invoices.householdId, await householdsOf(db, await people(), { most: MOST_FAMILIES }))
    const rows = await db
      .select()
      .from(invoices)
      .where(which)
      .orderBy(desc(invoices.number))
      .limit(most + 1)
      .offset(from)
    const found = await withStates(db, rows, dayInParis(town.clock.now()))
    return found.map(invoice => ({
      href: `/guichet/facturation/factures/${invoice.id}`,
      title: invoice.number,
      facts: [
        invoice.frozen.payer.name,
        invoiceInShort(words, invoice),
        words.f.money(invoice.total),
        stateTag(words, invoice).text,
      ],
    }))
  },
}
