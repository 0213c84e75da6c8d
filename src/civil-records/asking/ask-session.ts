import type { Request, Response } from 'express'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { askerOf } from '../../web/asker.ts'
import { type Channel, channels } from '../kinds.ts'
import type { CivilRequest } from '../store.ts'
import { draftOf } from './draft.ts'

declare module 'express-session' {
  interface SessionData {
    /** The request being written in this browser. */
    civilDraft?: Id<'civil-request'>
    /** The last one that was sent from it: a button pressed twice leads there. */
    civilSent?: Id<'civil-request'>
  }
}

/** The draft that this browser goes on with, when it is the asker's and was not sent yet. */
export const draftOfBrowser = (town: Town, req: Request, res: Response): Promise<CivilRequest | undefined> =>
  draftOf(town.db.read, askerOf(res), req.session.civilDraft)

/** By what way the request comes: at the counter, the way that the clerk said. */
export function channelOf(req: Request, res: Response): Channel {
  if (askerOf(res).kind !== 'on-behalf') return 'online'
  return channels.find(channel => channel === req.session.actingFor?.reason) ?? 'counter'
}
