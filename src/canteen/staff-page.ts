import type { Response } from 'express'
import { z } from 'zod'
import type { DocumentRequest } from '../documents/views.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { dayField } from '../people/forms.ts'
import { type ClerkSchools, schoolsForClerk } from '../schools/clerk-schools.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { parse } from '../web/forms.ts'
import type { Translator } from '../web/i18n.ts'
import { canteenCalendar } from './calendar.ts'
import type { Serving } from './rules.ts'
import { nextMealDay } from './staff-counts.ts'

/** What the clerks' pages are made with: the town, and what draws PDFs on another thread. */
export type StaffParts = { town: Town; draw: (request: DocumentRequest) => Promise<Uint8Array<ArrayBuffer>> }

export const wordsOf = (town: Town, res: Response): Translator =>
  town.languages.for(String(res.locals['language'] ?? 'fr'))

/** The language documents are written in for this reader. */
export const documentLanguage = (res: Response) => (res.locals['language'] === 'en' ? 'en' : 'fr')

/** The canteen clerk who asks, with the schools the clerk works for. */
export async function staffOf(town: Town, res: Response): Promise<{ clerk: Clerk } & ClerkSchools> {
  const clerk = clerkOf(res, 'canteen')
  return { clerk, ...(await schoolsForClerk(town.db.read, clerk)) }
}

const dayQuery = z.object({ jour: dayField.optional() })

/** The day in the address, else the first one from today on with meals in one of those schools. */
export async function dayAsked(
  town: Town,
  query: unknown,
  schools: ClerkSchools['schools'],
): Promise<Temporal.PlainDate> {
  const { jour } = parse(dayQuery, query)
  if (jour) return jour
  const now = town.clock.now()
  const today = dayInParis(now)
  const calendar = await canteenCalendar(town.db.read, town.config, now, today, today.add({ days: 40 }))
  return nextMealDay(calendar, schools, today)
}

/** The school days beside a day, for the links « previous » and « next ». */
export function daysBeside(day: Temporal.PlainDate) {
  const step = (by: 1 | -1) => {
    let found = day.add({ days: by })
    while (found.dayOfWeek > 5) found = found.add({ days: by })
    return found
  }
  return { previous: step(-1), next: step(1) }
}

/** Why nobody eats that day, in words; null when they do. */
export function closedInWords({ t }: Translator, serving: Serving): string | null {
  if (serving.serves) return null
  switch (serving.why) {
    case 'weekend':
    case 'no-canteen-weekday':
      return t(`canteen-staff:closed.${serving.why}`)
    case 'public-holiday':
      return t('canteen-staff:closed.public-holiday')
    case 'school-holiday':
      return serving.name
    case 'closure':
      return t('canteen-staff:closed.closure', {
        reason: t(`canteen-staff:closures.reasons.${serving.reason}`),
        message: serving.message,
      })
  }
}

/** The same for a sheet that says « no meal » itself. */
export function closedReason(words: Translator, serving: Serving): string | null {
  if (serving.serves || serving.why !== 'closure') return closedInWords(words, serving)
  const reason = words.t(`canteen-staff:closures.reasons.${serving.reason}`)
  return words.t('canteen-staff:closed.closureReason', { reason, message: serving.message })
}

/** The values of an input that may come once, several times or not at all. */
export const listSent = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform(value => (value === undefined ? [] : Array.isArray(value) ? value : [value]))

/** What was typed into an input, to be shown again. */
export const typedText = (body: unknown, name: string): string => {
  const value = (body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}
