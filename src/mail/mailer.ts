import type { Database, Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import type { FileStore } from '../documents/file-store.ts'
import { documents } from '../documents/schema.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Clock } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { mails } from './schema.ts'
import type { MailTransport } from './transport.ts'

/** What a message says. The same content makes the text and the HTML part, and the paper for who has no e-mail. */
export type LetterContent = {
  subject: string
  paragraphs: readonly string[]
  facts?: readonly { label: string; value: string }[]
  /** The one thing to do, as a button. */
  action?: { label: string; url: string }
  /** Below the button: what to know if it was not you, until when the link works. */
  after?: readonly string[]
}

export type Letter = {
  /** The same event writes to the same person once: `meals-booked:<booking id>`. */
  key: string
  kind: string
  to: { personId: Id<'person'> | null; email: string | null; language: string }
  content: LetterContent
  documents?: readonly Id<'document'>[]
}

export type Mailer = {
  /** Writes a letter in this transaction; it leaves after the commit. Without an e-mail address it waits to be printed. */
  write(tx: Tx, now: Temporal.Instant, letter: Letter): Promise<void>
}

type DrawLetter = (format: 'html' | 'text', language: string, content: LetterContent) => string

export function mailer(draw: DrawLetter): Mailer {
  return {
    write: async (tx, now, letter) => {
      const id = newId<'mail'>()
      const { language } = letter.to
      const [written] = await tx
        .insert(mails)
        .values({
          id,
          key: letter.key,
          personId: letter.to.personId,
          to: letter.to.email,
          language,
          kind: letter.kind,
          subject: letter.content.subject,
          text: draw('text', language, letter.content),
          html: draw('html', language, letter.content),
          documents: letter.documents ?? [],
          state: letter.to.email ? 'waiting' : 'to-print',
          createdAt: now,
        })
        .onConflictDoNothing()
        .returning({ id: mails.id })
      if (written && letter.to.email) {
        await outbox(tx, now, { topic: 'mail.send', payload: { mailId: id }, key: `mail.send:${id}` })
      }
    },
  }
}

/** An answer of the mail server that trying again will not change (5xx). */
const isRefusal = (error: unknown) =>
  error instanceof Error && 'responseCode' in error && Number(error.responseCode) >= 500

/** Sends one letter. A refused address is marked, for a person to see; anything else is tried again. */
export function mailJobs(parts: {
  db: Database
  clock: Clock
  files: FileStore
  transport: MailTransport
  from: string
  baseUrl: string
}) {
  const { db, clock, files, transport, from } = parts
  const host = new URL(parts.baseUrl).hostname

  const sendMail = async ({ mailId }: { mailId: Id<'mail'> }) => {
    const [mail] = await db.read.select().from(mails).where(eq(mails.id, mailId))
    if (!mail?.to || mail.state !== 'waiting') return
    const attachments = []
    for (const id of mail.documents) {
      const [document] = await db.read
        .select()
        .from(documents)
        .where(eq(documents.id, id as Id<'document'>))
      if (document) attachments.push({ filename: document.name, content: await files.read(document.storedAs) })
    }
    const mark = (set: { state: 'sent' | 'failed'; failure?: string; sentAt?: Temporal.Instant }) =>
      db.transaction(async tx => {
        await tx.update(mails).set(set).where(eq(mails.id, mailId))
      })
    try {
      // The id is the row's: a server that gets the same message twice after a crash can tell.
      const messageId = `<${mail.id}@${host}>`
      await transport.send({
        from,
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        attachments,
        messageId,
      })
    } catch (error) {
      if (!isRefusal(error)) throw error
      await mark({ state: 'failed', failure: (error as Error).message.slice(0, 300) })
      return
    }
    await mark({ state: 'sent', sentAt: clock.now() })
  }
  return { 'mail.send': sendMail }
}

/** Puts a failed letter back in line. */
export async function sendAgain(tx: Tx, now: Temporal.Instant, mailId: Id<'mail'>): Promise<void> {
  await tx.update(mails).set({ state: 'waiting', failure: null }).where(eq(mails.id, mailId))
  await outbox(tx, now, {
    topic: 'mail.send',
    payload: { mailId },
    key: `mail.send:${mailId}:${now.epochMilliseconds}`,
  })
}

/** A letter that a clerk printed and posted is done, whatever became of its e-mail. */
export async function markPosted(tx: Tx, mailId: Id<'mail'>, now: Temporal.Instant): Promise<void> {
  await tx.update(mails).set({ state: 'posted', sentAt: now }).where(eq(mails.id, mailId))
}
