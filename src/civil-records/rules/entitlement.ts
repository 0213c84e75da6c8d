import { ageOn } from '../../kernel/days.ts'
import type { PartialDate, RecordForm, RecordKind, Standing } from '../kinds.ts'
import { recordForms } from '../kinds.ts'
import { type ActFacts, type Openness, opennessOf } from './openness.ts'
import { earliest, latest } from './partial-dates.ts'

/** Why somebody may have a record. */
export type Ground =
  | 'anyone'
  | 'self'
  | 'descendant'
  | 'ascendant'
  | 'spouse'
  | 'legal-representative'
  | 'mandate'
  | 'heir'
  | 'age-of-act'
  | 'long-dead'

/** What an applicant shows of who they are. */
export type ProofKind = 'identity' | 'family-link' | 'guardianship' | 'mandate' | 'professional-card' | 'heir'

/** What only the clerk can see, with the act in hand. */
export type DeskCheck =
  | 'emancipation' // a minor says that they are emancipated (civil code, art. 413-1 and following)
  | 'not-divorced' // a former spouse has no standing
  | 'protected-adult' // the person of age is under guardianship, or a family member was empowered (civil code, art. 494-1)
  | 'close-of-register' // some registers run over several years: 75 years count from the close of this one
  | 'minor-at-the-act' // one who was a minor then: 100 years instead of 75
  | 'date-of-death'

export type Refusal =
  | 'no-such-form' // no such thing is made of this act
  | 'minor' // the person of the act is a minor: their representative asks
  | 'applicant-minor' // so is the one who asks
  | 'heir-has-extract' // heirs have the extract with parentage, not the full copy
  | 'no-standing'

export type Entitlement =
  | {
      allowed: true
      ground: Ground
      /** As the law is quoted to a clerk, in French. */
      source: string
      /** Given as plain information: neither dated, nor signed, nor sealed. */
      information: boolean
      proofs: readonly ProofKind[]
      checks: readonly DeskCheck[]
    }
  | {
      allowed: false
      reason: Refusal
      source: string
      /** What this applicant may have of the same act. */
      instead: readonly RecordForm[]
      /** Who may ask for what was wanted. */
      whom?: 'representative' | 'relative'
      /** The first day on which anyone may have it, as plain information. */
      opensOn?: Temporal.PlainDate
    }

export type Asked = ActFacts & {
  kind: RecordKind
  form: RecordForm
  /** A stranger, when left out. */
  standing?: Standing | undefined
  /** In years; of age, when left out. */
  applicantAge?: number | undefined
}

const DECREE = 'décret n° 2017-890 du 6 mai 2017'
const HERITAGE = 'code du patrimoine, art. L213-2'

const made: Readonly<Record<RecordKind, readonly RecordForm[]>> = {
  birth: recordForms,
  marriage: recordForms,
  death: ['full-copy', 'multilingual'],
  recognition: ['full-copy'],
}

/**
 * What is made of an act. Of a death there is the full copy and the extract for abroad (form C of the convention), of a
 * recognition the full copy alone: the decree knows no other (décret n° 2017-890, art. 29, which says what a request names).
 */
export const formsOf = (kind: RecordKind): readonly RecordForm[] => made[kind]

/**
 * Whether anyone may have it without giving a reason: the copy of a death, and what does not name the parents (décret
 * n° 2017-890, art. 33). The multilingual extract of a death goes to whom the copy goes to, that is to anyone.
 * Deaths that would endanger somebody named in the act are kept apart (art. 26): a clerk sees those.
 */
export const isPublic = (kind: RecordKind, form: RecordForm): boolean =>
  kind === 'death' || form === 'without-parentage'

/** Whether it matters who asks. */
export const needsStanding = (kind: RecordKind, form: RecordForm): boolean => !isPublic(kind, form)

/** Where the law says so. The multilingual extract is for those who may have the full copy (CIEC n° 16, art. 1). */
function sourceOf(kind: RecordKind, form: RecordForm): string {
  if (form === 'multilingual') return 'convention CIEC n° 16 du 8 septembre 1976, art. 1er'
  if (isPublic(kind, form)) return `${DECREE}, art. 33`
  if (kind === 'recognition') return `${DECREE}, art. 30 à 32`
  return `${DECREE}, art. ${form === 'full-copy' ? '30' : '32'}`
}

const grounds: Readonly<Partial<Record<Standing, { ground: Ground; proofs: readonly ProofKind[] }>>> = {
  self: { ground: 'self', proofs: ['identity'] },
  child: { ground: 'descendant', proofs: ['identity', 'family-link'] },
  parent: { ground: 'ascendant', proofs: ['identity', 'family-link'] },
  spouse: { ground: 'spouse', proofs: ['identity', 'family-link'] },
  'legal-representative': { ground: 'legal-representative', proofs: ['identity', 'guardianship'] },
  professional: { ground: 'mandate', proofs: ['professional-card', 'mandate'] },
  heir: { ground: 'heir', proofs: ['identity', 'heir'] },
}

/**
 * Heirs have the extract with parentage (art. 32), and the copy of the recognition of the child they inherit from (rule of
 * the decree of 3 August 1962, art. 9, which that of 2017 took over).
 */
const heirMayHave = (kind: RecordKind, form: RecordForm) => form === 'with-parentage' || kind === 'recognition'

