import { Router } from 'express'
import type { DocumentPool } from '../../documents/pool.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { sendPdf } from '../../web/pdf.ts'
import { drawReceipt } from './receipt.ts'

/** The receipt of a request that a clerk wrote down for a resident, to be printed while they are there. */
export function receiptPages(town: Town, pdf: DocumentPool): Router {
  const router = Router()
  router.get('/guichet/etat-civil/:id/recepisse', async (req, res) => {
    const clerk = clerkOf(res, 'civil-registry')
    const { actingFor } = req.session
    const note = (personId: string | null) => (actingFor?.personId === personId ? actingFor?.note : undefined)
    const { name, bytes } = await drawReceipt(town, pdf, clerk, req.params.id, note)
    sendPdf(res, name, bytes)
  })
  return router
}
