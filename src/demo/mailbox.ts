import { Router } from 'express'
import { z } from 'zod'
import { desc, eq } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { mails } from '../mail/schema.ts'
import type { Town } from '../town-context.ts'
import { parse } from '../web/forms.ts'

const withId = z.object({ id: z.uuid() })

/** All mails of the demonstration town, for whoever tries it: nothing really leaves. Never mounted elsewhere. */
export function mailbox(town: Town): Router {
  const { db, render } = town
  const router = Router()
  router.get('/demo/courriels', async (_req, res) => {
    const letters = await db.read
      .select({ id: mails.id, to: mails.to, subject: mails.subject, createdAt: mails.createdAt })
      .from(mails)
      .orderBy(desc(mails.id))
      .limit(100)
    render.page(res, 'demo/mailbox', { letters })
  })
  router.get('/demo/courriels/:id', async (req, res) => {
    const { id } = parse(withId, req.params)
    const [letter] = await db.read
      .select()
      .from(mails)
      .where(eq(mails.id, id as Id<'mail'>))
    if (!letter) throw notFound()
    render.page(res, 'demo/mail', { letter, lines: withLinks(letter.text) })
  })
  return router
}

/** The text cut at its addresses, so that they can be followed. */
function withLinks(text: string): { text: string; link: boolean }[] {
  return text.split(/(https?:\/\/\S+)/).map((part, n) => ({ text: part, link: n % 2 === 1 }))
}
