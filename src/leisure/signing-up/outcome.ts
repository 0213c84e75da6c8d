import type { Request } from 'express'
import type { Child } from '../../people/store.ts'
import type { Translator } from '../../web/i18n.ts'
import { daysInWords } from '../waiting/words.ts'
import type { Held } from './holding.ts'

declare module 'express-session' {
  interface SessionData {
    /** What choices at leisure centres could not be granted, in words, to be told on the next page. */
    leisureRefused?: string[]
  }
}

/** Keeps what could not be granted for the next page; the session is left alone when there is nothing to keep. */
export function keepRefusals(req: Request, lines: string[]): void {
  if (lines.length > 0) req.session.leisureRefused = lines
  else if (req.session.leisureRefused) delete req.session.leisureRefused
}

/** What the last choices could not get, told once. */
export function refusalsOnce(req: Request): string[] {
  const lines = req.session.leisureRefused ?? []
  if (lines.length > 0) delete req.session.leisureRefused
  return lines
}

/** « Inès, lundi 21 décembre : c’est complet. »: one line for a child and a reason. */
export function refusedInWords(
  words: Translator,
  refused: Held['refused'],
  children: readonly Pick<Child, 'id' | 'firstName'>[],
): string[] {
  const { t } = words
  const groups = Map.groupBy(refused, ({ childId, code }) => `${childId} ${code}`)
  return [...groups.values()].map(group => {
    const [first] = group
    const name = children.find(({ id }) => id === first?.childId)?.firstName ?? ''
    const days = [...new Set(group.flatMap(({ refusedDays }) => refusedDays))].sort()
    return t('leisure-signup:refused.line', {
      name,
      days: daysInWords(
        words,
        days.map(day => Temporal.PlainDate.from(day)),
      ),
      reason: t(`leisure-signup:refused.${first?.code}`),
    })
  })
}
