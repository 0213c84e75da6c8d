import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import session, { type SessionData, Store } from 'express-session'
import type { Config } from '../config.ts'
import { type Database, prepared } from '../db/database.ts'
import { and, eq, lt, ne, sql } from '../db/drizzle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { sessionCookieName } from './cookies.ts'
import type { FlashMessage } from './render.ts'
import { sessions } from './schema.ts'

declare module 'express-session' {
  interface SessionData {
    accountId?: Id<'account'>
    /** A clerk at the counter acts for this resident. */
    actingFor?: { personId: Id<'person'>; reason: string; note?: string; lastActAt: string }
    flash?: FlashMessage[]
    /** Where to go after signing in. */
    afterSignIn?: string
    /** Forms kept for who must sign in again. */
    device?: string
    /** It came from the database: when it is gone from there, it was ended, and is not written anew. */
    stored?: {
      /** When a visit was last noted, in milliseconds since 1970. */
      seenAt: number
    }
  }
}

const LIFETIME = Temporal.Duration.from({ hours: 24 * 14 })
/** A visit is noted at most this often: reading a page need not write. */
const TOUCH_EVERY_MS = 10 * 60_000

const find = prepared(db =>
  db
    .select()
    .from(sessions)
    .where(eq(sessions.idHash, sql.placeholder('idHash')))
    .prepare(),
)

/** Under what name a session is kept: its cookie is its secret. */
export const hashOf = (id: string) => createHash('sha256').update(id).digest('hex')

/** Sessions in the database: any web process answers anybody, and a restart signs nobody out. */
class DatabaseStore extends Store {
  readonly #db: Database
  readonly #clock: Clock

  constructor(db: Database, clock: Clock) {
    super()
    this.#db = db
    this.#clock = clock
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void) {
    find(this.#db.read)
      .execute({ idHash: hashOf(id) })
      .then(([row]) => {
        const alive = row && Temporal.Instant.compare(row.expiresAt, this.#clock.now()) > 0
        const stored = row && { seenAt: row.lastSeenAt.epochMilliseconds }
        done(null, alive ? ({ ...row.data, stored } as unknown as SessionData) : null)
      })
      .catch(done)
  }

  override set(id: string, { stored, ...data }: SessionData, done?: (error?: unknown) => void) {
    const now = this.#clock.now()
    const idHash = hashOf(id)
    const values = {
      accountId: data.accountId ?? null,
      data: data as Record<string, unknown>,
      device: data.device ?? null,
      lastSeenAt: now,
      expiresAt: now.add(LIFETIME),
    }
    this.#write(
      db =>
        stored
          ? db.update(sessions).set(values).where(eq(sessions.idHash, idHash))
          : db
              .insert(sessions)
              .values({ idHash, createdAt: now, ...values })
              .onConflictDoUpdate({ target: sessions.idHash, set: values }),
      done,
    )
  }

  override touch(id: string, data: SessionData, done?: () => void) {
    const seenAt = data.stored?.seenAt
    // Most visits are not noted: no query then.
    if (seenAt === undefined || this.#clock.now().epochMilliseconds - seenAt < TOUCH_EVERY_MS) done?.()
    else this.set(id, data, done)
  }

  override destroy(id: string, done?: (error?: unknown) => void) {
    this.#write(db => db.delete(sessions).where(eq(sessions.idHash, hashOf(id))), done)
  }

  #write(query: (db: Database['read']) => PromiseLike<unknown>, done?: (error?: unknown) => void) {
    this.#db
      .transaction(async tx => void (await query(tx)))
      .then(
        () => done?.(),
        error => done?.(error),
      )
  }
}

/** Reads and keeps the visitor's session. Only who signs in, or must be told something on the next page, gets one. */
export function sessionMiddleware(db: Database, clock: Clock, config: Config): RequestHandler[] {
  const secure = config.baseUrl.startsWith('https:')
  const visits = session({
    name: sessionCookieName(secure),
    secret: config.secret,
    store: new DatabaseStore(db, clock),
    resave: false,
    saveUninitialized: false,
    proxy: config.trustProxy > 0,
    cookie: { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: LIFETIME.total('milliseconds') },
  })
  return [visits, leadOnceSaved]
}

/**
 * express-session sends the head of an answer that has a body while it is still saving; a browser follows a redirect at
 * once, and would find the session as it was. So redirects have no body: their head leaves when the session is saved.
 */
export const leadOnceSaved: RequestHandler = (_req, res, next) => {
  const lead = (...to: [status: number, url: string] | [url: string]) => {
    const [status, url] = to.length === 2 ? to : [302, to[0]]
    res.status(status).location(url).end()
  }
  res.redirect = lead
  next()
}

/** Ends every session of an account, but for the one that asks when its id is given. */
export async function endSessions(db: Database['read'], accountId: Id<'account'>, exceptId?: string): Promise<void> {
  await db
    .delete(sessions)
    .where(and(eq(sessions.accountId, accountId), exceptId ? ne(sessions.idHash, hashOf(exceptId)) : undefined))
}

/** Forgets sessions that ended. */
export async function forgetExpiredSessions(db: Database['read'], now: Temporal.Instant): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, now))
}
