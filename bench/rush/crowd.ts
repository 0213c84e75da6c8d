// Thousands of families in a process of their own, so that the town is measured and not they. `fork`ed with the path of a
// file: see `Morning`.
import { fork } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { browser, newTally, type Tally } from './browser.ts'
import { type Journey, wantPlace } from './journey.ts'
import { noPages, type Pages } from './pages.ts'
import type { Told } from './told.ts'
import type { World } from './world.ts'

/** Who comes when, and to whom. */
export type Morning = {
  worldFile: string
  ports: readonly number[]
  /** Within how many seconds of the opening all arrive; before it, in a draw. */
  seconds: number
  /** After so many seconds whoever has no answer goes home. */
  patienceSeconds: number
}

/** What every family knows in the end, in the world's order, and how it went. */
export type MorningTold = {
  told: Told[]
  /** When the form was opened to each, in milliseconds since 1970; 0 for never. */
  inAt: number[]
  tally: Tally
  /** From the opening to the last answer. */
  seconds: number
  seen: Pages
}

/** One in so many comes half a second too early, and must be kept out. */
const EARLY_BIRDS = 50
const TOO_EARLY_MS = 500
/** One in so many comes to a draw after its opening. */
const LATE_COMERS = 20
/** Who means to be there before it is not among the last to find the door. */
const IN_GOOD_TIME_MS = 1_500

/** Sends the world's families to the town, and waits for the last of them. */
export async function sendCrowd(folder: string, morning: Morning): Promise<MorningTold> {
  const [asked, answered] = [join(folder, 'morning.json'), join(folder, 'told.json')]
  await writeFile(asked, JSON.stringify(morning))
  const child = fork(import.meta.filename, [asked, answered])
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
  if (code !== 0) throw new Error(`the crowd ended with ${code}`)
  return JSON.parse(await readFile(answered, 'utf8')) as MorningTold
}

const epochNow = () => performance.timeOrigin + performance.now()

async function run({ worldFile, ports, seconds, patienceSeconds }: Morning): Promise<MorningTold> {
  const world = JSON.parse(await readFile(worldFile, 'utf8')) as World
  const tally = newTally()
  const seen = noPages()
  const until = world.opensAt + patienceSeconds * 1_000
  let last = 0
  const journeys = await Promise.all(
    world.families.map(async (family, n): Promise<Journey> => {
      await pause(Math.max(0, world.opensAt + arrival(world, n, seconds) - epochNow()))
      const phone = browser(n, family.cookie, { ports, tally, until })
      try {
        return await wantPlace(phone, world, family, seen)
      } catch (error) {
        return { inAt: 0, told: { kind: 'nothing', why: error instanceof Error ? error.message : String(error) } }
      } finally {
        last = Math.max(last, epochNow())
        phone.close()
      }
    }),
  )
  return {
    told: journeys.map(({ told }) => told),
    inAt: journeys.map(({ inAt }) => inAt),
    tally,
    seconds: (last - world.opensAt) / 1_000,
    seen,
  }
}

/** Whether that family comes to a draw after its opening. */
export const comesLate = (n: number) => n % LATE_COMERS === 0

/** When a family comes, in milliseconds after the opening. */
function arrival({ mode }: World, n: number, seconds: number): number {
  const within = Math.random() * seconds * 1_000
  if (mode === 'draw') return comesLate(n) ? within : -within - IN_GOOD_TIME_MS
  return n % EARLY_BIRDS === 0 ? -TOO_EARLY_MS * Math.random() : within
}

if (process.send && process.argv[1] === import.meta.filename) {
  const [, , asked = '', answered = ''] = process.argv
  await writeFile(answered, JSON.stringify(await run(JSON.parse(await readFile(asked, 'utf8')))))
  process.exit(0)
}
