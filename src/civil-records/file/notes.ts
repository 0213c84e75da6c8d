import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { linesField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { parse } from '../../web/forms.ts'
import { civilNotes } from '../schema.ts'
import { civilClerk, requestForClerk } from '../store.ts'

export const noteForm = z.object({ note: linesField(2000).pipe(z.string().min(1)) })

/**
 * Adds what clerks tell each other; the applicant never sees it. Notes only add up and change nothing of the request, so
 * a colleague who took a call writes one on any request, also while somebody else has it open. Throws `invalid` without
 * words, 404.
 */
export async function addNote(
  town: Town,
  asker: Clerk,
  id: string,
  sent: z.input<typeof noteForm>,
): Promise<Id<'civil-note'>> {
  const clerk = civilClerk(asker)
  const { note } = parse(noteForm, sent)
  return town.db.transaction(async tx => {
    const request = await requestForClerk(tx, clerk, id)
    return writeNote(tx, town.clock.now(), clerk, request.id, note)
  })
}

export async function writeNote(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  requestId: Id<'civil-request'>,
  text: string,
): Promise<Id<'civil-note'>> {
  const id = newId<'civil-note'>()
  await tx.insert(civilNotes).values({ id, requestId, at: now, accountId: clerk.accountId, text })
  await audit(tx, now, clerk, {
    action: 'civil-request.noted',
    subject: { kind: 'civil-request', id: requestId },
    details: { noteId: id },
  })
  return id
}
