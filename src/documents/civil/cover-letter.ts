import type { TownIdentity } from '../../town-identity.ts'
import { style } from '../ink.ts'
import { issuer, letterHead, notes, opening, question } from '../letter.ts'
import type { Words } from '../words.ts'
import { onEnvelope } from './addresses.ts'
import { dateOf, grouped, ofNames, paragraph, points, wholeOf } from './letter-parts.ts'
import { type Paper, startOf } from './paper.ts'
import type { CivilCoverLetterView } from './views.ts'

/** The letter that goes with records, its address in the envelope's window. */
export function coverLetter(view: CivilCoverLetterView, town: TownIdentity, words: Words): Paper {
  if (view.enclosed.length === 0) throw new RangeError(`nothing goes with the cover letter of ${view.number}`)
  const { t } = words
  const number = grouped(view.number)
  return {
    words,
    title: t('civil.cover.property', { number }),
    subject: t('civil.cover.subject'),
    createdAt: startOf(view.sentOn),
    foot: issuer(town, words),
    draw: sheet => {
      letterHead(sheet, town, view.service)
      opening(sheet, {
        title: t('civil.cover.title'),
        facts: [
          [t('civil.number'), number],
          [t('civil.sent'), words.date(view.sentOn)],
        ],
        to: onEnvelope(view.to),
      })
      paragraph(sheet, t('civil.cover.intro'))
      sheet.y += 2
      points(
        sheet,
        view.enclosed.map(each =>
          t(each.date ? 'civil.cover.item-dated' : 'civil.cover.item', {
            whole: wholeOf(each, words),
            of: ofNames(each, words),
            date: each.date ? dateOf(each.date, words) : '',
          }),
        ),
      )
      sheet.y += 2
      paragraph(sheet, t('civil.cover.original'))
      sheet.y += 8
      paragraph(sheet, t('civil.cover.from', { service: view.service.name, town: town.name }), style(10.2, 'bold'))
      notes(sheet, [
        {
          title: t('civil.cover.mistake'),
          paragraphs: [t('civil.cover.mistake-copy'), t('civil.cover.mistake-ours'), t('civil.cover.mistake-act')],
        },
        { title: t('civil.free.title'), paragraphs: [t('civil.free.text'), t('civil.free.copycats')] },
        question({ ...view.service, openingHours: town.openingHours }, words, number),
      ])
    },
  }
}
