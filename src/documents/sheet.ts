import PDFDocument from 'pdfkit'
import { type FaceName, faces, printable } from './faces.ts'
import { packed } from './pack.ts'
import type { Words } from './words.ts'

/** A face in one document: what pdfkit puts into the file, and the number of each letter's glyph in it. */
export type DocumentFont = { readonly embedded: PDFKit.EmbeddedFont; readonly glyphs: Map<string, string> }

/** A PDF being drawn. Lengths are points (1/72 inch) from the top left corner. */
export type Sheet = {
  readonly pdf: PDFKit.PDFDocument
  readonly words: Words
  readonly title: string
  /** The structure all content hangs on, in reading order. */
  readonly root: PDFKit.PDFStructureElement
  readonly fonts: Record<FaceName, DocumentFont>
  readonly width: number
  readonly height: number
  /** Where the next thing in the flow goes. */
  y: number
  /** The fill colour in force, and on which page. */
  ink: { page: PDFKit.PDFPage; colour: string } | undefined
  /** The whole file, once `pdf.end()` was called. */
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>
}

export type SheetOptions = {
  words: Words
  title: string
  subject: string
  author: string
  /** Printed in the file's properties: the same input must always give the same bytes. */
  createdAt: Temporal.Instant
  landscape?: boolean
}

export const MARGIN = 42.5 // 15 mm

/**
 * An A4 sheet, tagged for screen readers, that archives accept (PDF/A-2a, ISO 19005-2) and that says it is accessible
 * (PDF/UA-1, ISO 14289-1).
 */
export function openSheet({ words, title, subject, author, createdAt, landscape = false }: SheetOptions): Sheet {
  const pdf = new PDFDocument({
    size: 'A4',
    layout: landscape ? 'landscape' : 'portrait',
    margin: MARGIN,
    bufferPages: true, // « page 1 of 2 » is written when all pages are there
    subset: 'PDF/A-2a',
    pdfVersion: '1.7',
    tagged: true,
    lang: words.tag,
    displayTitle: true,
    font: '', // else pdfkit loads Helvetica, which an archive may not refer to
    info: {
      Title: property(title),
      Subject: property(subject),
      Author: property(author),
      Creator: 'Guichet',
      Producer: 'Guichet',
      CreationDate: new Date(createdAt.epochMilliseconds),
    },
  })
  const bytes = collected(pdf)
  pdf.appendXML(ACCESSIBLE)
  const use = (name: FaceName): DocumentFont => {
    const embedded = pdf.registerFont(name, faces[name].font).font(name)._font
    return { embedded, glyphs: new Map() }
  }
  const fonts = { regular: use('regular'), bold: use('bold') }
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  const { width, height } = pdf.page
  return { pdf, words, title, root, fonts, width, height, y: MARGIN, ink: undefined, bytes }
}

/**
 * The file in one piece. pdfkit pushes over a thousand small pieces through its stream, which costs a tenth of the time;
 * taken at the door they need no stream.
 */
function collected(pdf: PDFKit.PDFDocument): Promise<Uint8Array<ArrayBuffer>> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
  const pieces: Uint8Array[] = []
  // The first line was pushed while the document was made.
  for (let piece: Uint8Array | null = pdf.read(); piece !== null; piece = pdf.read()) pieces.push(piece)
  pdf.push = (piece: Uint8Array | null) => {
    if (piece === null) resolve(packed(Buffer.concat(pieces)))
    else pieces.push(piece)
    return true
  }
  return promise
}

/** pdfkit writes properties into its XML as they are: this one reads as XML there and as itself elsewhere. */
function property(text: string): string {
  const plain = printable(text)
  if (!/[<>&]/.test(plain)) return plain
  const escaped = plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return Object.assign(new String(plain), { toString: () => escaped }) as string
}

/** Says PDF/UA-1. An archive must also hold the description of every schema it uses that PDF/A does not know. */
const ACCESSIBLE = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>`
