import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type {
  Attempt,
  BalanceTransaction,
  Charge,
  Checkout,
  Delivery,
  Dispute,
  Due,
  KeptAnswer,
  PaidOut,
  PaymentIntent,
  Payout,
  Refund,
  Session,
  StripeEvent,
  WebhookEndpoint,
} from './objects.ts'

const emptyTables = () => ({
  sessions: new Map<string, Session>(),
  checkouts: new Map<string, Checkout>(),
  paymentIntents: new Map<string, PaymentIntent>(),
  attempts: new Map<string, Attempt>(),
  charges: new Map<string, Charge>(),
  refunds: new Map<string, Refund>(),
  disputes: new Map<string, Dispute>(),
  balanceTransactions: new Map<string, BalanceTransaction>(),
  paidOut: new Map<string, PaidOut>(),
  payouts: new Map<string, Payout>(),
  events: new Map<string, StripeEvent>(),
  webhookEndpoints: new Map<string, WebhookEndpoint>(),
  deliveries: new Map<string, Delivery>(),
  due: new Map<string, Due>(),
  keptAnswers: new Map<string, KeptAnswer>(),
})

type Tables = ReturnType<typeof emptyTables>

/** The stand-in's memory: one map a kind, oldest first, and a way to know that it is on the disk. */
export type Store = Tables & {
  /** To be called after every change, and awaited before anybody is told of it. Without a file it is at once. */
  saved(): Promise<void>
}

const FORMAT = 1

/** Opens the memory, filled from the file when there is one. A file that cannot be read is an error, never an empty start. */
export async function openStore(stateFile: string | undefined): Promise<Store> {
  const tables = emptyTables()
  if (!stateFile) return { ...tables, saved: async () => {} }
  await mkdir(dirname(stateFile), { recursive: true })
  fill(tables, await readState(stateFile), stateFile)
  return { ...tables, saved: savingTo(stateFile, tables) }
}

async function readState(stateFile: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(stateFile, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${stateFile} is not the state of the Stripe stand-in; remove it to start anew`, { cause })
  }
}

function fill(tables: Tables, state: unknown, stateFile: string): void {
  if (state === undefined) return
  if (typeof state !== 'object' || state === null || !('format' in state) || state.format !== FORMAT) {
    throw new Error(`${stateFile} is of another version of the Stripe stand-in; remove it to start anew`)
  }
  for (const [name, table] of Object.entries(tables) as [keyof Tables, Map<string, unknown>][]) {
    const rows: unknown = Reflect.get(state, name)
    if (!Array.isArray(rows)) throw new Error(`${stateFile} has no ${name}; remove it to start anew`)
    for (const row of rows) table.set(row.id, row)
  }
}

/**
 * Writes the whole state, one write at a time, into a second file that then takes the place of the first:
 * a crash leaves the old state or the new one, never half. Changes made while a write runs share the next one.
 */
function savingTo(stateFile: string, tables: Tables): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function write(): Promise<void> {
    const rows = Object.entries(tables).map(([name, table]) => [name, [...table.values()]])
    const text = JSON.stringify({ format: FORMAT, ...Object.fromEntries(rows) })
    const draft = `${stateFile}.${process.pid}.new`
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, stateFile)
  }

  function start(): Promise<void> {
    const mine = write().finally(() => {
      if (running === mine) running = undefined
    })
    running = mine
    return mine
  }

  return () => {
    if (!running) return start()
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
}
