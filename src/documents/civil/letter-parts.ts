import type { TownIdentity } from '../../town-identity.ts'
import { fill, leading, paler, put, type Style, style, widthOf, wrap } from '../ink.ts'
import { heading, SMALL } from '../letter.ts'
import { qrCode } from '../qr.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { block, branch, decoration, makeRoom, measure, tagged, written } from '../tags.ts'
import type { Words } from '../words.ts'
import { partsOf } from './dates.ts'
import type { Appeal, AskedRecord, PartialDay, RegistryService } from './views.ts'
import { isElided, nameOf } from './wording.ts'

// What the letters of the civil registry have in common.

export const TEXT = style(10.2)
const LABEL = style(10.2, 'regular', SMALL.colour)
const STRONG = style(10.2, 'bold')

/** « K7QF 2MXA 9PTR »: a tracking number as it is read and typed. */
export function grouped(number: string): string {
  return (
    number
      .replace(/[^\p{L}\p{N}]/gu, '')
      .match(/.{1,4}/gu)
      ?.join('\u00a0') ?? ''
  )
}

/** « K comme Kléber, 7, Q comme Quintal… »: how it is said on the phone. */
export function spelled(number: string, { t }: Words): string {
  const sign = (letter: string) =>
    /[A-Z]/.test(letter) ? t('civil.letter', { letter, word: t(`civil.letters.${letter}`) }) : letter
  const letters = Array.from(number.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase(), sign)
  return t('civil.spelling', { letters: letters.join(', ') })
}

/** « 2 copies intégrales » */
const whatOf = ({ form, copies }: AskedRecord, { t }: Words) => t(`civil.${form}`, { count: copies })

/** « 2 copies intégrales de l’acte de naissance » */
export const wholeOf = (asked: AskedRecord, words: Words) =>
  words.t('civil.whole', { what: whatOf(asked, words), act: words.t(`civil.${asked.kind}`) })

/** « de Jean Petit et Marie Durand », « d’Anne Petit » */
export function ofNames(asked: Pick<AskedRecord, 'names'>, words: Words): string {
  const name = namesOf(asked, words)
  return words.t(isElided(name) ? 'civil.of-elided' : 'civil.of', { name })
}

/** « Jean Petit et Marie Durand » */
function namesOf({ names }: Pick<AskedRecord, 'names'>, { t }: Words): string {
  return names.map(nameOf).reduce((first, second) => t('civil.asked.and', { first, second }))
}

/** « 12 mai 1931 », « mai 1931 », « 1931 », in the letter's language. */
export function dateOf(day: PartialDay, words: Words): string {
  const [year, month, dayOfMonth] = partsOf(day)
  if (month === undefined) return String(year)
  return dayOfMonth === undefined ? words.month(day) : words.date(day)
}

/** A paragraph across the page; `lang` when it is of another language than the letter. */
export function paragraph(sheet: Sheet, text: string, how: Style = TEXT, lang?: string): void {
  const lines = wrap(text, measure(sheet), how)
  makeRoom(sheet, lines.length * leading(how.size))
  sheet.y = 3 + written(sheet, sheet.root, 'P', lines, { style: how, x: MARGIN, y: sheet.y }, lang ? { lang } : {})
}

/** A title that stays with at least two lines of what follows it. */
export function section(sheet: Sheet, title: string): void {
  makeRoom(sheet, 70)
  sheet.y += 4
  heading(sheet, title)
}

/** Points, one below the other; `numbered` when their order matters. */
export function points(sheet: Sheet, texts: readonly string[], { numbered = false } = {}): void {
  const list = branch(sheet, sheet.root, 'L')
  const indent = numbered ? 18 : 14
  for (const [i, text] of texts.entries()) {
    const lines = wrap(text, measure(sheet) - indent, TEXT)
    makeRoom(sheet, lines.length * leading(TEXT.size))
    const item = branch(sheet, list, 'LI')
    tagged(sheet, item, 'Lbl', () => put(sheet, numbered ? `${i + 1}. ` : '• ', MARGIN + 2, sheet.y, STRONG))
    tagged(sheet, item, 'LBody', () =>
      lines.forEach((line, at) => void put(sheet, line, MARGIN + indent, sheet.y + at * leading(TEXT.size), TEXT)),
    )
    sheet.y += lines.length * leading(TEXT.size) + 2
  }
}

