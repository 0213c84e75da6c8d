import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { mustBeThere, readUpload } from '../uploads/form.ts'
import { sendStoredFile } from '../uploads/stored-files.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { insuranceForm, sendPaper, vaccinationForm } from './child-file-documents.ts'
import { readHealthSheet } from './child-file-health.ts'
import { filePage } from './child-file-pages.ts'
import { CONSENTS, confirmPaper, healthSheetForm, SWIMMING, writeHealthSheet } from './child-file-parts.ts'
import { counts, partOfPaper, partState } from './child-file-rules.ts'
import { consentsOf, contactsOf, documentsOf, type FileDocument, fileState } from './child-file-store.ts'
import { answerTold, missingTold } from './child-file-told.ts'
import { fileOf } from './files.ts'
import { typedDay, typedParts } from './forms.ts'
import { mayReadHealth, refuseOtherClerks } from './health.ts'
import { pickupPersonsOf } from './pickup.ts'
import { shownPhone } from './rules.ts'
import { householdOf } from './store.ts'

type OfChild = Request<{ childId: string }>
type Part = 'vaccination' | 'insurance'

/** The parts of a child's file that tell of health or come on paper, and the whole file to print. */
export function childFilePaperPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const saved = (res: Response) => ({ kind: 'success' as const, text: wordsOf(town, res).t('people:saved') })
  const sheetFields = ['allergies', 'treatment', 'advice', 'doctorName', 'doctorPhone', 'swimming'] as const

  const sheetPage = async (
    req: OfChild,
    res: Response,
    form: Record<string, string>,
    errors: readonly object[],
    status: number,
  ) => {
    const { page, child } = await filePage(town, req, res)
    const { t } = wordsOf(town, res)
    const swimming = SWIMMING.map(value => ({ value, text: t(`child-file:health.swims.${value}`) }))
    const plan = child.pai ? `/famille/enfants/${child.id}/sante` : ''
    render.page(res, 'people/child-file-health', { ...page, form, swimming, plan, errors }, status)
  }
  router.get('/famille/enfants/:childId/dossier/sante', async (req, res) => {
    const { asked } = await filePage(town, req, res)
    const sheet = await readHealthSheet(town, signedIn(res), asked)
    const phone = sheet?.doctorPhone ? shownPhone(sheet.doctorPhone) : ''
    await sheetPage(req, res, { ...typedIn(sheet, sheetFields), doctorPhone: phone }, [], 200)
  })
  router.post('/famille/enfants/:childId/dossier/sante', async (req, res) => {
    const { page, asked } = await filePage(town, req, res)
    refuseOtherClerks(signedIn(res))
    const form = typedIn(req.body, sheetFields)
    const refusal = await refused(res, town, () =>
      writeHealthSheet(
        town,
        signedIn(res),
        asked,
        parse(healthSheetForm, { ...form, swimming: form.swimming || undefined }),
      ),
    )
    if (refusal) return sheetPage(req, res, form, refusal.errors, refusal.status)
    await goOn(req, res, page.back, saved(res))
  })

  /** What the asker may know of a paper: of one that the other household sent, only where it stands. */
  const paperTold = (res: Response, paper: FileDocument, householdId: string, at: string) => {
    const { t, f } = wordsOf(town, res)
    const own = paper.householdId === householdId
    const today = dayInParis(town.clock.now())
    return {
      title: t(`child-file:paper.${paper.kind}`),
      sent: t(own ? 'child-file:paper.sent' : 'child-file:paper.sentByOther', {
        day: f.day(dayInParis(paper.createdAt)),
      }),
      state: t(`child-file:paper.state.${paper.state}`),
      until: paper.validUntil ? t('child-file:paper.until', { day: f.day(paper.validUntil) }) : '',
      over: paper.state !== 'refused' && !counts(paper, today),
      refusal: own ? (paper.refusal ?? '') : '',
      policy: own && paper.insurer ? [paper.insurer, paper.policyNumber].join(', ') : '',
      href: own ? `${at}/papiers/${paper.id}` : '',
    }
  }

  const paperPage = async (
    req: OfChild,
    res: Response,
    part: Part,
    { form, errors, status }: { form: Record<string, unknown>; errors: readonly object[]; status: number },
  ) => {
    if (part === 'vaccination') refuseOtherClerks(signedIn(res))
    const { page, of, day, householdId } = await filePage(town, req, res)
    const state = await fileState(db, of)
    const papers = (await documentsOf(db, of.childId)).filter(({ kind }) => partOfPaper(kind) === part)
    const last = papers.find(paper => paper.householdId === householdId)
    const filled = { insurer: last?.insurer ?? '', policyNumber: last?.policyNumber ?? '', kind: last?.kind ?? '' }
    const view = {
      ...page,
      part,
      papers: papers.map(paper => paperTold(res, paper, householdId, page.at)),
      confirm: partState(state, part, day) === 'to-confirm',
      form: { ...filled, validUntil: {}, ...form },
      errors,
    }
    render.page(res, `people/child-file-${part}`, view, status)
  }

  const paperRoutes = (part: Part, path: string) => {
    const at = `/famille/enfants/:childId/dossier/${path}` as const
    router.get(at, (req: OfChild, res) => paperPage(req, res, part, { form: {}, errors: [], status: 200 }))
    router.post(at, async (req: OfChild, res) => {
      const { page, asked } = await filePage(town, req, res)
      const asker = signedIn(res)
      if (part === 'vaccination') refuseOtherClerks(asker)
      const refusal = await refused(res, town, async () => {
        const upload = await readUpload(req, res, 'paper')
        const key = typed(req.body, 'idempotencyKey') || undefined
        const sent = { ...req.body, validUntil: typedDay(req.body, 'validUntil') }
        const paper =
          part === 'insurance'
            ? { ...parse(insuranceForm, sent), kind: 'insurance' as const }
            : parse(vaccinationForm, sent)
        await sendPaper(town, asker, asked, paper, mustBeThere(upload, 'paper'), key)
      })
      if (!refusal) {
        const text = wordsOf(town, res).t('child-file:paper.thanks')
        return goOn(req, res, page.back, { kind: 'success', text })
      }
      const form = {
        ...typedIn(req.body, ['insurer', 'policyNumber', 'kind']),
        validUntil: typedParts(req.body, 'validUntil'),
      }
      await paperPage(req, res, part, { form, ...refusal })
    })
    router.post(`${at}/confirmer`, async (req: OfChild, res) => {
      const { page, asked } = await filePage(town, req, res)
      await confirmPaper(town, signedIn(res), asked, part)
      await goOn(req, res, page.back, saved(res))
    })
  }
  paperRoutes('vaccination', 'vaccins')
  paperRoutes('insurance', 'assurance')

  router.get('/famille/enfants/:childId/dossier/papiers/:id', async (req, res) => {
    const asker = signedIn(res)
    const householdId = await householdOf(db, asker)
    const { of } = await filePage(town, req, res)
    const [paper] = (await documentsOf(db, of.childId)).filter(({ id }) => id === req.params.id)
    if (paper && paper.kind !== 'insurance') refuseOtherClerks(asker)
    await sendStoredFile(town, res, await fileOf(db, householdId, paper?.fileId ?? null))
  })

  router.get('/famille/enfants/:childId/dossier/imprimer', async (req, res) => {
    const asker = signedIn(res)
    const { page, of, day, child, asked } = await filePage(town, req, res)
    const words = wordsOf(town, res)
    const { householdId, childId } = of
    const state = await fileState(db, of)
    const said = new Map((await consentsOf(db, of)).map(one => [one.consent, one]))
    const health = mayReadHealth(asker)
    const sheet = health ? await readHealthSheet(town, asker, asked) : undefined
    const papers = (await documentsOf(db, childId)).filter(({ kind }) => health || kind === 'insurance')
    const people = (list: readonly { name: string; phone: string; relationship: string }[]) =>
      list.map(one => ({ ...one, phone: shownPhone(one.phone) }))
    render.page(res, 'people/child-file-print', {
      ...page,
      printedAt: town.clock.now(),
      name: `${child.firstName} ${child.lastName}`,
      birthDate: words.f.day(child.birthDate),
      missing: missingTold(words, state, day, child.firstName),
      contacts: people(await contactsOf(db, householdId, childId)),
      pickups: people(await pickupPersonsOf(db, householdId, childId)),
      health,
      sheet: sheet && { ...sheet, doctorPhone: sheet.doctorPhone ? shownPhone(sheet.doctorPhone) : '' },
      consents: CONSENTS.map(consent => ({
        about: words.t(`child-file:consents.about.${consent}`),
        answer: answerTold(words, said.get(consent)),
      })),
      papers: papers.map(paper => paperTold(res, paper, householdId, page.at)),
    })
  })
  return router
}
