import { type Response, Router } from 'express'
import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { dayInParis } from '../kernel/clock.ts'
import { schoolYearOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { pagesOf, sendStoredFile, viewStoredFile } from '../uploads/stored-files.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { acceptForm, acceptPaper, documentById, refusePaper, refusePaperForm } from './child-file-documents.ts'
import { readHealthSheetOf } from './child-file-health.ts'
import { CONSENTS } from './child-file-parts.ts'
import { allowedByAll, FILE_PARTS, partState } from './child-file-rules.ts'
import { allConsents, contactsOf, documentsOf, documentsToCheck, fileState } from './child-file-store.ts'
import { answerTold, missingTold } from './child-file-told.ts'
import type { FamilySection } from './desk-family.ts'
import { describe } from './family-search.ts'
import { fileOf } from './files.ts'
import { typedDay, typedParts } from './forms.ts'
import { servesChildren, viewHealthOf } from './health.ts'
import { pickupPersonsOf } from './pickup.ts'
import { shownPhone } from './rules.ts'
import { childOf, childrenById, childrenOf, FAMILY_SERVICES } from './store.ts'

/** How many papers of children's files wait: for the clerks' first page. */
export const countChildPapers = async (db: Queries): Promise<number> => (await documentsToCheck(db)).length

/** The files of a family's children, on the clerks' page of the family. */
export const childFilesOfFamily: FamilySection = async ({ town, householdId, words }) => {
  const db = town.db.read
  const children = await childrenOf(db, householdId)
  if (children.length === 0) return undefined
  const day = dayInParis(town.clock.now())
  const year = schoolYearOf(day)
  const lines: string[] = []
  for (const { id, firstName } of children) {
    const state = await fileState(db, { childId: id, householdId, year })
    const count = missingTold(words, state, day, firstName).length
    const key = count === 0 ? 'child-file:desk.complete' : 'child-file:desk.lacks'
    lines.push(words.t(key, { child: firstName, count }))
  }
  return {
    title: words.t('child-file:desk.section', { year: year.label }),
    lines,
    links: children.map(({ id, firstName }) => ({
      text: words.t('child-file:desk.open', { child: firstName }),
      href: `/guichet/dossiers/${householdId}/${id}`,
    })),
  }
}

/** Children's files at the desk: where each stands, what tells of health for those who serve, and papers to look at. */
export function deskChildFilePages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  /** Clerks who serve children: to all others, administrators included, what a file holds does not exist. */
  const serving = (res: Response) => {
    const clerk = clerkOf(res, 'canteen', 'leisure')
    if (!servesChildren(clerk)) throw notFound()
    return clerk
  }
  const queue = '/guichet/dossiers'
  router.use(queue, (_req, res, next) => {
    clerkOf(res, ...FAMILY_SERVICES)
    next()
  })

  router.get(queue, async (_req, res) => {
    const clerk = clerkOf(res, 'canteen', 'leisure')
    const { t, f } = wordsOf(town, res)
    const waiting = await documentsToCheck(db)
    const children = await childrenById(db, [...new Set(waiting.map(({ childId }) => childId))])
    render.page(res, 'people/desk-papers', {
      waiting: waiting.map(one => {
        const child = children.get(one.childId)
        return {
          href: servesChildren(clerk) ? `${queue}/papiers/${one.id}` : '',
          child: child ? `${child.firstName} ${child.lastName}` : '',
          paper: t(`child-file:paper.${one.kind === 'insurance' ? 'insurance' : 'vaccination'}`),
          since: f.day(dayInParis(one.createdAt)),
        }
      }),
    })
  })

  const paperPage = async (res: Response, id: string, view: object, status: number) => {
    serving(res)
    const paper = await documentById(db, id)
    const child = (await childrenById(db, [paper.childId])).get(paper.childId)
    const [family] = await describe(town, [paper.householdId])
    const { t, f } = wordsOf(town, res)
    const pages = await pagesOf(town, await fileOf(db, paper.householdId, paper.fileId))
    const file = `${queue}/papiers/${paper.id}/fichier`
    const all = {
      at: `${queue}/papiers/${paper.id}`,
      back: queue,
      state: paper.state,
      title: t('child-file:desk.paperOf', {
        paper: t(`child-file:paper.${paper.kind}`),
        child: child ? `${child.firstName} ${child.lastName}` : '',
      }),
      family: family?.adults.map(({ name }) => name).join(', ') ?? '',
      childHref: `${queue}/${paper.householdId}/${paper.childId}`,
      born: child ? f.day(child.birthDate) : '',
      sent: f.day(dayInParis(paper.createdAt)),
      insurer: paper.insurer ?? '',
      policyNumber: paper.policyNumber ?? '',
      until: paper.validUntil ? f.day(paper.validUntil) : '',
      optional: paper.kind === 'vaccination',
      file,
      pages: Array.from({ length: pages }, (_, i) => `${file}/${i + 1}`),
      form: { validUntil: paper.validUntil ?? {}, refusal: '' },
      refusal: paper.refusal ?? '',
      ...view,
    }
    render.page(res, 'people/desk-paper', all, status)
  }
  router.get('/guichet/dossiers/papiers/:id', (req, res) => paperPage(res, req.params.id, {}, 200))

  /** The paper, to be sent or shown: each look at it is in the audit trail. */
  const lookedAt = async (res: Response, id: string) => {
    const clerk = serving(res)
    const paper = await documentById(db, id)
    const file = await fileOf(db, paper.householdId, paper.fileId)
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), clerk, {
        action: paper.kind === 'insurance' ? 'proof.viewed' : 'health.viewed',
        subject: { kind: 'child', id: paper.childId },
        details: { documentId: paper.id },
      }),
    )
    return file
  }
  router.get('/guichet/dossiers/papiers/:id/fichier', async (req, res) => {
    await sendStoredFile(town, res, await lookedAt(res, req.params.id))
  })
  router.get('/guichet/dossiers/papiers/:id/fichier/:page', async (req, res) => {
    await viewStoredFile(town, res, await lookedAt(res, req.params.id), Number(req.params.page))
  })

  router.post('/guichet/dossiers/papiers/:id/accepter', async (req, res) => {
    const clerk = serving(res)
    const { id } = req.params
    const refusal = await refused(res, town, () =>
      acceptPaper(town, clerk, id, parse(acceptForm, { validUntil: typedDay(req.body, 'validUntil') })),
    )
    if (!refusal) return next(req, res, 'child-file:desk.accepted')
    const form = { validUntil: typedParts(req.body, 'validUntil'), refusal: '' }
    await paperPage(res, id, { form, errors: refusal.errors }, refusal.status)
  })
  router.post('/guichet/dossiers/papiers/:id/refuser', async (req, res) => {
    const clerk = serving(res)
    const { id } = req.params
    const reason = typed(req.body, 'refusal')
    const refusal = await refused(res, town, () =>
      refusePaper(town, clerk, id, parse(refusePaperForm, { refusal: reason }).refusal),
    )
    if (!refusal) return next(req, res, 'child-file:desk.refused')
    const { validUntil } = await documentById(db, id)
    await paperPage(
      res,
      id,
      { form: { validUntil: validUntil ?? {}, refusal: reason }, errors: refusal.errors },
      refusal.status,
    )
  })
  async function next(req: Parameters<typeof goOn>[0], res: Response, key: string) {
    const [following] = await documentsToCheck(db)
    const path = following ? `${queue}/papiers/${following.id}` : queue
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t(key) })
  }

  const childHere = async (params: { householdId: string; childId: string }) => {
    const householdId = params.householdId as Id<'household'>
    const child = await childOf(db, householdId, params.childId)
    const day = dayInParis(town.clock.now())
    const year = schoolYearOf(day)
    const page = {
      name: `${child.firstName} ${child.lastName}`,
      year: year.label,
      at: `${queue}/${householdId}/${child.id}`,
      family: `/guichet/familles/${householdId}`,
    }
    return { child, page, day, year, of: { childId: child.id, householdId, year } }
  }
  router.get('/guichet/dossiers/:householdId/:childId', async (req, res) => {
    const clerk = clerkOf(res, ...FAMILY_SERVICES)
    const { child, page, day, year, of } = await childHere(req.params)
    const words = wordsOf(town, res)
    const { t } = words
    const state = await fileState(db, of)
    const serves = servesChildren(clerk)
    const said = serves ? await allConsents(db, child.id, year) : []
    const list = (people: readonly { name: string; phone: string; relationship: string }[]) =>
      people.map(one => ({ ...one, phone: shownPhone(one.phone) }))
    render.page(res, 'people/desk-child-file', {
      ...page,
      serves,
      parts: FILE_PARTS.map(part => ({ text: t(`child-file:part.${part}`), status: partState(state, part, day) })),
      missing: missingTold(words, state, day, child.firstName),
      contacts: serves ? list(await contactsOf(db, of.householdId, child.id)) : [],
      pickups: serves ? list(await pickupPersonsOf(db, of.householdId, child.id)) : [],
      consents: CONSENTS.map(consent => ({
        about: t(`child-file:consents.about.${consent}`),
        answer: answerTold(words, allowedByAll(said.filter(one => one.consent === consent))),
      })),
      papers: serves
        ? (await documentsOf(db, child.id)).map(({ id, kind, state: stands }) => ({
            href: `${queue}/papiers/${id}`,
            text: t(`child-file:paper.${kind}`),
            state: t(`child-file:desk.state.${stands}`),
          }))
        : [],
    })
  })

  /** Health data: on a page of its own, for those who serve, and each look is in the audit trail. */
  router.get('/guichet/dossiers/:householdId/:childId/sante', async (req, res) => {
    const clerk = serving(res)
    const { child, page, year } = await childHere(req.params)
    const sheet = await readHealthSheetOf(town, clerk, child.id, year)
    const plan = (await viewHealthOf(town, clerk, [child.id])).get(child.id) ?? ''
    render.page(res, 'people/desk-health-sheet', {
      ...page,
      back: page.at,
      sheet: sheet && { ...sheet, doctorPhone: sheet.doctorPhone ? shownPhone(sheet.doctorPhone) : '' },
      pai: child.pai,
      plan,
    })
  })
  return router
}
