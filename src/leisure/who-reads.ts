import type { Response } from 'express'
import { personAmong } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { Problem } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { askerOf } from '../web/asker.ts'

/** The household of who reads the page; undefined for a visitor, a clerk, or whoever has none. */
export async function ownHousehold({ db }: Town, res: Response): Promise<Id<'household'> | undefined> {
  const actor = askerOf(res)
  if (actor.kind !== 'resident' && actor.kind !== 'on-behalf') return undefined
  try {
    return await householdOf(db.read, actor, 'leisure')
  } catch (error) {
    if (error instanceof Problem && error.code === 'no-household') return undefined
    throw error
  }
}

/** Whether ways to sign up are shown: to everybody but a clerk who helps at the counter for another service. */
export function maySignUp(res: Response): boolean {
  const actor = askerOf(res)
  return actor.kind !== 'on-behalf' || personAmong(actor, 'leisure') !== undefined
}
