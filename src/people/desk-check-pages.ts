import { type Response, Router } from 'express'
import type { Queries } from '../db/database.ts'
import { dayInParis } from '../kernel/clock.ts'
import { mondayOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { invalid } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { acceptChild, childrenToCheck, childToCheck, joinChild, refuseChild } from './child-checks.ts'
import { decideCustody, declarationsToCheck, refuseCustody } from './custody-declarations.ts'
import { custodyForm, custodyWish } from './custody-terms.ts'
import { describe, searchFamilies } from './family-search.ts'
import { linesField, typedDay, typedParts } from './forms.ts'
import type { CustodyTerms } from './schema.ts'
import { CHECKING_SERVICES, childOf, householdsOfChild } from './store.ts'
import { custodyTold, termsOf, weekdayName } from './told.ts'

const reasonField = linesField(500)

/** How many children and custodies wait for a clerk: for the clerks' first page. */
export async function countFamilyChecks(db: Queries): Promise<number> {
  return (await childrenToCheck(db)).length + (await declarationsToCheck(db)).length
}

/** What the town must look at: children that two families entered, and shared custody. */
export function deskCheckPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const ours = (res: Response) => clerkOf(res, ...CHECKING_SERVICES)
  const queue = '/guichet/verifications'
  const done = (res: Response, key: string) => ({ kind: 'success' as const, text: wordsOf(town, res).t(key) })

  router.get(queue, async (_req, res) => {
    ours(res)
    const words = wordsOf(town, res)
    const children = await childrenToCheck(db)
    const declarations = await declarationsToCheck(db)
    const households = [...children, ...declarations].map(({ householdId }) => householdId)
    const adults = new Map(
      (await describe(town, [...new Set(households)])).map(one => [
        one.householdId,
        one.adults.map(({ name }) => name).join(', '),
      ]),
    )
    const declared = []
    for (const one of declarations) {
      const child = await childOf(db, one.householdId, one.childId)
      declared.push({
        href: `${pageOfChild(one.householdId, one.childId)}/garde`,
        child: `${child.firstName} ${child.lastName}`,
        family: adults.get(one.householdId) ?? '',
        terms: custodyTold(words, one.terms, 'first', 'toldAtDesk'),
        since: words.f.day(dayInParis(one.createdAt)),
      })
    }
    render.page(res, 'people/desk-checks', {
      children: children.map(one => ({
        href: `${queue}/enfant/${one.householdId}/${one.child.id}`,
        child: `${one.child.firstName} ${one.child.lastName}`,
        birthDate: words.f.day(one.child.birthDate),
        family: adults.get(one.householdId) ?? '',
        since: words.f.day(dayInParis(one.since)),
      })),
      declared,
    })
  })

  const childPage = async (
    res: Response,
    at: { householdId: string; childId: string },
    view: object,
    status: number,
  ) => {
    ours(res)
    const waiting = await childToCheck(db, at.householdId, at.childId)
    const { f } = wordsOf(town, res)
    const families = await describe(town, [waiting.householdId, ...waiting.candidates.map(one => one.householdId)])
    const adultsOf = (id: Id<'household'>) =>
      families
        .find(({ householdId }) => householdId === id)
        ?.adults.map(({ name }) => name)
        .join(', ') ?? ''
    const today = dayInParis(town.clock.now())
    const page = {
      child: `${waiting.child.firstName} ${waiting.child.lastName}`,
      birthDate: f.day(waiting.child.birthDate),
      family: adultsOf(waiting.householdId),
      familyHref: `/guichet/familles/${waiting.householdId}`,
      candidates: [...Map.groupBy(waiting.candidates, ({ id }) => id).values()].map(homes => ({
        value: homes[0]!.id,
        text: `${homes[0]!.firstName} ${homes[0]!.lastName}, ${f.day(homes[0]!.birthDate)}`,
        hint: homes.map(one => adultsOf(one.householdId)).join(' / '),
        homes: homes.map(one => ({
          href: `/guichet/familles/${one.householdId}`,
          adults: adultsOf(one.householdId),
        })),
      })),
      form: { decision: '', knownChildId: '', refusal: '', ...emptyCustody(today) },
      weekdays: weekdays(res),
      ...view,
    }
    render.page(res, 'people/desk-check-child', page, status)
  }
  router.get(`${queue}/enfant/:householdId/:childId`, (req, res) => childPage(res, req.params, {}, 200))
  router.post(`${queue}/enfant/:householdId/:childId`, async (req, res) => {
    const clerk = ours(res)
    const { householdId, childId } = req.params
    const decision = typed(req.body, 'decision')
    const refusal = await refused(res, town, async () => {
      if (decision === 'other') return acceptChild(town, clerk, householdId, childId)
      if (decision === 'refuse') {
        const reason = parse(reasonField, typed(req.body, 'refusal'))
        return refuseChild(town, clerk, householdId, childId, reason)
      }
      if (decision !== 'same') throw required('decision')
      const wish = custodyWish(parse(custodyForm, sentCustody(req.body)))
      return joinChild(town, clerk, { householdId, childId, knownChildId: typed(req.body, 'knownChildId'), ...wish })
    })
    if (!refusal) return goOn(req, res, queue, done(res, 'people:checks.decided'))
    const form = { ...typedIn(req.body, ['decision', 'knownChildId', 'refusal']), ...typedCustody(req.body) }
    await childPage(res, req.params, { form, errors: refusal.errors }, refusal.status)
  })

  const custodyPage = async (
    req: { params: { householdId: string; childId: string }; query: unknown; body?: unknown },
    res: Response,
    view: { form?: object; errors?: readonly object[] },
    status: number,
  ) => {
    const clerk = ours(res)
    const householdId = req.params.householdId as Id<'household'>
    const child = await childOf(db, householdId, req.params.childId)
    const words = wordsOf(town, res)
    const declared = (await declarationsToCheck(db)).filter(one => one.childId === child.id)
    const ourOwn = declared.find(one => one.householdId === householdId)
    const homes = (await householdsOfChild(db, child.id)).filter(id => id !== householdId)
    const q = typed(req.query, 'q')
    const found = q && homes.length === 0 ? (await searchFamilies(town, clerk, q)).families : []
    const known = homes.length > 0 ? await describe(town, homes) : found.filter(one => one.householdId !== householdId)
    const terms = ourOwn?.terms ?? (child.custody?.first === householdId ? termsOf(child.custody) : undefined)
    const today = dayInParis(town.clock.now())
    const page = {
      child: `${child.firstName} ${child.lastName}`,
      back: `/guichet/familles/${householdId}`,
      q,
      settled: homes.length > 0,
      declaration: ourOwn && {
        id: ourOwn.id,
        terms: custodyTold(words, ourOwn.terms, 'first', 'toldAtDesk'),
        from: words.f.day(ourOwn.from),
      },
      homes: known.map(one => ({
        value: one.householdId,
        text: one.adults.map(({ name }) => name).join(', '),
        hint: one.children.map(({ name }) => name).join(', ') || undefined,
      })),
      form: {
        secondHouseholdId: homes[0] ?? '',
        refusal: '',
        ...emptyCustody(ourOwn?.from ?? today),
        ...(terms ? custodyFormOf(terms) : {}),
        ...view.form,
      },
      weekdays: weekdays(res),
      errors: view.errors ?? [],
    }
    render.page(res, 'people/desk-custody', page, status)
  }
  router.get('/guichet/familles/:householdId/enfants/:childId/garde', (req, res) => custodyPage(req, res, {}, 200))
  router.post('/guichet/familles/:householdId/enfants/:childId/garde', async (req, res) => {
    const clerk = ours(res)
    const { householdId, childId } = req.params
    const declarationId = typed(req.body, 'declaration')
    const refusal = await refused(res, town, async () => {
      const wish = custodyWish(parse(custodyForm, sentCustody(req.body)))
      await decideCustody(town, clerk, {
        ...wish,
        childId,
        firstHouseholdId: householdId as Id<'household'>,
        secondHouseholdId: typed(req.body, 'secondHouseholdId'),
        ...(declarationId ? { declarationId } : {}),
      })
    })
    if (!refusal) return goOn(req, res, `/guichet/familles/${householdId}`, done(res, 'people:checks.custodySaved'))
    const form = { ...typedIn(req.body, ['secondHouseholdId', 'refusal']), ...typedCustody(req.body) }
    await custodyPage(req, res, { form, errors: refusal.errors }, refusal.status)
  })
  router.post('/guichet/familles/:householdId/enfants/:childId/garde/refuser', async (req, res) => {
    const clerk = ours(res)
    const reason = typed(req.body, 'refusal')
    const refusal = await refused(res, town, () =>
      refuseCustody(town, clerk, typed(req.body, 'declaration'), parse(reasonField, reason)),
    )
    if (!refusal) return goOn(req, res, queue, done(res, 'people:checks.decided'))
    await custodyPage(req, res, { form: { refusal: reason }, errors: refusal.errors }, refusal.status)
  })

  const weekdays = (res: Response) => {
    const { f } = wordsOf(town, res)
    return [1, 2, 3, 4, 5, 6, 7].map(day => ({ value: String(day), text: weekdayName(f, day) }))
  }
  return router
}

