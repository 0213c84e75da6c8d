import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, connectionTo, Lost } from './connection.ts'
import { encoded } from './form.ts'
import type { Beside } from './morning.ts'
import { quantile } from './report.ts'
import type { RushTown } from './town.ts'
import { HOST, ORIGIN, WEBHOOK_SECRET } from './town-process.ts'
import type { World } from './world.ts'

type Question = () => { head: string; body?: string }
type Business = {
  name: string
  /** One every so many milliseconds. */
  everyMs: number
  ask: Question
  /** Who signs in now is a newcomer: to be told to come back is right. */
  mayBeBusy?: boolean
}
type Taken = { ms: number; status: number; at: number }

/** How much slower than on a quiet morning others may find the town hall. */
const AT_MOST_MS = 1_000

/**
 * Others have business at the town hall, before the opening and while the families come: they pay, ask for a civil record,
 * work at the desk, sign in; Stripe and the machines that watch us call. Told beside their quiet time.
 */
export function others({ processes, world }: RushTown): Beside {
  let going = true
  const all = businesses(world).map(business => ({ business, taken: [] as Taken[] }))
  const port = processes[0]?.port ?? 0
  const done = Promise.all(
    all.map(async ({ business, taken }) => {
      const line = connectionTo(port)
      while (going) {
        const next = pause(business.everyMs)
        taken.push(await once(line, business.ask))
        await next
      }
      line.close()
    }),
  )
  return {
    end: async () => {
      going = false
      await done
      const told = all.map(({ business, taken }) => ({ business, ...compared(taken, world.opensAt) }))
      return {
        correct: [],
        facts: told.map(
          ({ business, quiet, busy, count, refused }) =>
            `${business.name}: p99 ${Math.round(busy)} ms of ${count}, quiet ${Math.round(quiet)} ms` +
            (refused > 0 ? `, ${refused} told to come back` : ''),
        ),
        aims: told.map(({ business, busy, refused, failed }) => ({
          ok: failed === 0 && (business.mayBeBusy || (refused === 0 && busy <= AT_MOST_MS)),
          name: `${business.name} goes on`,
          found: `p99 ${Math.round(busy)} ms, ${refused} × 503, ${failed} failed`,
        })),
      }
    },
  }
}

function compared(taken: readonly Taken[], opensAt: number) {
  const before = taken.filter(({ at }) => at < opensAt)
  const after = taken.filter(({ at }) => at >= opensAt)
  const p99 = (list: readonly Taken[]) =>
    quantile(
      list.filter(({ status }) => status !== 503).map(({ ms }) => ms),
      0.99,
    )
  return {
    quiet: p99(before),
    busy: p99(after),
    count: after.length,
    refused: after.filter(({ status }) => status === 503).length,
    failed: after.filter(({ status }) => status !== 503 && (status === 0 || status >= 400)).length,
  }
}

async function once(line: Connection, ask: Question): Promise<Taken> {
  const { head, body = '' } = ask()
  const sent = performance.now()
  const at = performance.timeOrigin + sent
  const always = `Host: ${HOST}\r\nX-Forwarded-Proto: https\r\nAccept-Language: fr\r\n`
  const length = body ? `Content-Length: ${body.length}\r\n` : ''
  try {
    const { status } = await line.ask(`${head}\r\n${always}${length}\r\n${body}`)
    return { ms: performance.now() - sent, status, at }
  } catch (error) {
    if (!(error instanceof Lost)) throw error
    return { ms: performance.now() - sent, status: 0, at }
  }
}

function businesses({ others }: World): Business[] {
  const page = (path: string, cookie = '') => ({
    head: `GET ${path} HTTP/1.1\r\nX-Forwarded-For: 10.250.0.1${cookie ? `\r\nCookie: ${cookie}` : ''}`,
  })
  let visitor = 0
  return [
    { name: 'the invoices of a family', everyMs: 50, ask: () => page('/factures', others.payer) },
    { name: 'asking for a civil record', everyMs: 50, ask: () => page('/etat-civil', others.payer) },
    { name: 'the clerks’ desk', everyMs: 50, ask: () => page('/guichet', others.clerk) },
    { name: 'the health check', everyMs: 50, ask: () => page('/healthz') },
    { name: 'the Stripe webhook', everyMs: 50, ask: stripeTells },
    {
      name: 'signing in',
      everyMs: 100,
      mayBeBusy: true,
      ask: () => {
        visitor++
        const email = others.emails[visitor % others.emails.length] ?? ''
        return {
          head:
            `POST /connexion HTTP/1.1\r\nOrigin: ${ORIGIN}\r\nX-Forwarded-For: 10.251.${visitor >> 8}.${visitor & 255}\r\n` +
            'Content-Type: application/x-www-form-urlencoded',
          body: encoded([
            ['email', email],
            ['password', others.password],
          ]),
        }
      },
    },
  ]
}

/** An event of Stripe, signed as Stripe signs: https://docs.stripe.com/webhooks#verify-manually */
function stripeTells() {
  const seconds = Math.floor((performance.timeOrigin + performance.now()) / 1_000)
  const object = { id: `po_${randomUUID()}`, object: 'payout', amount: 100, status: 'paid', arrival_date: seconds }
  const body = JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: 'event',
    type: 'payout.paid',
    created: seconds,
    livemode: false,
    data: { object },
  })
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${seconds}.${body}`).digest('hex')
  return {
    head: `POST /webhooks/stripe HTTP/1.1\r\nContent-Type: application/json\r\nStripe-Signature: t=${seconds},v1=${signature}`,
    body,
  }
}
