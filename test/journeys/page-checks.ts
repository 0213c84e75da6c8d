import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// What runs inside the page is written as text: its names (`document` …) are not those of Node.

/** What axe finds wrong on the page, as lines to read. The page must allow scripts. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate<
    string[]
  >(`axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
}

/**
 * Shows a page as it stands to a second one, where axe may run its script while the page's own stays out: what somebody
 * without script has before their eyes.
 */
export async function showTo(glass: Page, page: Page): Promise<void> {
  const [address, body] = [page.url(), await page.content()]
  await glass.unrouteAll()
  await glass.route('**/*', (route, request) => {
    if (request.isNavigationRequest()) return route.fulfill({ body, contentType: 'text/html; charset=utf-8' })
    return request.resourceType() === 'script' ? route.abort() : route.continue()
  })
  await glass.goto(address)
}

/** By how many pixels the page is wider than a screen of that width; the screen is given back its size. */
export async function tooWideAt(page: Page, width: number): Promise<number> {
  const size = page.viewportSize()
  await page.setViewportSize({ width, height: 812 })
  const excess = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  if (size) await page.setViewportSize(size)
  return excess
}

/** The page has one title of its own, says its language, and shows words, not their keys. */
export async function assertWellMade(page: Page, language: string): Promise<void> {
  const { title, headings, lang, text } = await page.evaluate<
    Record<'title' | 'lang' | 'text', string> & { headings: number }
  >(`({
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    text: document.body.innerText,
  })`)
  const where = page.url()
  assert.match(title, /^(?! ?–).{3,} – /, `${where}: its title is « ${title} »`)
  assert.equal(headings, 1, `${where} has ${headings} <h1>`)
  assert.equal(lang, language, where)
  const odd = text.match(/\bundefined\b|\bNaN\b|\[object \w+\]|\{\{|\b[a-z][A-Za-z-]+:[a-z][A-Za-z]+(\.[A-Za-z-]+)+/)
  assert.equal(odd?.[0], undefined, `${where} shows « ${odd?.[0]} »`)
}
