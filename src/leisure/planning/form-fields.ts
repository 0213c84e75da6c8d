import { z } from 'zod'
import { Problem } from '../../kernel/problems.ts'

/** A text of one line; what no keyboard types is left out. */
export const lineField = (max: number) =>
  z
    .string()
    .transform(text =>
      text
        .toWellFormed()
        .normalize('NFC')
        .replace(/\s+/g, ' ')
        .replace(/\p{Cc}/gu, '')
        .trim(),
    )
    .pipe(z.string().min(1).max(max))

/** A whole number as it is typed. */
export const wholeField = (least: number, most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .regex(/^\d{1,6}$/, 'not-a-whole-number')
    .transform(Number)
    .pipe(z.number().min(least, 'too-low').max(most, 'too-high'))

/** A time of the day, typed as 8:30, 08:30 or 8h30, kept as 08:30. */
export const timeField = z
  .string()
  .trim()
  .min(1)
  .transform((text, context) => {
    const [, hour, minute = '00'] = /^(\d{1,2})\s?(?:[:hH]\s?(\d{2})?)?$/.exec(text) ?? []
    if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60) return `${hour.padStart(2, '0')}:${minute}`
    context.addIssue({ code: 'custom', message: 'not-an-hour' })
    return z.NEVER
  })

/** A colleague was quicker: 409, on the form itself with what was typed. */
export const changedMeanwhile = () => new Problem(409, 'leisure-changed', {}, [{ field: '', code: 'leisure-changed' }])

/** A revision as a form carries it. */
export const revisionField = z.coerce.number().int().min(0).catch(0)
