import { Router } from 'express'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { and, asc, between, eq, inArray } from '../db/drizzle.ts'
import { isoMonth } from '../kernel/days.ts'
import { dayField } from '../people/forms.ts'
import { compareNames, schoolingOn } from '../people/rules.ts'
import { childrenById } from '../people/store.ts'
import { sendCsv } from '../web/csv.ts'
import { parse } from '../web/forms.ts'
import { mealBookings } from './schema.ts'
import { type StaffParts, staffOf, wordsOf } from './staff-page.ts'

const monthText = z.string().transform((text, context) => {
  const month = isoMonth(text)
  if (month) return month
  context.addIssue({ code: 'custom', message: 'not-a-date' })
  return z.NEVER
})
const asked = z.union([z.object({ jour: dayField }), z.object({ mois: monthText })])

/** The meals booked on a day or in a month, as a table for a spreadsheet. Taking it away is in the audit trail. */
export function exportPages({ town }: StaffParts): Router {
  const router = Router()
  router.get('/guichet/cantine/reservations.csv', async (req, res) => {
    const { clerk, schools } = await staffOf(town, res)
    const when = parse(asked, req.query)
    const [from, to] =
      'jour' in when
        ? [when.jour, when.jour]
        : [when.mois.toPlainDate({ day: 1 }), when.mois.toPlainDate({ day: when.mois.daysInMonth })]
    const name = 'jour' in when ? when.jour.toString() : when.mois.toString()
    const rows = await town.db.read
      .select()
      .from(mealBookings)
      .where(
        and(
          between(mealBookings.day, from, to),
          eq(mealBookings.state, 'booked'),
          inArray(
            mealBookings.schoolId,
            schools.map(({ id }) => id),
          ),
        ),
      )
      .orderBy(asc(mealBookings.day))
    const children = await childrenById(town.db.read, [...new Set(rows.map(({ childId }) => childId))])
    const names = new Map(schools.map(school => [school.id, school.name]))
    const { t } = wordsOf(town, res)
    const lines = rows.flatMap(({ childId, day, schoolId, mealType }) => {
      const child = children.get(childId)
      if (!child) return []
      const className = schoolingOn(child.schoolings, day)?.className ?? ''
      const meal = t(`canteen-staff:meals.${mealType}`)
      return [[day, names.get(schoolId) ?? '', className, child.lastName, child.firstName, meal] as const]
    })
    lines.sort(
      (a, b) =>
        Temporal.PlainDate.compare(a[0], b[0]) ||
        compareNames(a[1], b[1]) ||
        compareNames(a[2], b[2]) ||
        compareNames(a[3], b[3]),
    )
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), clerk, {
        action: 'meals.exported',
        subject: { kind: 'canteen', id: name },
        details: { rows: lines.length },
      }),
    )
    const columns = ['day', 'school', 'class', 'lastName', 'firstName', 'meal']
    sendCsv(
      res,
      `${t('canteen-staff:files.bookings')}-${name}`,
      columns.map(column => t(`canteen-staff:columns.${column}`)),
      lines,
    )
  })
  return router
}
