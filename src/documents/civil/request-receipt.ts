import type { TownIdentity } from '../../town-identity.ts'
import { fill, GREY, paler, style } from '../ink.ts'
import { issuer, letterHead } from '../letter.ts'
import { MARGIN } from '../sheet.ts'
import { block, decoration, measure } from '../tags.ts'
import type { Words } from '../words.ts'
import { askedLines, followCode, grouped, paragraph, spelled } from './letter-parts.ts'
import type { Paper } from './paper.ts'
import type { CivilRequestReceiptView } from './views.ts'

const LARGE = style(14)
const CODE = 112

/** What a resident without e-mail takes home from the counter, in letters of 14 points and more. */
export function requestReceipt(view: CivilRequestReceiptView, town: TownIdentity, words: Words): Paper {
  const { t } = words
  const number = grouped(view.number)
  return {
    words,
    title: t('civil.request-receipt.property', { number }),
    subject: t('civil.request-receipt.subject'),
    createdAt: Temporal.Instant.from(view.receivedAt),
    foot: issuer(town, words),
    draw: sheet => {
      const { root } = sheet
      letterHead(sheet, town, view.service)
      const width = measure(sheet)
      sheet.y =
        4 +
        block(sheet, root, {
          type: 'H1',
          text: t('civil.request-receipt.title'),
          style: style(26, 'bold'),
          x: MARGIN,
          y: 118,
          width,
        })
      paragraph(sheet, t('civil.request-receipt.keep'), LARGE)
      const top = sheet.y + 4
      const height = CODE + 14
      decoration(sheet, () => {
        fill(sheet, paler(town.colour, 0.93), MARGIN, top, width, height)
        fill(sheet, town.colour, MARGIN, top, 5, height)
      })
      const inner = width - 34 - (view.followPage ? CODE + 8 : 0)
      const at = { x: MARGIN + 20, width: inner }
      let y = block(sheet, root, { text: t('civil.request-receipt.number'), style: LARGE, y: top + 14, ...at })
      y = block(sheet, root, { text: number, style: style(34, 'bold'), y, ...at })
      block(sheet, root, {
        text: view.followPage ? t('civil.follow.scan') : '',
        style: style(14, 'regular', GREY),
        y: y + 4,
        ...at,
      })
      if (view.followPage)
        followCode(sheet, view.number, view.followPage, { x: MARGIN + width - CODE - 7, y: top + 7, side: CODE })
      sheet.y = top + height + 8
      paragraph(sheet, spelled(view.number, words), LARGE)
      const title = (text: string) => {
        sheet.y += 8
        const how = style(17, 'bold')
        sheet.y = 3 + block(sheet, root, { type: 'H2', text, style: how, x: MARGIN, y: sheet.y, width })
      }
      title(t('civil.asked.title'))
      askedLines(sheet, view.asked, view.delivery, LARGE.size)
      title(t('civil.answer.title'))
      paragraph(sheet, t('civil.answer.text', { day: words.day(view.answerBefore) }), LARGE)
      if (view.missing.length > 0)
        paragraph(sheet, t('civil.answer.missing', { papers: words.list(view.missing) }), style(14, 'bold'))
      title(t('civil.request-receipt.news'))
      paragraph(
        sheet,
        t('civil.request-receipt.call', { phone: view.service.phone, address: view.service.addressLines.join(', ') }),
        LARGE,
      )
      paragraph(sheet, t('civil.request-receipt.free'), style(14, 'bold'))
      title(t('civil.request-receipt.by'))
      paragraph(
        sheet,
        t('civil.request-receipt.clerk', {
          clerk: view.clerk,
          service: view.service.name,
          applicant: view.applicant,
          instant: words.instant(view.receivedAt),
        }),
        LARGE,
      )
      paragraph(sheet, t('civil.request-receipt.mandate', { mandate: view.mandate }), LARGE)
    },
  }
}
