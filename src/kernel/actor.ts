import type { Id } from './ids.ts'
import { notFound, signInFirst } from './problems.ts'

export const services = ['canteen', 'cash-office', 'civil-registry', 'leisure'] as const
export type Service = (typeof services)[number]

/** Who asks. Every use case takes one, and lets through only what that one may see or do. */
export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'resident'; accountId: Id<'account'>; personId: Id<'person'> }
  | {
      kind: 'clerk'
      accountId: Id<'account'>
      personId: Id<'person'>
      services: readonly Service[]
      administrator: boolean
    }
  /** A clerk at the counter, doing what a resident who is present asks for. Both names are kept. */
  | { kind: 'on-behalf'; clerk: Extract<Actor, { kind: 'clerk' }>; personId: Id<'person'> }
  | { kind: 'system'; name: string }

export const anonymous: Actor = { kind: 'anonymous' }
export const system = (name: string): Actor => ({ kind: 'system', name })

export type Clerk = Extract<Actor, { kind: 'clerk' }>

/** Whether a clerk is of one of these services, or an administrator: for what a page shows. What it lets do asks `clerkAmong`. */
export const serves = (clerk: Clerk, allowed: readonly Service[]): boolean =>
  clerk.administrator || allowed.some(one => clerk.services.includes(one))

/**
 * Whose affairs are asked for: the resident's own, or those of the resident for whom a clerk acts, as far as they are of the
 * clerk's services. Acting for somebody opens no more to a clerk than their own work does. Undefined for anybody else.
 */
export function personAmong(actor: Actor, ...allowed: readonly Service[]): Id<'person'> | undefined {
  if (actor.kind === 'resident') return actor.personId
  return actor.kind === 'on-behalf' && serves(actor.clerk, allowed) ? actor.personId : undefined
}

/** The clerk who asks, of one of these services, or an administrator. To anybody else what was asked for does not exist. */
export function clerkAmong(actor: Actor, ...allowed: Service[]): Clerk {
  if (actor.kind === 'anonymous') throw signInFirst()
  const clerk = actor.kind === 'on-behalf' ? actor.clerk : actor
  if (clerk.kind !== 'clerk') throw notFound()
  if (allowed.length === 0 || serves(clerk, allowed)) return clerk
  throw notFound()
}

/** The administrator who asks. To anybody else what was asked for does not exist. */
export function administratorAmong(actor: Actor): Clerk {
  const clerk = clerkAmong(actor)
  if (!clerk.administrator) throw notFound()
  return clerk
}
