import type { TownIdentity } from '../../town-identity.ts'
import { issuer, letterHead, notes, opening, question, SMALL } from '../letter.ts'
import type { Sheet } from '../sheet.ts'
import { branch } from '../tags.ts'
import { type Words, wordsIn } from '../words.ts'
import { onEnvelope } from './addresses.ts'
import { askedLines, grouped, numberBox, paragraph, points, section, spelled, waysOfAppeal } from './letter-parts.ts'
import { type Paper, receiptDay } from './paper.ts'
import type { CivilAcknowledgementView, Silence } from './views.ts'

/**
 * What the town owes to whoever asks something of it: when it was received, who deals with it, until when, and what its
 * silence would mean (code des relations entre le public et l'administration, art. L112-3, L112-11 and R112-11-1).
 */
export function acknowledgement(view: CivilAcknowledgementView, town: TownIdentity, words: Words): Paper {
  const { t } = words
  const number = grouped(view.number)
  return {
    words,
    title: t('civil.acknowledgement.property', { number }),
    subject: t('civil.acknowledgement.subject'),
    createdAt: Temporal.Instant.from(view.receivedAt),
    foot: issuer(town, words),
    draw: sheet => {
      letterHead(sheet, town, view.service)
      opening(sheet, {
        title: t('civil.acknowledgement.title'),
        facts: [
          [t('civil.received'), words.date(receiptDay(view.receivedAt))],
          [t('civil.acknowledgement.this-is'), t('civil.acknowledgement.what')],
        ],
        to: onEnvelope(view.to),
      })
      numberBox(sheet, town, view)
      paragraph(sheet, spelled(view.number, words), SMALL)
      section(sheet, t('civil.asked.title'))
      askedLines(sheet, view.asked, view.delivery)
      section(sheet, t('civil.answer.title'))
      paragraph(sheet, t('civil.answer.text', { day: words.day(view.answerBefore) }))
      if (view.missing.length > 0) paragraph(sheet, t('civil.answer.missing', { papers: words.list(view.missing) }))
      section(sheet, t('civil.silence.title'))
      if (view.silence.meaning === 'refusal') {
        paragraph(sheet, `${silenceIn(view.silence, words)} ${t('civil.silence.then')}`)
        points(sheet, waysOfAppeal(view.appeal, view.service, words))
      } else paragraph(sheet, silenceIn(view.silence, words))
      notes(sheet, [
        { title: t('civil.free.title'), paragraphs: [t('civil.free.text'), t('civil.free.copycats')] },
        question({ ...view.service, openingHours: town.openingHours }, words, number),
        {
          title: t('civil.data.title'),
          paragraphs: [t('civil.data.text'), t('civil.data.rights', { email: view.service.email })],
        },
      ])
      if (words.language !== 'fr') inFrench(sheet, view)
    },
  }
}

function silenceIn({ meaning, afterMonths: months, on, source }: Silence, words: Words): string {
  const said = words.t(`civil.silence.${meaning}`, { day: words.day(on), months })
  return source ? `${said} ${words.t('civil.silence.source', { source })}` : said
}

/** What has effect in law has it in French (loi n° 94-665, art. 1). */
function inFrench(sheet: Sheet, { number, receivedAt, service, silence, appeal }: CivilAcknowledgementView): void {
  sheet.y += 10
  section(sheet, sheet.words.t('civil.acknowledgement.official'))
  const words = wordsIn('fr')
  const { t, date } = words
  const french = { ...sheet, words, root: branch(sheet, sheet.root, 'Sect', { lang: words.tag }) }
  paragraph(
    french,
    t('civil.acknowledgement.legal', {
      number: grouped(number),
      received: date(receiptDay(receivedAt)),
      service: service.name,
      address: service.addressLines.join(', '),
      phone: service.phone,
      email: service.email,
    }),
    SMALL,
  )
  const [mayor, prosecutor, court] = waysOfAppeal(appeal, service, words)
  const appeals = silence.meaning === 'refusal' ? [t('civil.silence.then'), mayor, prosecutor, court] : []
  paragraph(french, [silenceIn(silence, words), ...appeals].join(' '), SMALL)
  sheet.y = french.y
}
