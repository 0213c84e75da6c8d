import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { phoneNumber } from '../people/rules.ts'
import { civilRequestWords } from './schema.ts'
import type { CivilRequest } from './store.ts'

/**
 * Notes by what clerks find a request: the names in it, its date and the applicant's birth date, their telephone and e-mail.
 * Called by whoever writes its `searchKey`, in the same transaction.
 */
export async function indexRequest(tx: Tx, { id, searchKey, recordDate, email, answers }: CivilRequest): Promise<void> {
  await tx.delete(civilRequestWords).where(eq(civilRequestWords.requestId, id))
  const { applicant, contact } = answers
  const all = [
    ...(searchKey ?? '').split(' '),
    recordDate,
    applicant?.birthDate,
    email?.toLowerCase(),
    contact?.email?.toLowerCase(),
    phoneNumber(contact?.phone ?? ''),
  ]
  const words = new Set(all.flatMap(word => word || []))
  if (words.size > 0) await tx.insert(civilRequestWords).values([...words].map(word => ({ word, requestId: id })))
}
