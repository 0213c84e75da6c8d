import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import type { Queries } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { invalid } from '../../kernel/problems.ts'
import { dayField } from '../../people/forms.ts'
import { servingFacts } from '../../schools/store.ts'
import type { Town } from '../../town-context.ts'
import { type PeriodDays, shiftToNextYear } from '../days-of-period.ts'
import { HALVES, leisureGroups, leisurePeriods, leisurePlans, leisureStaff } from '../schema.ts'
import {
  type Centre,
  centresOf,
  type Group,
  groupsOf,
  type LeisurePeriod,
  periodById,
  type Session,
  type StaffDay,
  sessionsOf,
  staffOf,
} from '../store.ts'
import { lineField } from './form-fields.ts'
import { checkedDays, factsOf, namedOnce } from './periods.ts'
import { abovePremises } from './premises.ts'
import { insertSessions } from './sessions.ts'

export const copyForm = z.object({ name: lineField(80), from: dayField, to: dayField })
export type CopyForm = z.output<typeof copyForm>

/** The name and the dates a copy begins with, before the clerk corrects them. */
export async function proposedCopy(
  db: Queries,
  zone: string,
  sourceId: string,
): Promise<{ source: LeisurePeriod; name: string; from: Temporal.PlainDate; to: Temporal.PlainDate; known: boolean }> {
  const source = await periodById(db, sourceId)
  const shift = await shiftOf(db, zone, source)
  const days = shift ?? 364
  const name = source.name.replace(/\b20\d\d\b/g, year => String(Number(year) + 1))
  return {
    source,
    name: name === source.name ? '' : name,
    from: source.from.add({ days }),
    to: source.to.add({ days }),
    known: shift !== undefined,
  }
}

/** What a copy would make, for the clerk to see before it is made. */
export type CopyPlan = {
  source: LeisurePeriod
  days: readonly Temporal.PlainDate[]
  /** Days of last year that have none this year, as they would fall. */
  dropped: readonly Temporal.PlainDate[]
  /** Days of this year that had none last year: they get the usual places. */
  added: readonly Temporal.PlainDate[]
  groups: readonly { group: Group; centre: string; sessions: readonly NewSession[] }[]
  staff: readonly StaffDay[]
}

type NewSession = Pick<Session, 'day' | 'half' | 'capacity'>

/**
 * Last year's period laid on this year's dates: groups, hours, places by day and staff, moved by whole weeks. Throws 404,
 * or 422 for dates that make no period.
 */
export async function planCopy(db: Queries, zone: string, sourceId: string, form: CopyForm): Promise<CopyPlan> {
  const source = await periodById(db, sourceId)
  const period: PeriodDays = { ...source, from: form.from, to: form.to }
  const days = await checkedDays(db, zone, period)
  const shift = (await shiftOf(db, zone, source)) ?? wholeWeeks(source.from, form.from)
  const groups = await groupsOf(db, [source.id])
  const sessions = await sessionsOf(db, groups)
  const staff = await staffOf(db, [...new Set(groups.map(({ centreId }) => centreId))], source)
  const centres = new Map((await centresOf(db)).map(centre => [centre.id, centre]))
  const isoDays = new Set(days.map(String))
  const moved = distinct([...sessions, ...staff].map(({ day }) => day.add({ days: shift })))
  const opened = new Set(moved.map(String))
  const byCentre = Map.groupBy(groups, ({ centreId }) => centreId)
  const copied = [...byCentre].flatMap(([centreId, some]) => {
    const own = sessions.filter(({ groupId }) => some.some(({ id }) => id === groupId))
    const had = new Set(own.map(({ day }) => day.add({ days: shift }).toString()))
    return some.map(group => ({
      group,
      centre: centres.get(centreId)?.name ?? '',
      sessions: movedSessions(
        group,
        own.filter(({ groupId }) => groupId === group.id),
        { days, shift, had },
      ),
    }))
  })
  refuseCrowded(copied, centres)
  return {
    source,
    days,
    dropped: moved.filter(day => !isoDays.has(day.toString())),
    added: groups.length > 0 ? days.filter(day => !opened.has(day.toString())) : [],
    groups: copied,
    staff: [...Map.groupBy(staff, ({ centreId }) => centreId).values()].flatMap(rows => movedStaff(rows, days, shift)),
  }
}

