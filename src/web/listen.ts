import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, createServer as createListener, type Server as Listener } from 'node:net'

/**
 * The event loop takes one new connection of each listener in a turn, and turns are long when a crowd comes. With one
 * listener most people would stand in the system's queue, where nobody sees them: they could not even be told to come back.
 */
const LISTENERS = 64

export type Doors = {
  port: number
  /** Lets nobody more in; done when everybody has left. */
  shut(): Promise<void>
}

/** Opens the doors of a server. Throws EADDRINUSE when somebody listens there already. */
export async function openDoors(
  server: Server,
  { port, host, most }: { port: number; host: string; most: number },
): Promise<Doors> {
  const free = await freeOne(port, host)
  const others = Array.from({ length: LISTENERS - 1 }, () =>
    createListener({ noDelay: true }, socket => server.emit('connection', socket)),
  )
  const all: Listener[] = [server, ...others]
  try {
    for (const one of all) {
      one.maxConnections = Math.ceil(most / LISTENERS)
      await listening(one, { port: free, host, reusePort: true })
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTSUP')) throw error
    // Not every system lets listeners share a port.
    server.maxConnections = most
    await listening(server, { port: free, host })
  }
  const open = all.filter(({ listening }) => listening)
  return { port: free, shut: async () => void (await Promise.all(open.map(shut))) }
}

/**
 * The port, once it is known to be free: listeners that share one would share it with a second process of ours too, and
 * who starts that must be told.
 */
async function freeOne(port: number, host: string): Promise<number> {
  const first = createListener()
  await listening(first, { port, host })
  const { port: ours } = first.address() as AddressInfo
  await shut(first)
  return ours
}

async function listening(one: Listener, where: { port: number; host: string; reusePort?: boolean }): Promise<void> {
  one.listen(where)
  // Rejects when the listener says that it cannot.
  await once(one, 'listening')
}

const shut = (one: Listener) => new Promise<void>(resolve => one.close(() => resolve()))
