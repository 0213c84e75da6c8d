import { pageOf } from '../../src/civil-records/asking/ask-summary.ts'
import { questionKeys } from '../../src/civil-records/rules/questions.ts'
import { pagesOf } from '../abuse/routes.ts'
import type { OpenTown } from '../journeys/open-town.ts'
import type { Visitor } from '../support/town.ts'
import type { Looker } from './lived-in-town.ts'

/** A page that somebody reached: the route that answers there, the address, who looks and with which cookies. */
export type Reached = { route: string; path: string; who: string; cookie: string }

/** How many pages of one route are looked at: an invoice that is due, one that is paid. */
const EXAMPLES = 2
/** Where every address shows something else: a question each, a file in each state. */
const MORE_EXAMPLES: Readonly<Record<string, number>> = {
  '/etat-civil/demande/:slug': 30,
  '/guichet/etat-civil/:id': 20,
  '/etat-civil/suivi/:secret/': 12,
  '/etat-civil/mes-demandes/:id/': 4,
  '/paiement/:id/retour': 4,
  '/centres-de-loisirs/inscrire/:periodId': 6,
  '/centres-de-loisirs/souhaits/:periodId': 3,
  '/guichet/loisirs/souhaits/:periodId': 3,
  '/guichet/centres/:id': 4,
  '/': 1,
}

/** The routes of pages and files, as the code writes them: `/factures/:id`; in the order in which they are tried. */
export const routesOf = (t: OpenTown): string[] => [
  ...new Set(
    pagesOf(t.app)
      .filter(({ method }) => method === 'get')
      .map(({ path }) => path),
  ),
]

type Explored = {
  pages: Reached[]
  /** Pages and files that somebody came to. */
  routes: ReadonlySet<string>
  /** Links that lead nowhere. */
  dead: string[]
}

/** What the lookers found by following every link of every page, from their first ones on: each page once. */
export async function explore(t: OpenTown, lookers: Readonly<Record<string, Looker>>): Promise<Explored> {
  const known = routesOf(t).map(route => ({ route, fits: patternOf(route) }))
  const visits = await Promise.all(Object.entries(lookers).map(([who, looker]) => walk(t, known, who, looker)))
  const seen = new Map<string, number>()
  const pages = [
    ...Map.groupBy(
      visits.flatMap(({ pages }) => pages),
      ({ path }) => path,
    ).values(),
  ]
    .map(([first]) => first!)
    .filter(({ route }) => {
      const times = (seen.get(route) ?? 0) + 1
      seen.set(route, times)
      return times <= examplesOf(route)
    })
  return {
    pages,
    routes: new Set(visits.flatMap(({ routes }) => [...routes])),
    dead: visits.flatMap(({ dead }) => dead),
  }
}

type Known = { route: string; fits: RegExp }

/** One looker's way. Every link must lead to a page, a file or elsewhere in the town. */
async function walk(t: OpenTown, known: readonly Known[], who: string, { visitor, starts, within }: Looker) {
  const cookie = cookieOf(visitor)
  const times = new Map<string, number>()
  const met = new Set<string>()
  const pages: Reached[] = []
  const dead: string[] = []
  const waiting = starts.map(path => ({ path, from: 'the start' }))
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, from } = next
    if (met.has(path)) continue
    met.add(path)
    const { pathname } = new URL(path, t.url)
    const route = known.find(({ fits }) => fits.test(pathname))?.route
    if (within && !pathname.startsWith(within)) continue
    if (!route) dead.push(`${who}: ${path}, a link of ${from}: no such page`)
    if (!route || (times.get(route) ?? 0) >= examplesOf(route)) continue
    const answer = await fetch(t.url + path, { headers: { cookie, 'accept-language': 'fr' }, redirect: 'manual' })
    const led = answer.headers.get('location')
    if (answer.status === 303 && led) {
      waiting.push({ path: led.replace(t.url, ''), from: path })
      continue
    }
    const body = await answer.text()
    if (![200, 410].includes(answer.status)) {
      dead.push(`${who}: ${path}, a link of ${from}: ${answer.status}`)
      continue
    }
    times.set(route, (times.get(route) ?? 0) + 1)
    if (!answer.headers.get('content-type')?.startsWith('text/html')) continue
    pages.push({ route, path, who, cookie })
    for (const [, link = ''] of body.matchAll(/ (?:href|src)="(\/(?!\/|public\/|api\/)[^"#]*)/g)) {
      if (!/[?&](amp;)?lang=/.test(link)) waiting.push({ path: link.replaceAll('&amp;', '&'), from: path })
    }
  }
  return { pages, dead, routes: times.keys() }
}

const examplesOf = (route: string) => MORE_EXAMPLES[route] ?? EXAMPLES

/** Express takes an address with or without its last stroke. */
const patternOf = (route: string) =>
  new RegExp(
    `^${route
      .replace(/(?<=.)\/$/, '')
      .replaceAll('.', '\\.')
      .replaceAll(/:\w+/g, '[^/]+')}/?$`,
  )

/** The cookies of a visitor of the tests, for a real browser. */
const cookieOf = ({ jar }: Visitor): string =>
  jar
    .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false })
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

/** The pages of all questions of a request for a record: one route answers them. */
export const questionPages = questionKeys.map(pageOf)
