import { SingleBar } from 'cli-progress'

/** Shows how far a long work of the command line is, in so many `unit`s, and wipes the bar away at its end. */
export async function withBar<T>(
  what: string,
  unit: string,
  work: (progress: (done: number, of: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${what} {bar} {value}/{total} ${unit}, {eta_formatted} left`,
    clearOnComplete: true,
  })
  try {
    return await work((done, of) => {
      if (!bar.isActive) bar.start(of, 0)
      bar.update(done)
    })
  } finally {
    bar.stop()
  }
}
