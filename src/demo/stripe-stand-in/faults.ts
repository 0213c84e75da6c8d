/** An answer that goes wrong on purpose. */
export type Fault = {
  /** How many requests meet it. */
  times: number
  /** The HTTP status of the answer; without it the connection is cut. */
  status?: number | undefined
  /** Only requests whose path begins so, such as `/v1/refunds`. */
  path?: string | undefined
  /** Whether the work is done before the answer is lost: the case idempotency keys are made for. */
  workDone?: boolean | undefined
}

/** What the API has been told to do wrong. */
export type Faults = {
  slowness: number
  add(fault: Fault): void
  /** The fault this request meets, which then counts as met once. */
  met(path: string): Fault | undefined
  clear(): void
}

export function faultless(): Faults {
  let waiting: Fault[] = []
  return {
    slowness: 0,
    add(fault) {
      waiting.push({ ...fault })
    },
    met(path) {
      const fault = waiting.find(one => path.startsWith(one.path ?? '/'))
      if (fault) fault.times--
      waiting = waiting.filter(one => one.times > 0)
      return fault
    },
    clear() {
      waiting = []
      this.slowness = 0
    },
  }
}
