import { type Response, Router } from 'express'
import { serves } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { ageOn } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { createFamily, familyForClerk, newFamilyForm, separateAdult } from './desk-family.ts'
import { searchFamilies } from './family-search.ts'
import { servesChildren, viewHealthOf } from './health.ts'
import { correctResidency, writePayer } from './household.ts'
import type { PeopleParts } from './parts.ts'
import { pickupPersonsOf } from './pickup.ts'
import { quotientsOf } from './quotients.ts'
import { shownPhone } from './rules.ts'
import { CHECKING_SERVICES, childOf, FAMILY_SERVICES } from './store.ts'
import { custodyTold, dayInFigures, quotientTold, schoolTold, termsOf } from './told.ts'

/** Families at the desk: finding one, seeing all that this clerk's work needs of it, and setting it right. */
export function deskFamilyPages(town: Town, parts: PeopleParts): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const ours = (res: Response) => clerkOf(res, ...FAMILY_SERVICES)
  const pageOf = (householdId: string) => `/guichet/familles/${householdId}`
  const done = (res: Response, key: string) => ({ kind: 'success' as const, text: wordsOf(town, res).t(key) })

  router.get('/guichet/familles', async (req, res) => {
    const clerk = ours(res)
    const q = typeof req.query['q'] === 'string' ? req.query['q'].trim() : ''
    const found = q ? await searchFamilies(town, clerk, q) : { families: [], more: false }
    render.page(res, 'people/desk-search', {
      checks: serves(clerk, CHECKING_SERVICES),
      q,
      more: found.more,
      families: found.families.map(family => ({
        href: pageOf(family.householdId),
        adults: family.adults.map(({ name }) => name).join(', '),
        phones: family.adults.flatMap(({ phone }) => phone ?? []).join(', '),
        children: family.children.map(({ name, birthDate }) => ({
          name,
          birthDate: birthDate ? dayInFigures(birthDate) : '',
        })),
      })),
    })
  })

  const newForm = ['firstName', 'lastName', 'phone', 'email', 'lines', 'postcode', 'city'] as const
  router.get('/guichet/familles/nouvelle', (_req, res) => {
    ours(res)
    render.page(res, 'people/desk-new-family', { form: typedIn({}, newForm) })
  })
  router.post('/guichet/familles/nouvelle', async (req, res) => {
    const clerk = ours(res)
    let made = ''
    const refusal = await refused(res, town, async () => {
      const key = typed(req.body, 'idempotencyKey') || undefined
      made = (await createFamily(town, clerk, parse(newFamilyForm, req.body), key)).householdId
    })
    if (!refusal) return goOn(req, res, pageOf(made), done(res, 'people:desk.familyCreated'))
    const view = { form: typedIn(req.body, newForm), errors: refusal.errors }
    render.page(res, 'people/desk-new-family', view, refusal.status)
  })

  router.get('/guichet/familles/:householdId', async (req, res) => {
    const clerk = ours(res)
    const family = await familyForClerk(town, clerk, req.params.householdId)
    const { householdId } = family
    const words = wordsOf(town, res)
    const { t, f } = words
    const now = town.clock.now()
    const today = dayInParis(now)
    const schools = await parts.schools(db)
    const quotients = await quotientsOf(db, householdId)
    const sections = []
    for (const section of parts.familySections) sections.push(await section({ town, clerk, householdId, words }))
    render.page(res, 'people/desk-family', {
      checks: serves(clerk, CHECKING_SERVICES),
      householdId,
      title: family.guardians.map(({ firstName, lastName }) => `${firstName} ${lastName}`).join(', '),
      adults: family.guardians.map(one => ({
        id: one.id,
        name: `${one.firstName} ${one.lastName}`,
        phone: one.phone ? shownPhone(one.phone) : '',
        email: one.email ?? '',
        pays: one.id === family.payerId,
      })),
      severalAdults: family.guardians.length > 1,
      children: family.children.map(child => ({
        id: child.id,
        name: `${child.firstName} ${child.lastName}`,
        birthDate: f.day(child.birthDate),
        age: ageOn(child.birthDate, today),
        school: child.known ? (schoolTold(child.known.schoolings, schools, today) ?? '') : '',
        custody: child.known?.custody
          ? custodyTold(
              words,
              termsOf(child.known.custody),
              child.known.custody.first === householdId ? 'first' : 'second',
              'toldAtDesk',
            )
          : '',
        otherHome: child.known?.custody ? otherHome(child.known.custody, householdId) : '',
        toCheck: !child.confirmed,
        meal: child.known?.mealType ? t(`people:mealType.${child.known.mealType}`) : '',
        pai: child.known?.pai ?? false,
      })),
      serves: servesChildren(clerk),
      addresses: family.addresses.map(one => ({
        id: one.id,
        text: [...one.lines, `${one.postcode} ${one.city}`].join(', '),
        from: f.day(one.from),
        resident: one.resident,
      })),
      quotient: quotientTold(quotients, now).state,
      quotients: quotients.map(one => ({
        id: one.id,
        value: f.money(one.value),
        state: one.state,
        period: t('people:desk.period', { from: f.day(one.from), to: f.day(one.to) }),
      })),
      sections: sections.filter(section => section !== undefined),
    })
  })

  router.post('/guichet/familles/:householdId/habitant', async (req, res) => {
    const clerk = ours(res)
    const { householdId } = req.params
    const addressId = typed(req.body, 'address')
    const resident = typed(req.body, 'resident') === 'yes'
    await town.db.transaction(tx =>
      correctResidency(tx, town, clerk, householdId as Id<'household'>, addressId, resident),
    )
    await goOn(req, res, pageOf(householdId), done(res, 'people:desk.residencySaved'))
  })
  router.post('/guichet/familles/:householdId/payeur', async (req, res) => {
    const clerk = ours(res)
    const { householdId } = req.params
    const payerId = typed(req.body, 'payerId')
    await town.db.transaction(tx => writePayer(tx, town, clerk, householdId as Id<'household'>, payerId))
    await goOn(req, res, pageOf(householdId), done(res, 'people:family.payerSaved'))
  })

  router.get('/guichet/familles/:householdId/separer/:personId', async (req, res) => {
    const { householdId, personId } = req.params
    const { guardians } = await familyForClerk(town, ours(res), householdId)
    const leaving = guardians.find(({ id }) => id === personId)
    if (!leaving || guardians.length < 2) throw notFound()
    render.page(res, 'people/desk-separate', {
      back: pageOf(householdId),
      name: `${leaving.firstName} ${leaving.lastName}`,
    })
  })
  router.post('/guichet/familles/:householdId/separer/:personId', async (req, res) => {
    const { householdId, personId } = req.params
    const own = await separateAdult(town, ours(res), householdId, personId)
    await goOn(req, res, pageOf(own.householdId), done(res, 'people:desk.separated'))
  })

  /** What a health plan says: only for those who serve, one child at a time, and each look is kept. */
  router.get('/guichet/familles/:householdId/enfants/:childId/sante', async (req, res) => {
    const clerk = clerkOf(res, 'canteen', 'leisure')
    if (!servesChildren(clerk)) throw notFound()
    const child = await childOf(db, req.params.householdId as Id<'household'>, req.params.childId)
    const text = (await viewHealthOf(town, clerk, [child.id])).get(child.id) ?? ''
    const pickups = await pickupPersonsOf(db, req.params.householdId as Id<'household'>, child.id)
    render.page(res, 'people/desk-health', {
      back: pageOf(req.params.householdId),
      name: `${child.firstName} ${child.lastName}`,
      pai: child.pai,
      text,
      pickups: pickups.map(one => ({ ...one, phone: shownPhone(one.phone) })),
    })
  })
  return router
}

const otherHome = (custody: { first: Id<'household'>; second: Id<'household'> }, here: Id<'household'>) =>
  `/guichet/familles/${custody.first === here ? custody.second : custody.first}`
