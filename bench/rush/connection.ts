import { connect, type Socket } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export type Answer = {
  status: number
  location: string
  retryAfter: string
  /** Cookies that were set, as « name=value ». */
  cookies: readonly string[]
  body: string
}

/** The line was cut, or nobody picked up: the question may have been heard or not. */
export class Lost extends Error {}

/** One browser's kept-alive line to the town, as thin as it can be: thousands of them share the cores with the town. */
export type Connection = { ask(question: string): Promise<Answer>; port: number; close(): void }

const PATIENCE_MS = 30_000

/** A line to that port. It is opened at the first question, and anew after it was cut. */
export function connectionTo(port: number): Connection {
  let socket: Socket | undefined
  let asked: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  let received: Buffer[] = []
  let size = 0
  let head: Head | undefined

  const cut = () => {
    socket?.destroy()
    socket = undefined
    const waiting = asked
    asked = undefined
    received = []
    size = 0
    head = undefined
    waiting?.reject(new Lost())
  }

  function open(): Socket {
    const own = connect({ port, host: '127.0.0.1', noDelay: true })
    own.setTimeout(PATIENCE_MS, () => own === socket && cut())
    own.on('error', () => own === socket && cut())
    own.on('close', () => own === socket && cut())
    own.on('data', hear)
    return own
  }

  function hear(part: Buffer) {
    received.push(part)
    size += part.length
    head ??= headOf(received.length === 1 ? part : Buffer.concat(received))
    if (!head || !isWhole(head, received, size)) return
    const { status, location, retryAfter, cookies, start, encoding, chunked, closes } = head
    const whole = received.length === 1 ? part : Buffer.concat(received)
    const raw = chunked ? dechunked(whole, start) : whole.subarray(start)
    const resolve = asked?.resolve
    asked = undefined
    received = []
    size = 0
    head = undefined
    if (closes) {
      socket?.destroy()
      socket = undefined
    }
    resolve?.({ status, location, retryAfter, cookies, body: unpacked(raw, encoding) })
  }

  return {
    port,
    ask: question =>
      new Promise((resolve, reject) => {
        asked = { resolve, reject }
        socket ??= open()
        socket.write(question, 'latin1')
      }),
    close: () => {
      socket?.destroy()
      socket = undefined
    },
  }
}

type Head = {
  status: number
  location: string
  retryAfter: string
  cookies: readonly string[]
  encoding: string
  start: number
  length: number
  chunked: boolean
  closes: boolean
}

function headOf(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const text = bytes.toString('latin1', 0, end)
  const field = (name: string) => new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(text)?.[1] ?? ''
  return {
    status: Number(text.slice(9, 12)),
    location: field('location'),
    retryAfter: field('retry-after'),
    cookies: [...text.matchAll(/\r\nset-cookie: ([^;\r]*)/gi)].map(found => found[1] ?? ''),
    encoding: field('content-encoding'),
    start: end + 4,
    length: Number(field('content-length') || 0),
    chunked: field('transfer-encoding') === 'chunked',
    closes: field('connection') === 'close',
  }
}

const END = Buffer.from('0\r\n\r\n')

function isWhole({ start, length, chunked }: Head, parts: readonly Buffer[], size: number): boolean {
  if (!chunked) return size >= start + length
  const last = parts.at(-1)
  if (!last) return false
  const tail = last.length >= END.length ? last : Buffer.concat(parts.slice(-3))
  return tail.subarray(-END.length).equals(END)
}

function dechunked(bytes: Buffer, start: number): Buffer {
  const parts: Buffer[] = []
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
    if (!(size > 0)) return parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts)
    parts.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

function unpacked(bytes: Buffer, encoding: string): string {
  if (encoding === 'br') return brotliDecompressSync(bytes).toString()
  if (encoding === 'gzip') return gunzipSync(bytes).toString()
  return bytes.toString()
}
