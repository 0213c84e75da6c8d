import type { TownIdentity } from '../../town-identity.ts'
import { HAIRLINE } from '../ink.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { decoration, floor, measure, newPage, tagged } from '../tags.ts'
import { CERTIFICATION, certification, frame, recordHead } from './record-paper.ts'
import type { CivilRecordView } from './views.ts'

/** Smaller than this part of the page's width, a register page is hard to read: the certification goes overleaf then. */
const LEGIBLE = 0.68

/** Below a picture. */
const GAP = 8

/** The pages of the register as pictures. Throws a RangeError on what is neither PNG nor JPEG. */
export function scannedCopy(
  sheet: Sheet,
  town: TownIdentity,
  view: CivilRecordView,
  pictures: readonly PDFKit.OpenedImage[],
): void {
  recordHead(sheet, town, view)
  for (const [i, picture] of pictures.entries()) {
    if (i > 0) newPage(sheet)
    const last = i === pictures.length - 1
    const [width, height] = sizeOf(picture)
    const above = sheet.y
    const whole = floor(sheet) - above
    const fit = (room: number) => Math.min(measure(sheet) / width, room / height)
    const withCertification = fit(whole - CERTIFICATION - 2 * GAP)
    const scale = last && withCertification * width >= LEGIBLE * measure(sheet) ? withCertification : fit(whole)
    const [shownWidth, shownHeight] = [width * scale, height * scale]
    const x = MARGIN + (measure(sheet) - shownWidth) / 2
    const { year, number } = view.register
    const alt = sheet.words.t('act.scan', {
      page: i + 1,
      pages: pictures.length,
      act: sheet.words.t(`act.kind.${view.act.kind}`),
      number,
      year,
    })
    tagged(
      sheet,
      sheet.root,
      'Figure',
      () => sheet.pdf.image(picture, x, above, { width: shownWidth, height: shownHeight }),
      { alt, bbox: [x, above, x + shownWidth, above + shownHeight] },
    )
    decoration(sheet, () => frame(sheet, HAIRLINE, x, above, shownWidth, shownHeight, 0.5))
    sheet.y = above + shownHeight + GAP
  }
  certification(sheet, town, view)
}

/** The pictures of a scan, decoded once for all the copies that show them. */
export function picturesOf(sheet: Sheet, scan: readonly Uint8Array[]): PDFKit.OpenedImage[] {
  if (scan.length === 0) throw new RangeError('a scan without pages')
  return scan.map(bytes => {
    const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
    if (start !== '89504e47' && !start.startsWith('ffd8ff')) throw new RangeError('a scan is neither PNG nor JPEG')
    return sheet.pdf.openImage(Buffer.from(bytes))
  })
}

/** As it is seen: a camera that was held upright says so in the picture, and pdfkit turns it. */
function sizeOf({ width, height, orientation = 1 }: PDFKit.OpenedImage): [width: number, height: number] {
  return orientation > 4 ? [height, width] : [width, height]
}
