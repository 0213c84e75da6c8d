import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { type Centre, centreById, centresOf, periodsOf } from '../store.ts'
import { datesInWords } from '../words.ts'
import { centreForm, saveCentre } from './centres.ts'
import type { LeisureParts } from './desk-parts.ts'
import { revisionField } from './form-fields.ts'
import { FEWEST_CHILDREN, MOST_CHILDREN } from './staffing.ts'

const HOME = '/guichet/centres'
const FIELDS = ['name', 'address', 'phone', 'email', 'offers', 'toBring', 'premises', 'meals', 'revision'] as const
type Typed = Record<(typeof FIELDS)[number], string>

/** The town's leisure centres, as their clerks keep them. */
export function centrePages({ town }: LeisureParts): Router {
  const { read } = town.db
  const router = Router()

  router.get(HOME, async (_req, res) => {
    clerkOf(res, 'leisure')
    town.render.page(res, 'leisure/desk-centres', { centres: await centresOf(read) })
  })

  router.get(`${HOME}/nouveau`, (_req, res) => {
    clerkOf(res, 'leisure')
    show(res, null, { ...typedIn({}, FIELDS), meals: 'yes' })
  })

  router.post(`${HOME}/nouveau`, async (req, res) => {
    const clerk = clerkOf(res, 'leisure')
    let path = HOME
    const refusal = await refused(res, town, async () => {
      path = `${HOME}/${await saveCentre(town, clerk, formOf(req.body))}`
    })
    if (refusal) return show(res, null, typedIn(req.body, FIELDS), refusal)
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t('leisure:centre.saved') })
  })

  router.get(`${HOME}/:id`, async (req: Request<{ id: string }>, res) => {
    clerkOf(res, 'leisure')
    const centre = await centreById(read, req.params.id)
    await showCentre(res, centre, typedFrom(centre))
  })

  router.post(`${HOME}/:id`, async (req: Request<{ id: string }>, res) => {
    const clerk = clerkOf(res, 'leisure')
    const { id } = await centreById(read, req.params.id)
    const refusal = await refused(res, town, async () => {
      const revision = revisionField.parse(typed(req.body, 'revision'))
      await saveCentre(town, clerk, formOf(req.body), { id, revision })
    })
    if (refusal) return showCentre(res, await centreById(read, id), typedIn(req.body, FIELDS), refusal)
    await goOn(req, res, `${HOME}/${id}`, { kind: 'success', text: wordsOf(town, res).t('leisure:centre.saved') })
  })

  /** With the periods that are not over, each a page of places and staff. */
  async function showCentre(res: Response, centre: Centre, values: Typed, refusal?: Refusal) {
    const words = wordsOf(town, res)
    const today = dayInParis(town.clock.now())
    const periods = (await periodsOf(read)).filter(({ to }) => Temporal.PlainDate.compare(to, today) >= 0)
    const listed = periods.reverse().map(period => ({
      href: `${HOME}/${centre.id}/periodes/${period.id}`,
      name: period.name,
      dates: datesInWords(words, period),
    }))
    // What is sent again after a colleague's change is meant: it carries the revision of now.
    show(
      res,
      { id: centre.id, name: centre.name, periods: listed },
      { ...values, revision: String(centre.revision) },
      refusal,
    )
  }

  function show(
    res: Response,
    centre: { id: string; name: string; periods: readonly object[] } | null,
    values: Typed,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const limits = { fewest: FEWEST_CHILDREN, most: MOST_CHILDREN }
    town.render.page(res, 'leisure/desk-centre', { centre, typed: values, limits, errors }, status)
  }
  return router
}

const typedFrom = (centre: Centre): Typed => ({
  name: centre.name,
  address: centre.address,
  phone: centre.phone ?? '',
  email: centre.email ?? '',
  offers: centre.offers,
  toBring: centre.toBring,
  premises: String(centre.premises),
  meals: centre.meals ? 'yes' : '',
  revision: String(centre.revision),
})

const formOf = (body: unknown) => {
  const { meals, revision: _, ...rest } = typedIn(body, FIELDS)
  return parse(centreForm, { ...rest, meals: meals === 'yes' })
}
