import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import type { Actor, Clerk } from '../kernel/actor.ts'
import type { SchoolYear } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { openFile } from './child-file-parts.ts'
import { type HealthSheet, sheetOf } from './child-file-store.ts'
import { refuseOtherClerks, servesChildren } from './health.ts'

/**
 * The health sheet of one of the asker's children; undefined when nothing is written. Each look is in the audit trail.
 * Throws 404 for another child, 403 to a clerk who acts for the parent and does not serve children.
 */
export async function readHealthSheet(
  town: Town,
  actor: Actor,
  asked: { childId: string; year?: string | undefined },
): Promise<HealthSheet | undefined> {
  refuseOtherClerks(actor)
  return town.db.transaction(async tx => {
    const { child, year } = await openFile(tx, town, actor, asked.childId, asked.year)
    return lookedAt(tx, town, actor, child.id, year)
  })
}

/** The same for those who serve the child. Throws 403 to clerks who do not. */
export async function readHealthSheetOf(
  town: Town,
  clerk: Clerk,
  childId: Id<'person'>,
  year: SchoolYear,
): Promise<HealthSheet | undefined> {
  if (!servesChildren(clerk)) throw new Problem(403, 'forbidden')
  return town.db.transaction(tx => lookedAt(tx, town, clerk, childId, year))
}

async function lookedAt(tx: Tx, town: Town, actor: Actor, childId: Id<'person'>, year: SchoolYear) {
  const sheet = await sheetOf(tx, childId, year)
  await audit(tx, town.clock.now(), actor, {
    action: 'health.viewed',
    subject: { kind: 'child', id: childId },
    details: { year: year.label },
  })
  return sheet
}
