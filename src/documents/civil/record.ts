import type { TownIdentity } from '../../town-identity.ts'
import type { Sheet } from '../sheet.ts'
import { wordsIn } from '../words.ts'
import { extract } from './extract.ts'
import { fullCopy } from './full-copy.ts'
import { multilingual } from './multilingual.ts'
import { type Paper, startOf } from './paper.ts'
import { picturesOf, scannedCopy } from './scanned-copy.ts'
import type { CivilRecordView } from './views.ts'
import { wordingOf } from './wording.ts'

/** An act on the town's paper, ready to be signed and sealed. Acts are in French, whoever asks for them. */
export function record(view: CivilRecordView, town: TownIdentity): Paper {
  const words = wordsIn('fr')
  const { t } = words
  const facts = { kind: t(`act.kind.${view.act.kind}`), ...view.register, town: town.name }
  return {
    words,
    title: t('act.property', facts),
    subject: t(`act.form.${view.form}`),
    createdAt: startOf(view.issuedOn),
    foot: t('act.foot', facts),
    draw: drawing(view, town),
  }
}

function drawing(view: CivilRecordView, town: TownIdentity): (sheet: Sheet) => void {
  if (view.form === 'multilingual') return sheet => multilingual(sheet, town, view)
  if (view.form !== 'full-copy') return sheet => extract(sheet, town, view, view)
  if ('scan' in view) {
    const { scan } = view
    // Several copies show the same pictures, which are put into their file once.
    let shown: { pdf: Sheet['pdf']; pictures: PDFKit.OpenedImage[] } | undefined
    return sheet => {
      if (shown?.pdf !== sheet.pdf) shown = { pdf: sheet.pdf, pictures: picturesOf(sheet, scan) }
      scannedCopy(sheet, town, view, shown.pictures)
    }
  }
  const { marginalNotes } = view
  const text = 'text' in view ? view.text : wordingOf(view.act)
  return sheet => fullCopy(sheet, town, view, { text, marginalNotes })
}
