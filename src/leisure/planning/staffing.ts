import type { PeriodKind } from '../days-of-period.ts'

/** How the law counts a day: around school (« périscolaire ») or out of school (« extrascolaire »). */
export type Care = 'around-school' | 'out-of-school'

/**
 * Wednesdays of term are around school even where there is no school on them (decree 2018-647 of 23 July 2018, CASF
 * art. R227-1); holidays are out of school.
 */
export function careOf(kind: PeriodKind): Care {
  return kind === 'wednesdays' ? 'around-school' : 'out-of-school'
}

/** One educator for so many children, by their age on the day. */
export type Ratio = { underSix: number; fromSix: number }

/** Children by the two ages of the law, on the day. */
export type Ages = { underSix: number; fromSix: number }

/** Beyond this many minutes without a break, a day around school is a long one: five hours. */
const LONG_DAY = 300

/**
 * The article a ratio is from: CASF art. R227-15, art. R227-16 I, or art. R227-16 II for the contracts of the education
 * code's art. R551-13. The words are `leisure:sources.<key>`.
 */
type Source = 'r227-15' | 'r227-16-1' | 'r227-16-2'

/** The law's ratios. `pedt` and `long` say nothing out of school. */
const RATIOS: readonly { care: Care; pedt?: boolean; long?: boolean; ratio: Ratio; source: Source }[] = [
  { care: 'out-of-school', ratio: { underSix: 8, fromSix: 12 }, source: 'r227-15' },
  {
    care: 'around-school',
    pedt: false,
    long: true,
    ratio: { underSix: 8, fromSix: 12 },
    source: 'r227-16-1',
  },
  {
    care: 'around-school',
    pedt: false,
    long: false,
    ratio: { underSix: 10, fromSix: 14 },
    source: 'r227-16-1',
  },
  {
    care: 'around-school',
    pedt: true,
    long: true,
    ratio: { underSix: 10, fromSix: 14 },
    source: 'r227-16-2',
  },
  {
    care: 'around-school',
    pedt: true,
    long: false,
    ratio: { underSix: 14, fromSix: 18 },
    source: 'r227-16-2',
  },
]

/** What of a period decides its ratio. `minutesADay` is without a break. */
export type StaffedPeriod = { kind: PeriodKind; pedt: boolean; minutesADay: number }

/** How many children one educator may look after in a period, and the article that says so. */
export function ratioOf({ kind, pedt, minutesADay }: StaffedPeriod): Ratio & { source: Source } {
  const care = careOf(kind)
  const long = minutesADay > LONG_DAY
  const row = RATIOS.find(one => one.care === care && (one.pedt ?? pedt) === pedt && (one.long ?? long) === long)
  if (!row) throw new RangeError(`no ratio for ${care}`)
  return { ...row.ratio, source: row.source }
}

/** The smallest and largest number of children a centre may declare (CASF art. R227-1). */
export const FEWEST_CHILDREN = 7
export const MOST_CHILDREN = 300

/** Up to so many children the director may count among the educators (CASF art. R227-17). */
const MOST_WITH_DIRECTOR = 50

/**
 * How many educators these children need. Each age is rounded up by itself: with both ages there are never fewer than
 * either way of reading the law asks for.
 */
export function staffNeeded({ underSix, fromSix }: Ages, ratio: Ratio): number {
  return Math.ceil(underSix / ratio.underSix) + Math.ceil(fromSix / ratio.fromSix)
}

export type Staff = { educators: number; directorCounts: boolean }

/** Who counts for so many children: the educators, and the director in a small centre. */
export function staffCounting({ educators, directorCounts }: Staff, children: number): number {
  return educators + (directorCounts && children <= MOST_WITH_DIRECTOR ? 1 : 0)
}

/** What the staff of a day is enough for. */
export type StaffCheck = {
  /** Who counts for the places that are planned. */
  counting: number
  needed: number
  /** How many educators lack for the places planned; 0 when there are enough. */
  lacking: number
  /** The most children of each age, the places of the other age staffed first. */
  allowed: Ages
}

/** Whether a day's staff is enough for the places planned, and how many children of each age it allows. */
export function checkStaff(staff: Staff, planned: Ages, ratio: Ratio): StaffCheck {
  const counting = staffCounting(staff, planned.underSix + planned.fromSix)
  const needed = staffNeeded(planned, ratio)
  const most = (age: keyof Ages) => mostOf(age, staff, planned, ratio)
  return {
    counting,
    needed,
    lacking: Math.max(0, needed - counting),
    allowed: { underSix: most('underSix'), fromSix: most('fromSix') },
  }
}

/** The most children of one age beside those planned of the other: the director leaves the count above 50 in all. */
function mostOf(age: keyof Ages, staff: Staff, planned: Ages, ratio: Ratio): number {
  const others = age === 'underSix' ? planned.fromSix : planned.underSix
  const forOthers = Math.ceil(others / ratio[age === 'underSix' ? 'fromSix' : 'underSix'])
  const withEducators = Math.max(0, staff.educators - forOthers) * ratio[age]
  if (!staff.directorCounts) return withEducators
  const withDirector = Math.max(0, staff.educators + 1 - forOthers) * ratio[age]
  return Math.max(withEducators, Math.min(withDirector, Math.max(0, MOST_WITH_DIRECTOR - others)))
}

/**
 * Places of a group as the law counts them. A group that takes children on both sides of six counts as under six: nobody
 * knows yet who will come.
 */
export function agesOf(group: { maxAge: number; minAge: number }, places: number): Ages {
  return group.minAge >= 6 ? { underSix: 0, fromSix: places } : { underSix: places, fromSix: 0 }
}
