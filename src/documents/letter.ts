import { readFileSync } from 'node:fs'
import type { TownIdentity } from '../town-identity.ts'
import { BLACK, fill, GREY, HAIRLINE, leading, paler, put, putRight, type Style, style, widthOf, wrap } from './ink.ts'
import { qrCode } from './qr.ts'
import { MARGIN, type Sheet } from './sheet.ts'
import { block, branch, decoration, makeRoom, measure, pagination, tagged, written } from './tags.ts'
import type { Addressee } from './views.ts'
import type { Words } from './words.ts'

const mm = (length: number) => (length * 72) / 25.4

/**
 * What shows in the window of a French DL envelope (110 × 220 mm; window of 35 × 100 mm, 20 mm from the right and from
 * the bottom edge) however an A4 sheet folded in three slides inside: 10 mm sideways, 11 mm up and down.
 */
const ALWAYS_SEEN = { left: mm(102), right: mm(189), top: mm(55), bottom: mm(79) }
/** Below all that the window may ever show. */
const BELOW_WINDOW = mm(91)
const FACTS_TOP = mm(47)
const FACTS_WIDTH = mm(88) - MARGIN

const VALUE = style(10.5, 'bold')
const LABEL = style(10.5, 'regular', GREY)
const TEXT = style(10.5)
export const SMALL = style(9.2, 'regular', GREY)

/** What of the town hall writes, and how to reach it. */
export type Office = { name: string; addressLines: readonly string[]; email: string; phone: string }

/** Who writes and how to reach them: the régie, unless another office is given. */
export function letterHead(sheet: Sheet, town: TownIdentity, office: Office = regie(town)): void {
  const { root, words } = sheet
  decoration(sheet, () => fill(sheet, town.colour, 0, 0, sheet.width, 6))
  const x = MARGIN + logo(sheet, town)
  const width = sheet.width - MARGIN - CONTACT_WIDTH - x - 16
  const size = [16, 14, 12].find(each => wrap(town.name, width, style(each, 'bold')).length <= 2) ?? 11
  const below = block(sheet, root, { text: town.name, style: style(size, 'bold', town.colour), x, y: 30, width })
  block(sheet, root, { text: office.name, style: style(10, 'regular', GREY), x, y: below, width })
  const contact = [...office.addressLines, words.t('phone', { phone: office.phone }), office.email]
  const lines = contact.flatMap(line => wrap(line, CONTACT_WIDTH, SMALL)).slice(0, 7)
  tagged(sheet, root, 'P', () => {
    lines.forEach(
      (line, i) => void putRight(sheet, `${line} `, sheet.width - MARGIN, 32 + i * leading(SMALL.size), SMALL),
    )
  })
}

const regie = ({ regie: name, address: addressLines, email, phone }: TownIdentity): Office => ({
  name,
  addressLines,
  email,
  phone,
})

const CONTACT_WIDTH = 160
const LOGO = { width: 90, height: 46 }
const PNG = '89504e47'
const JPEG = 'ffd8ff'
const logos = new Map<string, Buffer | undefined>()

/** Draws the town's logo (PNG or JPEG) and gives the room it takes. A town whose file cannot be drawn has its name. */
function logo(sheet: Sheet, town: TownIdentity): number {
  if (!town.logoFile) return 0
  if (!logos.has(town.logoFile)) logos.set(town.logoFile, picture(town.logoFile))
  const bytes = logos.get(town.logoFile)
  if (!bytes) return 0
  const image = sheet.pdf.openImage(bytes)
  const scale = Math.min(LOGO.width / image.width, LOGO.height / image.height)
  const [width, height] = [image.width * scale, image.height * scale]
  decoration(sheet, () => sheet.pdf.image(image, MARGIN, 30, { width, height }))
  return width + 12
}

function picture(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file)
    const start = bytes.toString('hex', 0, 4)
    return start === PNG || start.startsWith(JPEG) ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Title and facts on the left, whom it is for in the envelope's window on the right. */
