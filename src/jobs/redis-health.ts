import type { Redis } from 'ioredis'

/** Asks Redis whether it is there, over one connection kept for that. */
export function redisHealth(url: string): { ping(): Promise<boolean>; close(): void } {
  let connection: Redis | undefined
  return {
    ping: async () => {
      if (!connection) {
        const { Redis } = await import('ioredis')
        connection = new Redis(url, { enableOfflineQueue: true, maxRetriesPerRequest: 1 })
        connection.on('error', () => {}) // the answer says it
      }
      return (await connection.ping()) === 'PONG'
    },
    close: () => connection?.disconnect(),
  }
}
