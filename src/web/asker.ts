import type { Request, Response } from 'express'
import { type Actor, administratorAmong, anonymous, type Clerk, clerkAmong, type Service } from '../kernel/actor.ts'
import { signInFirst } from '../kernel/problems.ts'
import type { FlashMessage } from './render.ts'

export type { Clerk }
export type SignedIn = Exclude<Actor, { kind: 'anonymous' } | { kind: 'system' }>

/** Who sent this request, as the access middleware found out. */
export const askerOf = (res: Response): Actor => (res.locals['asker'] as Actor | undefined) ?? anonymous

/** Who sent this request, who must be signed in. Throws the problem that leads to the sign-in page. */
export function signedIn(res: Response): SignedIn {
  const asker = askerOf(res)
  if (asker.kind === 'anonymous' || asker.kind === 'system') throw signInFirst()
  return asker
}

/** The clerk who sent this request. To anybody else, and to clerks of other services, the page does not exist. */
export const clerkOf = (res: Response, ...services: Service[]): Clerk => clerkAmong(askerOf(res), ...services)

/** The administrator who sent this request. To anybody else the page does not exist. */
export const administratorOf = (res: Response): Clerk => administratorAmong(askerOf(res))

/** Says something once, on the page that comes next. */
export function flash(req: Request, message: FlashMessage): void {
  req.session.flash = [...(req.session.flash ?? []), message]
}
