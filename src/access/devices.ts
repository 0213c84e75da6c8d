import { audit } from '../audit/audit.ts'
import { and, desc, eq, gt } from '../db/drizzle.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { SignedIn } from '../web/asker.ts'
import { sessions } from '../web/schema.ts'
import { endSessions, hashOf } from '../web/session.ts'
import { ownAccount } from './change-account.ts'

export type Device = {
  /** Not the session's secret: only its hash is known here. */
  id: string
  name: string | null
  since: Temporal.Instant
  lastSeenAt: Temporal.Instant
  current: boolean
}

/** Where the account is signed in, the browser that asks first. */
export async function devicesOf(town: Town, asker: SignedIn, sessionId: string): Promise<Device[]> {
  const account = await ownAccount(town, asker)
  const rows = await town.db.read
    .select()
    .from(sessions)
    .where(and(eq(sessions.accountId, account.id), gt(sessions.expiresAt, town.clock.now())))
    .orderBy(desc(sessions.lastSeenAt))
  const current = hashOf(sessionId)
  return rows
    .map(row => ({
      id: row.idHash,
      name: row.device,
      since: row.createdAt,
      lastSeenAt: row.lastSeenAt,
      current: row.idHash === current,
    }))
    .sort((a, b) => Number(b.current) - Number(a.current))
}

/** Signs one device out. Throws 404 for one of somebody else's. */
export async function signOutDevice(town: Town, asker: SignedIn, deviceId: string): Promise<void> {
  const account = await ownAccount(town, asker)
  await town.db.transaction(async tx => {
    const ended = await tx
      .delete(sessions)
      .where(and(eq(sessions.idHash, deviceId), eq(sessions.accountId, account.id)))
      .returning({ id: sessions.idHash })
    if (ended.length === 0) throw notFound()
    const subject = { kind: 'account', id: account.id }
    await audit(tx, town.clock.now(), asker, { action: 'account.device-signed-out', subject })
  })
}

/** Signs the account out everywhere, in this browser too. */
export async function signOutEverywhere(town: Town, asker: SignedIn): Promise<void> {
  const account = await ownAccount(town, asker)
  await town.db.transaction(async tx => {
    await endSessions(tx, account.id)
    const subject = { kind: 'account', id: account.id }
    await audit(tx, town.clock.now(), asker, { action: 'account.signed-out-everywhere', subject })
  })
}
