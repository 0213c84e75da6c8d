import type { Tx } from '../db/database.ts'
import { prepared } from '../db/database.ts'
import { sql } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { newId } from '../kernel/ids.ts'
import { auditEntries } from './schema.ts'

export type AuditEntry = {
  /** What was done, as `<thing>.<past verb>`: `meals.booked`, `health.viewed`. */
  action: string
  subject: { kind: string; id: string }
  /** Ids, days and amounts; never names, addresses or health data. */
  details?: Record<string, unknown>
}

const insertEntry = prepared(db =>
  db
    .insert(auditEntries)
    .values({
      id: sql.placeholder('id'),
      at: sql.placeholder('at'),
      actorKind: sql.placeholder('actorKind'),
      actorAccountId: sql.placeholder('actorAccountId'),
      onBehalfOf: sql.placeholder('onBehalfOf'),
      action: sql.placeholder('action'),
      subjectKind: sql.placeholder('subjectKind'),
      subjectId: sql.placeholder('subjectId'),
      details: sql.placeholder('details'),
    })
    .prepare(),
)

/** Writes who did what into the audit trail, in the transaction of the deed itself. */
export async function audit(tx: Tx, now: Temporal.Instant, actor: Actor, entry: AuditEntry): Promise<void> {
  await insertEntry(tx).execute({
    id: newId<'audit-entry'>(),
    at: now,
    ...who(actor),
    action: entry.action,
    subjectKind: entry.subject.kind,
    subjectId: entry.subject.id,
    details: entry.details ?? {},
  })
}

function who(actor: Actor) {
  switch (actor.kind) {
    case 'anonymous':
      return { actorKind: 'anonymous', actorAccountId: null, onBehalfOf: null }
    case 'system':
      return { actorKind: `system:${actor.name}`, actorAccountId: null, onBehalfOf: null }
    case 'on-behalf':
      return { actorKind: 'clerk', actorAccountId: actor.clerk.accountId, onBehalfOf: actor.personId }
    default:
      return { actorKind: actor.kind, actorAccountId: actor.accountId, onBehalfOf: null }
  }
}
