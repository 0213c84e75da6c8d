import type { Request, Response } from 'express'
import multer, { MulterError } from 'multer'
import { invalid, Problem } from '../kernel/problems.ts'
import { MOST_BYTES } from './file-content.ts'

/** What came with a form: one file, in memory, not yet looked at. */
export type Upload = { name: string; bytes: Buffer }

/** The words of the form, and five megabytes of file; `latin1` names are the default of 1998. */
const reader = multer({
  storage: multer.memoryStorage(),
  defParamCharset: 'utf8',
  limits: { fileSize: MOST_BYTES, files: 1, fields: 20, fieldSize: 10_000, fieldNameSize: 100, parts: 22 },
})

const CODES: Partial<Record<MulterError['code'], [status: number, code: string]>> = {
  LIMIT_FILE_SIZE: [413, 'file-too-large'],
  LIMIT_FILE_COUNT: [422, 'file-several'],
  LIMIT_UNEXPECTED_FILE: [422, 'file-several'],
}

/**
 * Reads a form with one file in the field of that name; what else was typed is in `req.body`, also when it throws.
 * Throws 413 for a file too large, `invalid` for several, 400 for what is no such form.
 */
export async function readUpload(req: Request, res: Response, field: string): Promise<Upload | undefined> {
  if (!req.is('multipart/form-data')) return undefined
  await new Promise<void>((resolve, reject) => {
    reader.single(field)(req, res, error => {
      if (!error) return resolve()
      const [status, code] = (error instanceof MulterError && CODES[error.code]) || []
      if (status && code) reject(new Problem(status, status === 413 ? 'too-large' : 'invalid', {}, [{ field, code }]))
      else reject(new Problem(400, 'bad-request'))
    })
  })
  return req.file ? { name: req.file.originalname, bytes: req.file.buffer } : undefined
}

/** The file that must be there. Throws `invalid` without. */
export function mustBeThere(upload: Upload | undefined, field: string): Upload {
  if (!upload) throw invalid([{ field, code: 'file-missing' }])
  return upload
}
