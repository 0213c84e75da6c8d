import { createHash, createHmac } from 'node:crypto'
import type { Id } from '../../kernel/ids.ts'
import { sameText } from '../../web/same-text.ts'

/** That a household was in the room of a period, since when, and for which opening. */
export type Ticket = {
  householdId: Id<'household'>
  opensAt: Temporal.Instant
  arrivedAt: Temporal.Instant
  /** Of which session it is, as `sessionMark` gives it. Another session of the same household may still show it. */
  session: string
}

/** A few letters that tell one session's cookie from another's, and nothing else about it. */
export const sessionMark = (cookie: string) => createHash('sha256').update(cookie).digest('base64url').slice(0, 12)

/** The ticket as its holder keeps it: readable, and worth nothing once changed. Nothing is stored here. */
export function signTicket(secret: string, periodId: string, ticket: Ticket): string {
  const { householdId, opensAt, arrivedAt, session } = ticket
  const content = [householdId, opensAt.epochMilliseconds, arrivedAt.epochMilliseconds, session].join('.')
  return `${content}.${signature(secret, periodId, content)}`
}

/** The ticket that a text holds, if this town signed it for that period. */
export function readTicket(secret: string, periodId: string, text: string | undefined): Ticket | undefined {
  if (!text || text.length > 200) return undefined
  const end = text.lastIndexOf('.')
  const content = text.slice(0, Math.max(end, 0))
  if (!sameText(text.slice(end + 1), signature(secret, periodId, content))) return undefined
  const [householdId = '', opensAt, arrivedAt, session = ''] = content.split('.')
  return {
    householdId: householdId as Id<'household'>,
    opensAt: Temporal.Instant.fromEpochMilliseconds(Number(opensAt)),
    arrivedAt: Temporal.Instant.fromEpochMilliseconds(Number(arrivedAt)),
    session,
  }
}

const signature = (secret: string, periodId: string, content: string) =>
  createHmac('sha256', secret).update(`leisure room ${periodId} ${content}`).digest('base64url')
