import { type Request, type Response, Router } from 'express'
import { documentOf } from '../../documents/keep.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, typed, wordsOf } from '../../web/form-page.ts'
import { sendDocument } from '../../web/pdf.ts'
import type { RequestState } from '../states.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { type Dispatched, handOver, layOutAll, postAll, type Seen, signAll, takeBack } from './dispatch.ts'
import { batchById, latestBatches, printBatch, requestsIn, requestsOfBatch } from './print.ts'

const HERE = '/guichet/etat-civil/impressions'
/** More are on the next visit: a pile of two hundred is a morning's work. */
const MOST_SHOWN = 200

/** The steps after a record is accepted: printed and signed, sent or laid out, handed over. */
const STEPS = {
  imprimer: { states: ['ready-to-print'] },
  envoyer: { states: ['signed'] },
  retirer: { states: ['ready-for-collection'] },
} as const satisfies Record<string, { states: readonly RequestState[] }>
type Step = keyof typeof STEPS

/** Printing records in batches, noting them as signed, posted, laid out at the counter and handed over. */
export function printPages(town: Town): Router {
  const router = Router()
  const db = town.db.read
  const ours = (res: Response) => clerkOf(res, 'civil-registry')

  router.get(HERE, async (req, res) => {
    ours(res)
    const asked = typed(req.query, 'etape')
    const step: Step = asked in STEPS ? (asked as Step) : 'imprimer'
    const words = wordsOf(town, res)
    const requests = (await requestsIn(db, STEPS[step].states, MOST_SHOWN)).map(one => rowOf(words, one))
    const steps = Object.keys(STEPS).map(key => ({
      text: words.t(`civil-print:steps.${key}`),
      href: `${HERE}?etape=${key}`,
      current: key === step,
    }))
    const batches = step === 'imprimer' ? await latestBatches(db) : []
    town.render.page(res, 'civil-records/print', {
      step,
      steps,
      requests,
      posted: requests.filter(({ delivery }) => delivery === 'post'),
      collected: requests.filter(({ delivery }) => delivery === 'collection'),
      full: requests.length === MOST_SHOWN,
      batches: batches.map(({ id, createdAt, requestIds }) => ({
        href: `${HERE}/${id}`,
        text: words.t('civil-print:batch.of', {
          at: words.f.instant(createdAt),
          records: words.t('civil-print:records', { count: requestIds.length }),
        }),
      })),
    })
  })

  router.post(`${HERE}/lot`, async (req, res) => {
    const clerk = ours(res)
    const ids = seenIn(req).map(({ id }) => id)
    const { t } = wordsOf(town, res)
    if (ids.length === 0) return goOn(req, res, HERE, { kind: 'notice', text: t('civil-print:tickOne') })
    const { batchId } = await printBatch(town, clerk, ids, typed(req.body, 'idempotencyKey') || undefined)
    res.redirect(303, `${HERE}/${batchId}`)
  })

  router.get(`${HERE}/:batchId`, async (req, res) => {
    ours(res)
    const words = wordsOf(town, res)
    const batch = await batchById(db, req.params.batchId as Id<'civil-batch'>)
    const document = await documentOf(db, 'civil-batch', batch.id)
    const requests = await requestsOfBatch(db, batch)
    town.render.page(res, 'civil-records/print-batch', {
      back: HERE,
      madeAt: batch.createdAt,
      pdf: document ? `${HERE}/${batch.id}/pdf` : '',
      toSign: requests.filter(({ state }) => state === 'ready-to-print').map(one => rowOf(words, one)),
      others: requests
        .filter(({ state }) => state !== 'ready-to-print')
        .map(one => ({ ...rowOf(words, one), state: words.t(`civil-records:state.${one.state}`) })),
    })
  })
  router.get(`${HERE}/:batchId/pdf`, async (req, res) => {
    ours(res)
    const batch = await batchById(db, req.params.batchId as Id<'civil-batch'>)
    await sendDocument(town, res, await documentOf(db, 'civil-batch', batch.id))
  })

  const actions = [
    ['signes', signAll, 'envoyer'],
    ['postes', postAll, 'envoyer'],
    ['deposes', layOutAll, 'retirer'],
  ] as const
  for (const [path, act, next] of actions) {
    router.post(`${HERE}/${path}`, async (req, res) => {
      const clerk = ours(res)
      const seen = seenIn(req)
      await goOn(req, res, `${HERE}?etape=${next}`, told(res, path, await act(town, clerk, seen)))
    })
  }

  router.get('/guichet/etat-civil/:id/remise', async (req, res) => {
    const request = await requestForClerk(db, ours(res), req.params.id)
    handOverPage(res, request, {}, 200)
  })
  router.post('/guichet/etat-civil/:id/remise', async (req, res) => {
    const clerk = ours(res)
    const request = await requestForClerk(db, clerk, req.params.id)
    const by = typed(req.body, 'by')
    const { t } = wordsOf(town, res)
    const errors = [
      ...(by === 'applicant' || by === 'mandated' ? [] : [{ field: 'by', message: t('problems:fields.required') }]),
      ...(typed(req.body, 'identity') === 'yes'
        ? []
        : [{ field: 'identity', message: t('civil-print:handOver.identityNeeded') }]),
    ]
    if (errors.length > 0) return handOverPage(res, request, { by, errors }, 422)
    await handOver(town, clerk, versionSeen(req, request.id), { by: by === 'mandated' ? 'mandated' : 'applicant' })
    await goOn(req, res, `${HERE}?etape=retirer`, { kind: 'success', text: t('civil-print:handOver.done') })
  })
  router.post('/guichet/etat-civil/:id/retour', async (req, res) => {
    const clerk = ours(res)
    const { id } = await takeBack(town, clerk, versionSeen(req, req.params.id))
    const text = wordsOf(town, res).t('civil-print:takenBack')
    await goOn(req, res, `/guichet/etat-civil/${id}`, { kind: 'success', text })
  })

  function handOverPage(
    res: Response,
    request: CivilRequest,
    view: { by?: string; errors?: readonly object[] },
    status: number,
  ) {
    const words = wordsOf(town, res)
    const { applicant } = request.answers
    const page = {
      back: `/guichet/etat-civil/${request.id}`,
      version: request.version,
      ready: request.state === 'ready-for-collection',
      number: inGroups(request.number ?? ''),
      what: whatWasAsked(words, request),
      copies: request.copies ?? 1,
      applicant: applicant ? `${applicant.firstName} ${applicant.lastName}` : '',
      born: applicant ? words.f.day(Temporal.PlainDate.from(applicant.birthDate)) : '',
      by: '',
      errors: [],
      ...view,
    }
    town.render.page(res, 'civil-records/hand-over', page, status)
  }

  /** Says how many moved, and which papers to take off the pile. */
  function told(res: Response, action: string, { done, left }: Dispatched) {
    const { t, f } = wordsOf(town, res)
    const moved = t(`civil-print:did.${action}`, { count: done })
    if (left.length === 0) return { kind: 'success' as const, text: moved }
    const numbers = f.list(left.map(({ number }) => inGroups(number)))
    return { kind: 'notice' as const, text: `${moved} ${t('civil-print:left', { count: left.length, numbers })}` }
  }
  return router

  function rowOf(words: ReturnType<typeof wordsOf>, request: CivilRequest) {
    const { applicant } = request.answers
    return {
      href: `/guichet/etat-civil/${request.id}`,
      seen: `${request.id}.${request.version}`,
      handOver: `/guichet/etat-civil/${request.id}/remise`,
      number: inGroups(request.number ?? ''),
      what: whatWasAsked(words, request),
      applicant: applicant ? `${applicant.firstName} ${applicant.lastName}` : '',
      copies: request.copies ?? 1,
      delivery: request.delivery,
      received: request.submittedAt ? words.f.day(dayInParis(request.submittedAt)) : '',
    }
  }
}

/** The ticked requests, each with the version the clerk saw: `<id>.<version>`. */
function seenIn(req: Request): Seen[] {
  const sent: unknown = req.body?.request ?? []
  const all = Array.isArray(sent) ? sent : [sent]
  return all.slice(0, MOST_SHOWN).flatMap(one => {
    const [, id, version] = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(String(one)) ?? []
    return id ? [{ id, version: Number(version) }] : []
  })
}

const versionSeen = (req: Request, id: string): Seen => ({ id, version: Number(typed(req.body, 'version')) })
