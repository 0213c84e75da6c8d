import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { after, afterEach } from 'node:test'
import type { Express } from 'express'
import type { LoadMeter } from '../../src/web/load.ts'

/** Those of a test that failed must not stay in the hands of the next one. */
const held = new Set<() => void>()
afterEach(() => {
  for (const release of held) release()
})

/** Opens this application's doors on a free port, until the test file ends. */
export async function listen(app: Express): Promise<Server> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

/** Keeps so many requests in hand. Gives what lets them go. */
export function inHand(meter: LoadMeter, count: number): () => void {
  const requests = Array.from({ length: count }, () => meter.take())
  const release = () => {
    for (const done of requests) done()
    held.delete(release)
  }
  held.add(release)
  return release
}
