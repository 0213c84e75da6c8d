import { join } from 'node:path'
import { runMorning } from './morning.ts'
import type { Report } from './report.ts'
import type { Size } from './scenarios.ts'

const HOUSEHOLDS = 20_000
/** Of the families a second that are served when they do not come all at once. */
const GOODPUT = 0.8

/**
 * Four times as many families as on the plain morning, in the same time, against a quarter of them: whoever is answered a
 * second must not become much fewer.
 */
export async function overload(folder: string, { households = HOUSEHOLDS, seconds = 5 }: Size): Promise<Report> {
  const fewer = Math.round(households / 4)
  const unloaded = await runMorning(join(folder, 'unloaded'), { name: 'unloaded', households: fewer, seconds })
  const loaded = await runMorning(join(folder, 'loaded'), { name: 'overload: four times as many', households, seconds })
  const [before, now] = [fewer / unloaded.run.seconds, households / loaded.run.seconds]
  return {
    ...loaded,
    aims: [
      ...loaded.aims,
      {
        ok: now >= GOODPUT * before,
        name: `goodput at least ${GOODPUT} of the unloaded run’s`,
        found: `${Math.round(now)} families/s, ${Math.round(before)} unloaded: ${(now / before).toFixed(2)}`,
      },
    ],
  }
}
