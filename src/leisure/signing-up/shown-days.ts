import { mondayOf } from '../../kernel/days.ts'
import type { Child } from '../../people/store.ts'
import { HALVES } from '../schema.ts'
import { halvesOf, sessionKey } from '../taking.ts'
import type { PageGround, SessionPlaces } from './ground.ts'
import { childDayKey, groupOn, judgeDay, type Offer, type OfferingGroup, offersOf, type Refusal } from './rules.ts'

/** A day on which a child's group is there, with what of it can be chosen. */
export type ShownDay = {
  day: Temporal.PlainDate
  iso: string
  monday: string
  group: OfferingGroup
  /** The half-days its group has that day. */
  places: readonly SessionPlaces[]
  /** Whether the group is there morning and afternoon. */
  whole: boolean
  /** The ways to come as things stand, weeks apart. */
  free: readonly { offer: Offer; full: boolean }[]
  /** The week as the group offers it; undefined where it sells none. */
  week: Offer | undefined
  /** Nothing stands against it: no other sign-up, no meal, no custody. */
  clear: boolean
  /** Why no way is left, or why one is not. */
  refusal: Refusal | undefined
}

/** The days of a child at a centre, each judged once; `none` is why there are none at all. */
export function shownDays(
  ground: PageGround,
  child: Child,
  centreId: string,
): { days: ShownDay[]; none: Refusal | undefined } {
  const offers = new Map<string, Offer[]>()
  const days: ShownDay[] = []
  let none: Refusal | undefined
  for (const day of ground.days) {
    const group = groupOn(ground, child, centreId, day)
    if (typeof group === 'string') {
      none ??= group
      continue
    }
    const known = offers.get(group.id) ?? offersOf(group)
    offers.set(group.id, known)
    days.push(shownDay(ground, child, centreId, day, group, known))
  }
  return { days, none: days.length > 0 ? undefined : (none ?? 'not-open') }
}

function shownDay(
  ground: PageGround,
  child: Child,
  centreId: string,
  day: Temporal.PlainDate,
  group: OfferingGroup,
  offers: readonly Offer[],
): ShownDay {
  const iso = day.toString()
  const halves = new Map(HALVES.map(half => [half, ground.sessions.get(sessionKey(group.id, iso, half))]))
  const places = [...halves.values()].filter(one => one !== undefined)
  const key = childDayKey(child.id, iso)
  // Most days of most children: nothing stands against them, and every way is judged alike.
  const clear = !child.custody && !ground.childDays.has(key) && !ground.canteen.has(key)
  const free: { offer: Offer; full: boolean }[] = []
  let refusal: Refusal | undefined
  for (const offer of offers) {
    if (offer.unit === 'week') continue
    const own = halvesOf(offer.part).map(half => halves.get(half))
    const judged = clear
      ? own.includes(undefined) && 'not-open'
      : judgeDay(ground, child, { ...offer, childId: child.id, centreId }, day)
    if (typeof judged === 'string') refusal ??= judged
    else free.push({ offer, full: own.some(one => !one || one.taken >= one.capacity) })
  }
  return {
    day,
    iso,
    monday: mondayOf(day).toString(),
    group,
    places,
    whole: places.length === HALVES.length,
    free,
    clear,
    week: offers.find(({ unit }) => unit === 'week'),
    refusal,
  }
}
