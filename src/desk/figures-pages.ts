import { type Response, Router } from 'express'
import type { Queries } from '../db/database.ts'
import { type Service, serves } from '../kernel/actor.ts'
import type { Figures, MonthlyFigures } from '../kernel/figures.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { barChart } from '../web/chart.ts'
import { type CsvCell, sendCsv } from '../web/csv.ts'
import { wordsOf } from '../web/form-page.ts'
import type { Translator } from '../web/i18n.ts'

/** What a service counts. Handed in at composition; seen by clerks of one of these services, and administrators. */
export type FiguresProvider = {
  /** The words are `figures:sections.<key>`. */
  key: string
  services: readonly Service[]
  load: (db: Queries, now: Temporal.Instant) => Promise<Figures>
}

/** The town's figures: what matters today, then a chart with its table for each thing counted, and the table as a file. */
export function figuresPages(town: Town, providers: readonly FiguresProvider[]): Router {
  const router = Router()
  const seenBy = (res: Response) => {
    const clerk = clerkOf(res)
    return providers.filter(({ services }) => serves(clerk, services))
  }

  router.get('/guichet/tableau-de-bord', async (_req, res) => {
    const words = wordsOf(town, res)
    const sections = []
    for (const { key, load } of seenBy(res)) {
      const { keys, monthly } = await load(town.db.read, town.clock.now())
      sections.push({
        key,
        title: words.t(`figures:sections.${key}`),
        csv: `/guichet/tableau-de-bord/${key}.csv`,
        keys: keys.map(one => ({
          text: words.t(`figures:${one.key}`),
          value: one.value === null ? words.t('figures:none') : inUnit(words, one.unit)(one.value),
        })),
        charts: monthly.map(one => chartView(words, one)),
      })
    }
    town.render.page(res, 'desk/figures', { sections })
  })

  router.get('/guichet/tableau-de-bord/:section.csv', async (req, res) => {
    const provider = seenBy(res).find(({ key }) => key === req.params.section)
    if (!provider) throw notFound()
    const words = wordsOf(town, res)
    const { monthly } = await provider.load(town.db.read, town.clock.now())
    const columns = ['month', 'figure', 'series', 'value'].map(column => words.t(`figures:columns.${column}`))
    sendCsv(res, words.t(`figures:files.${provider.key}`), columns, csvRows(words, monthly))
  })
  return router
}

function* csvRows({ t }: Translator, monthly: readonly MonthlyFigures[]): Generator<CsvCell[]> {
  for (const { key, unit, months, series } of monthly) {
    for (const [i, month] of months.entries()) {
      for (const { name, values } of series) {
        const value = values[i] ?? null
        const cell = value !== null && unit === 'cents' ? { cents: value } : value
        yield [month.toString(), t(`figures:${key}.title`), t(`figures:series.${name}`), cell]
      }
    }
  }
}

function chartView(words: Translator, { key, unit, months, series }: MonthlyFigures) {
  const { t, f } = words
  const say = inUnit(words, unit)
  const named = series.map(({ name, values }) => ({ title: t(`figures:series.${name}`), values }))
  const whole = (month: Temporal.PlainYearMonth) => f.month(month)
  return {
    id: key.replace('.', '-'),
    title: t(`figures:${key}.title`),
    text: t(`figures:${key}.text`),
    legend: named.length > 1 ? named.map(({ title }) => title) : [],
    empty: named.every(({ values }) => values.every(value => value === null || value === 0)),
    chart: barChart(
      months.map(month => f.shortMonth(month)),
      named,
      say,
      // The text below the title says that these are days.
      unit === 'days' ? f.number : say,
    ),
    columns: [t('figures:columns.month'), ...named.map(({ title }) => title)],
    rows: months.map((month, i) => ({
      name: whole(month),
      cells: named.map(({ values }) => {
        const value = values[i] ?? null
        return value === null ? '–' : say(value)
      }),
    })),
  }
}

function inUnit({ t, f }: Translator, unit: 'count' | 'days' | 'cents' | 'percent'): (value: number) => string {
  switch (unit) {
    case 'count':
      return f.number
    case 'days':
      return value => t('figures:workingDays', { count: value })
    case 'cents':
      return f.money
    case 'percent':
      return f.percent
  }
}
