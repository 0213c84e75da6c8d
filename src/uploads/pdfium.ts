// PDFium, which draws PDFs in Chrome, as WebAssembly: whatever a file makes of it stays within its own memory.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium'
import { MOST_PAGES } from './limits.ts'
import { pngOf } from './png.ts'
import { Refusal } from './verdict.ts'

/** All the memory that one file may take to be opened and drawn. */
const MOST_MEMORY = 512 * 1024 * 1024
/** A page is drawn at 150 dots per inch, and never larger than this many. */
const DOTS_PER_POINT = 150 / 72
const MOST_DOTS = 4_000_000
/** Small enough to be quick, and every part of the page is read all the same. */
const TRIAL_DOTS = 20_000
/** After this many milliseconds the other pages are taken on trust. */
const TRIAL_TIME = 1500

const NEEDS_PASSWORD = 4
const UNKNOWN_LOCK = 5
/** Notes and filled-in fields are drawn; red comes first; pictures are let go after use. */
const DRAWING = 0x01 | 0x10 | 0x200
const RED_GREEN_BLUE = 2

/** As much of WebAssembly as is used here: its types come with those of browsers, which are not ours. */
type Code = object
type Run = { exports: object }
type Imports = { env: { emscripten_resize_heap(size: number): number } }
const { Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: { Module: new (bytes: Uint8Array) => Code; Instance: new (code: Code, imports: Imports) => Run }
  }
).WebAssembly

let code: Code | undefined

/**
 * A new PDFium for each file: nothing of one reaches another.
 * Its `emscripten_resize_heap` is how it asks for memory; it gets no more than MOST_MEMORY, and gives up.
 */
async function pdfium(): Promise<WrappedPdfiumModule> {
  code ??= new Module(readFileSync(createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm')))
  const compiled = code
  const options: object = {
    print: () => {},
    printErr: () => {},
    instantiateWasm: (imports: Imports, ready: (run: Run, code: Code) => void) => {
      const grow = imports.env.emscripten_resize_heap
      imports.env.emscripten_resize_heap = size => (size >>> 0 > MOST_MEMORY ? 0 : grow(size))
      const run = new Instance(compiled, imports)
      ready(run, compiled)
      return run.exports
    },
  }
  const module = await init(options)
  module.PDFiumExt_Init()
  return module
}

/** Its memory, which moves as it grows: to be asked for anew each time. */
const memoryOf = ({ pdfium }: WrappedPdfiumModule) => pdfium as unknown as { HEAPU8: Uint8Array }

type OpenPdf = { module: WrappedPdfiumModule; document: number; form: number; pages: number }

/** Opens a PDF. Throws a Refusal for one that is locked or no PDF at all. */
async function opened(bytes: Uint8Array): Promise<OpenPdf> {
  const module = await pdfium()
  const at = module.pdfium.wasmExports.malloc(bytes.length)
  if (at === 0) throw new Refusal('file-heavy')
  memoryOf(module).HEAPU8.set(bytes, at)
  const document = module.FPDF_LoadMemDocument(at, bytes.length, '')
  if (document === 0) {
    const why = module.FPDF_GetLastError()
    throw new Refusal(why === NEEDS_PASSWORD || why === UNKNOWN_LOCK ? 'file-locked' : 'file-broken')
  }
  if (module.EPDF_IsEncrypted(document)) throw new Refusal('file-locked')
  // What was typed into the fields of a form is drawn through this. It runs no script: there is no engine for them here.
  const form = module.PDFiumExt_InitFormFillEnvironment(document, module.PDFiumExt_OpenFormFillInfo())
  return { module, document, form, pages: module.FPDF_GetPageCount(document) }
}

type Drawn = { pixels: Uint8Array; width: number; height: number; stride: number }

/** Draws a page, counted from 0, on at most so many dots. Nothing where there is no such page. */
function drawn({ module, document, form }: OpenPdf, page: number, most: number): Drawn | undefined {
  const loaded = module.FPDF_LoadPage(document, page)
  if (loaded === 0) return undefined
  const [across, down] = [module.FPDF_GetPageWidthF(loaded), module.FPDF_GetPageHeightF(loaded)]
  if (!(across > 0 && down > 0)) return undefined
  const scale = Math.min(DOTS_PER_POINT, Math.sqrt(most / (across * down)))
  const dots = (points: number) => Math.min(most, Math.max(1, Math.round(points * scale)))
  const [width, height] = [dots(across), dots(down)]
  if (width * height > 2 * most) return undefined // a thread of a page
  const bitmap = module.FPDFBitmap_CreateEx(width, height, RED_GREEN_BLUE, 0, 0)
  if (bitmap === 0) throw new Refusal('file-heavy')
  module.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff)
  module.FPDF_RenderPageBitmap(bitmap, loaded, 0, 0, width, height, 0, DRAWING)
  if (form !== 0) {
    module.FORM_OnAfterLoadPage(loaded, form)
    module.FPDF_SetFormFieldHighlightAlpha(form, 0)
    module.FPDF_FFLDraw(form, bitmap, loaded, 0, 0, width, height, 0, DRAWING)
    module.FORM_OnBeforeClosePage(loaded, form)
  }
  const stride = module.FPDFBitmap_GetStride(bitmap)
  const start = module.FPDFBitmap_GetBuffer(bitmap)
  const pixels = memoryOf(module).HEAPU8.slice(start, start + stride * height)
  module.FPDFBitmap_Destroy(bitmap)
  module.FPDF_ClosePage(loaded)
  return { pixels, width, height, stride }
}

/** A fault within PDFium ends its run: memory that was refused, most often. */
async function orHeavy<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('file-heavy')
  }
}

/** Opens a PDF and draws its pages small. Throws a Refusal when it has too many, or one cannot be drawn. */
export const tryPdf = (bytes: Uint8Array): Promise<void> =>
  orHeavy(async () => {
    const pdf = await opened(bytes)
    if (pdf.pages === 0) throw new Refusal('file-broken')
    if (pdf.pages > MOST_PAGES) throw new Refusal('file-too-many-pages')
    const begun = performance.now()
    for (let page = 0; page < pdf.pages && performance.now() - begun < TRIAL_TIME; page++) {
      if (!drawn(pdf, page, TRIAL_DOTS)) throw new Refusal('file-broken')
    }
  })

/** How many pages a PDF has. Throws a Refusal for one that does not open. */
export const pdfPages = (bytes: Uint8Array): Promise<number> => orHeavy(async () => (await opened(bytes)).pages)

/** A page of a PDF as a PNG, counted from 1; nothing where there is none. Throws a Refusal for one that cannot be drawn. */
export const pdfPage = (bytes: Uint8Array, page: number): Promise<Buffer | undefined> =>
  orHeavy(async () => {
    const pdf = await opened(bytes)
    const picture = page >= 1 && page <= pdf.pages ? drawn(pdf, page - 1, MOST_DOTS) : undefined
    return picture && pngOf(picture.pixels, picture)
  })
