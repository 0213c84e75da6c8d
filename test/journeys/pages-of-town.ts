import assert from 'node:assert/strict'
import type { Express } from 'express'
import type { OpenTown } from './open-town.ts'

/** A page that somebody reached: how it is addressed, and by whom. */
export type Reached = { route: string; path: string; who: string; cookie: string }

/** As far as Express tells of its routes. */
type Layer = { slash: boolean; route?: { path: string; methods: { get?: boolean } }; handle: { stack?: Layer[] } }

/** The addresses of all pages and files, as the code writes them: `/factures/:id`. The API's are elsewhere. */
export function routesOf(app: Express): string[] {
  const { stack } = app.router as unknown as { stack: Layer[] }
  const routes = (layers: readonly Layer[]): string[] =>
    layers.flatMap(({ route, slash, handle }) => {
      if (route) return route.methods.get ? [route.path] : []
      return slash && handle.stack ? routes(handle.stack) : []
    })
  return [...new Set(routes(stack))].filter(path => !['/healthz', '/readyz', '/metrics'].includes(path))
}

/** How often the same kind of page is looked at by one person: an invoice that is due, one that is paid. */
const EXAMPLES = 2

/**
 * What somebody finds by following every link of every page, from these on. Every link must lead to a page or a file.
 * Files are reached, but not given.
 */
export async function explore(
  t: OpenTown,
  { who, cookie, starts }: { who: string; cookie: string; starts: readonly string[] },
): Promise<{ pages: Reached[]; routes: ReadonlySet<string> }> {
  const known = routesOf(t.app).map(route => ({ route, fits: patternOf(route) }))
  const seen = new Map<string, number>()
  const met = new Set<string>()
  const pages: Reached[] = []
  const waiting = starts.map(path => ({ path, from: 'the start' }))
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, from } = next
    if (met.has(path)) continue
    met.add(path)
    const { pathname } = new URL(path, t.url)
    const route = known.find(({ fits }) => fits.test(pathname))?.route
    if (!route || (seen.get(route) ?? 0) >= EXAMPLES) continue
    const answer = await fetch(t.url + path, { headers: { cookie, 'accept-language': 'fr' }, redirect: 'manual' })
    const led = answer.headers.get('location')
    if (answer.status === 303 && led) {
      waiting.push({ path: led.replace(t.url, ''), from: path })
      continue
    }
    const html = await answer.text()
    assert.equal(answer.status, 200, `${who}: ${path}, a link of ${from}: ${html.slice(0, 300)}`)
    seen.set(route, (seen.get(route) ?? 0) + 1)
    if (!answer.headers.get('content-type')?.startsWith('text/html')) continue
    pages.push({ route, path, who, cookie })
    for (const [, link = ''] of html.matchAll(/ href="(\/(?!\/|public\/|api\/)[^"#]*)/g)) {
      if (!/[?&](amp;)?lang=/.test(link)) waiting.push({ path: link.replaceAll('&amp;', '&'), from: path })
    }
  }
  return { pages, routes: new Set(seen.keys()) }
}

const patternOf = (route: string) => new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
