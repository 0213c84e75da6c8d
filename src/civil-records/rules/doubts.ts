import { searchKey } from '../../people/rules.ts'
import type { ActName, Answers, PartialDate, PostalAddress } from '../kinds.ts'
import { earliest, isWhole, latest } from './partial-dates.ts'

/** What a clerk should look at twice; the words are by the code, filled with the params. Never a reason to refuse alone. */
export type Doubt =
  | { code: 'many-requests' | 'same-record'; params: { count: number; days: number } }
  | { code: 'sent-abroad'; params: { country: string } }
  | { code: 'age-and-standing'; params: { years: number } }
  | {
      code: 'address-differs' | 'self-other-name' | 'self-other-birth' | 'account-other-name'
      params: Record<string, never>
    }

export type DoubtFacts = {
  answers: Answers
  /** The day of the request, Europe/Paris. */
  askedOn: Temporal.PlainDate
  /** Days on which the same applicant sent other requests (`applicantKey`). */
  othersOfApplicant: readonly Temporal.PlainDate[]
  /** Days on which anybody sent another request of the same record (`recordKey`). */
  othersOfRecord: readonly Temporal.PlainDate[]
  /** The applicant as the town knows them, when they are signed in. */
  known?: { firstName: string; lastName: string; address?: Omit<PostalAddress, 'country'> } | undefined
}

/** Days that requests are counted over, that of the request included. */
const DAYS = 30
/** Requests of one applicant in that time, this one included, from which they are many. */
const MANY = 5
/** Fewest years between parent and child. */
const GENERATION = 12

/** The doubts that the facts raise, the gravest first. */
export function doubtsOf(facts: DoubtFacts): Doubt[] {
  const { answers, askedOn, othersOfApplicant, othersOfRecord, known } = facts
  const { applicant, address } = answers
  const doubts: Doubt[] = []
  const plain = (code: Extract<Doubt, { params: Record<string, never> }>['code'], when: unknown) =>
    void (when && doubts.push({ code, params: {} }))

  if (applicant && answers.standing === 'self') {
    const born = birthOf(answers)
    plain('self-other-name', !persons(answers).some(name => mayBe(name, applicant, born)))
    // Either spouse may ask for their marriage: only a birth says for sure whose birth date it is.
    plain('self-other-birth', answers.kind === 'birth' && born && !mayMean(born, applicant.birthDate))
  }
  const years = yearsBetween(answers)
  if (years !== undefined && years < GENERATION) doubts.push({ code: 'age-and-standing', params: { years } })
  if (applicant && known)
    plain('account-other-name', !sameText([applicant.firstName, applicant.lastName], [known.firstName, known.lastName]))
  plain('address-differs', address && known?.address && !sameAddress(address, known.address))
  if (address && address.country !== 'FR') doubts.push({ code: 'sent-abroad', params: { country: address.country } })
  const since = askedOn.subtract({ days: DAYS - 1 })
  const recent = (days: readonly Temporal.PlainDate[]) => days.filter(day => isBetween(since, day, askedOn)).length
  const [same, many] = [recent(othersOfRecord), recent(othersOfApplicant) + 1]
  if (same > 0) doubts.push({ code: 'same-record', params: { count: same, days: DAYS } })
  if (many >= MANY) doubts.push({ code: 'many-requests', params: { count: many, days: DAYS } })
  return doubts
}

/** The people an act is about: a recognition is about the child. */
const persons = ({ subject, spouse }: Answers): ActName[] => [subject, spouse].flatMap(name => name ?? [])

/** When the person of the act was born, as far as the request says it. */
const birthOf = ({ kind, date, subjectBirth }: Answers): PartialDate | undefined =>
  kind === 'birth' ? date : subjectBirth?.date

/**
 * Whether the act may name this applicant: one of its first names, and its last name; another last name, of marriage, is
 * believed with the same birth date.
 */
function mayBe(name: ActName, applicant: NonNullable<Answers['applicant']>, born: PartialDate | undefined): boolean {
  const inAct = words(name.firstNames)
  if (!words(applicant.firstName).some(word => inAct.includes(word))) return false
  return searchKey(name.lastName) === searchKey(applicant.lastName) || born === applicant.birthDate
}

const words = (text: string) => searchKey(text).split(' ')

const mayMean = (partial: PartialDate, whole: PartialDate) =>
  isWhole(partial) ? partial === whole : isBetween(earliest(partial), earliest(whole), latest(partial))

/** Years by which the applicant is younger than who they descend from, or older than whose parent they are, at most. */
function yearsBetween(answers: Answers): number | undefined {
  const { applicant, standing } = answers
  const birth = birthOf(answers)
  if (!applicant || !birth) return undefined
  const own = earliest(applicant.birthDate)
  if (standing === 'child') return earliest(birth).until(own, { largestUnit: 'years' }).years
  if (standing === 'parent') return own.until(latest(birth), { largestUnit: 'years' }).years
  return undefined
}

const sameText = (a: readonly string[], b: readonly string[]) => searchKey(a.join(' ')) === searchKey(b.join(' '))

const sameAddress = (a: Omit<PostalAddress, 'country'>, b: Omit<PostalAddress, 'country'>) =>
  a.postcode === b.postcode && sameText([...a.lines, a.city], [...b.lines, b.city])

const isBetween = (from: Temporal.PlainDate, day: Temporal.PlainDate, to: Temporal.PlainDate) =>
  Temporal.PlainDate.compare(from, day) <= 0 && Temporal.PlainDate.compare(day, to) <= 0
