import type { Queries } from '../db/database.ts'
import { and, count, desc, eq, inArray, lt } from '../db/drizzle.ts'
import { outbox } from '../jobs/schema.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { mails } from '../mail/schema.ts'

export const LETTERS_PER_PAGE = 25
const TO_TREAT = ['failed', 'to-print'] as const

/** Letters that did not leave by themselves: refused by the mail server, or for people without e-mail. */
export async function lettersToTreat(db: Queries, before?: Id<'mail'>) {
  return db
    .select({
      id: mails.id,
      to: mails.to,
      subject: mails.subject,
      state: mails.state,
      failure: mails.failure,
      createdAt: mails.createdAt,
    })
    .from(mails)
    .where(and(inArray(mails.state, TO_TREAT), before ? lt(mails.id, before) : undefined))
    .orderBy(desc(mails.id))
    .limit(LETTERS_PER_PAGE + 1)
}

export async function countLettersToTreat(db: Queries): Promise<number> {
  const [row] = await db.select({ n: count() }).from(mails).where(inArray(mails.state, TO_TREAT))
  return Number(row?.n ?? 0)
}

export async function letterById(db: Queries, id: Id<'mail'>) {
  const [letter] = await db.select().from(mails).where(eq(mails.id, id))
  if (!letter) throw notFound()
  return letter
}

/** Jobs that failed at every try, newest first. */
export async function deadJobs(db: Queries) {
  return db
    .select({ id: outbox.id, topic: outbox.topic, lastError: outbox.lastError, createdAt: outbox.createdAt })
    .from(outbox)
    .where(eq(outbox.state, 'dead'))
    .orderBy(desc(outbox.createdAt))
    .limit(100)
}

export async function countDeadJobs(db: Queries): Promise<number> {
  const [row] = await db.select({ n: count() }).from(outbox).where(eq(outbox.state, 'dead'))
  return Number(row?.n ?? 0)
}