/** The premises may have shrunk since last year. */
function refuseCrowded(copied: CopyPlan['groups'], centres: ReadonlyMap<Id<'leisure-centre'>, Centre>): void {
  for (const [centreId, some] of Map.groupBy(copied, ({ group }) => group.centreId)) {
    const centre = centres.get(centreId)
    const over = abovePremises(
      some.flatMap(({ sessions }) => sessions),
      centre?.premises ?? 0,
    )
    if (centre && over)
      throw invalid([
        { field: '', code: 'copy-above-premises', params: { name: centre.name, premises: centre.premises } },
      ])
  }
}

/** Makes the copy that was shown. Sign-ups stay closed until their opening is set. */
export async function copyPeriod(
  town: Town,
  clerk: Clerk,
  sourceId: string,
  form: CopyForm,
): Promise<Id<'leisure-period'>> {
  return namedOnce(() =>
    town.db.transaction(async tx => {
      const { source, groups, staff } = await planCopy(tx, town.config.schoolZone, sourceId, form)
      const id = newId<'leisure-period'>()
      const period = { ...source, ...form, id, wishesUntil: null, copiedFrom: source.id, revision: 1 }
      await tx.insert(leisurePeriods).values(period)
      const centreIds = [...new Set(groups.map(({ group }) => group.centreId))]
      for (const centreId of centreIds) await tx.insert(leisurePlans).values({ centreId, periodId: id })
      for (const { group, sessions } of groups) {
        const groupId = newId<'leisure-group'>()
        await tx.insert(leisureGroups).values({ ...group, id: groupId, periodId: id })
        await insertSessions(
          tx,
          sessions.map(session => ({ ...session, groupId })),
        )
      }
      for (const row of staff)
        await tx
          .insert(leisureStaff)
          .values(row)
          .onConflictDoNothing({ target: [leisureStaff.centreId, leisureStaff.day] })
      await audit(tx, town.clock.now(), clerk, {
        action: 'leisure-period.copied',
        subject: { kind: 'leisure-period', id },
        details: { copiedFrom: source.id, ...factsOf(period), groups: groups.length },
      })
      return id
    }),
  )
}

async function shiftOf(db: Queries, zone: string, source: PeriodDays): Promise<number | undefined> {
  const { schoolHolidays } = await servingFacts(db, zone, source.from, source.to.add({ months: 15 }))
  return shiftToNextYear(source, schoolHolidays)
}

/** The nearest number of whole weeks between two days, in days. */
const wholeWeeks = (from: Temporal.PlainDate, to: Temporal.PlainDate) =>
  Math.round(from.until(to, { largestUnit: 'day' }).days / 7) * 7

const distinct = (days: readonly Temporal.PlainDate[]) =>
  [...new Map(days.map(day => [day.toString(), day])).values()].sort(Temporal.PlainDate.compare)

/**
 * Places as last year's on the days that match, none where the group was not there while its centre was; the usual
 * ones, on the halves the group had, on days that nobody had.
 */
function movedSessions(
  group: Group,
  sessions: readonly Session[],
  { days, shift, had }: { days: readonly Temporal.PlainDate[]; shift: number; had: ReadonlySet<string> },
): NewSession[] {
  const halves = HALVES.filter(half => sessions.some(session => session.half === half))
  const byDay = Map.groupBy(sessions, ({ day }) => day.add({ days: shift }).toString())
  return days.flatMap(day => {
    const same = byDay.get(day.toString()) ?? []
    if (had.has(day.toString())) return same.map(({ half, capacity }) => ({ day, half, capacity }))
    return halves.map(half => ({ day, half, capacity: group.places }))
  })
}

/** A centre's staff as last year on the days that match; as on most days on the others. */
function movedStaff(rows: readonly StaffDay[], days: readonly Temporal.PlainDate[], shift: number): StaffDay[] {
  const byDay = new Map(rows.map(row => [row.day.add({ days: shift }).toString(), row]))
  const alike = Map.groupBy(rows, ({ educators, directorCounts }) => `${educators} ${directorCounts}`)
  const usual = [...alike.values()].sort((a, b) => b.length - a.length)[0]?.[0]
  return days.flatMap(day => {
    const row = byDay.get(day.toString()) ?? usual
    return row ? [{ ...row, day }] : []
  })
}
