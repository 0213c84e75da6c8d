import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendLoad } from './load.ts'

/** A server to be measured, and how many requests of its list are sent in each round. */
export type Contender = { handler: RequestListener; requests: readonly string[]; perRound: number }

const CONNECTIONS = 64

/**
 * Requests per second of each contender, measured in turns: whatever else the machine does, it does to all of them. Gives
 * the median of the rounds, and of each round's ratio to the first contender.
 */
export async function inTurns<Name extends string>(
  contenders: Record<Name, Contender>,
  rounds: number,
): Promise<Record<Name, { perSecond: number; ratioOfFirst: number }>> {
  const names = Object.keys(contenders) as Name[]
  const first = names[0]!
  const ports = new Map<Name, number>()
  const servers = names.map(name => {
    const server = createServer(contenders[name].handler)
    return new Promise<typeof server>(resolve =>
      server.listen(0, '127.0.0.1', () => {
        ports.set(name, (server.address() as AddressInfo).port)
        resolve(server)
      }),
    )
  })
  await Promise.all(servers)
  const speeds = new Map<Name, number[]>(names.map(name => [name, []]))
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round++)
    for (const name of names) {
      const { requests, perRound } = contenders[name]
      const some = Array.from({ length: perRound }, (_, i) => requests[(round * perRound + i) % requests.length]!)
      const { perSecond, statuses } = await sendLoad({
        port: ports.get(name)!,
        connections: CONNECTIONS,
        requests: some,
      })
      if (Object.keys(statuses).some(status => status !== '200'))
        throw new Error(`${name}: answers that are no success: ${JSON.stringify(statuses)}`)
      if (round > 0) speeds.get(name)?.push(perSecond)
    }
  for (const server of await Promise.all(servers)) {
    server.closeAllConnections()
    server.close()
  }
  const ofFirst = speeds.get(first)!
  const result = names.map(name => {
    const own = speeds.get(name)!
    return [name, { perSecond: median(own), ratioOfFirst: median(ofFirst.map((speed, i) => speed / own[i]!)) }] as const
  })
  return Object.fromEntries(result) as Record<Name, { perSecond: number; ratioOfFirst: number }>
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
