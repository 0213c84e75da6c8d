import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { eachDay, mondayOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { dayField } from '../../people/forms.ts'
import { payerOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { type CsvCell, sendCsv } from '../../web/csv.ts'
import { wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import type { Translator } from '../../web/i18n.ts'
import { SIGNUP_STATES, type SignupState } from '../schema.ts'
import { centresOf, groupsOf, type LeisurePeriod, periodById } from '../store.ts'
import { stayInWords } from '../waiting/words.ts'
import { datesInWords } from '../words.ts'
import { type SignedUp, type SignedUpFilter, signedUpInPeriod } from './signed-up.ts'

const LIST = '/guichet/loisirs/inscrits/:periodId'
type OfPeriod = Request<{ periodId: string }>

/** Rows of one page: the whole list of a summer is a file for a spreadsheet. */
const ROWS = 50

/** What a clerk may ask for. An empty choice is no choice. */
const empty = z.literal('').transform(() => undefined)
const asked = z.object({
  centre: z.union([empty, z.string().max(64)]).optional(),
  groupe: z.union([empty, z.string().max(64)]).optional(),
  semaine: z.union([empty, dayField]).optional(),
  etat: z.union([empty, z.enum(SIGNUP_STATES)]).optional(),
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
})
type Asked = z.output<typeof asked>

const SHOWN_STATES: readonly SignupState[] = SIGNUP_STATES.filter(state => state !== 'lapsed')
/** Without a choice: who has a place, or is about to. */
const STANDING: readonly SignupState[] = ['booked', 'held', 'offered', 'waiting', 'wished']

const COLUMNS = ['day', 'centre', 'group', 'lastName', 'firstName', 'age', 'unit', 'part', 'meal', 'state'] as const

/** Who is signed up in a period: by centre, group, week and state, on a page and as a table. */
export function signedUpPages(town: Town): Router {
  const router = Router()
  const { read } = town.db

  router.get(LIST, async (req: OfPeriod, res) => {
    clerkOf(res, 'leisure')
    const period = await periodById(read, req.params.periodId)
    const query = parse(asked, req.query)
    const all = await signedUpInPeriod(read, period.id, filterOf(query))
    await show(res, period, query, all)
  })

  router.get(`${LIST}/liste.csv`, async (req: OfPeriod, res) => {
    const clerk = clerkOf(res, 'leisure')
    const period = await periodById(read, req.params.periodId)
    const all = await signedUpInPeriod(read, period.id, filterOf(parse(asked, req.query)))
    const words = wordsOf(town, res)
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), clerk, {
        action: 'leisure-register.exported',
        subject: { kind: 'leisure-period', id: period.id },
        details: { rows: all.length },
      }),
    )
    sendCsv(
      res,
      `${words.t('leisure-register:files.signedUp')}-${period.from}`,
      COLUMNS.map(column => words.t(`leisure-register:columns.${column}`)),
      all.flatMap(one => linesOf(words, one)),
    )
  })

  async function show(res: Response, period: LeisurePeriod, query: Asked, all: readonly SignedUp[]) {
    const words = wordsOf(town, res)
    const { t, f } = words
    const groups = await groupsOf(read, [period.id])
    const centres = (await centresOf(read)).filter(({ id }) => groups.some(({ centreId }) => centreId === id))
    const nameOf = new Map(centres.map(({ id, name }) => [id, name]))
    const last = Math.max(1, Math.ceil(all.length / ROWS))
    const page = Math.min(query.page, last)
    const rows = all.slice((page - 1) * ROWS, page * ROWS)
    const base = `/guichet/loisirs/inscrits/${period.id}`
    const payers = await payersOf(rows)
    town.render.page(res, 'leisure/signed-up', {
      base,
      period: { id: period.id, name: period.name, dates: datesInWords(words, period) },
      count: t('leisure-register:list.count', { count: all.length }),
      filters: {
        centres: centres.map(({ id, name }) => ({ value: id, text: name, current: id === query.centre })),
        groups: groups.map(({ id, name, centreId }) => ({
          value: id,
          text: centres.length > 1 ? `${nameOf.get(centreId)} : ${name}` : name,
          current: id === query.groupe,
        })),
        weeks: weeksOf(period).map(monday => ({
          value: monday.toString(),
          text: t('leisure:week', { day: f.date(monday) }),
          current: query.semaine !== undefined && mondayOf(query.semaine).equals(monday),
        })),
        states: SHOWN_STATES.map(state => ({
          value: state,
          text: t(`leisure-register:states.${state}`),
          current: state === query.etat,
        })),
      },
      rows: rows.map(one => ({
        name: `${one.child.lastName} ${one.child.firstName}`,
        age: t('leisure-register:age', { count: one.age }),
        centre: one.centre,
        group: [...new Set(one.days.map(({ group }) => group))].join(', '),
        stay: stayInWords(words, one),
        state: one.state,
        stateWords: t(`leisure-register:states.${one.state}`),
        family: `/guichet/familles/${one.householdId}`,
        act: `/guichet/personnes/${payers.get(one.householdId)}/agir`,
      })),
      csv: `${base}/liste.csv${questionOf(query)}`,
      previous: page > 1 ? `${base}${questionOf(query, page - 1)}` : '',
      next: page < last ? `${base}${questionOf(query, page + 1)}` : '',
      pageText: t('leisure-register:list.page', { page, pages: last }),
    })
  }

  /** Whom a clerk may act for at the counter: the household's payer. */
  async function payersOf(rows: readonly SignedUp[]) {
    const payers = new Map<Id<'household'>, Id<'person'>>()
    for (const { householdId } of rows)
      if (!payers.has(householdId)) payers.set(householdId, (await payerOf(read, householdId)).id)
    return payers
  }
  return router
}

const filterOf = ({ centre, groupe, semaine, etat }: Asked): SignedUpFilter => ({
  centreId: centre,
  groupId: groupe,
  week: semaine && mondayOf(semaine),
  states: etat ? [etat] : STANDING,
})

function questionOf({ centre, groupe, semaine, etat }: Asked, page = 1): string {
  const params = new URLSearchParams()
  if (centre) params.set('centre', centre)
  if (groupe) params.set('groupe', groupe)
  if (semaine) params.set('semaine', semaine.toString())
  if (etat) params.set('etat', etat)
  if (page > 1) params.set('page', String(page))
  return params.size > 0 ? `?${params.toString()}` : ''
}

const weeksOf = ({ from, to }: LeisurePeriod) => [...eachDay(mondayOf(from), to)].filter(day => day.dayOfWeek === 1)

/** A line for each day. */
const linesOf = ({ t }: Translator, { child, centre, age, unit, part, meal, state, days }: SignedUp): CsvCell[][] =>
  days.map(({ day, group }) => [
    day,
    centre,
    group,
    child.lastName,
    child.firstName,
    age,
    t(`leisure:units.${unit}`),
    t(`leisure-register:parts.${part}`),
    t(`leisure-register:meal.${meal ? 'yes' : 'no'}`),
    t(`leisure-register:states.${state}`),
  ])
