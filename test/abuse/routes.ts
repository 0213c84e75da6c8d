import type { Express } from 'express'

/** A route that express knows: its method, and its path with `:name` for parameters. */
export type Route = { method: string; path: string }

type Layer = {
  route?: { path: string | string[]; methods: Record<string, boolean> }
  rawPath?: string
  slash?: boolean
  handle?: { stack?: Layer[] }
}

/** Every route of the application, however deep its router is. */
function routesOf(app: Express): Route[] {
  return walk((app.router as unknown as { stack: Layer[] }).stack, '')
}

/** The routes that answer people: neither the API nor what machines ask. */
export const pagesOf = (app: Express): Route[] =>
  routesOf(app).filter(({ path }) => !/^\/(api|healthz|readyz|metrics|webhooks)\b/.test(path))

function walk(stack: readonly Layer[], base: string): Route[] {
  return stack.flatMap((layer): Route[] => {
    if (layer.route) {
      const { path, methods } = layer.route
      return [path].flat().flatMap(one => Object.keys(methods).map(method => ({ method, path: base + one })))
    }
    if (!layer.handle?.stack) return []
    return walk(layer.handle.stack, base + (layer.slash || !layer.rawPath ? '' : layer.rawPath))
  })
}

/** The path with its parameters filled in, by their names. */
export const filled = (path: string, value: (name: string) => string) =>
  path.replace(/:(\w+)/g, (_, name: string) => value(name))

export type Form = { action: string; method: string; multipart: boolean; fields: [name: string, value: string][] }

/** The forms of a page, as a browser would send them untouched. */
export function formsOf(html: string, path: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = '', inside = '']) => ({
    action: attribute(head, 'action') || path,
    method: (attribute(head, 'method') || 'get').toLowerCase(),
    multipart: attribute(head, 'enctype') === 'multipart/form-data',
    fields: fieldsOf(inside),
  }))
}

function fieldsOf(html: string): [string, string][] {
  const found: [string, string][] = []
  for (const [whole, tag] of html.matchAll(/<(input|select|textarea|button)\b[^>]*>/g)) {
    const name = attribute(whole, 'name')
    if (!name) continue
    const type = attribute(whole, 'type')
    if (tag === 'input' && (type === 'radio' || type === 'checkbox') && found.some(([known]) => known === name))
      continue
    found.push([name, attribute(whole, 'value')])
  }
  return found
}

/** The addresses of our own that a page links to. */
const linksOf = (html: string): string[] =>
  [...html.matchAll(/<a\b[^>]*\shref="(\/[^"#]*)/g)].map(match => unescaped(match[1] ?? ''))

const UUIDS = /[0-9a-f]{8}-[0-9a-f-]{27}/g
/** An address without what differs from one family, month or day to the next. */
export const kindOf = (address: string) => address.replace(UUIDS, ':id').replace(/\d+/g, '0')

const STARTS = [
  '/',
  '/accueil',
  '/famille',
  '/cantine',
  '/factures',
  '/compte',
  '/guichet',
  '/inscription',
  '/connexion',
]

/** What somebody comes to by following links, one page of each kind: its address, and the answer. */
export async function crawl<Answer extends { headers: Record<string, string>; text?: string }>(
  get: (path: string) => Promise<Answer>,
  most = 90,
): Promise<{ path: string; answer: Answer }[]> {
  const seen = new Set<string>()
  const found: { path: string; answer: Answer }[] = []
  const pending = [...STARTS]
  for (let path = pending.shift(); path && found.length < most; path = pending.shift()) {
    const kind = kindOf(path)
    if (seen.has(kind)) continue
    seen.add(kind)
    const answer = await get(path)
    found.push({ path, answer })
    if ((answer.headers['content-type'] ?? '').startsWith('text/html')) pending.push(...linksOf(answer.text ?? ''))
  }
  return found
}

const attribute = (tag: string, name: string) => unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
