import { readdir, readFile } from 'node:fs/promises'
import { createInstance, type TFunction } from 'i18next'
import { type Formats, formats } from './format.ts'
import { beforeName, frenchSpaces } from './typography.ts'

/** The words of a key `namespace:path.to.key`, with `{{name}}` filled from the parameters and plurals chosen by `count`. */
export type Translate = (key: string, params?: Record<string, unknown>) => string

/** A language of the pages. `intl` is the locale given to `Intl`, `name` is what its speakers call it. */
export type Language = { code: string; name: string; dir: 'ltr' | 'rtl'; intl: string }

/** Words and formats of one language. */
export type Translator = { language: Language; t: Translate; f: Formats }

/** What a visitor's language may be read from, strongest first. */
export type LanguageHints = {
  query?: string | undefined
  cookie?: string | undefined
  profile?: string | undefined
  acceptLanguage?: string | undefined
}

export type Languages = {
  /** French first, then by code. */
  list: readonly Language[]
  /** The translator of a language; of French when the code is not one of ours. */
  for(code: string): Translator
  /** The code of the language to answer in. */
  choose(hints: LanguageHints): string
}

/** All words are written in French first; another language that lacks a key shows the French. */
const SOURCE = 'fr'
const LOCALES = new URL('../../templates/locales/', import.meta.url)

/** French words that lose their vowel before the vowel of what is filled in after them. */
const ELIDED = ['de', 'que'] as const
const BEFORE_A_NAME = new RegExp(`\\b(${ELIDED.join('|')}) \\{\\{(\\w+)\\}\\}`, 'g')
/** Administrators read and rewrite these with their `{{names}}`, which are filled in elsewhere. */
const AS_WRITTEN = 'letter-texts.json'
const elidable = (text: string) => text.replace(BEFORE_A_NAME, '{{$2, $1}}')

/**
 * Reads every language from its folder: `language.json` says its name, direction and `Intl` locale, each other file is a
 * namespace. A new language is a new folder. With `strict`, a key that French lacks throws instead of showing itself.
 */
export async function loadLanguages({ strict = false, folder = LOCALES } = {}): Promise<Languages> {
  const codes = (await readdir(folder, { withFileTypes: true })).filter(entry => entry.isDirectory()).map(e => e.name)
  const list: Language[] = []
  const resources: Record<string, Record<string, object>> = {}
  for (const code of codes.sort((a, b) => Number(b === SOURCE) - Number(a === SOURCE) || a.localeCompare(b))) {
    const read = async (file: string) => {
      const french = (text: string) => (file === AS_WRITTEN ? frenchSpaces(text) : elidable(frenchSpaces(text)))
      const ready = (_key: string, value: unknown) =>
        code === SOURCE && typeof value === 'string' ? french(value) : value
      return JSON.parse(await readFile(new URL(`${code}/${file}`, folder), 'utf8'), ready)
    }
    list.push({ code, ...(await read('language.json')) })
    const namespaces: Record<string, object> = {}
    for (const file of await readdir(new URL(`${code}/`, folder)))
      if (file.endsWith('.json') && file !== 'language.json') namespaces[file.slice(0, -5)] = await read(file)
    resources[code] = namespaces
  }

  const i18n = createInstance()
  await i18n.init({
    lng: SOURCE,
    fallbackLng: SOURCE,
    supportedLngs: codes,
    resources,
    ns: Object.keys(resources[SOURCE] ?? {}),
    defaultNS: 'common',
    returnNull: false,
    interpolation: { escapeValue: false }, // the templates escape
    parseMissingKeyHandler: key => {
      if (strict) throw new Error(`No words for the key « ${key} »`)
      return key
    },
  })

  for (const word of ELIDED) i18n.services.formatter?.add(word, name => beforeName(word, String(name)))

  const translators = new Map(
    list.map(language => [language.code, translator(language, i18n.getFixedT(language.code))]),
  )
  const source = translators.get(SOURCE)
  if (!source) throw new Error(`No French words in ${folder.pathname}`)
  const known = (code: string | undefined) => (code !== undefined && translators.has(code) ? code : undefined)
  return {
    list,
    for: code => translators.get(code) ?? source,
    choose: ({ query, cookie, profile, acceptLanguage = '' }) =>
      known(query) ?? known(cookie) ?? known(profile) ?? accepted(acceptLanguage).find(known) ?? SOURCE,
  }
}

/** Words without parameters are kept once found: a page asks for some forty, and i18next takes 2 µs for each. */
function translator(language: Language, words: TFunction): Translator {
  const found = new Map<string, string>()
  const t: Translate = (key, params) => {
    if (params) return words(key, params)
    let text = found.get(key)
    if (text === undefined) {
      text = words<string, Record<string, unknown>, string>(key)
      found.set(key, text)
    }
    return text
  }
  return { language, t, f: formats(language.intl) }
}

/** The languages of an `Accept-Language` header without their regions, best first (RFC 9110, 12.5.4). */
function accepted(header: string): string[] {
  return header
    .split(',')
    .map(range => {
      const [tag = '', ...params] = range.split(';').map(part => part.trim())
      const quality = Number(params.find(param => param.startsWith('q='))?.slice(2) ?? 1)
      return { code: tag.split('-')[0]?.toLowerCase() ?? '', quality }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ code }) => code)
}
