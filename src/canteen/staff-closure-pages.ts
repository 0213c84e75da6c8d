import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { Queries } from '../db/database.ts'
import { and, eq, gte, isNull, or } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { compareNames } from '../people/rules.ts'
import { schoolings } from '../people/schema.ts'
import { CLOSURE_REASONS, type Declaration } from '../schools/closures.ts'
import { classesOf, schoolsOf } from '../schools/store.ts'
import { flash } from '../web/asker.ts'
import { refused } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import type { Translator } from '../web/i18n.ts'
import type { PageError } from '../web/render.ts'
import { mealsCancelledBy } from './staff-closing.ts'
import {
  type ClosureForm,
  type ClosurePlan,
  closureForm,
  closuresForClerk,
  declarationForClerk,
  declareClosure,
  planClosure,
  withdrawClosure,
} from './staff-closures.ts'
import { listSent, type StaffParts, staffOf, typedText, wordsOf } from './staff-page.ts'
import { mealsToRebook } from './staff-reopening.ts'

const ofSchool = z.object({ ecole: z.string().max(60).optional() })
const sent = z.object({
  scope: z.enum(['town', 'schools', 'classes'], 'required'),
  schools: listSent,
  classes: listSent,
  from: z.string().max(10).default(''),
  to: z.string().max(10).default(''),
  reason: z.string().max(30).default(''),
  message: z.string().max(600).default(''),
})
const confirmed = z.object({ meals: z.coerce.number('not-a-number').int('not-a-number').min(0, 'negative') })
const NUMBER = /^\d{1,3}(?:\s?\d{3})*$/

type Sent = z.output<typeof sent>
type Shown = { errors: readonly PageError[]; status: number; typed: Partial<Sent> }

/** Strikes, works, outings: the days without canteen, with what closing does before it is done. */
export function closurePages({ town }: StaffParts): Router {
  const router = Router()

  router.get('/guichet/cantine/fermetures', async (_req, res) => {
    const { clerk } = await staffOf(town, res)
    const words = wordsOf(town, res)
    const names = await schoolNames(town.db.read)
    const all = await closuresForClerk(town, clerk)
    town.render.page(res, 'canteen/staff-closures', {
      closures: all.map(each => summaryOf(words, names, each)),
    })
  })

  router.get('/guichet/cantine/fermetures/nouvelle', async (req, res) => {
    const { ecole } = parse(ofSchool, req.query)
    await showForm(res, { errors: [], status: 200, typed: ecole ? { scope: 'classes', schools: [ecole] } : {} })
  })

  /** First sent, it shows what closing would do; with the number typed, it closes. */
  router.post('/guichet/cantine/fermetures/nouvelle', async (req, res) => {
    const { clerk } = await staffOf(town, res)
    const typed = typedForm(req)
    const step = typedText(req.body, 'step')
    if (step === 'change') return showForm(res, { errors: [], status: 200, typed })
    let declared: string | undefined
    const wrong =
      step === 'close'
        ? await refused(res, town, async () => {
            const asked = { ...readForm(parse(sent, req.body)), ...parse(confirmed, { meals: numberTyped(req) }) }
            declared = await declareClosure(town, clerk, asked, typedText(req.body, 'idempotencyKey') || undefined)
          })
        : undefined
    if (declared) {
      flash(req, { kind: 'success', text: wordsOf(town, res).t('canteen-staff:closures.declared') })
      return res.redirect(303, `/guichet/cantine/fermetures/${declared}`)
    }
    let planned: { form: ClosureForm; plan: ClosurePlan } | undefined
    const refusal = await refused(res, town, async () => {
      const form = readForm(parse(sent, req.body))
      planned = { form, plan: await planClosure(town, clerk, form) }
    })
    if (refusal || !planned) return showForm(res, { errors: [], status: 422, ...refusal, typed })
    await showPlan(
      res,
      planned.form,
      typed,
      planned.plan,
      wrong ?? { errors: [], status: 200 },
      typedText(req.body, 'meals'),
    )
  })

  router.get('/guichet/cantine/fermetures/:id', async (req, res) => {
    const { clerk } = await staffOf(town, res)
    const declaration = await declarationForClerk(town.db.read, clerk, req.params.id)
    const words = wordsOf(town, res)
    town.render.page(res, 'canteen/staff-closure', {
      closure: summaryOf(words, await schoolNames(town.db.read), declaration),
      done: await mealsCancelledBy(town.db.read, declaration),
      expected: declaration.mealsExpected,
      rebook: declaration.state === 'closed' ? await mealsToRebook(town, declaration) : null,
      createdAt: declaration.createdAt,
      withdrawnAt: declaration.withdrawnAt,
    })
  })

  router.post('/guichet/cantine/fermetures/:id/retirer', async (req, res) => {
    const { clerk } = await staffOf(town, res)
    await withdrawClosure(town, clerk, req.params.id)
    flash(req, { kind: 'success', text: wordsOf(town, res).t('canteen-staff:closures.withdrawn') })
    res.redirect(303, `/guichet/cantine/fermetures/${req.params.id}`)
  })

  async function showForm(res: Response, { errors, status, typed }: Shown) {
    const { schools, wholeTown } = await staffOf(town, res)
    const words = wordsOf(town, res)
    const chosen = typed.schools ?? []
    const only = typed.scope === 'classes' ? schools.find(({ id }) => id === chosen[0]) : undefined
    town.render.page(
      res,
      'canteen/staff-closure-new',
      {
        errors,
        typed: { from: '', to: '', reason: '', message: '', classes: [], ...typed, schools: chosen },
        wholeTown,
        schools: schools.map(({ id, name }) => ({ value: id, text: name })),
        only: only ? { id: only.id, name: only.name } : null,
        classes: only ? await classNames(town.db.read, only.id, dayInParis(town.clock.now())) : [],
        reasons: reasonsOf(words),
      },
      status,
    )
  }

  async function showPlan(
    res: Response,
    form: ClosureForm,
    typed: Sent,
    { effect, parts }: ClosurePlan,
    { errors, status }: { errors: readonly PageError[]; status: number },
    number: string,
  ) {
    const words = wordsOf(town, res)
    town.render.page(
      res,
      'canteen/staff-closure-plan',
      {
        errors,
        typed,
        number,
        what: partsInWords(words, await schoolNames(town.db.read), parts),
        when: daysOf(words, form),
        reason: words.t(`canteen-staff:closures.reasons.${form.reason}`),
        meals: effect.meals,
        households: effect.households.size,
        bySchool: effect.bySchool.map(({ school, meals }) => ({ name: school.name, meals })),
      },
      status,
    )
  }
  return router
}

