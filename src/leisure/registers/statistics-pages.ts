import { type Response, Router } from 'express'
import { z } from 'zod'
import { dayInParis } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import { dayField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { barChart } from '../../web/chart.ts'
import { type CsvCell, sendCsv } from '../../web/csv.ts'
import { type Refusal, refused, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import type { Translator } from '../../web/i18n.ts'
import { type Centre, centresOf } from '../store.ts'
import { type Asked, careDays } from './statistics.ts'
import {
  byMonth,
  CAF_AGES,
  type CareDay,
  inHours,
  lastQuarter,
  type Tally,
  type TallyKey,
  tallyOf,
} from './statistics-rules.ts'

const PAGE = '/guichet/loisirs/statistiques'
const CARES = ['around-school', 'out-of-school'] as const
const FIELDS = ['centre', 'du', 'au'] as const
type Typed = Record<(typeof FIELDS)[number], string>

/** Two school years: nobody asks for more at once, and a page must stay light. */
const LONGEST = { years: 2 }

const asked = z
  .object({ centre: z.string().max(64), du: dayField, au: dayField })
  .superRefine(({ du, au }, context) => {
    if (!isOnOrBefore(du, au)) context.addIssue({ code: 'custom', path: ['au'], message: 'ends-before-it-begins' })
    else if (!isOnOrBefore(au, du.add(LONGEST)))
      context.addIssue({ code: 'custom', path: ['au'], message: 'date-too-far' })
  })

/** Hours of presence by age, as the family-allowance office asks for them: a table, a chart, a file. */
export function statisticsPages(town: Town): Router {
  const router = Router()
  const { read } = town.db

  /** What was typed; the last quarter, at all centres, when nothing was. */
  function typedOf(query: unknown): Typed {
    const sent = typedIn(query, FIELDS)
    if (sent.du !== '' || sent.au !== '') return sent
    const { from, to } = lastQuarter(dayInParis(town.clock.now()))
    return { centre: sent.centre, du: from.toString(), au: to.toString() }
  }

  function readAsked(typed: Typed, centres: readonly Centre[]): Asked {
    const { centre, du, au } = parse(asked, typed)
    return { centreId: centres.find(({ id }) => id === centre)?.id, from: du, to: au }
  }

  router.get(PAGE, async (req, res) => {
    clerkOf(res, 'leisure')
    const typed = typedOf(req.query)
    const centres = await centresOf(read)
    let wanted: Asked | undefined
    const refusal = await refused(res, town, async () => {
      wanted = readAsked(typed, centres)
    })
    await show(res, typed, centres, wanted, refusal)
  })

  router.get(`${PAGE}.csv`, async (req, res) => {
    clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const centres = await centresOf(read)
    const wanted = readAsked(typedOf(req.query), centres)
    const days = await careDays(read, wanted)
    const lines = centres.flatMap(centre =>
      centreLines(
        words,
        centre.name,
        wanted,
        days.filter(day => day.centreId === centre.id),
      ),
    )
    sendCsv(
      res,
      `${words.t('leisure-register:files.statistics')}-${wanted.from}-${wanted.to}`,
      CSV_COLUMNS.map(column => words.t(`leisure-register:statistics.columns.${column}`)),
      lines,
    )
  })

  async function show(
    res: Response,
    typed: Typed,
    centres: readonly Centre[],
    wanted: Asked | undefined,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const words = wordsOf(town, res)
    const days = wanted ? await careDays(read, wanted) : []
    const view = {
      typed,
      centres: centres.map(({ id, name }) => ({ value: id, text: name })),
      shown: wanted ? { ...tables(words, days), ...chartOf(words, days, wanted) } : null,
      csv: `${PAGE}.csv?${new URLSearchParams(typed).toString()}`,
      errors,
    }
    town.render.page(res, 'leisure/statistics', view, status)
  }
  return router
}

type Row = { name: string; cells: string[] }

/** One row per care and age with its total, then residents and others. */
function tables(words: Translator, days: readonly CareDay[]) {
  const { t } = words
  const row = (name: string, of: Partial<TallyKey>): Row => ({ name, cells: cells(words, tallyOf(days, of)) })
  return {
    byAge: CARES.map(care => ({
      title: t(`leisure-register:statistics.care.${care}`),
      rows: [
        ...CAF_AGES.map(age => row(t(`leisure-register:statistics.age.${age}`), { care, age })),
        row(t('leisure-register:statistics.total'), { care }),
      ],
    })),
    together: {
      title: t('leisure-register:statistics.together'),
      rows: [
        ...CAF_AGES.map(age => row(t(`leisure-register:statistics.age.${age}`), { age })),
        ...[true, false].map(resident =>
          row(t(`leisure-register:statistics.${resident ? 'residents' : 'others'}`), { resident }),
        ),
        row(t('leisure-register:statistics.total'), {}),
      ],
    },
  }
}

const cells = ({ f }: Translator, { minutes, bookedMinutes, children, days, billedDays }: Tally) => [
  f.number(inHours(minutes)),
  f.number(inHours(bookedMinutes)),
  f.number(children),
  f.number(days),
  f.number(billedDays),
]

/** Hours of presence by month and age; the table beside it says the same in words. */
function chartOf(words: Translator, days: readonly CareDay[], between: Pick<Asked, 'from' | 'to'>) {
  const { t, f } = words
  const months = byMonth(days, between)
  const series = CAF_AGES.map(age => ({
    title: t(`leisure-register:statistics.age.${age}`),
    values: months.map(one => inHours(tallyOf(one.days, { age }).minutes)),
  }))
  return {
    empty: series.every(({ values }) => values.every(value => value === 0)),
    chart: barChart(
      months.map(({ month }) => f.shortMonth(month)),
      series,
      value => t('leisure-register:statistics.hours', { hours: f.number(value) }),
      f.number,
    ),
    legend: series.map(({ title }) => title),
    months: months.map(({ month }, i) => ({
      name: f.month(month),
      cells: series.map(({ values }) => f.number(values[i] ?? 0)),
    })),
  }
}

const CSV_COLUMNS = [
  'month',
  'centre',
  'care',
  'age',
  'residency',
  'presentHours',
  'bookedHours',
  'children',
  'presentDays',
  'billedDays',
] as const

/** A line for each month, care, age and residency in which something was. */
function centreLines(
  { t }: Translator,
  centre: string,
  between: Pick<Asked, 'from' | 'to'>,
  days: readonly CareDay[],
): CsvCell[][] {
  const keys = CARES.flatMap(care =>
    CAF_AGES.flatMap(age => [true, false].map(resident => ({ care, age, resident }) satisfies TallyKey)),
  )
  return byMonth(days, between).flatMap(({ month, days: own }) =>
    keys.flatMap(key => {
      const tally = tallyOf(own, key)
      if (tally.bookedMinutes + tally.days + tally.billedDays === 0) return []
      return [
        [
          month.toString(),
          centre,
          t(`leisure-register:statistics.care.${key.care}`),
          t(`leisure-register:statistics.age.${key.age}`),
          t(`leisure-register:statistics.${key.resident ? 'residents' : 'others'}`),
          inHours(tally.minutes),
          inHours(tally.bookedMinutes),
          tally.children,
          tally.days,
          tally.billedDays,
        ],
      ]
    }),
  )
}
