import type { Queries } from '../db/database.ts'
import { and, count, desc, eq, inArray, like, lt, notLike, or } from '../db/drizzle.ts'
import { outbox } from '../jobs/schema.ts'
import { type Actor, clerkAmong, serves } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { mails } from '../mail/schema.ts'

export const LETTERS_PER_PAGE = 25
const TO_TREAT = ['failed', 'to-print'] as const

/** Whose letters: those about civil records are their clerks' only, all others the family services'. */
export type LettersOf = 'civil-registry' | 'families'

/** The letters that this clerk treats. Throws 404 to a clerk who treats none. */
export function lettersOf(asker: Actor): LettersOf[] {
  const clerk = clerkAmong(asker, 'canteen', 'cash-office', 'civil-registry')
  return [
    ...(serves(clerk, ['civil-registry']) ? (['civil-registry'] as const) : []),
    ...(serves(clerk, ['canteen', 'cash-office']) ? (['families'] as const) : []),
  ]
}

const about = { 'civil-registry': like(mails.kind, 'civil.%'), families: notLike(mails.kind, 'civil.%') }
const amongThose = (whose: readonly LettersOf[]) => or(...whose.map(one => about[one]))

/** Letters that did not leave by themselves: refused by the mail server, or for people without e-mail. */
export async function lettersToTreat(db: Queries, whose: readonly LettersOf[], before?: Id<'mail'>) {
  return db
    .select({
      id: mails.id,
      to: mails.to,
      subject: mails.subject,
      language: mails.language,
      state: mails.state,
      failure: mails.failure,
      createdAt: mails.createdAt,
    })
    .from(mails)
    .where(and(inArray(mails.state, TO_TREAT), amongThose(whose), before ? lt(mails.id, before) : undefined))
    .orderBy(desc(mails.id))
    .limit(LETTERS_PER_PAGE + 1)
}

/** How many of these letters wait for a clerk. */
export const countLettersToTreat =
  (whose: LettersOf) =>
  async (db: Queries): Promise<number> => {
    const [row] = await db
      .select({ n: count() })
      .from(mails)
      .where(and(inArray(mails.state, TO_TREAT), about[whose]))
    return Number(row?.n ?? 0)
  }

/** One of these letters. Throws 404 for another. */
export async function letterById(db: Queries, whose: readonly LettersOf[], id: Id<'mail'>) {
  const [letter] = await db
    .select()
    .from(mails)
    .where(and(eq(mails.id, id), amongThose(whose)))
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
