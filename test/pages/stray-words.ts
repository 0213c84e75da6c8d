import { readdirSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const LOCALES = new URL('../../templates/locales/', import.meta.url)

export type Language = 'fr' | 'en'

/** What gives the other language away without standing in its files: days and months, and what govuk-frontend says unasked. */
const GIVEAWAYS: Readonly<Record<Language, RegExp>> = {
  fr: /\b(monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september|october|november|december|skip to main|there is a problem|show password|hide password|choose files?|no file chosen|drop file|you have \S+ characters|support links|select all|error:|menu toggle)\b/i,
  en: /(?<!\p{L})(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|avril|juin|juillet|août|septembre|octobre|novembre|décembre)(?!\p{L})/iu,
}

/**
 * Words of another language on a page, as they are read and as screen readers tell them, but for what is marked as being of
 * that language: phrases that only the other language's files have, days and months. Dishes are nobody's, nor are `names`.
 */
export async function strayWords(page: Page, language: Language, names: readonly string[]): Promise<string[]> {
  const texts = await page.evaluate<string[]>(`(() => {
    const own = each => each.closest('[lang]') === document.documentElement
    const texts = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const { parentElement, data } = walker.currentNode
      if (own(parentElement) && !parentElement.closest('script, style') && data.trim()) texts.push(data)
    }
    const SAID = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'value']
    for (const each of document.querySelectorAll('body *')) {
      if (!own(each)) continue
      for (const { name, value } of each.attributes) {
        const said = SAID.includes(name) && (name !== 'value' || each.matches('input[type=submit], input[type=button]'))
        if ((said || name.startsWith('data-i18n')) && value.trim()) texts.push(value)
      }
    }
    return texts
  })()`)
  const unnamed = (text: string) => names.reduce((left, name) => left.replaceAll(name, ' '), text)
  return texts.map(spaced).filter(text => isStray(spaced(unnamed(text)), language))
}

function isStray(text: string, language: Language): boolean {
  const { whole, parts } = strangersTo(language)
  return whole.has(text) || GIVEAWAYS[language].test(text) || parts.some(part => text.includes(part))
}

const known = new Map<Language, { whole: ReadonlySet<string>; parts: readonly string[] }>()

/** What tells the other language: whole texts, and pieces of at least three words within longer ones. */
function strangersTo(language: Language) {
  const found = known.get(language) ?? readStrangers(language)
  known.set(language, found)
  return found
}

function readStrangers(language: Language) {
  const own = new Set(phrases(language))
  // Words of capitals and figures are names of classes and forms: CE1, PAI.
  const theirs = phrases(language === 'fr' ? 'en' : 'fr').filter(each => !own.has(each) && /\p{L}\p{Ll}/u.test(each))
  return { whole: new Set(theirs), parts: theirs.filter(each => each.split(' ').length >= 3) }
}

/** Every text of a language, cut where something is filled in. */
function phrases(language: Language): string[] {
  const folder = new URL(`${language}/`, LOCALES)
  // The words of printed documents are on no page.
  const files = readdirSync(folder).filter(file => file !== 'documents.json')
  return files.flatMap(file => textsIn(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))))
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
