import type { Config } from './config.ts'
import { serve, stopOnSignal, work } from './serve.ts'
import { buildTown } from './town.ts'

/** Runs a town's process, of pages, jobs or both, until it is asked to stop. */
export async function runTown(config: Config, parts: { web: boolean; worker: boolean }): Promise<void> {
  const running = await buildTown(config)
  const { log, db } = running.town
  const pending = await db.pendingMigrations()
  if (pending > 0) {
    console.error(`The database lacks ${pending} migrations: run \`npm run migrate\` first.`)
    process.exit(1)
  }
  const working = parts.worker ? await work(running) : undefined
  const serving = parts.web ? await serve(running) : undefined
  if (serving) log.info({ url: serving.url }, 'serving')
  stopOnSignal(running, async () => {
    await Promise.all([serving?.stop(), working?.stop()])
  })
}
