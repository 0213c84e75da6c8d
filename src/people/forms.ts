import { z } from 'zod'
import { ageOn, isoDay } from '../kernel/days.ts'
import { typed } from '../web/form-page.ts'
import { phoneNumber } from './rules.ts'

/** A name as people write theirs: letters of any script, with what joins them. */
export const nameField = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{M}][\p{L}\p{M}\p{N}'’ʼ .·()-]*$/u, 'not-a-name')
  .transform(name => name.normalize('NFC').replace(/\s+/g, ' '))

/** A telephone number, kept as +33320000000. */
export const phoneField = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .transform((text, context) => {
    const number = phoneNumber(text)
    if (number) return number
    context.addIssue({ code: 'custom', message: 'not-a-phone' })
    return z.NEVER
  })

/** A calendar day written 2026-11-26. */
export const dayField = z
  .string()
  .trim()
  .min(1)
  .transform((text, context) => {
    const day = isoDay(text)
    if (day) return day
    context.addIssue({ code: 'custom', message: 'not-a-date' })
    return z.NEVER
  })

/** Text of several lines; what no keyboard types is left out. */
export const linesField = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .transform(text =>
      text
        .toWellFormed()
        .normalize('NFC')
        .replace(/\r\n?/g, '\n')
        .replace(/[^\P{Cc}\n]/gu, ''),
    )

/** A date typed in three fields, as the API would send it: empty when nothing was typed, and no date when a part lacks. */
export function typedDay(body: unknown, name: string): string {
  const { day, month, year } = typedParts(body, name)
  if (![day, month, year].some(part => part.trim())) return ''
  const digits = (part: string, least: number) => part.trim().padStart(least, '0')
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
}

/** The three fields as they were typed, to be shown again. */
export function typedParts(body: unknown, name: string): { day: string; month: string; year: string } {
  const part = (which: string) => typed(body, `${name}-${which}`)
  return { day: part('day'), month: part('month'), year: part('year') }
}

/** What is wrong with a child's birth date: not yet born, or not of an age for school (18 and over are no children). */
export function birthDateFault(birthDate: Temporal.PlainDate, today: Temporal.PlainDate): string | undefined {
  if (Temporal.PlainDate.compare(birthDate, today) > 0) return 'date-in-future'
  return ageOn(birthDate, today) >= 18 ? 'not-a-child' : undefined
}
