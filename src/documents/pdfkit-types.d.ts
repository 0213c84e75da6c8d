// What @types/pdfkit 0.17 does not yet know of pdfkit 0.20.
import type { Font } from 'fontkit'

declare global {
  namespace PDFKit {
    /** A font of one document: a subset that grows with the glyphs asked for. */
    interface EmbeddedFont {
      readonly id: string
      /** The glyphs of a text as four hexadecimal digits each, and their advances in thousandths of the size. */
      encode(text: string): [hex: string[], positions: { xAdvance: number; advanceWidth: number }[]]
      ref(): PDFKitReference
    }

    interface OpenedImage {
      readonly width: number
      readonly height: number
      /** How a JPEG must be turned to be seen as it was taken: 1 to 8, above 4 it lies on its side (Exif 2.3). */
      readonly orientation?: number
    }

    interface PDFDocument {
      /** The font last chosen with `font()`. */
      readonly _font: EmbeddedFont
      openImage(bytes: Buffer): OpenedImage
    }

    interface PDFStructureElement {
      readonly dictionary: { data: { A?: Record<string, unknown> } }
    }

    namespace Mixins {
      interface PDFFont {
        registerFont(name: string, src: Font): this
      }
      interface PDFImage {
        image(src: OpenedImage, x: number, y: number, options: ImageOption): this
      }
      interface AnnotationOption {
        structParent?: PDFStructureElement
      }
      interface StructureElementOptions {
        bbox?: [left: number, top: number, right: number, bottom: number]
        scope?: 'Row' | 'Column'
      }
    }
  }
}
