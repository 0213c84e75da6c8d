import { Router } from 'express'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { retryDeadJob } from '../jobs/run.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, notFound } from '../kernel/problems.ts'
import { markPosted, sendAgain } from '../mail/mailer.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { parse } from '../web/forms.ts'
import { shortcutPages } from './shortcut-pages.ts'
import { deadJobs, LETTERS_PER_PAGE, letterById, lettersOf, lettersToTreat } from './store.ts'
import { type DeskOverview, type DeskTask, overviewsOf, tasksOf } from './tasks.ts'

const withId = z.object({ id: z.uuid() })
const page = z.object({ before: z.uuid().optional() })

/** The clerks' first page, the letters that did not leave, and the work that failed. */
export function deskPages(town: Town, tasks: readonly DeskTask[], overviews: readonly DeskOverview[]): Router {
  const { db, render, clock } = town
  const router = Router()

  router.get('/guichet', async (_req, res) => {
    const clerk = clerkOf(res)
    const now = clock.now()
    render.page(res, 'desk/home', {
      tasks: await tasksOf(tasks, clerk, db.read, now),
      overviews: await overviewsOf(overviews, clerk, db.read, now),
    })
  })

  router.get('/guichet/courriers', async (req, res) => {
    const whose = lettersOf(clerkOf(res))
    const { before } = parse(page, req.query)
    const letters = await lettersToTreat(db.read, whose, before as Id<'mail'> | undefined)
    const shown = letters.slice(0, LETTERS_PER_PAGE)
    const next = letters.length > LETTERS_PER_PAGE ? `/guichet/courriers?before=${shown.at(-1)?.id}` : undefined
    render.page(res, 'desk/letters', { letters: shown, next })
  })

  router.get('/guichet/courriers/:id', async (req, res) => {
    const whose = lettersOf(clerkOf(res))
    const { id } = parse(withId, req.params)
    const letter = await letterById(db.read, whose, id as Id<'mail'>)
    render.page(res, 'desk/letter', { letter })
  })

  router.post('/guichet/courriers/:id/renvoyer', async (req, res) => {
    const clerk = clerkOf(res)
    const whose = lettersOf(clerk)
    const id = parse(withId, req.params).id as Id<'mail'>
    const now = clock.now()
    await db.transaction(async tx => {
      const letter = await letterById(tx, whose, id)
      if (letter.state !== 'failed') throw conflict('letter-not-failed')
      await sendAgain(tx, now, id)
      await audit(tx, now, clerk, { action: 'letter.sent-again', subject: { kind: 'mail', id } })
    })
    flash(req, { kind: 'success', text: town.languages.for(res.locals['language']).t('desk:letters.sentAgain') })
    res.redirect(303, '/guichet/courriers')
  })

  router.post('/guichet/courriers/:id/imprime', async (req, res) => {
    const clerk = clerkOf(res)
    const whose = lettersOf(clerk)
    const id = parse(withId, req.params).id as Id<'mail'>
    const now = clock.now()
    await db.transaction(async tx => {
      await letterById(tx, whose, id)
      await markPosted(tx, id, now)
      await audit(tx, now, clerk, { action: 'letter.posted', subject: { kind: 'mail', id } })
    })
    res.redirect(303, '/guichet/courriers')
  })

  router.get('/guichet/travaux', async (_req, res) => {
    if (!clerkOf(res).administrator) throw notFound()
    render.page(res, 'desk/jobs', { jobs: await deadJobs(db.read), redis: town.config.redisUrl !== undefined })
  })

  router.post('/guichet/travaux/:id/relancer', async (req, res) => {
    const clerk = clerkOf(res)
    if (!clerk.administrator) throw notFound()
    const id = parse(withId, req.params).id as Id<'job'>
    if (!(await retryDeadJob(db, clock.now(), id))) throw notFound()
    await db.transaction(tx => audit(tx, clock.now(), clerk, { action: 'job.retried', subject: { kind: 'job', id } }))
    flash(req, { kind: 'success', text: town.languages.for(res.locals['language']).t('desk:jobs.retried') })
    res.redirect(303, '/guichet/travaux')
  })
  return router.use(shortcutPages(town))
}
