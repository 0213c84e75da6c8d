import { type Request, type Response, Router } from 'express'
import { dayInParis, PARIS } from '../../kernel/clock.ts'
import { schoolYearOf } from '../../kernel/days.ts'
import { invalid, notFound } from '../../kernel/problems.ts'
import { readHealthSheetOf } from '../../people/child-file-health.ts'
import { viewHealthOf } from '../../people/health.ts'
import { shownPhone } from '../../people/rules.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../../web/form-page.ts'
import { lineField, timeField } from '../planning/form-fields.ts'
import { collectorOf, type Known, knownPeople, mayCollect } from './collecting.ts'
import { marksOf } from './marks.ts'
import { note, typedInstant } from './note.ts'
import { type Register, type RegisterRow, whenOf } from './register.ts'
import { REGISTER, registerAsked } from './register-pages.ts'
import type { Deed } from './register-rules.ts'
import { marksTold, missingTold, notedTold, registerPath, stayTold } from './register-view.ts'

const CHILD = `${REGISTER}/enfants/:childId`
type OfChild = Request<{ groupId: string; day: string; childId: string }>
const FIELDS = ['arrivedAt', 'leftAt', 'who', 'otherName'] as const
const nameTyped = lineField(80)

/** A child of a register: who may collect it, whom to call, and what is noted of its day. */
export function registerChildPages(town: Town): Router {
  const router = Router()
  const { read } = town.db

  const rowAsked = async (params: OfChild['params']) => {
    const register = await registerAsked(town, params)
    const row = register.rows.find(({ child }) => child.id === params.childId)
    if (!row) throw notFound()
    const known = (await knownPeople(read, [{ childId: row.child.id, householdId: row.householdId }])).get(row.child.id)
    return { register, row, known: known ?? [] }
  }

  router.get(CHILD, async (req: OfChild, res) => {
    clerkOf(res, 'leisure')
    const { register, row, known } = await rowAsked(req.params)
    const hour = (at: Temporal.Instant | null | undefined) => (at ? typedHour(at) : '')
    const now = whenOf(town, register.day) === 'today' ? typedHour(town.clock.now()) : ''
    await show(res, register, row, known, {
      arrivedAt: hour(row.noted?.arrivedAt) || now,
      leftAt: hour(row.noted?.leftAt) || now,
      who: '',
      otherName: '',
    })
  })

  router.post(CHILD, async (req: OfChild, res) => {
    const clerk = clerkOf(res, 'leisure')
    const { register, row, known } = await rowAsked(req.params)
    const { group, day } = register
    const words = wordsOf(town, res)
    const refusal = await refused(res, town, async () => {
      const deed = deedTyped(req.body, day, known)
      const asked = { groupId: group.id, day, childId: row.child.id, shown: typed(req.body, 'shown') }
      await note(town, clerk, asked, deed)
    })
    const fresh = refusal ? await rowAsked(req.params) : undefined
    if (refusal && fresh) return show(res, fresh.register, fresh.row, fresh.known, typedIn(req.body, FIELDS), refusal)
    // Back to where the thumb was: the row itself tells what is noted.
    const path = `${registerPath(group.id, day)}#${row.child.id}`
    if (typed(req.body, 'do') !== 'leave') return res.redirect(303, path)
    const text = words.t('leisure-register:child.leftNoted', { child: row.child.firstName })
    await goOn(req, res, registerPath(group.id, day), { kind: 'success', text })
  })

  /** What a form asks for. An hour left empty is now on the day itself, and nobody's word afterwards. */
  function deedTyped(body: unknown, day: Temporal.PlainDate, known: readonly Known[]): Deed {
    const now = town.clock.now()
    const unsaid = day.equals(dayInParis(now)) ? now.round({ smallestUnit: 'minute', roundingMode: 'floor' }) : null
    const hour = (name: string) => {
      const text = typed(body, name).trim()
      if (text === '') return unsaid
      const parsed = timeField.safeParse(text)
      if (!parsed.success) throw invalid([{ field: name, code: 'not-an-hour' }])
      return typedInstant(day, parsed.data)
    }
    switch (typed(body, 'do')) {
      case 'arrive':
        return { do: 'arrive', at: hour('arrivedAt') }
      case 'absent':
        return { do: 'absent' }
      case 'undo':
        return { do: 'undo' }
      case 'leave': {
        const collectedBy = collectorTyped(body, known)
        const at = hour('leftAt')
        if (!at) throw invalid([{ field: 'leftAt', code: 'required' }])
        return { do: 'leave', at, collectedBy }
      }
    }
    throw invalid([{ field: '', code: 'not-understood' }])
  }

  /** As the register keeps it, in French: the town's own. */
  function collectorTyped(body: unknown, known: readonly Known[]): string {
    const { t } = town.languages.for('fr')
    const chosen = typed(body, 'who')
    if (chosen === 'alone') return t('leisure-register:who.alone')
    const found = collectorOf(known, chosen, typed(body, 'otherName'))
    if (found) return found.relationship ? `${found.name} (${found.relationship})` : found.name
    if (chosen !== 'other') throw invalid([{ field: 'who', code: 'who-collects' }])
    const name = nameTyped.safeParse(typed(body, 'otherName'))
    if (!name.success) throw invalid([{ field: 'otherName', code: 'required' }])
    return t('leisure-register:who.unlisted', { name: name.data })
  }

  async function show(
    res: Response,
    register: Register,
    row: RegisterRow,
    known: readonly Known[],
    values: Record<(typeof FIELDS)[number], string>,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const clerk = clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const { t } = words
    const { day, group, centre } = register
    const serves = clerk.services.includes('leisure')
    const marks = (await marksOf(read, [row], day, serves)).get(row.child.id)
    const path = registerPath(group.id, day)
    const collectors = mayCollect(known).map(one => ({
      value: one.value,
      text: one.relationship ? `${one.name} (${one.relationship})` : one.name,
      hint: one.otherHome ? t('leisure-register:who.otherHome') : t(`leisure-register:who.${one.kind}`),
    }))
    const view = {
      at: `${path}/enfants/${row.child.id}`,
      back: `${path}#${row.child.id}`,
      name: `${row.child.firstName} ${row.child.lastName}`,
      place: `${centre.name}, ${group.name}`,
      day,
      when: whenOf(town, day),
      age: t('leisure-register:age', { count: row.age }),
      stay: row.signedUp ? stayTold(words, row) : t('leisure-register:notSignedUp'),
      standing: row.standing,
      shown: row.shown,
      noted: notedTold(words, row.noted),
      tags: marksTold(words, marks),
      missing: missingTold(words, marks),
      health: serves ? `${path}/enfants/${row.child.id}/sante` : '',
      file: `/guichet/dossiers/${row.householdId}/${row.child.id}`,
      collectors: [
        ...collectors,
        ...(marks?.leavesAlone ? [{ value: 'alone', text: t('leisure-register:who.aloneChoice'), hint: '' }] : []),
        { value: 'other', text: t('leisure-register:who.other'), hint: '' },
      ],
      phones: known
        .filter(({ phone }) => phone !== '')
        .map(({ name, phone, relationship, kind, otherHome }) => ({
          name,
          phone,
          who: [
            relationship,
            ...(kind === 'parent' ? [t('leisure-register:who.parent')] : []),
            ...(otherHome ? [t('leisure-register:who.otherHome')] : []),
          ]
            .filter(Boolean)
            .join(', '),
        })),
      typed: values,
      errors,
    }
    town.render.page(res, 'leisure/register-child', view, status)
  }

  /** Health data: for those who look after the child, on a page of its own; each look is in the audit trail. */
  router.get(`${CHILD}/sante`, async (req: OfChild, res) => {
    const clerk = clerkOf(res, 'leisure')
    if (!clerk.services.includes('leisure')) throw notFound()
    const { register, row } = await rowAsked(req.params)
    const sheet = await readHealthSheetOf(town, clerk, row.child.id, schoolYearOf(register.day))
    const plan = (await viewHealthOf(town, clerk, [row.child.id])).get(row.child.id) ?? ''
    town.render.page(res, 'people/desk-health-sheet', {
      name: `${row.child.firstName} ${row.child.lastName}`,
      year: schoolYearOf(register.day).label,
      back: `${registerPath(register.group.id, register.day)}/enfants/${row.child.id}`,
      sheet: sheet && { ...sheet, doctorPhone: sheet.doctorPhone ? shownPhone(sheet.doctorPhone) : '' },
      pai: row.child.pai,
      plan,
    })
  })
  return router
}

/** As an input of the kind « time » holds it: 08:32. */
const typedHour = (at: Temporal.Instant) =>
  at.toZonedDateTimeISO(PARIS).toPlainTime().toString({ smallestUnit: 'minute' })
