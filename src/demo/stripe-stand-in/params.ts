import { z } from 'zod'
import { badRequest, type StripeRefusal } from './errors.ts'
import type { FormTree } from './form.ts'

/** The pieces of which routes say which parameters they take. Form values are strings until they pass here. */

export const text = (most = 5000) => z.string().min(1).max(most)
export const integer = z
  .string()
  .regex(/^-?\d{1,15}$/, { message: 'integer' })
  .transform(Number)
export const integerFrom = (least: number, most = 99_999_999) => integer.pipe(z.number().min(least).max(most))
export const flag = z.enum(['true', 'false']).transform(value => value === 'true')
export const webUrl = z.string().refine(isWebUrl, { params: { code: 'url_invalid' }, message: 'Not a valid URL' })
export const email = z
  .string()
  .max(800)
  .refine(value => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value), {
    params: { code: 'email_invalid' },
    message: 'Invalid email address',
  })

/** The name Stripe uses in a success address for the session that has just been paid. */
export const SESSION_ID_PLACE = '{CHECKOUT_SESSION_ID}'

function isWebUrl(value: string): boolean {
  if (value.length > 5000) return false
  const url = URL.parse(value.replaceAll(SESSION_ID_PLACE, 'cs_test'))
  return url !== null && /^https?:$/.test(url.protocol)
}

/** A list, which the form gives as { 0: …, 1: … }. */
export const list = <Item extends z.ZodType>(item: Item, most = 100) =>
  z.preprocess(asList, z.array(item).min(1).max(most))

function asList(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given
  const keys = Object.keys(given)
  return keys.every((key, index) => key === String(index)) ? Object.values(given) : given
}

/** At most 50 pairs, names up to 40 characters, values up to 500 (docs.stripe.com/api/metadata). '' empties it. */
export const metadata = z.preprocess(
  given => (given === '' ? {} : given),
  z
    .record(z.string().min(1).max(40), z.string().max(500))
    .refine(pairs => Object.keys(pairs).length <= 50, { message: 'Metadata can have up to 50 keys.' })
    .transform(pairs => Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== ''))),
)

/** An exact second, or a range of them. */
export const seconds = z.preprocess(
  given => (typeof given === 'string' ? { gte: given, lte: given } : given),
  z.strictObject({ gt: integer.optional(), gte: integer.optional(), lt: integer.optional(), lte: integer.optional() }),
)
export type Seconds = z.infer<typeof seconds>

export const within = (moment: number, range: Seconds | undefined): boolean =>
  range === undefined ||
  (moment > (range.gt ?? -Infinity) &&
    moment >= (range.gte ?? -Infinity) &&
    moment < (range.lt ?? Infinity) &&
    moment <= (range.lte ?? Infinity))

/** What every list takes. */
export const paging = {
  limit: integerFrom(1, 100).optional(),
  starting_after: text(255).optional(),
  ending_before: text(255).optional(),
}
export type Paging = {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}

/** Reads what was sent, or throws Stripe's refusal for the first fault. */
export function readParams<Schema extends z.ZodType>(schema: Schema, given: FormTree): z.infer<Schema> {
  const read = schema.safeParse(given, { reportInput: true })
  if (read.success) return read.data
  const { issues } = read.error
  throw refusalOf(issues.find(issue => issue.code === 'unrecognized_keys') ?? issues[0])
}

const bracketed = (path: readonly PropertyKey[]) =>
  path.map((key, depth) => (depth === 0 ? String(key) : `[${String(key)}]`)).join('')

function refusalOf(issue: z.core.$ZodIssue | undefined): StripeRefusal {
  if (!issue) return badRequest('Invalid request.')
  const param = bracketed(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map(key => bracketed([...issue.path, key]))
    const plural = names.length > 1 ? 's' : ''
    return badRequest(`Received unknown parameter${plural}: ${names.join(', ')}`, {
      code: 'parameter_unknown',
      param: names[0] ?? '',
    })
  }
  if (issue.input === undefined)
    return badRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  if (issue.input === '') {
    return badRequest(`You passed an empty string for '${param}'. Remove it from your request or give it a value.`, {
      code: 'parameter_invalid_empty',
      param,
    })
  }
  switch (issue.code) {
    case 'custom': {
      const code: unknown = issue.params?.['code']
      return badRequest(issue.message, { param, ...(typeof code === 'string' && { code }) })
    }
    case 'invalid_value':
      return badRequest(`Invalid ${param}: must be one of ${issue.values.map(String).join(', ')}`, { param })
    case 'too_big':
    case 'too_small':
      return outOfBounds(issue, param)
    case 'invalid_format':
      return issue.message === 'integer'
        ? badRequest(`Invalid integer: ${String(issue.input)}`, { code: 'parameter_invalid_integer', param })
        : badRequest(`Invalid ${param}: ${String(issue.input)}`, { param })
    case 'invalid_type':
      return badRequest(`Invalid ${issue.expected}: ${param}`, { param })
    default:
      return badRequest(`Invalid value for ${param}`, { param })
  }
}

function outOfBounds(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, param: string): StripeRefusal {
  const [bound, word] =
    issue.code === 'too_big' ? [issue.maximum, 'less than or equal to'] : [issue.minimum, 'greater than or equal to']
  if (issue.origin === 'number') {
    return badRequest(`This value must be ${word} ${bound}.`, { code: 'parameter_invalid_integer', param })
  }
  const code = issue.origin === 'string' ? 'parameter_invalid_string' : undefined
  return badRequest(`Invalid ${param}: its length must be ${word} ${bound}.`, { param, ...(code && { code }) })
}
