import { test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { leisureCentres, leisurePeriods } from '../../src/leisure/schema.ts'
import type { OpenTown } from '../journeys/open-town.ts'
import { assertWellMade, axeFaults } from '../journeys/page-checks.ts'
import { keyboardFaults, mainText, nodesOf, sticksOut } from './page-in-hand.ts'
import type { Reached } from './pages-of-town.ts'
import { type Language, strayWords } from './stray-words.ts'
import { scale, weigh } from './weight.ts'

/** What a page may ask of its reader. */
export type Limits = {
  /** Elements of a page, at most: what an old telephone draws at once. */
  nodes: (one: Reached) => number
  /** Of a first visit, on the wire. */
  bytes: number
  scriptBytes: number
  requests: number
}

const AT_ONCE = 3
/** How far the keyboard is followed into a page. */
const STEPS = 15
/** Widths with the size of letters, in percent: the narrowest screen that counts (WCAG 1.4.10), a phone, a desk. */
const SCREENS = [
  { width: 320, letters: 200 },
  { width: 320, letters: 100 },
  { width: 375, letters: 100 },
  { width: 1280, letters: 100 },
]

/** Looks at every page in both languages, at all widths, by keyboard, with scripts and without; weighs it. */
export function lookAt(t: OpenTown, pages: readonly Reached[], limits: Limits): void {
  const withScript = new Map<string, string>()

  test('in French, from a phone with big letters to a desk: whole, accessible, French and light', async () => {
    const weightOf = scale()
    await atEach(t, pages, {}, async (page, one) => {
      const asked: string[] = []
      const listen = (request: { url(): string }) => asked.push(request.url())
      page.on('request', listen)
      const faults = await opened(t, page, one, 'fr')
      page.off('request', listen)
      withScript.set(keyOf(one), await mainText(page))
      faults.push(...(await axeFaults(page)), ...(await keyboardFaults(page, STEPS)))
      for (const { width, letters } of SCREENS) {
        const wide = await sticksOut(page, width, letters)
        if (wide.length > 0) faults.push(`${width} px, letters ${letters} %: ${wide.join(' | ')}`)
      }
      const nodes = await nodesOf(page)
      if (nodes > limits.nodes(one)) faults.push(`${nodes} elements`)
      const bytes = await weigh(t.url + one.path, one.cookie)
      return [...faults, ...(await weightFaults(t.url, asked, bytes, limits, weightOf))]
    })
  })

  test('in English on a desk: whole, accessible, and no French but what is said to be', async () => {
    await atEach(t, pages, { locale: 'en-GB', viewport: { width: 1280, height: 900 } }, async (page, one) => {
      const faults = await opened(t, page, one, 'en')
      faults.push(...(await axeFaults(page)))
      const wide = await sticksOut(page, 375)
      return wide.length > 0 ? [...faults, `375 px: ${wide.join(' | ')}`] : faults
    })
  })

  test('without script: the same words', async () => {
    await atEach(t, pages, { javaScriptEnabled: false }, async (page, one) => {
      await page.goto(t.url + one.path)
      const plain = linesOf(await mainText(page))
      const scripted = linesOf(withScript.get(keyOf(one)) ?? '')
      const added = scripted.filter(line => !plain.includes(line) && !BY_SCRIPT.test(line))
      // The trail tells every look at a page, these too: it is longer each time.
      const tellsLooks = one.route === '/guichet/journal'
      const lost = tellsLooks ? [] : plain.filter(line => !scripted.includes(line) && !BEFORE_SCRIPT.test(line))
      return [...added.map(line => `only with script: ${line}`), ...lost.map(line => `only without: ${line}`)]
    })
  })
}

/** Where an administrator writes a letter's text, with its `{{names}}` as they are. */
const SHOWS_PLACEHOLDERS = /^\/guichet\/reglages\/textes\/.+\/(fr|en)$/

/** What works with a script only: the button that shows a password; the total of the boxes ticked, saved or not. */
const BY_SCRIPT = /^(Afficher|Total :|\d+ repas, [\d,]+ €)$/
/** The same total as it was saved. */
const BEFORE_SCRIPT = /^Déjà enregistré : \d+ repas, [\d,]+ €$/

const keyOf = ({ who, path }: Reached) => `${who} ${path}`
const linesOf = (text: string) =>
  text
    .split('\n')
    .map(line => line.replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean)

/** What the town called its leisure centres and their periods: French in every language. */
async function namesGiven({ town }: OpenTown): Promise<string[]> {
  const { read } = town.db
  const centres = await read.select({ name: leisureCentres.name }).from(leisureCentres)
  const periods = await read.select({ name: leisurePeriods.name }).from(leisurePeriods)
  return [...centres, ...periods].map(({ name }) => name).sort((a, b) => b.length - a.length)
}

/** Opens a page in a language; what is wrong with its title, heading and words. */
async function opened(t: OpenTown, page: Page, { path }: Reached, language: Language): Promise<string[]> {
  const address = language === 'fr' ? path : `${path}${path.includes('?') ? '&' : '?'}lang=${language}`
  const answer = await page.goto(t.url + address)
  const faults = [200, 410].includes(answer?.status() ?? 0) ? [] : [`answers ${answer?.status()}`]
  await assertWellMade(page, language).catch((error: unknown) => {
    const fault = String(error)
    if (!SHOWS_PLACEHOLDERS.test(path) || !fault.includes('shows « {{ »')) faults.push(fault)
  })
  const stray = await strayWords(page, language, await namesGiven(t))
  return [...faults, ...stray.map(words => `not ${language}: ${words}`)]
}

/** Everything that a first visit loads: how many requests, how many bytes, and of whom. */
async function weightFaults(
  own: string,
  asked: readonly string[],
  pageBytes: number,
  limits: Limits,
  weightOf: (url: string) => Promise<number>,
): Promise<string[]> {
  const faults = asked.filter(url => !url.startsWith(own) && !url.startsWith('data:')).map(url => `asks ${url}`)
  const files = [...new Set(asked.slice(1))].filter(url => url.startsWith(own))
  const weights = await Promise.all(files.map(async url => ({ url, bytes: await weightOf(url) })))
  const sum = (some: typeof weights) => some.reduce((all, { bytes }) => all + bytes, 0)
  const total = pageBytes + sum(weights)
  const script = sum(weights.filter(({ url }) => url.includes('.js')))
  if (files.length + 1 > limits.requests) faults.push(`${files.length + 1} requests`)
  if (total < 5_000 || total > limits.bytes) faults.push(`${total} bytes`)
  if (script > limits.scriptBytes) faults.push(`${script} bytes of script`)
  return faults
}

/** Looks at the pages, several at once, each as who reached it; fails with everything that was found. */
async function atEach(
  t: OpenTown,
  pages: readonly Reached[],
  options: BrowserContextOptions,
  look: (page: Page, one: Reached) => Promise<string[]>,
): Promise<void> {
  const waiting = [...pages]
  const found: string[] = []
  const worker = async () => {
    const context = await t.browser.desk({ viewport: { width: 375, height: 812 }, ...options })
    const page = await context.newPage()
    const told: string[] = []
    page.on('pageerror', error => told.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') told.push(message.text())
    })
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      await context.clearCookies()
      await context.addCookies(cookiesOf(t.url, one.cookie))
      await page.setViewportSize(options.viewport ?? { width: 375, height: 812 })
      const faults = await look(page, one).catch((error: unknown) => [String(error)])
      const where = `${one.path} (${one.route}), ${one.who}: `
      found.push(...[...faults, ...told.splice(0)].map(fault => where + fault))
    }
    await context.close()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  if (found.length > 0) throw new Error(`${found.length} faults\n${found.join('\n')}`)
}

const cookiesOf = (url: string, cookie: string) =>
  cookie
    .split('; ')
    .filter(Boolean)
    .map(pair => ({ url, name: pair.split('=')[0] ?? '', value: pair.slice(pair.indexOf('=') + 1) }))
