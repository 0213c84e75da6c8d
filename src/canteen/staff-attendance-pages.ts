import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { servesChildren } from '../people/health.ts'
import { schoolForClerk } from '../schools/clerk-schools.ts'
import { flash } from '../web/asker.ts'
import { sendCsv } from '../web/csv.ts'
import { refused } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { sendPdf } from '../web/pdf.ts'
import type { PageError } from '../web/render.ts'
import { addUnbooked, type SentRow, saveAttendance } from './staff-attendance.ts'
import { type AttendanceList, attendanceList, childrenToAdd, type ListedChild } from './staff-attendance-list.ts'
import {
  closedInWords,
  dayAsked,
  daysBeside,
  documentLanguage,
  listSent,
  type StaffParts,
  staffOf,
  typedText,
  wordsOf,
} from './staff-page.ts'

type WithSchool = Request<{ schoolId: string }>

/** `<child>.<state shown>.<revision>` */
const ROW = /^([\w-]{1,64})\.(none|present|absent)\.(\d{1,9})$/
const sheet = z.object({
  row: listSent,
  present: listSent,
  only: z.string().max(60).optional(),
  reason: z.string().max(300).optional(),
})
const added = z.object({ childId: z.string().max(64), reason: z.string().max(300).optional() })
const search = z.object({ q: z.string().max(80).default('') })

