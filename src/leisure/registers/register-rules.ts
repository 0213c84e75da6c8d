import { PARIS } from '../../kernel/clock.ts'

/** What is written down of a child's day at a centre. Hours are null when nobody noted them. */
export type Noted = {
  present: boolean
  arrivedAt: Temporal.Instant | null
  leftAt: Temporal.Instant | null
  collectedBy: string | null
}

/** Where a child of the register stands. */
export type Standing = 'expected' | 'present' | 'left' | 'absent'

export function standingOf(noted: Noted | undefined): Standing {
  if (!noted) return 'expected'
  if (!noted.present) return 'absent'
  return noted.leftAt ? 'left' : 'present'
}

/**
 * What a page showed of a child, as its forms carry it: what is sent from a page that shows something else than is written
 * down by then overwrites nothing. Empty while nothing is written.
 */
export function shownAs(noted: Noted | undefined): string {
  if (!noted) return ''
  const at = (instant: Temporal.Instant | null) => instant?.epochMilliseconds ?? ''
  return [standingOf(noted), at(noted.arrivedAt), at(noted.leftAt)].join('.')
}

/** What a clerk notes. `at` null: there, at an hour that nobody noted. */
export type Deed =
  | { do: 'arrive'; at: Temporal.Instant | null }
  | { do: 'leave'; at: Temporal.Instant; collectedBy: string }
  | { do: 'absent' }
  /** Takes back the last thing noted: the departure, then the arrival or the absence. */
  | { do: 'undo' }
  /** All at once, as programs send it. */
  | { do: 'set'; noted: Noted | null }

export type Outcome =
  | { write: Noted }
  | { remove: true }
  /** It is noted already, by the same tap sent twice or by a colleague. */
  | 'same'
  | { refused: 'register-changed' | 'leaves-before-arriving' }

/**
 * What becomes of a row by a deed sent from a page that showed `shown`. The same deed done twice, on one tablet or two, is
 * done once and the first hour stays; another deed than the colleague's is refused, never mixed with it.
 */
export function outcomeOf(now: Noted | undefined, shown: string, deed: Deed): Outcome {
  const wanted = after(now, deed)
  if (shown !== shownAs(now)) return isDone(now, deed) ? 'same' : { refused: 'register-changed' }
  if (wanted === null) return now ? { remove: true } : 'same'
  if (!wanted.present) return now && !now.present ? 'same' : { write: ABSENT }
  const { arrivedAt, leftAt } = wanted
  if (arrivedAt && leftAt && Temporal.Instant.compare(leftAt, arrivedAt) < 0)
    return { refused: 'leaves-before-arriving' }
  return now && shownAs(now) === shownAs(wanted) && now.collectedBy === wanted.collectedBy ? 'same' : { write: wanted }
}

const ABSENT: Noted = { present: false, arrivedAt: null, leftAt: null, collectedBy: null }
const HERE: Noted = { present: true, arrivedAt: null, leftAt: null, collectedBy: null }

/** The row as the deed wants it; null: no row. */
function after(now: Noted | undefined, deed: Deed): Noted | null {
  const here = now?.present ? now : HERE
  switch (deed.do) {
    case 'arrive':
      return { ...here, arrivedAt: deed.at }
    case 'leave':
      return { ...here, leftAt: deed.at, collectedBy: deed.collectedBy }
    case 'absent':
      return ABSENT
    case 'undo':
      return now?.leftAt ? { ...now, leftAt: null, collectedBy: null } : null
    case 'set':
      return deed.noted
  }
}

/** Whether what the deed is for is so already, whoever did it. */
function isDone(now: Noted | undefined, deed: Deed): boolean {
  const standing = standingOf(now)
  switch (deed.do) {
    case 'arrive':
      return standing === 'present' || standing === 'left'
    case 'leave':
      return standing === 'left'
    case 'absent':
      return standing === 'absent'
    case 'undo':
      return standing === 'expected'
    case 'set':
      return shownAs(now) === shownAs(deed.noted ?? undefined)
  }
}

/** The instant at which the town's clocks show that time of that day. An hour that comes twice is the first. */
export function instantAt(day: Temporal.PlainDate, time: Temporal.PlainTime): Temporal.Instant {
  return day.toZonedDateTime({ timeZone: PARIS, plainTime: time }).toInstant()
}
