import { setTimeout as pause } from 'node:timers/promises'
import { type MorningTold, sendCrowd } from './crowd.ts'
import { runFloor } from './floor.ts'
import { judge } from './judge.ts'
import { answersInOrder, type Report, speedAims, spread } from './report.ts'
import { type RushTown, type RushTownPlan, rushTown, START_TIME_MS } from './town.ts'
import type { FaultPoint } from './town-process.ts'
import type { Mode } from './world.ts'

/** An opening morning. */
export type MorningPlan = {
  name: string
  households: number
  /** Within which all of them arrive. */
  seconds: number
  /** Of each of the ten groups; thirty unless said. */
  placesEach?: number
  engine?: 'sqlite' | 'postgres'
  processes?: number
  /** How many times a process is killed while they come, each time another one. */
  kills?: number
  faults?: readonly FaultPoint[]
  /** Whether the barest program does the same after. */
  floor?: boolean
  /** What else goes on: begun when the town stands, told to end when all families have been answered. */
  beside?: (town: RushTown) => Beside
  mode?: Mode
  /** Settings of the town beside those of production. */
  settings?: Record<string, string>
  /** How long the town stands quiet before the opening, in seconds. */
  quietSeconds?: number
}

export type Beside = { end(run: MorningTold): Promise<Omit<Report, 'name'>> }

/** Nobody goes home before a town that serves 25 families a second has served them all. */
const patience = (households: number) => 60 + households / 25
const epochNow = () => performance.timeOrigin + performance.now()

/** Lets the morning happen, and judges it. */
export async function runMorning(folder: string, plan: MorningPlan): Promise<Report & { run: MorningTold }> {
  const { households, seconds, engine = 'sqlite', processes = 1, kills = 0 } = plan
  const built: RushTownPlan = {
    households,
    mode: plan.mode ?? 'first-come',
    placesEach: plan.placesEach ?? 30,
    opensInMs: START_TIME_MS + (plan.quietSeconds ?? 0) * 1_000,
    engine,
    processes,
    ...(plan.faults ? { faults: plan.faults } : {}),
    ...(plan.settings ? { settings: plan.settings } : {}),
  }
  const town = await rushTown(folder, built)
  try {
    const beside = plan.beside?.(town)
    const { worldFile, world } = town
    const ports = town.processes.map(({ port }) => port)
    const coming = sendCrowd(folder, { worldFile, ports, seconds, patienceSeconds: patience(households) })
    const killing = killSome(town, kills, seconds)
    const run = await coming
    await killing
    const besides = await beside?.end(run)
    const memory = Math.max(...town.processes.map(one => one.peakMemory()))
    const cpu = town.processes.reduce((sum, one) => sum + one.processorSeconds(), 0)
    const restarts = town.processes.flatMap(one => one.restarts)
    const wanted = kills + (plan.faults?.length ?? 0)
    const report: Report = {
      name: plan.name,
      correct: [
        ...(await judge(town.database, world, run.told)),
        ...answersInOrder(run.tally),
        ...(wanted > 0
          ? [
              {
                ok: restarts.length === wanted,
                name: 'killed as planned',
                found: `${restarts.length} of ${wanted} times`,
              },
            ]
          : []),
        ...(besides?.correct ?? []),
      ],
      aims: [...speedAims(run.tally, memory), ...afterDeath(run, restarts), ...(besides?.aims ?? [])],
      facts: [
        `${households} families within ${seconds} s, ${world.places} places, ${engine}, ${processes} web processes`,
        `all answered after ${run.seconds.toFixed(1)} s: ${Math.round(households / run.seconds)} families/s`,
        `${spread(run.tally.taken, 'page')}; ${spread(run.tally.taken, 'answer')}`,
        `${run.tally.busy} × 503, ${run.tally.lost} lines lost, ${cpu.toFixed(1)} s of processor, ${Math.round(memory)} MB`,
        ...(besides?.facts ?? []),
      ],
    }
    if (plan.floor) {
      const floor = await runFloor(town, run.seen, seconds)
      report.facts.push(
        `floor: ${floor.seconds.toFixed(1)} s: ${Math.round(households / floor.seconds)} families/s; ${floor.told}`,
        `ratio to the floor: ${(floor.seconds / run.seconds).toFixed(2)} of its families a second`,
      )
    }
    return { ...report, run }
  } finally {
    await town.stop()
  }
}

/** Kills processes in turn, at moments that nobody chose, while the families come. */
async function killSome({ world, processes }: RushTown, kills: number, seconds: number): Promise<void> {
  const moments = Array.from({ length: kills }, () => 200 + Math.random() * seconds * 1_000).sort((a, b) => a - b)
  for (const [n, after] of moments.entries()) {
    await pause(Math.max(0, world.opensAt + after - epochNow()))
    await processes[n % processes.length]?.killAndRestart()
  }
}

function afterDeath({ tally }: MorningTold, restarts: readonly number[]): Report['aims'] {
  if (restarts.length === 0) return []
  const slowest = Math.max(...restarts)
  const retried = Math.max(
    0,
    ...tally.taken.filter(({ lost, busy }) => lost > 0 && busy === 0).map(({ inAll }) => inAll),
  )
  return [
    { ok: slowest <= 1_000, name: 'back within 1 s of a kill', found: `${Math.round(slowest)} ms at most` },
    { ok: retried <= 5_000, name: 'a retried answer within 5 s', found: `${Math.round(retried)} ms at most` },
  ]
}
