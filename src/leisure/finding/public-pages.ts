import { Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { wordsOf } from '../../web/form-page.ts'
import type { Translator } from '../../web/i18n.ts'
import { drawPath } from '../opening/draw-words.ts'
import { type SignUpLink, signUpLinks } from '../signing-up/sign-up-links.ts'
import { maySignUp, ownHousehold } from '../who-reads.ts'
import { allocationsDone } from '../wishes/allocations.ts'
import { agesInWords, datesInWords, hoursInWords, openingWords } from '../words.ts'
import { type PublicCentre, type PublicPeriod, publicCentres, weeksOfPlaces } from './public-view.ts'

/** The leisure centres for everybody: where they are, for which ages, when they open, and when sign-ups do. */
export function leisurePublicPages(town: Town): Router {
  const router = Router()
  const found = () => publicCentres(town.db.read, dayInParis(town.clock.now()))

  router.get('/centres-de-loisirs', async (_req, res) => {
    const words = wordsOf(town, res)
    const centres = await found()
    const given = await givenByWishes(centres)
    const links = await signUpLinks(town, res, words, distinctPeriods(centres))
    town.render.page(res, 'leisure/centres', {
      mine: (await ownHousehold(town, res)) !== undefined,
      maySignUp: maySignUp(res),
      centres: centres.map(({ centre, periods }) => ({
        ...centreView(words, { centre, periods }),
        periods: periods.map(period => periodView(words, period, given, links)),
      })),
      // Openings are a period's, whatever the centre: told once.
      periods: distinctPeriods(centres).map(period => periodView(words, period, given, links)),
    })
  })

  router.get('/centres-de-loisirs/:id', async (req, res) => {
    const words = wordsOf(town, res)
    const asked = (await found()).find(({ centre }) => centre.id === req.params.id)
    if (!asked) throw notFound()
    const given = await givenByWishes([asked])
    const links = await signUpLinks(town, res, words, asked.periods)
    town.render.page(res, 'leisure/centre', {
      centre: centreView(words, asked),
      maySignUp: maySignUp(res),
      periods: asked.periods.map(each => ({
        ...periodView(words, each, given, links),
        table: placesTable(words, each),
      })),
    })
  })

  const givenByWishes = (centres: readonly PublicCentre[]) =>
    allocationsDone(
      town.db.read,
      distinctPeriods(centres).flatMap(({ period }) => (period.allocation === 'wishes' ? [period.id] : [])),
    )

  function periodView(
    words: Translator,
    { period, openings, groups }: PublicPeriod,
    given: Awaited<ReturnType<typeof givenByWishes>>,
    links: ReadonlyMap<string, SignUpLink>,
  ) {
    const wishes = period.allocation === 'wishes' && openings.length > 0
    return {
      id: period.id,
      name: period.name,
      dates: datesInWords(words, period),
      openings: openingWords(words, openings, town.clock.now()),
      wishes: wishes ? `/centres-de-loisirs/souhaits/${period.id}` : '',
      given: given.has(period.id),
      signUp: links.get(period.id) ?? null,
      draw: period.allocation === 'first-come' ? '' : drawPath(period.id),
      groups: groups.map(({ group, left }) => ({
        name: group.name,
        ages: agesInWords(words, group),
        hours: hoursInWords(words, group),
        units: words.f.list(group.units.map(unit => words.t(`leisure:units.${unit}`))),
        left,
      })),
      cancel: words.t('leisure:public.cancel', { count: period.cancelDays }),
    }
  }
  return router
}

function centreView(words: Translator, { centre, periods }: PublicCentre) {
  const groups = periods.flatMap(period => period.groups.map(({ group }) => group))
  const ages = groups.length > 0 && {
    minAge: Math.min(...groups.map(({ minAge }) => minAge)),
    maxAge: Math.max(...groups.map(({ maxAge }) => maxAge)),
  }
  return {
    id: centre.id,
    name: centre.name,
    address: centre.address,
    phone: centre.phone,
    email: centre.email,
    offers: centre.offers.split('\n').filter(Boolean),
    toBring: centre.toBring.split('\n').filter(Boolean),
    meals: centre.meals,
    ages: ages ? agesInWords(words, ages) : '',
  }
}

const distinctPeriods = (centres: readonly PublicCentre[]): PublicPeriod[] => [
  ...new Map(centres.flatMap(({ periods }) => periods.map(one => [one.period.id, one] as const))).values(),
]

/** The places left week by week, a column for each group. */
function placesTable(words: Translator, { period, groups }: PublicPeriod) {
  const { t, f } = words
  const left = (word: string | null) => (word === null ? '–' : t(`leisure:left.${word}`))
  return {
    columns: groups.map(({ group }) => `${group.name} (${agesInWords(words, group)})`),
    rows: weeksOfPlaces(groups).map(({ monday, days, left: places }) => ({
      when: period.kind === 'wednesdays' && days[0] ? f.day(days[0]) : t('leisure:week', { day: f.dayNoYear(monday) }),
      cells: places.map(left),
    })),
  }
}
