import { z } from 'zod'
import { invalid } from '../kernel/problems.ts'
import { dayField } from './forms.ts'
import type { CustodyTerms } from './schema.ts'

/** How two homes share a child, as a form or the API says it; « yours » is the first household. */
export const custodyForm = z.object({
  kind: z.enum(['alternating-weeks', 'even-and-odd-weeks', 'percentage'], 'required'),
  /** Alternating weeks: the Monday of a week at the first household's. */
  firstWeek: z.string().trim().optional(),
  /** Even and odd weeks: which ones the child spends at the first household's. */
  weeks: z.string().optional(),
  /** Even and odd weeks: the weekday of the change, 1 to 7. */
  changeOver: z.coerce.number().int().min(1).max(7).optional(),
  /** Percentage: the first household's share, a whole number of hundredths. */
  percent: z.string().trim().optional(),
  from: dayField,
})

export type CustodyWish = { terms: CustodyTerms; from: Temporal.PlainDate }

/** The terms that were meant. Throws `invalid` for what its kind lacks: a Monday, even or odd, a share from 0 to 100. */
export function custodyWish(form: z.output<typeof custodyForm>): CustodyWish {
  const { kind, from } = form
  switch (kind) {
    case 'alternating-weeks': {
      const parsed = dayField.safeParse(form.firstWeek ?? '')
      if (!parsed.success) throw invalid([{ field: 'firstWeek', code: form.firstWeek ? 'not-a-date' : 'required' }])
      if (parsed.data.dayOfWeek !== 1) throw invalid([{ field: 'firstWeek', code: 'not-a-monday' }])
      return { from, terms: { kind, firstWeek: parsed.data.toString() } }
    }
    case 'even-and-odd-weeks': {
      if (form.weeks !== 'even' && form.weeks !== 'odd') throw invalid([{ field: 'weeks', code: 'required' }])
      const evenWeeks = form.weeks === 'even' ? 'first' : 'second'
      return { from, terms: { kind, evenWeeks, changeOver: form.changeOver ?? 1 } }
    }
    case 'percentage': {
      const share = sharePercent(form.percent ?? '')
      if (share === undefined) throw invalid([{ field: 'percent', code: form.percent ? 'out-of-range' : 'required' }])
      return { from, terms: { kind, firstShare: share } }
    }
  }
}

/** '33', '33,5' or '33.33 %' in basis points; undefined for anything else than 0 to 100. */
function sharePercent(text: string): number | undefined {
  const [, whole, part = ''] = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text) ?? []
  if (whole === undefined) return undefined
  const basisPoints = Number(whole) * 100 + Number(part.padEnd(2, '0'))
  return basisPoints <= 10_000 ? basisPoints : undefined
}

/** The same terms told from the second household's side. */
export function mirrored(terms: CustodyTerms): CustodyTerms {
  switch (terms.kind) {
    case 'alternating-weeks':
      return { ...terms, firstWeek: Temporal.PlainDate.from(terms.firstWeek).add({ days: 7 }).toString() }
    case 'even-and-odd-weeks':
      return { ...terms, evenWeeks: terms.evenWeeks === 'first' ? 'second' : 'first' }
    case 'percentage':
      return { ...terms, firstShare: 10_000 - terms.firstShare }
  }
}
