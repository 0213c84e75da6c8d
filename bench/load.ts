// Sends requests over kept-alive connections from a process of its own, so that the server measured has its core alone.
// `fork`ed with the path of a file: port, connections, and the requests as they go over the wire.
import { fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Load = { port: number; connections: number; requests: readonly string[] }
export type LoadResult = { perSecond: number; statuses: Record<string, number>; p50: number; p99: number }

/** Sends each request once, `connections` at a time, and tells how it went; times in milliseconds. */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-load-'))
  const file = join(folder, 'load.json')
  await writeFile(file, JSON.stringify(load))
  const child = fork(import.meta.filename, [file])
  try {
    return await new Promise<LoadResult>((resolve, reject) => {
      child.once('message', message => resolve(message as LoadResult))
      child.once('exit', code => reject(new Error(`the loader ended with ${code}`)))
    })
  } finally {
    child.removeAllListeners('exit')
    await rm(folder, { recursive: true, force: true })
  }
}

async function run({ port, connections, requests }: Load): Promise<LoadResult> {
  const statuses: Record<string, number> = {}
  const times: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, () => oneConnection()))
  const seconds = (performance.now() - began) / 1000
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor(times.length * part)] ?? 0
  return { perSecond: times.length / seconds, statuses, p50: at(0.5), p99: at(0.99) }

  function oneConnection() {
    return new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let sentAt = 0
      let received = ''
      const send = () => {
        const request = requests[next++]
        if (request === undefined) {
          socket.end()
          return
        }
        sentAt = performance.now()
        socket.write(request)
      }
      socket.setNoDelay(true)
      socket.setEncoding('latin1')
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('close', () => resolve())
      socket.on('data', (chunk: string) => {
        received += chunk
        const head = received.indexOf('\r\n\r\n')
        if (head < 0) return
        const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1]
        const ended =
          length === undefined
            ? received.endsWith('\r\n0\r\n\r\n') || received.startsWith('HTTP/1.1 204')
            : received.length >= head + 4 + Number(length)
        if (!ended) return
        const status = received.slice(9, 12)
        statuses[status] = (statuses[status] ?? 0) + 1
        times.push(performance.now() - sentAt)
        received = ''
        send()
      })
    })
  }
}

if (process.send && process.argv[1] === import.meta.filename) {
  const load: Load = JSON.parse(await readFile(process.argv[2]!, 'utf8'))
  process.send(await run(load), () => process.exit(0))
}
