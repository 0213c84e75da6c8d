import type { Request, Response } from 'express'
import { Problem } from '../kernel/problems.ts'
import { flash } from './asker.ts'
import { pageErrors } from './forms.ts'
import type { Languages, Translator } from './i18n.ts'
import type { FlashMessage, PageError } from './render.ts'

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
    if (typeof wait === 'number') res.setHeader('Retry-After', wait)
    // One thing at a time: the first fault of each field.
    const first = error.errors.filter(({ field }, i) => error.errors.findIndex(one => one.field === field) === i)
    return { status: error.status, errors: pageErrors(res, languages, first) }
  }
}

/** The words of the reader of this answer. */
export const wordsOf = ({ languages }: { languages: Languages }, res: Response): Translator =>
  languages.for(String(res.locals['language'] ?? 'fr'))

/** What was typed in a field, to be shown again; empty for what is no text. */
export function typed(body: unknown, name: string): string {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** What was typed in several fields. */
export const typedIn = <Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> =>
  Object.fromEntries(names.map(name => [name, typed(body, name)])) as Record<Name, string>

/** Leads on to a page, where the message is shown once. The session is kept first: another process may serve that page. */
export async function goOn(req: Request, res: Response, path: string, message?: FlashMessage): Promise<void> {
  if (message) {
    flash(req, message)
    await new Promise<void>((resolve, reject) => req.session.save(error => (error ? reject(error) : resolve())))
  }
  res.redirect(303, path)
}
