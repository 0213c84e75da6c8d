import { isOnOrBefore, isWithin, type SchoolYear, schoolYearOf } from '../kernel/days.ts'
import type { FilePart } from './schema.ts'

export const FILE_PARTS = ['contacts', 'pickups', 'health', 'vaccination', 'insurance', 'consents'] as const

/** The services that ask for a child's file. */
export const FILE_SERVICES = ['canteen', 'leisure'] as const
export type FileService = (typeof FILE_SERVICES)[number]

/**
 * What each service cannot do without. A leisure centre takes a child with a health sheet, the compulsory vaccinations (or
 * a doctor's certificate against them) and the rest of the file (CASF R227-7, code of public health L3111-2 and R3111-8);
 * the canteen must reach somebody.
 */
export const REQUIRED: Readonly<Record<FileService, readonly FilePart[]>> = {
  canteen: ['contacts'],
  leisure: FILE_PARTS,
}

/** A paper of the file as the rules need it. */
export type FilePaper = {
  kind: 'vaccination' | 'contra-indication' | 'insurance'
  state: 'to-check' | 'accepted' | 'refused'
  /** Last day on which it counts; null without an end. */
  validUntil: Temporal.PlainDate | null
}

/** A child's file for one school year, as one household sees it. */
export type FileState = {
  year: SchoolYear
  /** The parts confirmed for this year. */
  confirmed: ReadonlySet<FilePart>
  /** The parts in which something is written, be it from last year. */
  filled: ReadonlySet<FilePart>
  /** Newest first. */
  papers: readonly FilePaper[]
}

export type PartState = 'done' | 'to-do' | 'to-confirm' | 'to-check' | 'refused' | 'expired'

/** Whether a paper still counts on that day: its last day is a good day, the day after is not. */
export function counts(paper: FilePaper, day: Temporal.PlainDate): boolean {
  return paper.state !== 'refused' && (paper.validUntil === null || isOnOrBefore(day, paper.validUntil))
}

/** Which part a paper belongs to: a certificate against vaccination stands for the vaccinations. */
export const partOfPaper = (kind: FilePaper['kind']): 'vaccination' | 'insurance' =>
  kind === 'insurance' ? 'insurance' : 'vaccination'

/**
 * Where a part stands on a day. Nothing of a file counts outside its school year. A paper that the town has still to look
 * at counts meanwhile: its delay is not the family's.
 */
export function partState(file: FileState, part: FilePart, day: Temporal.PlainDate): PartState {
  const confirmed = file.confirmed.has(part) && isWithin(day, file.year)
  if (part === 'vaccination' || part === 'insurance') {
    const papers = file.papers.filter(({ kind }) => partOfPaper(kind) === part)
    const good = papers.filter(paper => counts(paper, day))
    if (good.length > 0) {
      if (!confirmed) return 'to-confirm'
      return good.some(({ state }) => state === 'accepted') ? 'done' : 'to-check'
    }
    const last = papers[0]
    if (!last) return 'to-do'
    return last.state === 'refused' ? 'refused' : 'expired'
  }
  const filled = file.filled.has(part)
  // Nobody but the parents may collect the child: that is an answer too.
  if (confirmed && (filled || part === 'pickups')) return 'done'
  return filled ? 'to-confirm' : 'to-do'
}

/** A piece that a service lacks on a day, and why. */
export type MissingPiece = { part: FilePart; why: Exclude<PartState, 'done' | 'to-check'> }

/** What a service lacks to take the child on that day: empty when the file is complete for it. */
export function missingPieces(
  file: FileState,
  { service, day }: { service: FileService; day: Temporal.PlainDate },
): MissingPiece[] {
  return REQUIRED[service].flatMap(part => {
    const why = partState(file, part, day)
    return why === 'done' || why === 'to-check' ? [] : [{ part, why }]
  })
}

/** The school years whose file may be filled: this one, and from 1 July on the next. */
export function openYears(today: Temporal.PlainDate): SchoolYear[] {
  const year = schoolYearOf(today)
  return today.month === 7 || today.month === 8 ? [year, nextYear(year)] : [year]
}

export const nextYear = (year: SchoolYear): SchoolYear => schoolYearOf(year.to.add({ days: 1 }))
export const yearBefore = (year: SchoolYear): SchoolYear => schoolYearOf(year.from.subtract({ days: 1 }))

/** The day a file is looked at: today within its year, its first day before. */
export function dayLookedAt(year: SchoolYear, today: Temporal.PlainDate): Temporal.PlainDate {
  return isWithin(today, year) ? today : year.from
}

/**
 * How long a paper is kept. What tells of health goes with its school year; an insurance stays a year longer, so that its
 * number can be used again.
 */
export function keptUntil(kind: FilePaper['kind'], year: SchoolYear): Temporal.PlainDate {
  return kind === 'insurance' ? nextYear(year).to : year.to
}

/** What several households allow: the no of one is a no; of several ages, the highest. Undefined until one has answered. */
export function allowedByAll(
  answers: readonly { given: boolean; fromAge: number | null }[],
): { given: boolean; fromAge: number | null } | undefined {
  if (answers.length === 0) return undefined
  if (answers.some(({ given }) => !given)) return { given: false, fromAge: null }
  const ages = answers.flatMap(({ fromAge }) => fromAge ?? [])
  return { given: true, fromAge: ages.length > 0 ? Math.max(...ages) : null }
}