const pageOfChild = (householdId: string, childId: string) => `/guichet/familles/${householdId}/enfants/${childId}`

const sentCustody = (body: Record<string, unknown> = {}) => ({
  ...body,
  firstWeek: typedDay(body, 'firstWeek'),
  from: typedDay(body, 'from'),
})

const typedCustody = (body: Record<string, unknown> = {}) => ({
  ...typedIn(body, ['kind', 'weeks', 'changeOver', 'percent']),
  firstWeek: typedParts(body, 'firstWeek'),
  from: typedParts(body, 'from'),
})

const emptyCustody = (from: Temporal.PlainDate) => ({
  kind: '',
  firstWeek: mondayOf(from),
  weeks: '',
  changeOver: '1',
  percent: '',
  from,
})

function custodyFormOf(terms: CustodyTerms) {
  switch (terms.kind) {
    case 'alternating-weeks':
      return { kind: terms.kind, firstWeek: Temporal.PlainDate.from(terms.firstWeek) }
    case 'even-and-odd-weeks':
      return {
        kind: terms.kind,
        weeks: terms.evenWeeks === 'first' ? 'even' : 'odd',
        changeOver: String(terms.changeOver),
      }
    case 'percentage':
      return { kind: terms.kind, percent: String(terms.firstShare / 100).replace('.', ',') }
  }
}

function required(field: string): Error {
  return invalid([{ field, code: 'required' }])
}
