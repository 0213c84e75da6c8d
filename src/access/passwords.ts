import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import type { Mode } from '../config.ts'
import { Problem } from '../kernel/problems.ts'

/** argon2id with OWASP's least cost: 19 MiB, two passes, one lane. */
const STRONG = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Tests sign in hundreds of people. */
const CHEAP = { memoryCost: 64, timeCost: 1, parallelism: 1 }

/**
 * Hashing is the dearest thing a visitor can ask for (25 ms of a core and 19 MiB), and it shares libuv's threads with files
 * and DNS. One core stays free for everybody else, but two hash at once even on small machines: measured on two cores,
 * 198 sign-ins a second with two at once against 97 with one, and 169 with no limit.
 */
const AT_ONCE = Math.max(2, availableParallelism() - 1)
const WAITING_ROOM = 500

const inTurn = gate(AT_ONCE, WAITING_ROOM)

/** The hash to keep (PHC string). Throws 503 `busy` when too many already wait. */
export function hashPassword(mode: Mode, password: string): Promise<string> {
  return inTurn(() => hash(typed(password), costIn(mode)))
}

/**
 * Whether the password is the one of that hash. Without a hash it takes as long and is never right, so that the time to
 * answer does not tell whether an account exists. Throws 503 `busy` when too many already wait.
 */
export function passwordFits(mode: Mode, kept: string | null | undefined, password: string): Promise<boolean> {
  return inTurn(async () => {
    const right = await verify(kept ?? (await nobodysHash(mode)), typed(password))
    return right && typeof kept === 'string'
  })
}

/** The same letters are sent composed by one keyboard and decomposed by another. */
const typed = (password: string) => password.normalize('NFKC')

const costIn = (mode: Mode) => (mode === 'test' ? CHEAP : STRONG)

const nobodys = new Map<Mode, Promise<string>>()

function nobodysHash(mode: Mode): Promise<string> {
  const known = nobodys.get(mode) ?? hash(crypto.randomUUID(), costIn(mode))
  nobodys.set(mode, known)
  return known
}

/** Lets so many run at once and so many wait; to the others it throws 503 `busy`. */
export function gate(atOnce: number, waitingRoom: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async work => {
    if (running >= atOnce) {
      if (waiting.length >= waitingRoom) throw new Problem(503, 'busy', { retryAfterSeconds: 5 })
      await new Promise<void>(resolve => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // The turn is handed over, so that nobody new slips in before who waits.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
