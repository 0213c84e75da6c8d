import { Router } from 'express'
import type { DocumentPool } from '../../documents/pool.ts'
import { notFound } from '../../kernel/problems.ts'
import { childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { wordsOf } from '../../web/form-page.ts'
import { sendPdf } from '../../web/pdf.ts'
import { periodById } from '../store.ts'
import { calendarDays, calendarText } from './calendar.ts'
import { confirmationOf } from './confirmation.ts'
import { staysInPeriod } from './stays-of-family.ts'

/** What a family takes home: the confirmation of its places in a period as a PDF, and its days for a calendar. */
export function leisurePapers(town: Town, pdf: DocumentPool): Router {
  const router = Router()

  router.get('/centres-de-loisirs/inscriptions/:periodId/confirmation.pdf', async (req, res) => {
    const householdId = await householdOf(town.db.read, signedIn(res), 'leisure')
    const period = await periodById(town.db.read, req.params.periodId)
    const words = wordsOf(town, res)
    const request = await confirmationOf(town, householdId, period, words.language.code)
    if (!request) throw notFound()
    sendPdf(res, words.t('leisure-papers:file'), await pdf.render(request))
  })

  router.get('/centres-de-loisirs/inscriptions/:periodId/confirmation.ics', async (req, res) => {
    const householdId = await householdOf(town.db.read, signedIn(res), 'leisure')
    const period = await periodById(town.db.read, req.params.periodId)
    const stays = await staysInPeriod(town.db.read, householdId, period)
    if (stays.length === 0) throw notFound()
    const words = wordsOf(town, res)
    const names = new Map((await childrenOf(town.db.read, householdId)).map(({ id, firstName }) => [id, firstName]))
    res.setHeader('Content-Type', 'text/calendar; charset=utf-8')
    res.setHeader('Content-Disposition', `attachment; filename="${words.t('leisure-papers:file')}.ics"`)
    res.setHeader('Cache-Control', 'private, no-store')
    res.end(await calendarText(town, words, calendarDays(words, stays, names)))
  })
  return router
}
