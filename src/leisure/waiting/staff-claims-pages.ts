import { type Response, Router } from 'express'
import { z } from 'zod'
import { notFound } from '../../kernel/problems.ts'
import { fileOf } from '../../people/files.ts'
import { servesChildren } from '../../people/health.ts'
import type { Town } from '../../town-context.ts'
import { pagesOf, sendStoredFile, viewStoredFile } from '../../uploads/stored-files.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { listTyped } from '../planning/desk-parts.ts'
import { certificateOf, claimsToCheck, claimToCheck, decideClaim } from './staff-claims.ts'
import { daysInWords } from './words.ts'

const QUEUE = '/guichet/loisirs/justificatifs'
const pageNumber = z.coerce.number()

/** The doctors' papers that parents sent for days at a centre, one after the other. */
export function staffClaimPages(town: Town): Router {
  const { read } = town.db
  const router = Router()
  /** A paper tells of health: to clerks who serve no child, administrators included, it does not exist. */
  const serving = (res: Response) => {
    const clerk = clerkOf(res, 'leisure')
    if (!servesChildren(clerk)) throw notFound()
    return clerk
  }

  router.get(QUEUE, async (_req, res) => {
    const clerk = clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const papers = await claimsToCheck(town, read)
    town.render.page(res, 'leisure/desk-claims', {
      papers: papers.map(({ claim, child, days }) => ({
        href: servesChildren(clerk) ? `${QUEUE}/${claim.id}` : '',
        name: `${child.firstName} ${child.lastName}`,
        days: daysInWords(
          words,
          days.map(({ day }) => day),
        ),
        receivedAt: claim.createdAt,
      })),
    })
  })

  router.get(`${QUEUE}/:id`, async (req, res) => {
    serving(res)
    await show(res, req.params.id)
  })

  router.get(`${QUEUE}/:id/papier`, async (req, res) => {
    await sendStoredFile(town, res, await certificateOf(town, serving(res), req.params.id))
  })
  router.get(`${QUEUE}/:id/papier/:page`, async (req, res) => {
    const page = pageNumber.safeParse(req.params.page).data ?? 0
    await viewStoredFile(town, res, await certificateOf(town, serving(res), req.params.id), page)
  })

  router.post(`${QUEUE}/:id`, async (req, res) => {
    const clerk = serving(res)
    const asked = { accepted: listTyped(req.body, 'accepted'), refusal: typed(req.body, 'refusal') }
    const refusal = await refused(res, town, () => decideClaim(town, clerk, req.params.id, asked))
    if (refusal) return show(res, req.params.id, asked, refusal)
    const [next] = await claimsToCheck(town, read)
    const text = wordsOf(town, res).t('leisure-waiting:desk.claims.decided')
    await goOn(req, res, next ? `${QUEUE}/${next.claim.id}` : QUEUE, { kind: 'success', text })
  })

  async function show(
    res: Response,
    id: string,
    asked?: { accepted: readonly string[]; refusal: string },
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const { t, f } = wordsOf(town, res)
    const { claim, child, days } = await claimToCheck(town, read, id)
    const file = `${QUEUE}/${claim.id}/papier`
    const pages = await pagesOf(town, await fileOf(read, claim.householdId, claim.fileId))
    const view = {
      errors,
      refusal: asked?.refusal ?? '',
      action: `${QUEUE}/${claim.id}`,
      file,
      pages: Array.from({ length: pages }, (_, i) => `${file}/${i + 1}`),
      name: `${child.firstName} ${child.lastName}`,
      receivedAt: claim.createdAt,
      days: days.map(({ day, why }) => ({
        value: day.toString(),
        text: f.day(day),
        hint: t(`leisure-waiting:desk.claims.why.${why}`),
      })),
      accepted: asked?.accepted ?? days.map(({ day }) => day.toString()),
    }
    town.render.page(res, 'leisure/desk-claim', view, status)
  }
  return router
}
