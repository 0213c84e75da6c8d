import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { isoDay } from '../../kernel/days.ts'
import { notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import type { Translator } from '../../web/i18n.ts'
import { listTyped } from '../planning/desk-parts.ts'
import { centresOf, daysOf, groupsOf, periodById, periodsOf } from '../store.ts'
import { datesInWords } from '../words.ts'
import { closeDay, openDayOf } from './close-day.ts'
import { dayOfGroup, type LineOfDay, linesOfPeriod, type OnDay, propose, signupsOnDay } from './lists.ts'
import { rankInWords, stayInWords } from './words.ts'

const LISTS = '/guichet/loisirs/listes-d-attente'
const DAY = `${LISTS}/jour`
const CLOSE = '/guichet/loisirs/fermer'

/** Waiting lists as clerks see them: who waits where, to whom a free place would go, and closing a day. */
export function listsPages(town: Town): Router {
  const { read } = town.db
  const router = Router()
  const today = () => dayInParis(town.clock.now())

  router.get(LISTS, async (req, res) => {
    clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const { f } = words
    const periods = (await periodsOf(read)).filter(({ to }) => Temporal.PlainDate.compare(to, today()) >= 0).reverse()
    const asked = typed(req.query, 'periode')
    const period = asked ? await periodById(read, asked) : periods[0]
    const centres = await centresOf(read)
    const lines = period ? await linesOfPeriod(read, period, today()) : []
    const groups = period ? await groupsOf(read, [period.id]) : []
    const nameOf = (centreId: string) => centres.find(({ id }) => id === centreId)?.name ?? ''
    town.render.page(res, 'leisure/desk-waiting', {
      periods: periods.map(({ id, name }) => ({
        text: name,
        lang: 'fr',
        href: `${LISTS}?periode=${id}`,
        current: id === period?.id,
      })),
      period: period && { name: period.name, dates: datesInWords(words, period) },
      centres: centres.flatMap(centre => {
        const own = lines.filter(({ group }) => group.centreId === centre.id)
        return own.length > 0 ? [{ name: centre.name, lines: own.map(line => lineInWords(words, line)) }] : []
      }),
      groups: groups.map(({ id, name, centreId }) => ({ value: id, text: `${nameOf(centreId)}, ${name}`, lang: 'fr' })),
      days: (period ? await daysOf(read, town.config.schoolZone, period) : [])
        .filter(day => Temporal.PlainDate.compare(day, today()) >= 0)
        .map(day => ({ value: day.toString(), text: f.dayNoYear(day) })),
    })
  })

  router.get(DAY, async (req, res) => {
    clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const { t, f } = words
    const day = isoDay(typed(req.query, 'jour'))
    if (!day) throw notFound()
    const found = await dayOfGroup(town, typed(req.query, 'groupe'), day)
    const { group, centre, period, next } = found
    const person = ({ signup, child }: OnDay) => ({
      id: signup.id,
      name: `${child.firstName} ${child.lastName}`,
      stay: stayInWords(words, signup),
    })
    town.render.page(res, 'leisure/desk-waiting-day', {
      back: `${LISTS}?periode=${period.id}`,
      centre: centre.name,
      group: group.name,
      period: period.name,
      day: f.day(day),
      iso: day.toString(),
      groupId: group.id,
      places: placesInWords(words, found.halves),
      booked: found.booked.map(person),
      offered: found.offered.map(one => ({
        ...person(one),
        until: one.signup.offerExpiresAt ? f.instant(one.signup.offerExpiresAt) : '',
      })),
      waiting: found.waiting.map((one, i) => ({
        ...person(one),
        rank: rankInWords(words, i + 1),
        since: f.instant(one.signup.since),
      })),
      next: next && {
        ...person(next),
        text: t('leisure-waiting:desk.next', {
          name: next.child.firstName,
          stay: stayInWords(words, next.signup),
          until: f.instant(next.expiresAt),
        }),
      },
      close: `${CLOSE}?centre=${centre.id}&jour=${day}`,
    })
  })

  router.post(DAY, async (req, res) => {
    const clerk = clerkOf(res, 'leisure')
    const day = isoDay(typed(req.body, 'jour'))
    const groupId = typed(req.body, 'groupe')
    if (!day) throw notFound()
    const { t, f } = wordsOf(town, res)
    const offered = await propose(town, clerk, { signupId: typed(req.body, 'signupId'), groupId, day })
    const path = `${DAY}?groupe=${encodeURIComponent(groupId)}&jour=${day}`
    const message = offered
      ? ({
          kind: 'success',
          text: t('leisure-waiting:desk.proposed', { until: f.instant(offered.expiresAt) }),
        } as const)
      : ({ kind: 'notice', text: t('leisure-waiting:desk.notProposed') } as const)
    await goOn(req, res, path, message)
  })

  router.get(CLOSE, async (req, res) => {
    clerkOf(res, 'leisure')
    await showClosing(res, req.query)
  })

  router.post(CLOSE, async (req: Request, res) => {
    const clerk = clerkOf(res, 'leisure')
    const { t, f } = wordsOf(town, res)
    const day = isoDay(typed(req.body, 'jour'))
    if (!day) throw notFound()
    const asked = {
      centreId: typed(req.body, 'centre'),
      day,
      groupIds: listTyped(req.body, 'groups'),
      reason: typed(req.body, 'reason').slice(0, 500),
    }
    let families = 0
    const refusal = await refused(res, town, async () => {
      families = await closeDay(town, clerk, asked)
    })
    if (refusal) return showClosing(res, req.body, asked, refusal)
    const text = t('leisure-waiting:desk.close.done', { day: f.dayNoYear(day), count: families })
    await goOn(req, res, LISTS, { kind: 'success', text })
  })

  async function showClosing(
    res: Response,
    sent: unknown,
    asked?: { groupIds: readonly string[]; reason: string },
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const { t, f } = wordsOf(town, res)
    const day = isoDay(typed(sent, 'jour'))
    if (!day) throw notFound()
    const { centre, groups } = await openDayOf(read, typed(sent, 'centre'), day)
    const items = []
    for (const group of groups) {
      const signups = await signupsOnDay(read, [group.id], day, ['booked', 'held', 'offered', 'waiting'])
      const booked = signups.filter(({ state }) => state === 'booked').length
      const counts = { count: booked, others: signups.length - booked }
      items.push({ value: group.id, text: group.name, hint: t('leisure-waiting:desk.close.group', counts) })
    }
    const view = {
      errors,
      action: CLOSE,
      centre: centre.name,
      centreId: centre.id,
      day: f.day(day),
      iso: day.toString(),
      groups: items,
      chosen: asked?.groupIds ?? groups.map(({ id }) => id),
      reason: asked?.reason ?? '',
      back: LISTS,
    }
    town.render.page(res, 'leisure/desk-close-day', view, status)
  }
  return router
}

function lineInWords(words: Translator, { group, day, halves, waiting, offers }: LineOfDay) {
  const { t, f } = words
  const [first] = offers
  return {
    href: `${DAY}?groupe=${group.id}&jour=${day}`,
    day: f.dayNoYear(day),
    group: group.name,
    places: placesInWords(words, halves),
    waiting,
    offers: first ? t('leisure-waiting:desk.offersOut', { count: offers.length, until: f.instant(first) }) : '',
  }
}

/** « 12 sur 12 », or by half-day where these differ. */
function placesInWords({ t }: Translator, halves: LineOfDay['halves']): string {
  const [first] = halves
  if (!first) return t('leisure-waiting:desk.closed')
  const same = halves.every(({ capacity, taken }) => capacity === first.capacity && taken === first.taken)
  if (same && halves.length === 2) return t('leisure-waiting:desk.places', first)
  return halves
    .map(half => `${t(`leisure:halves.${half.half}`)} : ${t('leisure-waiting:desk.places', half)}`)
    .join(' ; ')
}
