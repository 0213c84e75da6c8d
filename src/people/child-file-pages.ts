import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import {
  CONSENTS,
  confirmPickups,
  consentsForm,
  contactsForm,
  MOST_CONTACTS,
  openFile,
  writeConsents,
  writeContacts,
} from './child-file-parts.ts'
import { allowedByAll } from './child-file-rules.ts'
import { allConsents, contactsOf, fileState, lastConsents } from './child-file-store.ts'
import { missingTold, partsTold } from './child-file-told.ts'
import { canReuse, reuseLastYear } from './child-file-year.ts'
import { mayReadHealth } from './health.ts'
import { pickupPersonsOf } from './pickup.ts'
import { shownPhone } from './rules.ts'

type OfChild = Request<{ childId: string }>

/** The year in an address, when one is said. */
const yearAsked = (req: { query: unknown }): string | undefined => {
  const year = (req.query as Record<string, unknown>)['annee']
  return typeof year === 'string' ? year : undefined
}

/** The file of the asker's child that a page is about, with what every page of it says. */
export async function filePage(town: Town, req: OfChild, res: Response) {
  const asked = yearAsked(req)
  const file = await openFile(town.db.read, town, signedIn(res), req.params.childId, asked)
  const query = file.year.label === file.years[0]?.label ? '' : `?annee=${file.year.label}`
  const at = `/famille/enfants/${file.child.id}/dossier`
  const page = { child: file.child.firstName, year: file.year.label, at, query, back: `${at}${query}` }
  return { ...file, page, asked: { childId: file.child.id, year: file.year.label } }
}

