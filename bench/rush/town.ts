import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../test/support/own-process.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { type FaultPoint, productionEnv, startTown, type TownProcess } from './town-process.ts'
import type { World, WorldPlan } from './world.ts'

const BUILDER = join(import.meta.dirname, 'build-world.ts')

/** A town that stands on its opening morning, served by its own processes. */
export type RushTown = {
  world: World
  worldFile: string
  /** A file's path, or the address of a PostgreSQL database. */
  database: string
  folder: string
  processes: TownProcess[]
  stop(): Promise<void>
}

export type RushTownPlan = WorldPlan & {
  engine: 'sqlite' | 'postgres'
  processes: number
  /** Of the first process. */
  faults?: readonly FaultPoint[]
  /** Settings of the town beside those of production. */
  settings?: Record<string, string>
}

/** The world once more, for the floor. */
export const FLOOR_FILE = 'floor.sqlite'

/** How long the processes may take to start before the doors open, in milliseconds. */
export const START_TIME_MS = 4_000

/** Builds a world and starts the town on it, ready before its opening instant. */
export async function rushTown(folder: string, plan: RushTownPlan): Promise<RushTown> {
  mkdirSync(folder, { recursive: true })
  const postgres = plan.engine === 'postgres' ? await startPostgres({ durable: true }) : undefined
  const database = postgres ? await postgres.createDatabase() : join(folder, 'guichet.sqlite')
  const env = {
    ...productionEnv(folder, postgres ? { DATABASE_URL: database } : { SQLITE_FILE: database }),
    ...plan.settings,
  }
  const worldFile = join(folder, 'world.json')
  const { households, mode, placesEach, opensInMs } = plan
  await promisify(execFile)(
    process.execPath,
    [BUILDER, JSON.stringify({ households, mode, placesEach, opensInMs } satisfies WorldPlan), worldFile],
    {
      env,
      maxBuffer: 10_000_000,
    },
  )
  // As it is before anybody has come: the floor runs on it.
  if (!postgres) await copyFile(database, join(folder, FLOOR_FILE))
  const ports = await Promise.all(Array.from({ length: plan.processes }, freePort))
  const processes = await Promise.all(
    ports.map((port, n) =>
      startTown(env, { port, worker: n === 0, ...(n === 0 && plan.faults ? { faults: plan.faults } : {}) }),
    ),
  )
  return {
    world: JSON.parse(await readFile(worldFile, 'utf8')) as World,
    worldFile,
    database,
    folder,
    processes,
    stop: async () => {
      await Promise.all(processes.map(one => one.stop()))
      await postgres?.stop()
    },
  }
}
