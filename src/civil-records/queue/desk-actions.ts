import { z } from 'zod'
import type { Id } from '../../kernel/ids.ts'
import { type FieldError, invalid } from '../../kernel/problems.ts'
import { linesField } from '../../people/forms.ts'
import { parse } from '../../web/forms.ts'
import { isClosed } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import type { RegistryClerk } from './clerks.ts'
import { isHeld } from './holding.ts'

/** What clerks do with files without deciding them. */
export const deskActionNames = ['assign', 'hand-over', 'take-back', 'put-on-hold', 'take-off-hold'] as const

export type DeskAction =
  | { name: 'assign'; to: RegistryClerk }
  /** Gives a colleague what was somebody's, and says why in a note. */
  | { name: 'hand-over'; to: RegistryClerk; note: string }
  /** It is nobody's again: the next who asks gets it. */
  | { name: 'take-back' }
  | { name: 'put-on-hold'; until: Temporal.PlainDate; reason: string }
  | { name: 'take-off-hold' }

/** The longest that a file can be put aside: longer, and it is forgotten. */
const MOST_DAYS_ASIDE = 90

/** What the forms of these actions send: of all its fields each action reads its own. */
const form = z.object({
  action: z.enum(deskActionNames),
  to: z.string().max(60).default(''),
  note: linesField(1000).default(''),
  until: z.string().max(20).default(''),
  reason: linesField(300).default(''),
})

/** The action that a form asks for. Throws `invalid` by field. */
export function deskActionOf(
  sent: unknown,
  { clerks, today, me }: { clerks: readonly RegistryClerk[]; today: Temporal.PlainDate; me: Id<'account'> },
): DeskAction {
  const { action, to, note, until, reason } = parse(form, sent)
  const faults: FieldError[] = []
  const fault = (field: string, code: string) => void faults.push({ field, code })
  const receiver = clerks.find(
    ({ id, may, ofRegistry }) => id === (to === 'me' ? me : to) && may && (ofRegistry || id === me),
  )
  const day = dayOf(until)
  if ((action === 'assign' || action === 'hand-over') && !receiver) fault('to', to === '' ? 'required' : 'not-a-choice')
  if (action === 'hand-over' && note === '') fault('note', 'required')
  if (action === 'put-on-hold') {
    if (!day) fault('until', until === '' ? 'required' : 'not-a-date')
    else if (Temporal.PlainDate.compare(day, today) <= 0) fault('until', 'hold-past')
    else if (today.until(day).days > MOST_DAYS_ASIDE) fault('until', 'hold-too-long')
    if (reason === '') fault('reason', 'required')
  }
  if (faults.length > 0) throw invalid(faults)
  switch (action) {
    case 'assign':
      return { name: action, to: receiver! }
    case 'hand-over':
      return { name: action, to: receiver!, note }
    case 'put-on-hold':
      return { name: action, until: day!, reason }
    default:
      return { name: action }
  }
}

function dayOf(text: string): Temporal.PlainDate | undefined {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Temporal.PlainDate.from(text) : undefined
  } catch {
    return undefined
  }
}

/** Why an action cannot be done to a file; the words are `civil-desk:blocked.<code>`. */
export type Blocked = 'closed' | 'held' | 'already-theirs' | 'nobodys' | 'not-on-hold' | 'changed'

/** Whether the action makes sense for that file, as it is now. */
export function whyNot(
  action: DeskAction,
  request: Pick<CivilRequest, 'state' | 'heldBy' | 'heldUntil' | 'assignedTo' | 'onHoldUntil'>,
  { now, today, me }: { now: Temporal.Instant; today: Temporal.PlainDate; me: Id<'account'> },
): Blocked | undefined {
  if (isClosed(request.state)) return 'closed'
  if (isHeld(request, now) && request.heldBy !== me) return 'held'
  switch (action.name) {
    case 'assign':
      return request.assignedTo === action.to.id ? 'already-theirs' : undefined
    case 'hand-over':
      if (request.assignedTo === null) return 'nobodys'
      return request.assignedTo === action.to.id ? 'already-theirs' : undefined
    case 'take-back':
      return request.assignedTo === null ? 'nobodys' : undefined
    case 'put-on-hold':
      return undefined
    case 'take-off-hold':
      return isAside(request, today) ? undefined : 'not-on-hold'
  }
}

/** Whether a file is put aside: on its day it is back. */
export const isAside = ({ onHoldUntil }: Pick<CivilRequest, 'onHoldUntil'>, today: Temporal.PlainDate) =>
  onHoldUntil !== null && Temporal.PlainDate.compare(onHoldUntil, today) > 0