/** « 1 312 » is a number too. */
function numberTyped(req: Request): string | undefined {
  const typed = typedText(req.body, 'meals').trim()
  return (NUMBER.test(typed) ? typed.replace(/\D/g, '') : typed) || undefined
}

function typedForm(req: Request): Sent {
  const parsed = sent.safeParse(req.body ?? {})
  const text = (name: string) => typedText(req.body, name).slice(0, 600)
  if (parsed.success) return parsed.data
  const lists = z.object({ schools: listSent, classes: listSent }).safeParse(req.body ?? {})
  const { schools = [], classes = [] } = lists.data ?? {}
  const typed = { from: text('from'), to: text('to'), reason: text('reason'), message: text('message') }
  return { scope: undefined as never, schools, classes, ...typed }
}

const readForm = ({ scope, schools, classes, from, to, reason, message }: Sent): ClosureForm =>
  parse(closureForm, {
    wholeTown: scope === 'town',
    schools: scope === 'town' ? [] : schools,
    classes: scope === 'classes' ? classes : [],
    from,
    // One day is the usual case: nobody types it twice.
    to: to || from,
    reason,
    message,
  })

const reasonsOf = ({ t }: Translator) =>
  CLOSURE_REASONS.map(value => ({ value, text: t(`canteen-staff:closures.reasons.${value}`) }))

const schoolNames = async (db: Queries) => new Map((await schoolsOf(db)).map(({ id, name }) => [id as string, name]))

function summaryOf(words: Translator, names: ReadonlyMap<string, string>, declaration: Declaration) {
  const [closure] = declaration.closures
  return {
    id: declaration.id,
    state: declaration.state,
    what: partsInWords(words, names, declaration.closures),
    when: closure ? daysOf(words, closure) : '',
    reason: closure ? words.t(`canteen-staff:closures.reasons.${closure.reason}`) : '',
    message: closure?.message ?? '',
  }
}

/** « Toute la ville », « École Jules-Guesde : CP, CE1 », « École A et École B ». */
function partsInWords({ t, f }: Translator, names: ReadonlyMap<string, string>, parts: ClosurePlan['parts']): string {
  const bySchool = Map.groupBy(parts, ({ schoolId }) => schoolId)
  return f.list(
    [...bySchool].map(([schoolId, theirs]) => {
      if (schoolId === null) return t('canteen-staff:closures.wholeTown')
      const school = names.get(schoolId) ?? ''
      const classes = theirs.flatMap(({ className }) => className ?? [])
      return classes.length > 0
        ? t('canteen-staff:closures.classesOf', { school, classes: classes.join(', ') })
        : school
    }),
  )
}

function daysOf({ t, f }: Translator, { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate }): string {
  if (from.equals(to)) return f.day(from)
  return t('canteen-staff:closures.fromTo', { from: f.day(from), to: f.day(to) })
}

/** The classes of a school: those the town wrote down, and those its children are in. */
async function classNames(db: Queries, schoolId: Id<'school'>, today: Temporal.PlainDate): Promise<string[]> {
  const written = (await classesOf(db, schoolId)).map(({ name }) => name)
  const attended = await db
    .selectDistinct({ name: schoolings.className })
    .from(schoolings)
    .where(and(eq(schoolings.schoolId, schoolId), or(isNull(schoolings.to), gte(schoolings.to, today))))
  return [...new Set([...written, ...attended.map(({ name }) => name)])].filter(Boolean).sort(compareNames)
}
