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

/** The clerk who asks, of one of these services, or an administrator. To anybody else what was asked for does not exist. */
export function clerkAmong(actor: Actor, ...allowed: Service[]): Clerk {
  if (actor.kind === 'anonymous') throw signInFirst()
  const clerk = actor.kind === 'on-behalf' ? actor.clerk : actor
  if (clerk.kind !== 'clerk') throw notFound()
  if (clerk.administrator || allowed.length === 0 || allowed.some(one => clerk.services.includes(one))) return clerk
  throw notFound()
}
