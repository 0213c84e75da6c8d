import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const LOCALES = new URL('../../templates/locales/', import.meta.url)

/** Words of another language on a page: phrases that only the other language's files have. Names and dishes are nobody's. */
export async function strayWords(page: Page, language: string, other: string): Promise<string[]> {
  const text = await page.evaluate<string[]>(`(() => {
    const texts = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const { parentElement, data } = walker.currentNode
      if (parentElement.closest('[lang]') === document.documentElement && data.trim()) texts.push(data)
    }
    return texts
  })()`)
  const strangers = strangersOf(language, other)
  return text.map(spaced).filter(one => strangers.whole.has(one) || strangers.parts.some(part => one.includes(part)))
}

const known = new Map<string, { whole: ReadonlySet<string>; parts: readonly string[] }>()

/** What tells the other language: whole texts, and pieces of at least three words within longer ones. */
function strangersOf(language: string, other: string) {
  const key = `${language} ${other}`
  let found = known.get(key)
  if (!found) {
    const own = new Set(phrases(language))
    const theirs = phrases(other).filter(phrase => !own.has(phrase) && /\p{L}{2}/u.test(phrase))
    found = { whole: new Set(theirs), parts: theirs.filter(phrase => phrase.split(' ').length >= 3) }
    known.set(key, found)
  }
  return found
}

/** Every text of a language, cut where something is filled in. */
function phrases(language: string): string[] {
  const folder = new URL(`${language}/`, LOCALES)
  return readdirSync(folder).flatMap(file => textsIn(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))))
}

function textsIn(words: unknown): string[] {
  if (typeof words === 'string')
    return words
      .split(/\{\{.*?\}\}|\n/)
      .map(spaced)
      .filter(Boolean)
  return typeof words === 'object' && words ? Object.values(words).flatMap(textsIn) : []
}

const spaced = (text: string) => text.replaceAll(/[\s\u00a0\u202f]+/g, ' ').trim()
