import { type Ages, checkStaff, type Ratio, type Staff, staffCounting, staffNeeded } from '../planning/staffing.ts'

/** Whether a day's staff is enough for the children who are really there, and for those who are still expected. */
export type StaffNow = {
  /** Who counts, for as many children as are there. */
  counting: number
  needed: number
  /** How many educators lack now; 0 when there are enough. */
  lacking: number
  /** The same when everybody expected is there too. */
  whenAll: { needed: number; lacking: number }
  /** How many more children of each age this staff may look after beside those who are there. */
  more: Ages
  verdict: 'untold' | 'lacking' | 'will-lack' | 'last-place' | 'enough' | 'nobody'
}

/**
 * `here` are the children there now, `all` those and the ones still expected. Without a staff planned nothing can be said
 * but how many are needed.
 */
export function staffNow(staff: Staff | undefined, here: Ages, all: Ages, ratio: Ratio): StaffNow {
  const counted = staff ?? { educators: 0, directorCounts: false }
  const { counting, needed, lacking, allowed } = checkStaff(counted, here, ratio)
  const neededForAll = staffNeeded(all, ratio)
  const lackingForAll = Math.max(0, neededForAll - staffCounting(counted, all.underSix + all.fromSix))
  const more = {
    underSix: Math.max(0, allowed.underSix - here.underSix),
    fromSix: Math.max(0, allowed.fromSix - here.fromSix),
  }
  const verdict = () => {
    if (all.underSix + all.fromSix === 0) return 'nobody'
    if (!staff) return 'untold'
    if (lacking > 0) return 'lacking'
    if (lackingForAll > 0) return 'will-lack'
    return more.underSix === 0 || more.fromSix === 0 ? 'last-place' : 'enough'
  }
  return {
    counting,
    needed,
    lacking,
    whenAll: { needed: neededForAll, lacking: lackingForAll },
    more,
    verdict: verdict(),
  }
}