export function opening(
  sheet: Sheet,
  { title, facts, to }: { title: string; facts: readonly (readonly [label: string, value: string])[]; to: Addressee },
): void {
  const { root } = sheet
  let y =
    block(sheet, root, {
      type: 'H1',
      text: title,
      style: style(21, 'bold'),
      x: MARGIN,
      y: FACTS_TOP,
      width: FACTS_WIDTH,
    }) + 5
  const column = Math.max(...facts.map(([label]) => widthOf(label, LABEL))) + 10
  for (const [label, value] of facts) {
    const lines = wrap(value, FACTS_WIDTH - column, VALUE)
    const top = y
    tagged(sheet, root, 'P', () => {
      put(sheet, `${label} `, MARGIN, top, LABEL)
      lines.forEach((line, i) => void put(sheet, line, MARGIN + column, top + i * leading(VALUE.size), VALUE))
    })
    y += lines.length * leading(VALUE.size) + 2
  }
  address(sheet, to)
  sheet.y = Math.max(BELOW_WINDOW, y + 12)
}

/** The address in letters as large as the window allows: long names wrap, long addresses shrink. */
function address(sheet: Sheet, to: Addressee): void {
  const { left, right, top, bottom } = ALWAYS_SEEN
  const texts = [to.name, ...to.addressLines].filter(text => text.trim() !== '')
  let lines: string[] = []
  let how: Style = TEXT
  for (const size of [11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6]) {
    how = style(size)
    lines = texts.flatMap(text => wrap(text, right - left, how))
    if (lines.length * leading(size) <= bottom - top) break
  }
  const step = leading(how.size)
  const fitting = lines.slice(0, Math.floor((bottom - top) / step))
  tagged(sheet, sheet.root, 'P', () =>
    fitting.forEach((line, i) => void put(sheet, `${line} `, left, top + i * step, how)),
  )
}

export type AmountBox = {
  label: string
  amount: string
  /** Beside the amount: a label and what is said of it, in large letters. */
  aside?: { label: string; value: string }
  note?: string
  /** Where it is paid, as a code to scan and a link to click. */
  qr?: { url: string; alt: string }
}

const QR_SIDE = 78

/** What the letter comes to, in a box that is seen first. */
export function amountBox(sheet: Sheet, town: TownIdentity, { label, amount, aside, note, qr }: AmountBox): void {
  const { root, y } = sheet
  const height = qr ? QR_SIDE + 12 : 84
  decoration(sheet, () => {
    fill(sheet, paler(town.colour, 0.93), MARGIN, y, measure(sheet), height)
    fill(sheet, town.colour, MARGIN, y, 5, height)
  })
  const left = MARGIN + 20
  const right = sheet.width - MARGIN - (qr ? QR_SIDE + 22 : 14)
  const figure = style(28, 'bold')
  const wide = Math.max(widthOf(amount, figure), widthOf(label, LABEL))
  block(sheet, root, { text: label, style: LABEL, x: left, y: y + 9, width: wide + 4 })
  block(sheet, root, { text: amount, style: figure, x: left, y: y + 21, width: wide + 4 })
  if (aside) {
    const x = left + Math.max(wide + 28, 120)
    block(sheet, root, { text: aside.label, style: LABEL, x, y: y + 9, width: right - x })
    block(sheet, root, { text: aside.value, style: style(15, 'bold'), x, y: y + 28, width: right - x })
  }
  if (note) block(sheet, root, { text: note, style: TEXT, x: left, y: y + 60, width: right - left })
  if (qr) {
    const [x, top] = [sheet.width - MARGIN - QR_SIDE - 6, y + 6]
    decoration(sheet, () => fill(sheet, '#ffffff', x, top, QR_SIDE, QR_SIDE))
    const link = branch(sheet, root, 'Link')
    qrCode(sheet, link, qr.url, { x, y: top, side: QR_SIDE, alt: qr.alt })
    sheet.pdf.link(x, top, QR_SIDE, QR_SIDE, qr.url, { structParent: link, Contents: new String(qr.alt) as string })
  }
  sheet.y = y + height + 12
}

export function heading(sheet: Sheet, text: string): void {
  sheet.y =
    block(sheet, sheet.root, {
      type: 'H2',
      text,
      style: style(13, 'bold'),
      x: MARGIN,
      y: sheet.y,
      width: measure(sheet),
    }) + 4
}

type Paragraph = string | { text: string; lang: string }

/** What a reader may want to know besides: short texts under a title. */
export type Note = { title: string; paragraphs: readonly Paragraph[] }

