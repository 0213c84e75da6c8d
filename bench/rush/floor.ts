import { type ChildProcess, fork } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sendCrowd } from './crowd.ts'
import type { Floor } from './floor-server.ts'
import type { Pages } from './pages.ts'
import { spread } from './report.ts'
import { FLOOR_FILE, type RushTown } from './town.ts'
import type { World } from './world.ts'

/** How the same morning goes with the barest program: the same families, pages of the same size, the same rows. */
export type FloorRun = { seconds: number; told: string }

/** Runs the morning again on the floor's own copy of the world. */
export async function runFloor(
  { folder, worldFile }: Pick<RushTown, 'folder' | 'worldFile'>,
  pages: Pages,
  seconds: number,
): Promise<FloorRun> {
  const world = JSON.parse(await readFile(worldFile, 'utf8')) as World
  const again = join(folder, 'floor-world.json')
  await writeFile(again, JSON.stringify({ ...world, opensAt: performance.timeOrigin + performance.now() + 1_500 }))
  const floor: Floor = { worldFile: again, database: join(folder, FLOOR_FILE), pages }
  await writeFile(join(folder, 'floor.json'), JSON.stringify(floor))
  const server = fork(join(import.meta.dirname, 'floor-server.ts'), [join(folder, 'floor.json')])
  try {
    const port = await portOf(server)
    const run = await sendCrowd(folder, { worldFile: again, ports: [port], seconds, patienceSeconds: 60 })
    const told = `${spread(run.tally.taken, 'page')}; ${spread(run.tally.taken, 'answer')}`
    return { seconds: run.seconds, told }
  } finally {
    server.kill('SIGKILL')
  }
}

const portOf = (server: ChildProcess) =>
  new Promise<number>((resolve, reject) => {
    server.once('message', port => resolve(port as number))
    server.once('exit', () => reject(new Error('the floor does not start')))
  })
