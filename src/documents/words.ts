import { readFileSync } from 'node:fs'
import { createInstance } from 'i18next'
import { PARIS } from '../kernel/clock.ts'
import type { Cents } from '../kernel/money.ts'

/** The languages documents are written in. */
export type DocumentLanguage = 'fr' | 'en'

/** The words and formats of one language. Days come as ISO text (`2026-12-07`), amounts in cents. */
export type Words = {
  readonly language: DocumentLanguage
  /** The language as PDF readers want it: `fr-FR`. */
  readonly tag: string
  /** Throws when the key has no words: a key must never be printed. */
  t(key: string, params?: Record<string, unknown>): string
  money(amount: Cents): string
  /** A quotient, kept in cents: « 640 », « 640,50 ». */
  quotient(amount: Cents): string
  number(value: number): string
  /** « lait, œufs et soja » */
  list(items: readonly string[]): string
  /** « carte, espèces ou chèque » */
  either(items: readonly string[]): string
  /** « lundi 7 décembre 2026 » */
  day(day: string): string
  /** « 7 décembre 2026 » */
  date(day: string): string
  /** « lundi 7 décembre » */
  dayNoYear(day: string): string
  /** « 1er, 3 et 7 décembre », days of one month or several. */
  days(days: readonly string[]): string
  /** `2026-12` → « décembre 2026 » */
  month(month: string): string
  /** As a title: « Lundi 7 décembre ». */
  capital(text: string): string
  /** « 7 décembre 2026 à 10 h 05 », in Paris. */
  instant(instant: string): string
}

const TAGS = { fr: 'fr-FR', en: 'en-GB' } as const
const made = new Map<DocumentLanguage, Words>()

/** Read once a thread. Only the documents' own words: a worker thread needs no others. */
export function wordsIn(language: DocumentLanguage): Words {
  let words = made.get(language)
  if (words === undefined) {
    words = build(language)
    made.set(language, words)
  }
  return words
}

function build(language: DocumentLanguage): Words {
  const file = new URL(`../../templates/locales/${language}/documents.json`, import.meta.url)
  const i18n = createInstance()
  void i18n.init({
    lng: language,
    initAsync: false, // ready when it returns
    resources: { [language]: { documents: JSON.parse(readFileSync(file, 'utf8')) } },
    defaultNS: 'documents',
    interpolation: { escapeValue: false },
    parseMissingKeyHandler: key => {
      throw new Error(`No words for the key « documents:${key} » in ${language}`)
    },
  })
  const tag = TAGS[language]
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone: 'UTC', ...options })
  const euros = new Intl.NumberFormat(tag, { style: 'currency', currency: 'EUR' })
  const numbers = new Intl.NumberFormat(tag)
  const units = new Intl.NumberFormat(tag, { minimumFractionDigits: 0 })
  const hundredths = new Intl.NumberFormat(tag, { minimumFractionDigits: 2 })
  const lists = new Intl.ListFormat(tag)
  const choices = new Intl.ListFormat(tag, { type: 'disjunction' })
  const months = dates({ month: 'long', year: 'numeric' })
  const monthName = dates({ month: 'long' })
  const time = new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit', timeZone: PARIS })

  // Words without parameters are kept once found: an invoice asks for some thirty, at 3 µs each.
  const found = new Map<string, string>()
  const plain = (key: string) => {
    let text = found.get(key)
    if (text === undefined) {
      text = i18n.t(key)
      found.set(key, text)
    }
    return text
  }

  // French says « 1er décembre »; CLDR has no pattern for it.
  const ordinal = (text: string) => (language === 'fr' ? text.replace(/\b1\b/, '1er') : text)
  const daysAs = (options: Intl.DateTimeFormatOptions) => {
    const format = dates(options)
    return (day: string) => ordinal(format.format(utc(day)))
  }
  const date = daysAs({ day: 'numeric', month: 'long', year: 'numeric' })
  const numberOfDay = daysAs({ day: 'numeric' })

  return {
    language,
    tag,
    t: (key, params) => (params ? i18n.t(key, params) : plain(key)),
    money: amount => euros.format(amount / 100).replace('-', '−'), // a minus as wide as the figures
    quotient: amount => (amount % 100 === 0 ? units : hundredths).format(amount / 100),
    number: value => numbers.format(value).replace('-', '−'),
    list: items => lists.format(items),
    either: items => choices.format(items),
    day: daysAs({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    date,
    dayNoYear: daysAs({ weekday: 'long', day: 'numeric', month: 'long' }),
    days: days =>
      [...Map.groupBy(days, day => day.slice(0, 7))]
        .map(
          ([month, sameMonth]) => `${lists.format(sameMonth.map(numberOfDay))} ${monthName.format(utc(`${month}-01`))}`,
        )
        .join(' ; '),
    month: month => months.format(utc(`${month}-01`)),
    capital: text => text.charAt(0).toLocaleUpperCase(tag) + text.slice(1),
    instant: instant => {
      const at = Temporal.Instant.from(instant)
      const hour = time.format(at.epochMilliseconds)
      const day = date(at.toZonedDateTimeISO(PARIS).toPlainDate().toString())
      // French writes « 9 h 30 » where CLDR says « 09:30 ».
      const spoken = hour.replace(/^0?(\d+):00$/, '$1\u00a0h').replace(/^0?(\d+):/, '$1\u00a0h\u00a0')
      return i18n.t('instant', { day, time: language === 'fr' ? spoken : hour })
    },
  }
}

/** Midnight UTC of a day. `Intl` writes this number 13 times faster than a Temporal.PlainDate. Throws on a wrong day. */
function utc(day: string): number {
  const time = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(time)) throw new RangeError(`not a day: ${day}`)
  return time
}
