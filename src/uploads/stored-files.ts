import type { Response } from 'express'
import { type FieldError, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { Upload } from './form.ts'
import { countPages, drawPage, judge } from './judge.ts'
import { MOST_PAGES } from './limits.ts'
import type { Fault, Verdict } from './verdict.ts'

/** What is needed to send a file again. A row of a service's own table may hold more. */
export type StoredFile = { name: string; mediaType: string; storedAs: string }

/** A file whose bytes are on the disk. */
export type KeptFile = StoredFile & { /** In bytes. */ size: number }

/**
 * Looks at a file by its content and keeps its bytes under a random name. The row that points to them is written by the
 * caller, who removes the bytes (`town.files.remove`) when it writes none. Of a picture, the picture alone is kept: not
 * where it was taken. Throws `invalid` on that field for what is no photo or PDF that we take.
 */
export async function keepUpload(town: Town, upload: Upload, field: string): Promise<KeptFile> {
  const [kept] = await keepUploads(town, [upload], field)
  if (!kept) throw new Error('one file was given, none was kept')
  return kept
}

/** Keeps several files, as `keepUpload` does one; when one of them is not taken, none is kept. */
export async function keepUploads(town: Town, uploads: readonly Upload[], field: string): Promise<KeptFile[]> {
  const verdicts: Exclude<Verdict, { fault: Fault }>[] = []
  for (const { name, bytes } of uploads) {
    const verdict = await judge(bytes, err => town.log.warn({ err, size: bytes.length }, 'a file ended its thread'))
    if ('fault' in verdict) throw invalid([faultOf(field, verdict.fault, uploads.length > 1 ? name : undefined)])
    verdicts.push(verdict)
  }
  const kept: KeptFile[] = []
  try {
    for (const [i, { bytes, mediaType, extension }] of verdicts.entries()) {
      const storedAs = await town.files.put(bytes)
      kept.push({ name: fileName(uploads[i]?.name ?? '', extension), mediaType, size: bytes.length, storedAs })
    }
    return kept
  } catch (error) {
    await Promise.all(kept.map(({ storedAs }) => town.files.remove(storedAs)))
    throw error
  }
}

/** Among several files, the words name the one; its name says nothing to what puts the words together. */
function faultOf(field: string, fault: Fault, among: string | undefined): FieldError {
  const pages = fault === 'file-too-many-pages' ? { most: MOST_PAGES } : undefined
  if (among === undefined) return { field, code: fault, ...(pages ? { params: pages } : {}) }
  const name = plain(among).replace(/[${}]/g, '') || 'document'
  return { field, code: 'file-among', params: { ...pages, name, why: fault } }
}

/** Sends a file to be saved, never shown in the page: whatever is in it, it runs nowhere of ours. */
export async function sendStoredFile(town: Town, res: Response, file: StoredFile): Promise<void> {
  const bytes = await town.files.read(file.storedAs)
  res.attachment(file.name)
  sandboxed(res, file.mediaType, "default-src 'none'; sandbox")
  res.end(bytes)
}

/**
 * Shows a file within a page, as the source of a picture: a photo as it is, or one page of a PDF, from 1, drawn here to PNG
 * and never given to the browser itself. Throws 404 for a page that is not there or cannot be drawn.
 */
export async function viewStoredFile(town: Town, res: Response, file: StoredFile, page = 1): Promise<void> {
  const picture = await pictureOf(town, file, page)
  if (!picture) throw notFound()
  res.setHeader('Content-Disposition', 'inline')
  const policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
  sandboxed(res, picture.mediaType, policy)
  res.end(picture.bytes)
}

/** How many pages `viewStoredFile` shows of a file: one of a photo, none of what does not open. */
export async function pagesOf(town: Town, file: StoredFile): Promise<number> {
  if (isPicture(file)) return 1
  if (file.mediaType !== 'application/pdf') return 0
  return (await looking(town, file, countPages(await town.files.read(file.storedAs)))) ?? 0
}

/** All pages of a file as pictures, to be printed. Throws when one cannot be drawn: a copy is whole or is none. */
export async function picturesOf(town: Town, file: StoredFile): Promise<Buffer[]> {
  const pages = await pagesOf(town, file)
  const pictures: Buffer[] = []
  for (let page = 1; page <= pages; page++) {
    const picture = await pictureOf(town, file, page)
    if (!picture) throw new Error(`page ${page} of ${file.storedAs} cannot be drawn`)
    pictures.push(Buffer.from(picture.bytes))
  }
  if (pages === 0) throw new Error(`${file.storedAs} cannot be opened`)
  return pictures
}

const isPicture = ({ mediaType }: StoredFile) => mediaType === 'image/jpeg' || mediaType === 'image/png'

async function pictureOf(town: Town, file: StoredFile, page: number) {
  const isPdf = file.mediaType === 'application/pdf'
  if (!Number.isSafeInteger(page) || page < 1 || (page > 1 && !isPdf)) return undefined
  if (isPicture(file)) return { bytes: await town.files.read(file.storedAs), mediaType: file.mediaType }
  if (!isPdf) return undefined
  const bytes = await looking(town, file, drawPage(await town.files.read(file.storedAs), page))
  return bytes && { bytes, mediaType: 'image/png' }
}

/** What a thread found; nothing when the file was its end, which is logged. */
async function looking<Found>(town: Town, { storedAs }: StoredFile, found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof Error && 'status' in error) throw error
    town.log.warn({ err: error, storedAs }, 'a file ended its thread')
    return undefined
  }
}

function sandboxed(res: Response, mediaType: string, policy: string): void {
  res.setHeader('Content-Type', mediaType)
  res.setHeader('Content-Security-Policy', policy)
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  res.setHeader('Cache-Control', 'private, no-store')
}

/** The name as it was, without folders and what no keyboard types. */
const plain = (given: string) =>
  (given.normalize('NFC').split(/[/\\]/).at(-1) ?? '')
    .replace(/[\p{C}"<>|*?:]/gu, '')
    .trim()
    .slice(0, 104)

/** The same with the ending of what it is. */
function fileName(given: string, extension: string): string {
  const stem = plain(given)
    .replace(/\.[A-Za-z0-9]{1,8}$/, '')
    .trim()
    .slice(0, 100)
  return `${stem || 'document'}.${extension}`
}
