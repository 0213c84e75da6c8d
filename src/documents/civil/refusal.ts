import type { TownIdentity } from '../../town-identity.ts'
import { style } from '../ink.ts'
import { issuer, letterHead, opening, question } from '../letter.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { block, branch, makeRoom, measure, newPage } from '../tags.ts'
import { type Words, wordsIn } from '../words.ts'
import { onEnvelope } from './addresses.ts'
import { grouped, ofNames, paragraph, points, section, TEXT, waysOfAppeal, wholeOf } from './letter-parts.ts'
import { type Paper, receiptDay, startOf } from './paper.ts'
import { emptyBox } from './record-paper.ts'
import type { CivilRefusalView, Legal } from './views.ts'

/**
 * A refusal with its grounds of law and of fact (code des relations entre le public et l'administration, art. L211-5) and
 * the ways of appeal. The decision is in French; in another language a translation follows it. Throws a RangeError when
 * a ground is missing: such a refusal must not leave.
 */
export function refusal(view: CivilRefusalView, town: TownIdentity, words: Words): Paper {
  if (view.law.length === 0 || view.facts.length === 0)
    throw new RangeError(`the refusal of ${view.number} does not say why`)
  const { t } = words
  const number = grouped(view.number)
  const french = wordsIn('fr')
  return {
    words,
    title: t('civil.refusal.property', { number }),
    subject: t('civil.refusal.subject'),
    createdAt: startOf(view.decidedOn),
    foot: issuer(town, words),
    draw: sheet => {
      const decision = { ...sheet, words: french, root: branch(sheet, sheet.root, 'Part', { lang: french.tag }) }
      letterHead(decision, town, view.service)
      opening(decision, {
        title: french.t('civil.refusal.title'),
        facts: [
          [french.t('civil.number'), number],
          [french.t('civil.received'), french.date(receiptDay(view.receivedAt))],
          [french.t('civil.decided'), french.date(view.decidedOn)],
        ],
        to: onEnvelope(view.to),
      })
      reasons(decision, view, ({ french: text }) => ({ text }))
      signature(decision, view, town)
      sheet.y = decision.y
      if (words.language !== 'fr') translation(sheet, view)
    },
  }
}

function translation(sheet: Sheet, view: CivilRefusalView): void {
  const { t } = sheet.words
  newPage(sheet)
  const title = `${t('civil.refusal.translation')}: ${t('civil.refusal.title')}`
  sheet.y =
    8 +
    block(sheet, sheet.root, {
      type: 'H1',
      text: title,
      style: style(21, 'bold'),
      x: MARGIN,
      y: sheet.y,
      width: measure(sheet),
    })
  paragraph(sheet, t('civil.refusal.translation-note'), style(TEXT.size, 'bold'))
  sheet.y += 4
  reasons(sheet, view, ({ translated, french }) =>
    translated === undefined ? { text: french, lang: wordsIn('fr').tag } : { text: translated },
  )
}

type Said = { text: string; lang?: string }

function reasons(sheet: Sheet, view: CivilRefusalView, say: (legal: Legal) => Said): void {
  const { words } = sheet
  const { t } = words
  const { asked } = view
  const each = (all: readonly Legal[]) => {
    for (const { text, lang } of all.map(say)) paragraph(sheet, text, TEXT, lang)
  }
  paragraph(sheet, t('civil.refusal.asked', { whole: wholeOf(asked, words), of: ofNames(asked, words) }))
  paragraph(sheet, t('civil.refusal.decision'), style(TEXT.size, 'bold'))
  section(sheet, t('civil.refusal.facts'))
  each(view.facts)
  section(sheet, t('civil.refusal.law'))
  each(view.law)
  if (view.instead.length > 0) {
    section(sheet, t('civil.refusal.instead'))
    each(view.instead)
  }
  section(sheet, t('civil.appeal.title'))
  points(sheet, waysOfAppeal(view.appeal, view.service, words))
}

const SIGNED = { width: 240, height: 66 }

/** Room to sign, and beside it where to ask. */
function signature(sheet: Sheet, { officer, decidedOn, service, number }: CivilRefusalView, town: TownIdentity): void {
  const { root, words } = sheet
  const { t } = words
  makeRoom(sheet, SIGNED.height + 54)
  const top = sheet.y + 10
  const ask = question({ ...service, openingHours: town.openingHours }, words, grouped(number))
  const left = { x: MARGIN, width: measure(sheet) - SIGNED.width - 30 }
  let y = block(sheet, root, { type: 'H2', text: ask.title, style: style(TEXT.size, 'bold'), y: top, ...left })
  for (const text of ask.paragraphs)
    y = block(sheet, root, { text: typeof text === 'string' ? text : text.text, style: TEXT, y: y + 2, ...left })
  const right = { x: sheet.width - MARGIN - SIGNED.width, width: SIGNED.width }
  const done = t('civil.refusal.done', { town: town.shortName, day: words.date(decidedOn) })
  y = block(sheet, root, { text: done, style: TEXT, y: top, ...right })
  y = block(sheet, root, { text: officer.quality, style: TEXT, y, ...right })
  if (officer.name) y = block(sheet, root, { text: officer.name, style: style(TEXT.size, 'bold'), y, ...right })
  emptyBox(sheet, t('civil.refusal.signature'), { ...right, y: y + 4, height: SIGNED.height })
  sheet.y = y + 4 + SIGNED.height
}
