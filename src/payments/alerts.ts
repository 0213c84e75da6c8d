import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, desc, eq, isNull, lt, sql } from '../db/drizzle.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { type AlertDetails, type AlertKind, paymentAlerts } from './schema.ts'

export type Alert = typeof paymentAlerts.$inferSelect
export const ALERTS_PER_PAGE = 25

/** Tells the cash office once; `key` names what it is about. */
export async function raiseAlert(
  tx: Tx,
  now: Temporal.Instant,
  alert: { kind: AlertKind; key: string; paymentId?: Id<'payment'> | null; details: AlertDetails },
): Promise<void> {
  await tx
    .insert(paymentAlerts)
    .values({ id: newId(), ...alert, paymentId: alert.paymentId ?? null, createdAt: now })
    .onConflictDoNothing()
}

/** Alerts that nobody has dealt with, or all; the newest first, one more than a page. */
export async function alertsOf(
  db: Queries,
  asked: { resolved: boolean; before?: Id<'payment-alert'> | undefined },
): Promise<Alert[]> {
  return db
    .select()
    .from(paymentAlerts)
    .where(
      and(
        asked.resolved ? undefined : isNull(paymentAlerts.resolvedAt),
        asked.before ? lt(paymentAlerts.id, asked.before) : undefined,
      ),
    )
    .orderBy(desc(paymentAlerts.id))
    .limit(ALERTS_PER_PAGE + 1)
}

export async function alertsAbout(db: Queries, paymentId: Id<'payment'>): Promise<Alert[]> {
  return db.select().from(paymentAlerts).where(eq(paymentAlerts.paymentId, paymentId)).orderBy(desc(paymentAlerts.id))
}

export async function countOpenAlerts(db: Queries): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)` })
    .from(paymentAlerts)
    .where(isNull(paymentAlerts.resolvedAt))
  return Number(row?.count ?? 0)
}

/** A clerk of the cash office says what was done about an alert. Once: a second time changes nothing. */
export async function resolveAlert(
  town: Town,
  actor: Actor,
  wish: { alertId: Id<'payment-alert'>; resolution: string },
): Promise<void> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const [known] = await tx.select().from(paymentAlerts).where(eq(paymentAlerts.id, wish.alertId))
    if (!known) throw notFound()
    const [resolved] = await tx
      .update(paymentAlerts)
      .set({ resolvedAt: now, resolvedBy: clerk.accountId, resolution: wish.resolution })
      .where(and(eq(paymentAlerts.id, wish.alertId), isNull(paymentAlerts.resolvedAt)))
      .returning({ id: paymentAlerts.id })
    if (!resolved) return
    await audit(tx, now, clerk, {
      action: 'payment-alert.resolved',
      subject: { kind: 'payment-alert', id: wish.alertId },
      details: { kind: known.kind },
    })
  })
}
