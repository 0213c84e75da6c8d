import type { TownIdentity } from '../../town-identity.ts'
import { fill, GREY, leading, style, wrap } from '../ink.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { block, decoration, makeRoom, measure } from '../tags.ts'
import { centred, certification, recordHead } from './record-paper.ts'
import type { ActFacts, CivilRecordView } from './views.ts'
import { extractOf } from './wording.ts'

const LEAD = style(12.5)
const NAME = style(17, 'bold')
const TEXT = style(12)
const NOTE = style(10.5)

/** What the law lets an extract say, in figures, with the notes that belong to it (décret n° 2017-890, art. 32 and 33). */
export function extract(
  sheet: Sheet,
  town: TownIdentity,
  view: CivilRecordView,
  { act, marginalNotes }: { act: ActFacts; marginalNotes: readonly string[] },
): void {
  const { t } = sheet.words
  const { lead, people, after } = extractOf(act, view.form === 'with-parentage')
  recordHead(sheet, town, view)
  sheet.y += 10
  const middle = (text: string, how = TEXT, above = 0) => {
    makeRoom(sheet, above + wrap(text, measure(sheet), how).length * leading(how.size))
    sheet.y = centred(sheet, 'P', text, how, sheet.y + above)
  }
  middle(lead, LEAD)
  for (const [i, { name, lines }] of people.entries()) {
    if (i > 0) middle(t('act.marriage.with'), LEAD, 8)
    middle(name, NAME, 6)
    for (const line of lines) middle(line, TEXT, 3)
  }
  for (const line of after) middle(line, TEXT, 10)
  sheet.y += 22
  makeRoom(sheet, 60)
  const flow = (text: string, how = NOTE, type: 'P' | 'H2' = 'P') => {
    makeRoom(sheet, wrap(text, measure(sheet), how).length * leading(how.size))
    sheet.y = block(sheet, sheet.root, { type, text, style: how, x: MARGIN, y: sheet.y, width: measure(sheet) }) + 5
  }
  flow(t('act.notes'), style(11.5, 'bold'), 'H2')
  for (const note of marginalNotes.length > 0 ? marginalNotes : [t('act.no-notes')]) flow(note)
  // Nothing can be added below the last word.
  decoration(sheet, () => fill(sheet, GREY, MARGIN, sheet.y + 4, measure(sheet), 0.7))
  sheet.y += 6
  certification(sheet, town, view)
}