/** Who eats in a school on a day: to tick on a tablet, on paper, as PDF and as a table. */
export function attendancePages({ town, draw }: StaffParts): Router {
  const router = Router()
  const address = (schoolId: string, day: Temporal.PlainDate) => `/guichet/cantine/presences/${schoolId}?jour=${day}`

  async function listAsked(req: WithSchool, res: Response): Promise<AttendanceList> {
    const { clerk } = await staffOf(town, res)
    const school = await schoolForClerk(town.db.read, clerk, req.params.schoolId)
    return attendanceList(town, school, await dayAsked(town, req.query, [school]))
  }

  router.get('/guichet/cantine/presences/:schoolId', async (req: WithSchool, res) => {
    const list = await listAsked(req, res)
    await showList(req, res, list, { errors: [], reason: '', ticked: undefined }, 200)
  })

  router.post('/guichet/cantine/presences/:schoolId', async (req: WithSchool, res) => {
    const { clerk } = await staffOf(town, res)
    const list = await listAsked(req, res)
    const { row, present, only, reason = '' } = parse(sheet, req.body)
    const ticked = new Set(present)
    const rows = row.flatMap((text): SentRow[] => {
      const [, childId = '', shown, revision] = ROW.exec(text) ?? []
      return shown
        ? [{ childId, shown: shown as SentRow['shown'], revision: Number(revision), ticked: ticked.has(childId) }]
        : []
    })
    const wanted = list.classes.filter(({ name }) => only === undefined || name === only)
    const complete = new Set<string>(wanted.flatMap(({ children }) => children.map(({ child }) => child.id)))
    const words = wordsOf(town, res)
    const refusal = await refused(res, town, async () => {
      const saved = await saveAttendance(town, clerk, {
        schoolId: list.school.id,
        day: list.day,
        rows,
        complete: childId => complete.has(childId),
        reason,
      })
      flash(req, { kind: 'success', text: words.t('canteen-staff:attendance.saved', saved) })
      if (saved.keptAsColleague.length > 0)
        flash(req, {
          kind: 'notice',
          text: words.t('canteen-staff:attendance.keptAsColleague', {
            names: words.f.list(namesOf(list, saved.keptAsColleague)),
          }),
        })
    })
    if (refusal) return showList(req, res, list, { errors: refusal.errors, reason, ticked }, refusal.status)
    res.redirect(303, address(list.school.id, list.day))
  })

  router.post('/guichet/cantine/presences/:schoolId/ajouter', async (req: WithSchool, res) => {
    const { clerk } = await staffOf(town, res)
    const list = await listAsked(req, res)
    const { childId, reason = '' } = parse(added, req.body)
    const refusal = await refused(res, town, () =>
      addUnbooked(town, clerk, { schoolId: list.school.id, day: list.day, childId, reason }),
    )
    if (refusal) return showList(req, res, list, { errors: refusal.errors, reason, ticked: undefined }, refusal.status)
    flash(req, { kind: 'success', text: wordsOf(town, res).t('canteen-staff:attendance.added') })
    res.redirect(303, address(list.school.id, list.day))
  })

  router.get('/guichet/cantine/presences/:schoolId/imprimer', async (req: WithSchool, res) => {
    const list = await listAsked(req, res)
    town.render.page(res, 'canteen/staff-attendance-print', {
      ...viewOf(res, list),
      printedAt: town.clock.now(),
    })
  })

  router.get('/guichet/cantine/presences/:schoolId/liste.pdf', async (req: WithSchool, res) => {
    const { clerk } = await staffOf(town, res)
    const list = await listAsked(req, res)
    const { t } = wordsOf(town, res)
    const bytes = await draw({
      kind: 'attendance-list',
      town: town.config.town,
      language: documentLanguage(res),
      view: {
        school: list.school.name,
        day: list.day.toString(),
        printedAt: town.clock.now().toString(),
        classes: list.classes.map(({ name, children }) => ({
          name,
          children: children.map(({ child, mealType }) => ({
            lastName: child.lastName,
            firstName: child.firstName,
            mealType: t(`canteen-staff:meals.${mealType}`),
            ...(servesChildren(clerk) ? { healthPlan: child.pai } : {}),
          })),
        })),
      },
    })
    sendPdf(res, `${t('canteen-staff:files.attendance')}-${list.day}`, bytes)
  })

  router.get('/guichet/cantine/presences/:schoolId/liste.csv', async (req: WithSchool, res) => {
    const list = await listAsked(req, res)
    const { t } = wordsOf(town, res)
    const columns = ['day', 'school', 'class', 'lastName', 'firstName', 'meal', 'booked', 'present', 'justification']
    const rows = list.classes.flatMap(({ name, children }) =>
      children.map(({ child, mealType, booked, seen, justification }) => [
        list.day,
        list.school.name,
        name,
        child.lastName,
        child.firstName,
        t(`canteen-staff:meals.${mealType}`),
        t(booked ? 'canteen-staff:yes' : 'canteen-staff:no'),
        seen === 'none' ? '' : t(seen === 'present' ? 'canteen-staff:yes' : 'canteen-staff:no'),
        justification ?? '',
      ]),
    )
    const name = `${t('canteen-staff:files.attendance')}-${list.day}`
    sendCsv(
      res,
      name,
      columns.map(column => t(`canteen-staff:columns.${column}`)),
      rows,
    )
  })

  type Typed = { errors: readonly PageError[]; reason: string; ticked: ReadonlySet<string> | undefined }

  async function showList(req: WithSchool, res: Response, list: AttendanceList, typed: Typed, status: number) {
    const { schools } = await staffOf(town, res)
    const { q } = parse(search, req.query)
    const found = q.trim() === '' ? [] : await childrenToAdd(town, list, q)
    town.render.page(
      res,
      'canteen/staff-attendance',
      {
        ...viewOf(res, list, typed.ticked),
        ...daysBeside(list.day),
        errors: typed.errors,
        reason: typed.reason || typedText(req.body, 'reason'),
        schools: schools.map(({ id, name }) => ({ id, name, current: id === list.school.id })),
        q,
        found: found.map(child => ({
          id: child.id,
          name: `${child.lastName} ${child.firstName}`,
          className: child.schoolings.findLast(({ schoolId }) => schoolId === list.school.id)?.className ?? '',
        })),
      },
      status,
    )
  }

  function viewOf(res: Response, list: AttendanceList, ticked?: ReadonlySet<string>) {
    const words = wordsOf(town, res)
    const { booked, present, absent, unbooked, capacity, past, day, school } = list
    const rowOf = ({ child, mealType, booked, seen, revision, justification }: ListedChild) => ({
      id: child.id,
      lastName: child.lastName,
      firstName: child.firstName,
      meal: words.t(`canteen-staff:meals.${mealType}`),
      special: mealType !== 'standard',
      pai: child.pai,
      booked,
      seen,
      row: `${child.id}.${seen}.${revision}`,
      ticked: ticked ? ticked.has(child.id) : seen === 'present',
      justified: justification !== null,
    })
    return {
      school: { id: school.id, name: school.name },
      day,
      closed: closedInWords(words, list.serving),
      classes: list.classes.map(({ name, children }) => ({ name, children: children.map(rowOf) })),
      figures: { booked, present, absent, unbooked, capacity, left: booked + unbooked - present - absent },
      over: Math.max(0, present - capacity),
      past,
      toCome: Temporal.PlainDate.compare(day, town.clock.now().toZonedDateTimeISO('Europe/Paris').toPlainDate()) > 0,
    }
  }
  return router
}

function namesOf(list: AttendanceList, ids: readonly string[]): string[] {
  return list.classes.flatMap(({ children }) =>
    children.filter(({ child }) => ids.includes(child.id)).map(({ child }) => `${child.firstName} ${child.lastName}`),
  )
}
