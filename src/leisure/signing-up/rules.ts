import { isOnOrBefore, mondayOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { mayBookOn } from '../../people/custody.ts'
import type { Child } from '../../people/store.ts'
import { type AgeBand, groupFor } from '../age-bands.ts'
import { HALVES, type Part, type SignupState, type Unit } from '../schema.ts'
import { type AskedDay, halvesOf, sessionKeysOf } from '../taking.ts'

/** One way to come that a group offers. */
export type Offer = { unit: Unit; part: Part; meal: boolean }

/** What a household chooses for a child: the days of a week are all of its open days, and no others. */
export type Choice = Offer & { childId: string; centreId: string; days: readonly Temporal.PlainDate[] }

/** A group of a period as far as sign-ups need it. */
export type OfferingGroup = AgeBand & {
  id: Id<'leisure-group'>
  centreId: Id<'leisure-centre'>
  units: readonly Unit[]
  /** Whether its centre serves meals. */
  meals: boolean
}

/** The ways to come of a group: a day and a week always have lunch where the centre serves it. */
export const offersOf = ({ units, meals }: Pick<OfferingGroup, 'units' | 'meals'>): Offer[] =>
  units.flatMap((unit): readonly Offer[] => {
    if (unit === 'day' || unit === 'week') return [{ unit, part: 'day', meal: meals }]
    const meal = unit === 'half-day-with-meal'
    return meal && !meals ? [] : HALVES.map(part => ({ unit, part, meal }))
  })

const isOf = (asked: Offer, offers: readonly Offer[]) =>
  offers.some(({ unit, part, meal }) => unit === asked.unit && part === asked.part && meal === asked.meal)

/** Whether who comes that way eats no lunch elsewhere. */
export const coversLunch = ({ part, meal }: Pick<Offer, 'part' | 'meal'>) => part === 'day' || meal

/** What is known of a child's day at a centre. */
export type ChildDay = {
  childId: Id<'person'>
  day: Temporal.PlainDate
  householdId: Id<'household'>
  centreId: Id<'leisure-centre'>
  signupId: Id<'leisure-signup'>
  unit: Unit
  part: Part
  meal: boolean
  /** `taken` with a place, `asked` without. */
  dayState: 'asked' | 'taken' | 'freed'
  state: SignupState
}

/** What choices are judged by. */
export type Ground = {
  householdId: Id<'household'>
  today: Temporal.PlainDate
  /** The groups of the period, at all centres. */
  groups: readonly OfferingGroup[]
  /** The half-days that groups are there, by `sessionKey`. */
  sessions: { has(key: string): boolean }
  /** By `childDayKey`: days with a place or in line, of whichever household. */
  childDays: ReadonlyMap<string, readonly ChildDay[]>
  /** Children's days with a meal at the canteen, by `childDayKey`. */
  canteen: ReadonlySet<string>
}

export const childDayKey = (childId: string, day: Temporal.PlainDate | string) => `${childId} ${day}`

/** Why a choice is not granted; the words are `leisure-signup:refused.<code>`. */
export const REFUSALS = [
  'past',
  'too-late',
  'not-open',
  'too-young',
  'too-old',
  'no-group',
  'not-offered',
  'not-whole-week',
  'other-household',
  'signed-up',
  'signed-up-by-other',
  'in-line',
  'meal-booked',
  'chosen-twice',
  'full',
] as const
export type Refusal = (typeof REFUSALS)[number]

export type Judged =
  | { days: readonly AskedDay[] }
  /** The same choice stands already, with its place or in line. */
  | { already: Id<'leisure-signup'> }
  | { refused: Refusal; days: readonly Temporal.PlainDate[] }

/**
 * What the rules say of a choice, places apart: its days, each with the group that takes the child at its age on that day,
 * or why not and for which days.
 */
export function judge(ground: Ground, child: Child, choice: Choice): Judged {
  const same = standing(ground, choice)
  if (same) return { already: same }
  const days: AskedDay[] = []
  const obstacles = new Map<Refusal, Temporal.PlainDate[]>()
  for (const day of choice.days) {
    const found = judgeDay(ground, child, choice, day)
    if (typeof found === 'string') obstacles.set(found, [...(obstacles.get(found) ?? []), day])
    else days.push(found)
  }
  const [first] = REFUSALS.filter(code => obstacles.has(code))
  if (first) return { refused: first, days: obstacles.get(first) ?? [] }
  if (choice.unit === 'week' && !isWholeWeek(ground, child, choice))
    return { refused: 'not-whole-week', days: choice.days }
  return { days }
}

/** The same of one day, whichever way the child comes: the day with its group, or why not. */
export function judgeDay(
  ground: Ground,
  child: Child,
  choice: Omit<Choice, 'days'>,
  day: Temporal.PlainDate,
): AskedDay | Refusal {
  if (!isOnOrBefore(ground.today, day)) return 'past'
  if (day.equals(ground.today)) return 'too-late'
  const group = groupOn(ground, child, choice.centreId, day)
  if (typeof group === 'string') return group
  const asked = { day, groupId: group.id, part: choice.part }
  if (!isOf(choice, offersOf(group))) return 'not-offered'
  if (!isHeld(ground, asked)) return 'not-open'
  if (child.custody && !mayBookOn(child.custody, ground.householdId, day)) return 'other-household'
  return clash(ground, choice, day) ?? asked
}

/** The group of a centre that takes a child on a day, or why none does. */
export function groupOn(
  { groups }: Pick<Ground, 'groups'>,
  child: Pick<Child, 'birthDate'>,
  centreId: string,
  day: Temporal.PlainDate,
): OfferingGroup | Refusal {
  const own = groups.filter(group => group.centreId === centreId)
  if (own.length === 0) return 'not-open'
  const placed = groupFor(child.birthDate, day, own)
  if ('group' in placed) return placed.group
  return placed.refused === 'overlap' ? 'no-group' : placed.refused
}

const isHeld = ({ sessions }: Pick<Ground, 'sessions'>, asked: AskedDay) =>
  sessionKeysOf(asked).every(key => sessions.has(key))

/** The days of a week on which a child could come to a centre for the whole day, at its age on each. */
export function openDaysOfWeek(
  ground: Pick<Ground, 'groups' | 'sessions'>,
  child: Pick<Child, 'birthDate'>,
  centreId: string,
  monday: Temporal.PlainDate,
): Temporal.PlainDate[] {
  return daysOfWeek(monday).filter(day => {
    const group = groupOn(ground, child, centreId, day)
    return typeof group !== 'string' && isHeld(ground, { day, groupId: group.id, part: 'day' })
  })
}

/** Monday to Sunday. */
export const daysOfWeek = (monday: Temporal.PlainDate) => Array.from({ length: 7 }, (_, days) => monday.add({ days }))

function isWholeWeek(ground: Ground, child: Child, { centreId, days }: Choice): boolean {
  const [first] = days
  if (!first) return false
  const open = openDaysOfWeek(ground, child, centreId, mondayOf(first)).map(String)
  return open.length === days.length && days.every(day => open.includes(day.toString()))
}

/** What of a child's day stands against coming to a centre: another sign-up, or a meal at the canteen. */
function clash(ground: Ground, choice: Omit<Choice, 'days'>, day: Temporal.PlainDate): Refusal | undefined {
  const key = childDayKey(choice.childId, day)
  const others = ground.childDays.get(key) ?? []
  const taken = others.find(({ dayState }) => dayState === 'taken')
  // The other household's sign-up is told as such, never where it is.
  if (taken) return taken.householdId === ground.householdId ? 'signed-up' : 'signed-up-by-other'
  const inLine = others.some(
    other =>
      other.dayState === 'asked' &&
      other.householdId === ground.householdId &&
      other.centreId === choice.centreId &&
      other.unit === choice.unit &&
      halvesOf(other.part).some(half => halvesOf(choice.part).includes(half)),
  )
  if (inLine) return 'in-line'
  return coversLunch(choice) && ground.canteen.has(key) ? 'meal-booked' : undefined
}

/** The household's own sign-up for the very same, if there is one. */
export function standing(
  { householdId, childDays }: Pick<Ground, 'householdId' | 'childDays'>,
  choice: Choice,
): Id<'leisure-signup'> | undefined {
  const [first] = choice.days
  const found = (childDays.get(childDayKey(choice.childId, first ?? '')) ?? []).find(
    one =>
      one.householdId === householdId &&
      one.centreId === choice.centreId &&
      one.unit === choice.unit &&
      one.part === choice.part &&
      one.meal === choice.meal,
  )
  const covers = (day: Temporal.PlainDate) =>
    (childDays.get(childDayKey(choice.childId, day)) ?? []).some(({ signupId }) => signupId === found?.signupId)
  return found && choice.days.every(covers) ? found.signupId : undefined
}