/** Words of the town's configuration are French in every document; a screen reader must know. */
export const ofTheTown = (text: string): Paragraph => ({ text, lang: 'fr-FR' })

const NOTE = style(9.6)
const NOTE_TITLE = style(10.5, 'bold')
const NOTE_COLUMNS = 3
const NOTE_GAP = 22

/** Notes side by side, three at most, kept together on one page. */
export function notes(sheet: Sheet, all: readonly Note[]): void {
  const width = (measure(sheet) - (NOTE_COLUMNS - 1) * NOTE_GAP) / NOTE_COLUMNS
  const laid = all.map(({ title, paragraphs }) => ({ title, paragraphs: paragraphs.map(each => laidOut(each, width)) }))
  const heights = laid.map(({ paragraphs }) => {
    const lines = paragraphs.reduce((count, each) => count + each.lines.length, 0)
    return leading(NOTE_TITLE.size) + lines * leading(NOTE.size) + 2 * (paragraphs.length + 1)
  })
  const tallest = Math.max(...heights)
  makeRoom(sheet, tallest + 22)
  sheet.y += 22
  decoration(sheet, () => fill(sheet, HAIRLINE, MARGIN, sheet.y - 9, measure(sheet), 0.5))
  for (const [i, { title, paragraphs }] of laid.entries()) {
    const x = MARGIN + i * (width + NOTE_GAP)
    let y = 2 + block(sheet, sheet.root, { type: 'H2', text: title, style: NOTE_TITLE, x, y: sheet.y, width })
    for (const { lines, options } of paragraphs)
      y = 2 + written(sheet, sheet.root, 'P', lines, { style: NOTE, x, y }, options)
  }
  sheet.y += tallest
}

function laidOut(paragraph: Paragraph, width: number) {
  if (typeof paragraph === 'string') return { lines: wrap(paragraph, width, NOTE), options: {} }
  return { lines: wrap(paragraph.text, width, NOTE), options: { lang: paragraph.lang } }
}

/** Where to ask, and which number to give. */
export function question(
  town: Pick<TownIdentity, 'phone' | 'email' | 'openingHours'>,
  { t }: Words,
  number: string,
): Note {
  return {
    title: t('question.title'),
    paragraphs: [
      t('question.text', { phone: town.phone, email: town.email }),
      t('question.number', { number }),
      ofTheTown(town.openingHours),
    ],
  }
}

/** Page numbers, who writes, and the title again on the pages after the first. Then the file is whole. */
export async function finish(
  sheet: Sheet,
  town: TownIdentity,
  foot = issuer(town, sheet.words),
): Promise<Uint8Array<ArrayBuffer>> {
  numberPages(sheet, town, foot)
  sheet.root.end()
  sheet.pdf.end()
  return sheet.bytes
}

/** The foot of what the town issues: its name and number. */
export const issuer = (town: TownIdentity, { t }: Words): string =>
  `${town.name} · ${t('siret', { siret: siret(town.siret) })}`

/** Heads and feet of the pages that were not written out yet, numbered from one. */
export function numberPages(sheet: Sheet, town: TownIdentity, foot: string): void {
  const { pdf, words } = sheet
  const { start, count } = pdf.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    pdf.switchToPage(start + page)
    if (page > 0)
      pagination(sheet, 'Header', () => {
        put(sheet, words.t('continued', { title: sheet.title }), MARGIN, 34, style(9.5, 'bold', GREY))
        putRight(sheet, town.name, sheet.width - MARGIN, 34, SMALL)
        fill(sheet, HAIRLINE, MARGIN, 50, measure(sheet), 0.5)
      })
    pagination(sheet, 'Footer', () => {
      const y = sheet.height - 40
      fill(sheet, HAIRLINE, MARGIN, y - 6, measure(sheet), 0.5)
      const pages = words.t('page', { page: page + 1, pages: count })
      const room = measure(sheet) - widthOf(pages, SMALL) - 16
      const [fitting = ''] = wrap(foot, room, SMALL)
      put(sheet, fitting, MARGIN, y, SMALL)
      putRight(sheet, pages, sheet.width - MARGIN, y, style(9.2, 'bold', BLACK))
    })
  }
}

/** « 215 900 123 00017 »: a SIRET as it is read out. */
const siret = (digits: string) => digits.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, '$1\u00a0$2\u00a0$3\u00a0$4')
