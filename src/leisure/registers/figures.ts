import type { Queries } from '../../db/database.ts'
import { and, between, count, eq } from '../../db/drizzle.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Figures, lastMonths } from '../../kernel/figures.ts'
import { leisureAttendances, leisureSignupDays, leisureSignups } from '../schema.ts'

/** Children's days at the centres: signed up for, and really there. */
export async function leisureFigures(db: Queries, now: Temporal.Instant): Promise<Figures> {
  const today = dayInParis(now)
  const months = lastMonths(today, 12)
  const signedUp: number[] = []
  const present: number[] = []
  for (const month of months) {
    const [from, to] = [month.toPlainDate({ day: 1 }), month.toPlainDate({ day: month.daysInMonth })]
    signedUp.push(await signedUpBetween(db, from, to))
    present.push(await presentBetween(db, from, to))
  }
  return {
    keys: [
      { key: 'leisure.today', unit: 'count', value: await signedUpBetween(db, today, today) },
      { key: 'leisure.here', unit: 'count', value: await presentBetween(db, today, today) },
    ],
    monthly: [
      {
        key: 'leisure.days',
        unit: 'count',
        months,
        series: [
          { name: 'signedUp', values: signedUp },
          { name: 'present', values: present },
        ],
      },
    ],
  }
}

async function signedUpBetween(db: Queries, from: Temporal.PlainDate, to: Temporal.PlainDate): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        between(leisureSignupDays.day, from, to),
        eq(leisureSignupDays.state, 'taken'),
        eq(leisureSignups.state, 'booked'),
      ),
    )
  return Number(row?.n ?? 0)
}

async function presentBetween(db: Queries, from: Temporal.PlainDate, to: Temporal.PlainDate): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(leisureAttendances)
    .where(and(between(leisureAttendances.day, from, to), eq(leisureAttendances.present, true)))
  return Number(row?.n ?? 0)
}
