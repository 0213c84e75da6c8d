import { setTimeout as pause } from 'node:timers/promises'
import { ORIGIN } from './town-processes.ts'

export type Answer = { status: number; body: unknown }
export type Asked = { method: 'GET' | 'PUT' | 'POST' | 'DELETE'; path: string; body?: object; key?: string }

const PATIENCE_MS = 20_000

/** A signed-in parent's program, which knows the town's processes by their addresses. */
export type Caller = {
  /** Asks until an answer comes, whichever process gives it; the same key each time. */
  insist(asked: Asked): Promise<Answer>
  /** Asks once; undefined when no answer came. */
  once(asked: Asked): Promise<Answer | undefined>
}

/** Signs in as a browser behind the town's own proxy does, each from an address of its own. */
export async function signedInCaller(
  urls: readonly string[],
  person: { email: string; password: string },
  number: number,
): Promise<Caller> {
  let cookie = ''
  const once = async ({ method, path, body, key }: Asked): Promise<Answer | undefined> => {
    const url = urls[Math.floor(Math.random() * urls.length)] ?? ''
    try {
      const answer = await fetch(url + path, {
        method,
        headers: {
          Origin: ORIGIN,
          'X-Forwarded-Proto': 'https',
          'X-Forwarded-For': `192.0.2.${number}`,
          ...(cookie ? { Cookie: cookie } : {}),
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(key ? { 'Idempotency-Key': key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      const set = answer.headers.getSetCookie()[0]
      const text = await answer.text()
      if (set) cookie = set.split(';')[0] ?? ''
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
    } catch (error) {
      if (error instanceof SyntaxError) throw error
      return undefined
    }
  }
  const insist = async (asked: Asked) => {
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(15)) {
      const answer = await once(asked)
      if (answer) return answer
    }
    throw new Error(`nobody answers ${asked.method} ${asked.path}`)
  }
  const answer = await insist({ method: 'POST', path: '/api/v1/sessions', body: person })
  if (answer.status !== 201) throw new Error(`${person.email} cannot sign in: ${JSON.stringify(answer)}`)
  return { insist, once }
}
