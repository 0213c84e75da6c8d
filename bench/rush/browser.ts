import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, type Connection, connectionTo, Lost } from './connection.ts'
import { HOST, ORIGIN } from './town-process.ts'

/** How long one question took, from its sending to the end of its answer, in milliseconds. */
export type Taken = {
  kind: 'page' | 'answer'
  ms: number
  /** Since the family first asked it, with the waits for busy or dead servers. */
  inAll: number
  /** How often it was told to come back, and how often the line was cut, before. */
  busy: number
  lost: number
}

/** What happened to all families together. */
export type Tally = {
  taken: Taken[]
  /** Told to come back later. */
  busy: number
  /** Told so without being told when. */
  busyWithoutWhen: number
  lost: number
  /** Answers that are none of those a family can meet, by status and path. */
  errors: Record<string, number>
}

export const newTally = (): Tally => ({ taken: [], busy: 0, busyWithoutWhen: 0, lost: 0, errors: {} })

/** A phone of a family: asks until it is answered, by the same words each time. */
export type Browser = {
  get(path: string): Promise<Answer>
  post(path: string, body: string): Promise<Answer>
  close(): void
}

/** After a cut line a person tries again at once, then less and less. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 1_000

/** A browser of the visitor number `n`, who is served by any of these ports. `until` is when it gives up. */
export function browser(
  n: number,
  cookie: string,
  { ports, tally, until }: { ports: readonly number[]; tally: Tally; until: number },
): Browser {
  let at = n % ports.length
  let line: Connection = connectionTo(ports[at] ?? 0)
  // As from many homes, through the town's proxy.
  const from = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  const always =
    `Host: ${HOST}\r\nX-Forwarded-For: ${from}\r\nX-Forwarded-Proto: https\r\n` +
    `Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: fr\r\n`
  const jar = new Map<string, string>([nameAndValue(cookie)])
  let head = ''
  const fillHead = () => {
    head = `${always}Cookie: ${[...jar].map(pair => pair.join('=')).join('; ')}\r\n`
  }
  fillHead()

  async function insist(kind: Taken['kind'], path: string, question: () => string): Promise<Answer> {
    const first = performance.now()
    let wait = FIRST_WAIT_MS
    let [busy, lost] = [0, 0]
    for (;;) {
      if (performance.timeOrigin + performance.now() > until) throw new Error('gave up')
      const sent = performance.now()
      try {
        const answer = await line.ask(question())
        if (answer.status === 503) {
          busy++
          tally.busy++
          if (!answer.retryAfter) tally.busyWithoutWhen++
          await pause((Number(answer.retryAfter) || 1) * 1_000 + Math.random() * 1_000)
          continue
        }
        const done = performance.now()
        for (const one of answer.cookies) jar.set(...nameAndValue(one))
        if (answer.cookies.length > 0) fillHead()
        tally.taken.push({ kind, ms: done - sent, inAll: done - first, busy, lost })
        if (answer.status >= 400 && answer.status !== 409) {
          const what = `${answer.status} ${kind === 'page' ? 'GET' : 'POST'} ${path.split('?')[0]?.replace(/[\w-]{20,}/g, ':id')}`
          tally.errors[what] = (tally.errors[what] ?? 0) + 1
        }
        return answer
      } catch (error) {
        if (!(error instanceof Lost)) throw error
        lost++
        tally.lost++
        await pause(wait * (0.5 + Math.random()))
        wait = Math.min(wait * 2, LONGEST_WAIT_MS)
        // A balancer sends whoever comes again to another process.
        line.close()
        at = (at + 1) % ports.length
        line = connectionTo(ports[at] ?? 0)
      }
    }
  }

  return {
    get: path => insist('page', path, () => `GET ${path} HTTP/1.1\r\n${head}\r\n`),
    post: (path, body) =>
      insist(
        'answer',
        path,
        () =>
          `POST ${path} HTTP/1.1\r\n${head}Origin: ${ORIGIN}\r\nSec-Fetch-Site: same-origin\r\n` +
          `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    close: () => line.close(),
  }
}

function nameAndValue(cookie: string): [name: string, value: string] {
  const at = cookie.indexOf('=')
  return [cookie.slice(0, at), cookie.slice(at + 1)]
}