/** What was asked, a label and a value a line. */
export function askedLines(sheet: Sheet, asked: AskedRecord, delivery: 'post' | 'collection', size = TEXT.size): void {
  const { words } = sheet
  const { t } = words
  const facts: [label: string, value: string][] = [
    [t('civil.asked.what'), wholeOf(asked, words)],
    [t('civil.asked.names'), namesOf(asked, words)],
    ...(asked.date ? [[t('civil.asked.date'), dateOf(asked.date, words)] as [string, string]] : []),
    [t('civil.asked.delivery'), t(`civil.delivery.${delivery}`)],
  ]
  labelled(sheet, facts, { label: style(size, 'regular', LABEL.colour), value: style(size, 'bold') })
}

/** Labels on the left, values beside them. */
function labelled(
  sheet: Sheet,
  facts: readonly (readonly [label: string, value: string])[],
  look: { label: Style; value: Style },
): void {
  const column = Math.max(...facts.map(([label]) => widthOf(label, look.label))) + 12
  const step = leading(look.value.size)
  for (const [label, value] of facts) {
    const lines = wrap(value, measure(sheet) - column, look.value)
    makeRoom(sheet, lines.length * step)
    const { y } = sheet
    tagged(sheet, sheet.root, 'P', () => {
      put(sheet, `${label} `, MARGIN, y, look.label)
      lines.forEach((line, i) => void put(sheet, line, MARGIN + column, y + i * step, look.value))
    })
    sheet.y += lines.length * step + 1.5
  }
}

const QR_SIDE = 84

/** The tracking number in large letters, when the answer is due, and the code that opens the request. */
export function numberBox(
  sheet: Sheet,
  town: TownIdentity,
  { number, answerBefore, followPage }: { number: string; answerBefore: string; followPage: string | null },
): void {
  const { root, words, y } = sheet
  const { t } = words
  const height = QR_SIDE + 12
  const left = MARGIN + 20
  const width = measure(sheet) - 34 - (followPage ? QR_SIDE + 8 : 0)
  decoration(sheet, () => {
    fill(sheet, paler(town.colour, 0.93), MARGIN, y, measure(sheet), height)
    fill(sheet, town.colour, MARGIN, y, 5, height)
  })
  block(sheet, root, { text: t('civil.number'), style: LABEL, x: left, y: y + 7, width })
  block(sheet, root, { text: grouped(number), style: style(27, 'bold'), x: left, y: y + 17, width })
  const label = t('civil.answer.label')
  const indent = widthOf(label, LABEL) + 5
  tagged(sheet, root, 'P', () => {
    put(sheet, `${label} `, left, y + 56, LABEL)
    put(sheet, words.day(answerBefore), left + indent, y + 54.6, style(12, 'bold'))
  })
  if (followPage) {
    block(sheet, root, { text: t('civil.follow.scan'), style: SMALL, x: left, y: y + 75, width })
    followCode(sheet, number, followPage, {
      x: sheet.width - MARGIN - QR_SIDE - 6,
      y: y + 6,
      side: QR_SIDE,
    })
  }
  sheet.y = y + height + 8
}

/** The code that opens the request, to scan or to click. */
export function followCode(
  sheet: Sheet,
  number: string,
  url: string,
  { x, y, side }: { x: number; y: number; side: number },
): void {
  const alt = sheet.words.t('civil.follow.qr', { number: grouped(number), url })
  decoration(sheet, () => fill(sheet, '#ffffff', x, y, side, side))
  const link = branch(sheet, sheet.root, 'Link')
  qrCode(sheet, link, url, { x, y, side, alt })
  sheet.pdf.link(x, y, side, side, url, { structParent: link, Contents: new String(alt) as string })
}

/** What can be done against a refusal: the mayor, the prosecutor who oversees civil registration, the court. */
export function waysOfAppeal(
  { court }: Appeal,
  service: RegistryService,
  { t }: Words,
): [mayor: string, prosecutor: string, court: string, defender: string] {
  return [
    t('civil.appeal.mayor', { address: service.addressLines.join(', ') }),
    t('civil.appeal.prosecutor', { court: court.name, address: court.addressLines.join(', ') }),
    t('civil.appeal.court'),
    t('civil.appeal.defender'),
  ]
}