/** Below 16 nobody is emancipated by a judge (civil code, art. 413-2). */
const LEAST_EMANCIPATED = 16
const OF_AGE = 18

/**
 * Whether the person of the act, who asks for it, is a minor: known by the date of a birth, and of a recognition so old
 * that the child it announced is of age; marriage emancipates (civil code, art. 413-1). `unsure` between 16 and 18 and
 * where the date does not tell: then they are asked.
 */
export function minority(kind: RecordKind, date: PartialDate, today: Temporal.PlainDate): boolean | 'unsure' {
  if (kind === 'marriage' || kind === 'death') return false
  // A child recognised before birth is born within 300 days (civil code, art. 311).
  const youngest = kind === 'birth' ? latest(date) : latest(date).add({ days: 300 })
  if (ageOn(youngest, today) >= OF_AGE) return false
  return kind === 'birth' && ageOn(earliest(date), today) < LEAST_EMANCIPATED ? true : 'unsure'
}

type Allowed = Extract<Entitlement, { allowed: true }>

/** What the asker's standing gives; a refusal's reason when it gives nothing. */
function byStanding(asked: Asked): Allowed | Refusal {
  const { kind, form, standing = 'other', date, minor, applicantAge = OF_AGE, today } = asked
  const granted = grounds[standing]
  if (!granted) return 'no-standing'
  if (standing === 'heir' && !heirMayHave(kind, form)) return 'heir-has-extract'
  const young = minority(kind, date, today)
  if (standing === 'self') {
    if (young === true || (young === 'unsure' && minor !== false)) return 'minor'
  } else if (applicantAge < OF_AGE) return 'applicant-minor'
  const checks: DeskCheck[] = []
  if (standing === 'self' && young === 'unsure') checks.push('emancipation')
  if (standing === 'spouse') checks.push('not-divorced')
  if (standing === 'legal-representative' && young === false) checks.push('protected-adult')
  return { allowed: true, ...granted, source: sourceOf(kind, form), information: false, checks }
}

/** What the age of the act gives to anyone: information. A multilingual extract is a proof for abroad and never that. */
function byAge(asked: Asked, openness: Openness): Allowed | undefined {
  if (!openness.by || asked.form === 'multilingual') return undefined
  const common = { allowed: true, source: HERITAGE, information: true, proofs: [] } as const
  if (openness.by === 'death') return { ...common, ground: 'long-dead', checks: ['date-of-death'] }
  // Every birth is a minor's: the law means them when it opens registers of births at 75 years. Who married may have been one.
  const young = asked.kind !== 'birth' && opennessOf({ ...asked, minor: true }).by !== 'age'
  return {
    ...common,
    ground: 'age-of-act',
    checks: ['close-of-register', ...(young ? ['minor-at-the-act' as const] : [])],
  }
}

function mayHave(asked: Asked): Allowed | Refusal {
  const { kind, form } = asked
  if (!formsOf(kind).includes(form)) return 'no-such-form'
  if (isPublic(kind, form)) {
    const source = sourceOf(kind, form)
    return { allowed: true, ground: 'anyone', source, information: false, proofs: [], checks: [] }
  }
  const granted = byStanding(asked)
  return typeof granted === 'string' ? (byAge(asked, opennessOf(asked)) ?? granted) : granted
}

/**
 * Who may have which record, with the law that says so: all of the table of civil records, in this order.
 *
 * 1. Anyone: deaths, and births and marriages without the parents' names (décret n° 2017-890, art. 33).
 * 2. By standing (art. 30 to 32): the person of the act when of age or emancipated, ascendants, descendants, the spouse,
 *    the legal representative, a lawyer or notary with a mandate; heirs for the extract with parentage. Neither brothers
 *    and sisters, nor uncles, aunts and nephews, nor cohabitants, nor partners of a PACS. (One commentary of 2020 counts
 *    partners in; the State's own pages do not, and the cautious reading is kept.)
 * 3. Anyone, as plain information, once the act is open (`openness.ts`; code du patrimoine, art. L213-2).
 *
 * What is not known counts against the applicant. Give what is known again when more is: a minor who asks for the act of a
 * grandparent is found out by `applicantAge` only.
 */
export function entitlement(asked: Asked): Entitlement {
  const answer = mayHave(asked)
  if (typeof answer !== 'string') return answer
  const { kind, form } = asked
  const instead = formsOf(kind).filter(
    other => other !== form && typeof mayHave({ ...asked, form: other }) !== 'string',
  )
  const denied = { allowed: false, reason: answer, source: sourceOf(kind, form), instead } as const
  if (answer === 'no-such-form') return denied
  const { opensOn } = opennessOf(asked)
  const whom = answer === 'minor' || answer === 'applicant-minor' ? 'representative' : 'relative'
  return { ...denied, whom, ...(form !== 'multilingual' && opensOn && { opensOn }) }
}

/** Whether papers must be shown. */
export const needsProof = (entitlement: Entitlement): boolean => entitlement.allowed && entitlement.proofs.length > 0

/**
 * Whether the request must name the parents: for a copy or parentage of a birth or marriage (décret n° 2017-890, art. 29),
 * unless the act is open to all, when they protect nobody any more.
 */
export function needsParents(asked: Asked): boolean {
  const named = asked.kind === 'birth' || asked.kind === 'marriage'
  return named && asked.form !== 'without-parentage' && opennessOf(asked).by === undefined
}