/** The child's file of the year, part by part: what is done, what is missing and what that blocks. */
export function childFilePages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const saved = (res: Response) => ({ kind: 'success' as const, text: wordsOf(town, res).t('people:saved') })

  router.get('/famille/enfants/:childId/dossier', async (req, res) => {
    const { child, page, years, year, day, of } = await filePage(town, req, res)
    const words = wordsOf(town, res)
    const state = await fileState(db, of)
    const tasks = partsTold(words, state, day, page.at, page.query)
    render.page(res, 'people/child-file', {
      ...page,
      back: `/famille/enfants/${child.id}`,
      tasks,
      done: tasks.filter(({ status }) => status === 'done' || status === 'to-check').length,
      missing: missingTold(words, state, day, child.firstName),
      reuse: mayReadHealth(signedIn(res)) && (await canReuse(db, of, dayInParis(town.clock.now()))),
      others: years.flatMap(({ label }, i) =>
        label === year.label ? [] : [{ year: label, href: i === 0 ? page.at : `${page.at}?annee=${label}` }],
      ),
    })
  })

  router.post('/famille/enfants/:childId/dossier/reprendre', async (req, res) => {
    const { page, asked } = await filePage(town, req, res)
    await reuseLastYear(town, signedIn(res), asked)
    const text = wordsOf(town, res).t('child-file:reuse.done')
    await goOn(req, res, page.back, { kind: 'success', text })
  })

  const contactFields = Array.from({ length: MOST_CONTACTS }, (_, i) => i + 1)
  router.get('/famille/enfants/:childId/dossier/urgence', async (req, res) => {
    const { page, of } = await filePage(town, req, res)
    const list = await contactsOf(db, of.householdId, of.childId)
    const rows = contactFields.map((n, i) => {
      const { name = '', phone = '', relationship = '' } = list[i] ?? {}
      return { n, name, phone: phone ? shownPhone(phone) : '', relationship }
    })
    render.page(res, 'people/child-file-contacts', { ...page, rows })
  })
  router.post('/famille/enfants/:childId/dossier/urgence', async (req, res) => {
    const { page, asked } = await filePage(town, req, res)
    const rows = contactFields.map(n => ({
      n,
      name: typed(req.body, `name${n}`),
      phone: typed(req.body, `phone${n}`),
      relationship: typed(req.body, `relationship${n}`),
    }))
    // A row left empty is none; the first must be there.
    const sent = rows.filter(({ n, name, phone, relationship }) => n === 1 || (name + phone + relationship).trim())
    const refusal = await refused(res, town, () =>
      writeContacts(town, signedIn(res), asked, parse(contactsForm, { contacts: sent })),
    )
    if (!refusal) return goOn(req, res, page.back, saved(res))
    const errors = refusal.errors.map(({ field, message }) => {
      const [, i = '0', name = 'name'] = field.split('.')
      return { field: `${name}${sent[Number(i)]?.n ?? 1}`, message }
    })
    render.page(res, 'people/child-file-contacts', { ...page, rows, errors }, refusal.status)
  })

  router.get('/famille/enfants/:childId/dossier/personnes', async (req, res) => {
    const { page, of } = await filePage(town, req, res)
    const list = await pickupPersonsOf(db, of.householdId, of.childId)
    render.page(res, 'people/child-file-pickups', {
      ...page,
      list: list.map(one => ({ ...one, phone: shownPhone(one.phone) })),
      change: `/famille/enfants/${of.childId}/personnes`,
    })
  })
  router.post('/famille/enfants/:childId/dossier/personnes', async (req, res) => {
    const { page, asked } = await filePage(town, req, res)
    await confirmPickups(town, signedIn(res), asked)
    await goOn(req, res, page.back, saved(res))
  })

  const consentFields = ['photo', 'outings', 'swimming', 'leaveAlone', 'fromAge'] as const
  const consentsPage = async (
    req: OfChild,
    res: Response,
    form: Record<string, string>,
    errors: readonly object[],
    status: number,
  ) => {
    const { page, of, year } = await filePage(town, req, res)
    const others = (await allConsents(db, of.childId, year)).filter(one => one.householdId !== of.householdId)
    const refusedElsewhere = CONSENTS.filter(
      consent => allowedByAll(others.filter(one => one.consent === consent))?.given === false,
    )
    const { t } = wordsOf(town, res)
    const elsewhere = refusedElsewhere.map(consent => t(`child-file:consents.about.${consent}`))
    render.page(res, 'people/child-file-consents', { ...page, form, elsewhere, errors }, status)
  }
  router.get('/famille/enfants/:childId/dossier/autorisations', async (req, res) => {
    const { of } = await filePage(town, req, res)
    const known = new Map((await lastConsents(db, of)).map(one => [one.consent, one]))
    const said = (consent: (typeof CONSENTS)[number]) => {
      const answer = known.get(consent)
      return answer ? (answer.given ? 'yes' : 'no') : ''
    }
    const form = {
      photo: said('photo'),
      outings: said('outings'),
      swimming: said('swimming'),
      leaveAlone: said('leave-alone'),
      fromAge: String(known.get('leave-alone')?.fromAge ?? ''),
    }
    await consentsPage(req, res, form, [], 200)
  })
  router.post('/famille/enfants/:childId/dossier/autorisations', async (req, res) => {
    const { page, asked } = await filePage(town, req, res)
    const form = typedIn(req.body, consentFields)
    const yesNo = (value: string) => (value === 'yes' ? true : value === 'no' ? false : undefined)
    const age = form.fromAge.trim()
    const refusal = await refused(res, town, () => {
      const sent = {
        photo: yesNo(form.photo),
        outings: yesNo(form.outings),
        swimming: yesNo(form.swimming),
        leaveAlone: yesNo(form.leaveAlone),
        // An age that is asked for only when the answer is yes.
        fromAge: form.leaveAlone === 'yes' && age ? (/^\d{1,2}$/.test(age) ? Number(age) : 0) : null,
      }
      return writeConsents(town, signedIn(res), asked, parse(consentsForm, sent))
    })
    if (refusal) return consentsPage(req, res, form, refusal.errors, refusal.status)
    await goOn(req, res, page.back, saved(res))
  })
  return router
}
