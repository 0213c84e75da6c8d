import { type Response, Router } from 'express'
import { serves } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { ageOn } from '../kernel/days.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import {
  adultById,
  COUNTER_SERVICES,
  changePerson,
  createPerson,
  describePersons,
  openFamily,
  type PersonForm,
  personForClerk,
  personForm,
  possibleDuplicates,
} from './desk-persons.ts'
import { typedDay, typedParts } from './forms.ts'
import type { PeopleParts } from './parts.ts'
import { addressOfPerson, householdOfAdult } from './person-address.ts'
import { searchKey, shownPhone } from './rules.ts'
import { FAMILY_SERVICES } from './store.ts'
import { dayInFigures } from './told.ts'

const FIELDS = ['firstName', 'lastName', 'phone', 'email', 'lines', 'postcode', 'city'] as const
type Typed = Record<(typeof FIELDS)[number], string> & { birthDate: { day: string; month: string; year: string } }

const typedPerson = (body: unknown): Typed => ({ ...typedIn(body, FIELDS), birthDate: typedParts(body, 'birthDate') })
const sentPerson = (body: unknown): PersonForm =>
  parse(personForm, { ...typedIn(body, FIELDS), birthDate: typedDay(body, 'birthDate') })

/** Residents at the desk: writing down who is not known yet, and seeing what any clerk at the counter needs of them. */
export function deskPersonPages(town: Town, parts: PeopleParts): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const ours = (res: Response) => clerkOf(res, ...COUNTER_SERVICES)
  const pageOf = (id: string) => `/guichet/personnes/${id}`
  const done = (res: Response, key: string) => ({ kind: 'success' as const, text: wordsOf(town, res).t(key) })

  router.get('/guichet/personnes/nouvelle', (req, res) => {
    ours(res)
    render.page(res, 'people/desk-person-form', { ...newPage, form: fromSearch(typed(req.query, 'q')) })
  })
  router.post('/guichet/personnes/nouvelle', async (req, res) => {
    const clerk = ours(res)
    const nobodyOf = typed(req.body, 'nobodyOf').split(' ').filter(Boolean).slice(0, 50)
    const key = typed(req.body, 'idempotencyKey') || undefined
    let form: PersonForm | undefined
    let made = ''
    const refusal = await refused(res, town, async () => {
      form = sentPerson(req.body)
      made = (await createPerson(town, clerk, form, { nobodyOf, key })).personId
    })
    if (!refusal) return goOn(req, res, pageOf(made), done(res, 'people:person.created'))
    await askAgain(res, typedPerson(req.body), form, refusal)
  })

  /** The form again, with the people that this may be: the same button then says that it is none of them. */
  const askAgain = async (res: Response, sent: Typed, form: PersonForm | undefined, { errors, status }: Refusal) => {
    const seen = errors.some(({ field }) => field === 'nobodyOf')
    const known = form && seen ? await describePersons(town, await possibleDuplicates(db, form)) : []
    const view = {
      ...newPage,
      form: sent,
      known: known.map(one => ({
        ...one,
        href: pageOf(one.id),
        birthDate: one.birthDate ? dayInFigures(one.birthDate) : '',
      })),
      nobodyOf: known.map(({ id }) => id).join(' '),
      errors: seen ? [] : errors,
    }
    render.page(res, 'people/desk-person-form', view, seen ? 409 : status)
  }

  router.get('/guichet/personnes/:personId', async (req, res) => {
    const clerk = ours(res)
    const { person, address, householdId } = await personForClerk(town, clerk, req.params.personId)
    const words = wordsOf(town, res)
    const today = dayInParis(town.clock.now())
    const sections = []
    for (const section of parts.personSections)
      sections.push(await section({ town, clerk, personId: person.id, words }))
    const seesFamilies = serves(clerk, FAMILY_SERVICES)
    render.page(res, 'people/desk-person', {
      id: person.id,
      name: `${person.firstName} ${person.lastName}`,
      birthDate: person.birthDate ? dayInFigures(person.birthDate) : '',
      age: person.birthDate ? ageOn(person.birthDate, today) : 0,
      addressLines: address ? [...address.lines, `${address.postcode} ${address.city}`] : [],
      phone: person.phone ? shownPhone(person.phone) : '',
      email: person.email ?? '',
      hasFamily: householdId !== undefined,
      familyHref: householdId && seesFamilies ? `/guichet/familles/${householdId}` : '',
      mayOpenFamily: !householdId && seesFamilies,
      sections: sections.filter(section => section !== undefined),
    })
  })

  const editPage = async (
    res: Response,
    id: string,
    view: { form?: Typed; errors?: readonly object[] },
    status = 200,
  ) => {
    const person = await adultById(db, id)
    if (await householdOfAdult(db, person.id)) throw notFound()
    const address = await addressOfPerson(db, person.id, dayInParis(town.clock.now()))
    const { birthDate } = person
    const two = (part: number | undefined) => (part === undefined ? '' : String(part).padStart(2, '0'))
    const form: Typed = {
      firstName: person.firstName,
      lastName: person.lastName,
      birthDate: {
        day: two(birthDate?.day),
        month: two(birthDate?.month),
        year: birthDate ? String(birthDate.year) : '',
      },
      phone: person.phone ? shownPhone(person.phone) : '',
      email: person.email ?? '',
      lines: address?.lines.join('\n') ?? '',
      postcode: address?.postcode ?? '',
      city: address?.city ?? '',
    }
    const page = { title: 'change', back: pageOf(id), known: [], nobodyOf: '', form, ...view }
    render.page(res, 'people/desk-person-form', page, status)
  }
  router.get('/guichet/personnes/:personId/modifier', async (req, res) => {
    ours(res)
    await editPage(res, req.params.personId, {})
  })
  router.post('/guichet/personnes/:personId/modifier', async (req, res) => {
    const clerk = ours(res)
    const { personId } = req.params
    const refusal = await refused(res, town, () => changePerson(town, clerk, personId, sentPerson(req.body)))
    if (!refusal) return goOn(req, res, pageOf(personId), done(res, 'people:person.changed'))
    await editPage(res, personId, { form: typedPerson(req.body), errors: refusal.errors }, refusal.status)
  })

  router.post('/guichet/personnes/:personId/famille', async (req, res) => {
    const householdId = await openFamily(town, clerkOf(res, ...FAMILY_SERVICES), req.params.personId)
    await goOn(req, res, `/guichet/familles/${householdId}`, done(res, 'people:desk.familyCreated'))
  })
  return router
}

const newPage = { title: 'create', back: '/guichet/recherche', known: [], nobodyOf: '' }

/** What was searched without success is who is to be written down: « diallo fatou » fills in the family name and the first name. */
function fromSearch(q: string): Typed {
  const words = q.split(/\s+/).filter(word => searchKey(word) !== '' && /^[\p{L}'’-]+$/u.test(word))
  const [lastName = '', firstName = ''] = words.length <= 2 ? words : []
  return { ...typedPerson({}), lastName, firstName }
}
