import type { Response } from 'express'
import { Problem } from '../kernel/problems.ts'
import { pageErrors } from './forms.ts'
import type { Languages } from './i18n.ts'
import type { PageError } from './render.ts'

/** Why a form was refused, to be shown on the form itself with what was typed. */
export type Refusal = { status: number; errors: PageError[] }

/**
 * Does what a form asks. What is wrong with the form comes back, for its page to be shown again with the problem's status;
 * any other failure goes on to be a page of its own.
 */
export async function refused(
  res: Response,
  { languages }: { languages: Languages },
  action: () => Promise<unknown>,
): Promise<Refusal | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0) throw error
    const wait = error.params['retryAfterSeconds']
    if (wait !== undefined) res.setHeader('Retry-After', String(wait))
    return { status: error.status, errors: pageErrors(res, languages, error.errors) }
  }
}
