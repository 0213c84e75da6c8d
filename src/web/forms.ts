import type { Response } from 'express'
import type { z } from 'zod'
import { type FieldError, invalid, Problem } from '../kernel/problems.ts'
import type { Languages } from './i18n.ts'
import type { PageError } from './render.ts'

/** The typed value of what was sent, or the problem that names every fault. */
export function parse<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const parsed = schema.safeParse(sent ?? {})
  if (parsed.success) return parsed.data
  throw invalid(fieldErrors(parsed.error))
}

/** zod's issues as our codes; a message given in the schema is the code itself. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    const field = issue.path.join('.')
    const own = /^[a-z]+(-[a-z]+)*$/.test(issue.message) ? issue.message : undefined
    if (own) return [{ field, code: own }]
    switch (issue.code) {
      case 'invalid_type':
        return [{ field, code: issue.input === undefined || issue.input === null ? 'required' : 'not-understood' }]
      case 'too_small':
        if (issue.origin === 'string') {
          return [
            { field, code: issue.minimum === 1 ? 'required' : 'too-short', params: { min: Number(issue.minimum) } },
          ]
        }
        return [
          {
            field,
            code: issue.origin === 'array' ? 'required' : 'out-of-range',
            params: { min: Number(issue.minimum) },
          },
        ]
      case 'too_big':
        return [
          {
            field,
            code: issue.origin === 'string' ? 'too-long' : 'out-of-range',
            params: { max: Number(issue.maximum) },
          },
        ]
      case 'invalid_format':
        return [
          {
            field,
            code: issue.format === 'email' ? 'not-an-email' : issue.format === 'date' ? 'not-a-date' : 'not-understood',
          },
        ]
      case 'unrecognized_keys':
        return issue.keys.map(key => ({ field: [...issue.path, key].join('.'), code: 'unknown-field' }))
      case 'invalid_value':
        return [{ field, code: 'not-a-choice' }]
      default:
        return [{ field, code: 'not-understood' }]
    }
  })
}

/** The faults in the reader's words, for the summary and beside each field. */
export function pageErrors(res: Response, languages: Languages, errors: readonly FieldError[]): PageError[] {
  const { t } = languages.for(res.locals['language'] ?? 'fr')
  return errors.map(({ field, code, params }) => ({ field, message: t(`problems:fields.${code}`, params ?? {}) }))
}

/** Runs a form's action; its faults come back for the form to be shown again, anything else goes on. */
export async function faultsOf(action: () => Promise<void>): Promise<readonly FieldError[] | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    if (error instanceof Problem && error.errors.length > 0) return error.errors
    throw error
  }
}
