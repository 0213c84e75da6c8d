import { z } from 'zod'
import { isoDay, isoMonth } from '../kernel/days.ts'
import { invalid } from '../kernel/problems.ts'
import { type MealWish, MOST_WISHES } from './save-meals.ts'

/** What a page showed of a child's day: free or booked, full without or with a place in the line, a place offered. */
export type ShownState = 'free' | 'booked' | 'full' | 'waiting' | 'offered'
/** `revision` is the booking's, see `MealWish`. */
export type ShownSlot = { day: Temporal.PlainDate; state: ShownState; revision: number }

const LETTERS = { free: 'f', booked: 'b', full: 'l', waiting: 'w', offered: 'o' } as const satisfies Record<
  ShownState,
  string
>
const SLOT = /^(\d{4}-\d{2}-\d{2})([fblwo])(\d{1,9})$/

/** The days of one child that a page lets change, for a hidden input: « 2026-12-07f0 2026-12-08b3 ». */
export const writeShown = (slots: readonly ShownSlot[]): string =>
  slots.map(({ day, state, revision }) => `${day}${LETTERS[state]}${revision}`).join(' ')

function readShown(text: string): ShownSlot[] | undefined {
  const slots: ShownSlot[] = []
  for (const part of text.split(' ').filter(Boolean)) {
    const [, iso = '', letter, revision] = SLOT.exec(part) ?? []
    const day = isoDay(iso)
    const state = (Object.keys(LETTERS) as ShownState[]).find(name => LETTERS[name] === letter)
    if (!day || !state) return undefined
    slots.push({ day, state, revision: Number(revision) })
  }
  return slots
}

/** One value, several or none: what a browser sends of inputs that share a name. */
const several = (most: number, longest: number) =>
  z
    .union([z.string().max(longest), z.array(z.string().max(longest)).max(most)])
    .default([])
    .transform(value => (typeof value === 'string' ? [value] : value))

const form = z.object({
  month: z.string().max(7).transform(isoMonth),
  only: z.string().max(64).default(''),
  child: several(20, 64),
  shown: several(20, 1_000),
  meal: several(MOST_WISHES, 20),
  tick: z
    .string()
    .regex(/^(all|none):\d{1,2}$/)
    .optional(),
  idempotencyKey: z.string().max(64).default(''),
})

/** What the month's form says when it comes back. */
export type MonthForm = {
  month: Temporal.PlainYearMonth
  /** The one child shown, when the page was cut to one. */
  only: string
  /** The boxes ticked: `<child> <day>`. */
  ticked: ReadonlySet<string>
  /** What must change so that the days are as ticked; a day that was not shown stays as it is. */
  wishes: MealWish[]
  /** « Tick all for this child », instead of saving. */
  tick: { childId: string; all: boolean } | undefined
  idempotencyKey: string
}

/** Reads what the page sent. Throws `invalid` for what it cannot have sent. */
export function readMonthForm(body: unknown): MonthForm {
  const sent = form.safeParse(body ?? {})
  const shown = sent.data?.shown.map(readShown)
  if (!sent.success || !sent.data.month || !shown?.every(slots => slots !== undefined))
    throw invalid([{ field: '', code: 'not-understood' }])
  const { month, only, child: children, meal, tick, idempotencyKey } = sent.data
  const ticked = new Set<string>()
  for (const one of meal) {
    const [, index, day] = /^(\d{1,2})\.(.{10})$/.exec(one) ?? []
    const childId = children[Number(index)]
    if (childId !== undefined) ticked.add(`${childId} ${day}`)
  }
  const wishes = children.flatMap((childId, i) =>
    (shown[i] ?? []).flatMap(slot => wishOf(childId, slot, ticked.has(`${childId} ${slot.day}`))),
  )
  if (wishes.length > MOST_WISHES) throw invalid([{ field: '', code: 'not-understood' }])
  const [kind, index] = tick?.split(':') ?? []
  const childId = children[Number(index)]
  return {
    month,
    only,
    ticked,
    wishes,
    tick: childId === undefined ? undefined : { childId, all: kind === 'all' },
    idempotencyKey,
  }
}

/** A box as it was shown says nothing; one that was changed says what is wanted. */
function wishOf(childId: string, { day, state, revision }: ShownSlot, ticked: boolean): MealWish[] {
  const wasTicked = state === 'booked' || state === 'waiting'
  if (ticked === wasTicked) return []
  switch (state) {
    case 'free':
    case 'offered':
      return [{ childId, day, wish: 'book', revision }]
    case 'booked':
      return [{ childId, day, wish: 'cancel', revision }]
    case 'full':
      return [{ childId, day, wish: 'wait' }]
    case 'waiting':
      return [{ childId, day, wish: 'leave' }]
  }
}
