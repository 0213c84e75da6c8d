import type { Request, RequestHandler, Response } from 'express'
import multer, { MulterError } from 'multer'
import { invalid, Problem } from '../kernel/problems.ts'
import { MOST_BYTES } from './limits.ts'

/** What came with a form: one file, in memory, not yet looked at. */
export type Upload = { name: string; bytes: Buffer }

/**
 * Reads a form with one file in the field of that name; what else was typed is in `req.body`, also when it throws.
 * Throws 413 for a file too large, `invalid` for several, 400 for what is no such form.
 */
export async function readUpload(req: Request, res: Response, field: string): Promise<Upload | undefined> {
  if (!req.is('multipart/form-data')) return undefined
  await read(req, res, field, formOf(1).single(field), { code: 'file-several' })
  return req.file && asUpload(req.file)
}

/**
 * Reads a form with up to `most` files in the field of that name, in the order they were chosen; what else was typed is in
 * `req.body`, also when it throws. Throws 413 for a file too large, `invalid` for too many, 400 for what is no such form.
 */
export async function readUploads(
  req: Request,
  res: Response,
  { field, most }: { field: string; most: number },
): Promise<Upload[]> {
  if (!req.is('multipart/form-data')) return []
  await read(req, res, field, formOf(most).array(field, most), { code: 'file-too-many', params: { most } })
  return Array.isArray(req.files) ? req.files.map(asUpload) : []
}

/** The file that must be there. Throws `invalid` without. */
export function mustBeThere(upload: Upload | undefined, field: string): Upload {
  if (!upload) throw invalid([{ field, code: 'file-missing' }])
  return upload
}

/** The words of a form, and some files of five megabytes. The default for names is `latin1`, which no browser sends. */
function formOf(files: number) {
  return multer({
    storage: multer.memoryStorage(),
    defParamCharset: 'utf8',
    limits: { fileSize: MOST_BYTES, files, fields: 100, fieldSize: 10_000, fieldNameSize: 100, parts: 102 + files },
  })
}

type Fault = { code: string; params?: Record<string, unknown> }

function read(req: Request, res: Response, field: string, reader: RequestHandler, tooMany: Fault): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  reader(req, res, (error?: unknown) => (error ? reject(problemOf(error, field, tooMany)) : resolve()))
  return promise
}

function problemOf(error: unknown, field: string, tooMany: Fault): Problem {
  switch (error instanceof MulterError ? error.code : undefined) {
    case 'LIMIT_FILE_SIZE':
      return new Problem(413, 'too-large', {}, [{ field, code: 'file-too-large' }])
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_UNEXPECTED_FILE':
      return invalid([{ field, ...tooMany }])
    default:
      return new Problem(400, 'bad-request')
  }
}

const asUpload = (file: Express.Multer.File): Upload => ({ name: file.originalname, bytes: file.buffer })
