import { watchDraw } from './draw.ts'
import { type MorningPlan, runMorning } from './morning.ts'
import { others } from './others.ts'
import { overload } from './overload.ts'
import type { Report } from './report.ts'
import type { FaultPoint } from './town-process.ts'

/** What the command line may change. */
export type Size = { households?: number; seconds?: number }

type Scenario = (folder: string, size: Size) => Promise<Report>

const MORNING = { households: 5_000, seconds: 5 }

/** From the first sign-up to the last place: whoever comes back after the last of these deaths finds it full. */
const POINTS: readonly FaultPoint[] = [
  { when: 'after', signUps: 20 },
  { when: 'before', signUps: 30 },
  { when: 'after', signUps: 1 },
  { when: 'before', signUps: 1 },
  { when: 'after', signUps: 80 },
  { when: 'after', signUps: 80 },
  { when: 'after', signUps: 60 },
  { when: 'after', signUps: 30 },
]

/** As many as the waiting room lets in a second here. */
const ROOM_RATE = 150

const morning =
  (plan: Omit<MorningPlan, keyof typeof MORNING> & Partial<typeof MORNING>): Scenario =>
  (folder, size) =>
    runMorning(folder, { ...MORNING, ...plan, ...size })

/** The mornings that `npm run rush` lives through, in this order; the last, which takes minutes, only when it is asked for. */
export const scenarios: Record<string, Scenario> = {
  plain: morning({ name: 'plain', floor: true }),
  kill: morning({ name: 'kill: three times kill -9', kills: 3 }),
  points: morning({ name: 'points: dead just before and just after a commit', faults: POINTS }),
  postgres: morning({
    name: 'postgres: three web processes, one killed',
    households: 1_500,
    engine: 'postgres',
    processes: 3,
    kills: 1,
  }),
  draw: morning({
    name: 'draw: with the waiting room',
    households: 2_000,
    mode: 'draw',
    quietSeconds: 6,
    settings: { LEISURE_ROOM_RATE: String(ROOM_RATE) },
    beside: town => watchDraw(town, ROOM_RATE),
  }),
  meanwhile: morning({
    name: 'meanwhile: others at the town hall',
    households: 2_000,
    quietSeconds: 5,
    beside: others,
  }),
  overload,
}
