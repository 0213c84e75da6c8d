import type { Response } from 'express'
import { Router } from 'express'
import { z } from 'zod'
import { sendStoredFile } from '../uploads/stored-files.ts'
import { flash } from '../web/asker.ts'
import { refused } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import type { PageError } from '../web/render.ts'
import { type ClaimToCheck, certificateOf, claimsToCheck, claimToCheck, decideClaim } from './staff-claims.ts'
import { listSent, type StaffParts, staffOf, wordsOf } from './staff-page.ts'

const answer = z.object({ accepted: listSent, refusal: z.string().max(600).default('') })

/** « My child was ill »: the papers that parents sent, one after the other. */
export function claimsPages({ town }: StaffParts): Router {
  const router = Router()

  router.get('/guichet/cantine/absences', async (_req, res) => {
    const { clerk } = await staffOf(town, res)
    const papers = await claimsToCheck(town, clerk)
    const { f } = wordsOf(town, res)
    town.render.page(res, 'canteen/staff-claims', {
      papers: papers.map(paper => ({
        id: paper.id,
        name: `${paper.child.firstName} ${paper.child.lastName}`,
        school: paper.school?.name ?? '',
        days: f.list(paper.days.map(({ claim }) => f.shortDay(claim.day))),
        receivedAt: paper.receivedAt,
      })),
    })
  })

  router.get('/guichet/cantine/absences/:id', async (req, res) => {
    const { clerk } = await staffOf(town, res)
    const paper = await claimToCheck(town, town.db.read, clerk, req.params.id)
    showPaper(res, paper, { errors: [], status: 200, refusal: '', accepted: undefined })
  })

  router.get('/guichet/cantine/absences/:id/certificat', async (req, res) => {
    const { clerk } = await staffOf(town, res)
    await sendStoredFile(town, res, await certificateOf(town, clerk, req.params.id))
  })

  router.post('/guichet/cantine/absences/:id', async (req, res) => {
    const { clerk } = await staffOf(town, res)
    const asked = parse(answer, req.body)
    const refusal = await refused(res, town, () => decideClaim(town, clerk, req.params.id, asked))
    if (refusal) {
      const paper = await claimToCheck(town, town.db.read, clerk, req.params.id)
      return showPaper(res, paper, { ...refusal, ...asked })
    }
    flash(req, { kind: 'success', text: wordsOf(town, res).t('canteen-staff:claims.decided') })
    const [next] = await claimsToCheck(town, clerk)
    res.redirect(303, next ? `/guichet/cantine/absences/${next.id}` : '/guichet/cantine/absences')
  })

  type Shown = {
    errors: readonly PageError[]
    status: number
    refusal: string
    accepted: readonly string[] | undefined
  }

  function showPaper(res: Response, paper: ClaimToCheck, { errors, status, refusal, accepted }: Shown) {
    const { t, f } = wordsOf(town, res)
    town.render.page(
      res,
      'canteen/staff-claim',
      {
        errors,
        refusal,
        id: paper.id,
        name: `${paper.child.firstName} ${paper.child.lastName}`,
        school: paper.school?.name ?? '',
        className: paper.className,
        receivedAt: paper.receivedAt,
        days: paper.days.map(({ claim, outcome }) => ({
          value: claim.id,
          text: f.day(claim.day),
          hint: t(`canteen-staff:claims.rule.${outcome.why}`),
        })),
        accepted: accepted ?? paper.days.filter(({ outcome }) => outcome.excused).map(({ claim }) => claim.id),
      },
      status,
    )
  }
  return router
}
