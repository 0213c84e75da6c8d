import type { Config } from '../config.ts'
import type { AbsenceRule } from './absences.ts'
import type { CutOff } from './cut-off.ts'

/** Until when the town lets parents change the meal of that day. */
export function cutOffOf({ canteen }: Pick<Config, 'canteen'>, day: Temporal.PlainDate): CutOff {
  const { cutOffTable: limits, cutOffWorkingDays: workingDays } = canteen
  // A weekday that the town's table forgot has the general limit.
  if (limits && String(day.dayOfWeek) in limits) return { kind: 'weekday-table', limits }
  const hour = Temporal.PlainTime.from(canteen.cutOffHour)
  return workingDays === 0 ? { kind: 'same-day', hour } : { kind: 'working-days', workingDays, hour }
}

/** How the town excuses absences. */
export function absenceRuleOf({ canteen }: Pick<Config, 'canteen'>): AbsenceRule {
  return { certificateWithinDays: canteen.certificateDays, firstDayCharged: canteen.firstSickDayCharged }
}
