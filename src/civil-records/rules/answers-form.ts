import { z } from 'zod'
import { linesField, phoneField } from '../../people/forms.ts'
import { deliveries, places, recordForms, recordKinds, standings } from '../kinds.ts'
import { countryCodes } from './countries.ts'
import { isWhole, readPartialDate } from './partial-dates.ts'

const LONGEST_NAME = 100

/** One line of words: what no keyboard types is left out. */
const line = (max: number) => linesField(max).transform(text => text.replace(/\s+/g, ' '))

/** A name as the act writes it: letters of any script with what joins them, in any case; no figures. Empty when unknown. */
const name = line(LONGEST_NAME).pipe(
  z.string().regex(/^(?:[\p{L}\p{M}'’‘ʼ][\p{L}\p{M}'’‘ʼ`´ .,·()\p{Pd}]*)?$/u, 'not-a-name'),
)
const actName = z.object({ firstNames: name.default(''), lastName: name.default('') })
const neededName = name.pipe(z.string().min(1))

/** A date as far as it is known. */
const partialDate = z.string().transform((sent, context) => dateIn(sent, context))

function dateIn(sent: string, context: z.RefinementCtx<string>): string {
  const read = readPartialDate(sent)
  if ('date' in read) return read.date
  context.addIssue({ code: 'custom', message: read.fault })
  return z.NEVER
}

const place = line(LONGEST_NAME).pipe(z.string().min(1))

const MOST_LINES = 4
const LONGEST_LINE = 80

/** Where the record is sent. Five figures are the rule in France alone; other countries may have no code. */
const address = z
  .object({
    /** Street, building, floor: one to four lines, in one text or as a list. */
    lines: z
      .union([z.array(z.string()).transform(lines => lines.join('\n')), z.string()])
      .pipe(linesField(MOST_LINES * (LONGEST_LINE + 1)))
      .transform(text => text.split('\n').flatMap(part => part.trim() || []))
      .pipe(z.array(z.string().max(LONGEST_LINE)).min(1).max(MOST_LINES, 'address-too-long')),
    postcode: line(16).default(''),
    city: line(LONGEST_LINE).pipe(z.string().min(1)),
    country: z
      .string()
      .refine(code => countryCodes.has(code), 'not-a-choice')
      .default('FR'),
  })
  .refine(({ country, postcode }) => country !== 'FR' || /^\d{5}$/.test(postcode), {
    path: ['postcode'],
    message: 'not-a-postcode',
  })

/** How many parents the act names: two, one, or none. */
const parents = z
  .object({
    unknown: z.enum(['none', 'one', 'both'], 'required'),
    first: actName.optional(),
    second: actName.optional(),
  })
  .transform(({ unknown, first, second }) => {
    if (unknown === 'both') return { unknown }
    if (unknown === 'one') return { unknown, first }
    return { first, second }
  })

/** Nobody must have one: left empty, there is none. */
const perhaps = <Field extends z.ZodType>(field: Field) =>
  z.preprocess(sent => (typeof sent === 'string' && sent.trim() === '' ? undefined : sent), field.optional())

/** How each answer is read, from a page's fields or from the API. A message such as `required` is the code of our words. */
export const answerFields = {
  kind: z.enum(recordKinds, 'required'),
  form: z.enum(recordForms, 'required'),
  place: z.enum(places, 'required'),
  date: partialDate,
  standing: z.enum(standings, 'required'),
  minor: z.union([z.boolean(), z.enum(['yes', 'no']).transform(answer => answer === 'yes')], 'required'),
  died: z.string().transform((sent, context) => (sent === 'no' ? sent : dateIn(sent, context))),
  subject: actName,
  declarant: actName,
  subjectBirth: z.object({ date: partialDate, place }),
  spouse: actName,
  parents: z.preprocess(
    // Two parents are the usual case, and how they are kept.
    sent => (sent && typeof sent === 'object' && !('unknown' in sent) ? { ...sent, unknown: 'none' } : sent),
    parents,
  ),
  copies: z.union(
    [
      z.int(),
      z
        .string()
        .trim()
        .regex(/^\d{1,3}$/)
        .transform(Number),
    ],
    'not-a-whole-number',
  ),
  applicant: z.object({
    firstName: neededName,
    lastName: neededName,
    birthDate: partialDate.refine(isWhole, 'not-a-date'),
  }),
  office: z.object({ name: place, reference: line(LONGEST_NAME).default('') }),
  delivery: z.enum(deliveries, 'required'),
  address,
  contact: z.object({
    email: perhaps(z.string().trim().max(254).pipe(z.email())),
    phone: perhaps(phoneField),
  }),
  proof: z.enum(['sent', 'at-counter'], 'required'),
} as const
