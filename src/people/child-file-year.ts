import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { and, eq, inArray, lt } from '../db/drizzle.ts'
import type { Handlers } from '../jobs/run.ts'
import { dailyAt, type Scheduled } from '../jobs/schedule.ts'
import { type Actor, system } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isOnOrBefore, type SchoolYear, schoolYearOf } from '../kernel/days.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { forgetDocuments } from './child-file-documents.ts'
import { openFile } from './child-file-parts.ts'
import { counts, dayLookedAt, keptUntil, nextYear, yearBefore } from './child-file-rules.ts'
import { documentsOf, type FileOf, filesOfYear, sheetOf } from './child-file-store.ts'
import { refuseOtherClerks } from './health.ts'
import { writeToFamily } from './letters.ts'
import { childConsents, childDocuments, childFileParts, childHealthSheets } from './schema.ts'
import { childrenOf } from './store.ts'

/** What last year's file can give this one: nothing of health once that year is over. */
async function reusable(db: Queries, of: FileOf, today: Temporal.PlainDate) {
  const before = yearBefore(of.year)
  const there = !isOnOrBefore(today, before.to) || (await sheetOf(db, of.childId, of.year)) !== undefined
  const sheet = there ? undefined : await sheetOf(db, of.childId, before)
  const papers = (await documentsOf(db, of.childId)).filter(
    paper =>
      isOnOrBefore(today, paper.keepUntil) &&
      !isOnOrBefore(of.year.to, paper.keepUntil) &&
      counts(paper, dayLookedAt(of.year, today)),
  )
  return { sheet, papers }
}

/** Whether there is something to take over. */
export async function canReuse(db: Queries, of: FileOf, today: Temporal.PlainDate): Promise<boolean> {
  const { sheet, papers } = await reusable(db, of, today)
  return sheet !== undefined || papers.length > 0
}

/**
 * Takes over last year's file: the health sheet, and the papers that are still good on the new year's first day. Each part
 * is then to be confirmed; what has ended is not taken over. Done twice, nothing more happens. Throws 404 as `openFile`,
 * 403 as `writeHealthSheet`.
 */
export async function reuseLastYear(
  town: Town,
  actor: Actor,
  { childId, year }: { childId: string; year?: string | undefined },
): Promise<void> {
  refuseOtherClerks(actor)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { of } = await openFile(tx, town, actor, childId, year)
    const { sheet, papers } = await reusable(tx, of, dayInParis(now))
    if (!sheet && papers.length === 0) throw notFound()
    if (sheet) {
      await tx
        .insert(childHealthSheets)
        .values({ ...sheet, year: of.year.label, updatedAt: now })
        .onConflictDoNothing()
    }
    for (const { id, kind } of papers) {
      await tx
        .update(childDocuments)
        .set({ keepUntil: keptUntil(kind, of.year) })
        .where(eq(childDocuments.id, id))
    }
    await audit(tx, now, actor, {
      action: 'child-file.reused',
      subject: { kind: 'child', id: of.childId },
      details: { year: of.year.label },
    })
  })
}

/** From this day of August on, families are told that the file is to be made again. */
const TOLD_FROM = 24

/** Writes to every household that has a file of the year that ends. Written once, however often it runs. */
async function tellOfNewYear(town: Town): Promise<void> {
  const today = dayInParis(town.clock.now())
  if (today.month !== 8 || today.day < TOLD_FROM) return
  const year = schoolYearOf(today)
  const next = nextYear(year)
  for (const [householdId, childIds] of await filesOfYear(town.db.read, year)) {
    await town.db.transaction(async tx => {
      const names = (await childrenOf(tx, householdId)).flatMap(child =>
        childIds.includes(child.id) ? [child.firstName] : [],
      )
      if (names.length === 0) return
      await writeToFamily(tx, town, householdId, {
        kind: 'child-file-again',
        key: `${householdId}:${next.label}`,
        path: '/famille',
        params: ({ f }) => ({ children: f.list(names), year: next.label, end: f.day(year.to) }),
      })
    })
  }
}

/**
 * Deletes what tells of health when its school year is over, and papers no longer needed with their bytes. What was
 * allowed and confirmed stays one more year, to be shown when the new file is filled.
 */
async function forgetOldFiles(town: Town): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const year = schoolYearOf(today)
  while ((await forgetSome(town, now, today, year)) > 0);
  const before = yearBefore(year).label
  await town.db.transaction(async tx => {
    await tx.delete(childConsents).where(lt(childConsents.year, before))
    await tx.delete(childFileParts).where(lt(childFileParts.year, before))
  })
}

/** How many children at a time: on 1 September all files end at once, and others write meanwhile. */
const AT_A_TIME = 200

/** Deletes what is over of some children; gives how many there were. */
async function forgetSome(town: Town, now: Temporal.Instant, today: Temporal.PlainDate, year: SchoolYear) {
  const oldSheet = lt(childHealthSheets.year, year.label)
  const oldPaper = lt(childDocuments.keepUntil, today)
  return town.db.transaction(async tx => {
    const { childId } = childHealthSheets
    const sheets = await tx.selectDistinct({ childId }).from(childHealthSheets).where(oldSheet).limit(AT_A_TIME)
    const papers = await tx
      .selectDistinct({ childId: childDocuments.childId })
      .from(childDocuments)
      .where(oldPaper)
      .limit(AT_A_TIME)
    const children = [...new Set([...sheets, ...papers].map(one => one.childId))]
    if (children.length === 0) return 0
    await tx.delete(childHealthSheets).where(and(oldSheet, inArray(childId, children)))
    await forgetDocuments(tx, now, and(oldPaper, inArray(childDocuments.childId, children)))
    for (const id of children) {
      await audit(tx, now, system('retention'), {
        action: 'child-file.expired',
        subject: { kind: 'child', id },
        details: { before: today.toString() },
      })
    }
    return children.length
  })
}

const RENEWAL = 'people.child-files-again'
const RETENTION = 'people.forget-child-files'

/** What the school year brings by itself. */
export function childFileJobs(town: Town): Handlers {
  return { [RENEWAL]: () => tellOfNewYear(town), [RETENTION]: () => forgetOldFiles(town) }
}

export const childFileScheduled: readonly Scheduled[] = [
  { topic: RENEWAL, period: dailyAt(Temporal.PlainTime.from('07:30')) },
  { topic: RETENTION, period: dailyAt(Temporal.PlainTime.from('00:10')) },
]
