/** From where on a process counts as crowded. */
export type LoadLimits = {
  /** Requests that were taken and are not answered yet. */
  inHand: number
  /** How long a request may have waited for its turn, in milliseconds. */
  delayMs: number
}

/** With fewer requests in hand, or in a turn of the event loop, slowness has another reason: refusing would not help. */
const FEW_REQUESTS = 10
/** An answer may take so many times as long as a request may wait before it is read. */
const ANSWER_TO_WAIT = 4
/** How much the last answer counts in the time that answers take lately. */
const LAST_COUNTS = 0.05
/** From this load on, work that can wait had better wait, until it was not seen for so long. */
const BUSY = 0.25
const LATELY_MS = 2_000

export type LoadMeter = {
  /** One more request in hand; call what it gives once the request is answered or gone. */
  take(): () => void
  /** How loaded the process is for the request that is read now: 1 is crowded, 2 twice as much. Ask once for each. */
  load(): number
  /** Whether so many came a moment ago that what can wait had better wait. */
  busyLately(): boolean
}

/**
 * Measures how loaded this process is. Requests that come together are read one after the other in one turn of the event
 * loop: how long this turn has lasted is what the one that is read now has waited, before any of our code saw it. Where
 * the database is another process, they wait in our hands instead: that shows in how long answers take.
 */
export function loadMeter(limits: LoadLimits): LoadMeter {
  let inHand = 0
  let answerMs = 0
  let turnBegan: number | undefined
  let arrivals = 0
  let busyAt = Number.NEGATIVE_INFINITY

  function beginTurn() {
    turnBegan = performance.now()
    arrivals = 0
    // Runs when all that had come is read.
    setImmediate(() => {
      turnBegan = undefined
    })
  }

  const waited = () => (turnBegan === undefined || arrivals < FEW_REQUESTS ? 0 : performance.now() - turnBegan)

  return {
    take() {
      const begun = performance.now()
      inHand++
      let left = false
      return () => {
        if (left) return
        left = true
        inHand--
        answerMs += LAST_COUNTS * (performance.now() - begun - answerMs)
      }
    },
    load() {
      if (turnBegan === undefined) beginTurn()
      arrivals++
      const late = inHand < FEW_REQUESTS ? 0 : answerMs / (ANSWER_TO_WAIT * limits.delayMs)
      const load = Math.max(inHand / limits.inHand, waited() / limits.delayMs, late)
      if (load >= BUSY) busyAt = performance.now()
      return load
    },
    busyLately: () => performance.now() - busyAt < LATELY_MS,
  }
}
