import { type Request, type Response, Router } from 'express'
import { sendCsv } from '../web/csv.ts'
import type { Translator } from '../web/i18n.ts'
import { sendPdf } from '../web/pdf.ts'
import type { Serving } from './rules.ts'
import { kitchenCounts, MEAL_TYPES, type SchoolCount, type TypeCounts, totalOf } from './staff-counts.ts'
import {
  closedInWords,
  closedReason,
  dayAsked,
  daysBeside,
  documentLanguage,
  type StaffParts,
  staffOf,
  wordsOf,
} from './staff-page.ts'

/** What the kitchen cooks: on the screen, on paper, as PDF and as a table. */
export function countsPages({ town, draw }: StaffParts): Router {
  const router = Router()

  async function counted(req: Request, res: Response) {
    const { schools } = await staffOf(town, res)
    const day = await dayAsked(town, req.query, schools)
    return { day, counts: await kitchenCounts(town, schools, day), words: wordsOf(town, res) }
  }

  for (const [path, template] of [
    ['/guichet/cantine/comptes', 'canteen/staff-counts'],
    ['/guichet/cantine/comptes/imprimer', 'canteen/staff-counts-print'],
  ] as const)
    router.get(path, async (req, res) => {
      const { day, counts, words } = await counted(req, res)
      const open = counts.filter(({ serving, now, counted }) => serving.serves || totalOf(now) > 0 || counted)
      const type = (all: readonly SchoolCount[], i: number) => {
        const name = MEAL_TYPES[i]!
        const now = all.reduce((sum, { now }) => sum + now[name], 0)
        const known = all.every(({ counted }) => counted)
        return { now, change: known ? now - all.reduce((sum, { counted }) => sum + (counted?.[name] ?? 0), 0) : 0 }
      }
      const line = (all: readonly SchoolCount[]) => {
        const cells = MEAL_TYPES.map((_, i) => type(all, i))
        const sum = (key: 'now' | 'change') => cells.reduce((total, cell) => total + cell[key], 0)
        return [...cells, { now: sum('now'), change: sum('change') }]
      }
      town.render.page(res, template, {
        day,
        ...daysBeside(day),
        printedAt: town.clock.now(),
        countedAt: counts.find(({ countedAt }) => countedAt)?.countedAt ?? null,
        types: MEAL_TYPES.map(name => words.t(`canteen-staff:meals.${name}`)),
        schools: counts.map(count => ({
          id: count.school.id,
          name: count.school.name,
          closed: closedInWords(words, count.serving),
          cells: line([count]),
        })),
        total: line(open),
        changed: open.some(count => line([count]).some(({ change }) => change !== 0)),
      })
    })

  router.get('/guichet/cantine/comptes.pdf', async (req, res) => {
    const { day, counts, words } = await counted(req, res)
    const bytes = await draw({
      kind: 'kitchen-counts',
      town: town.config.town,
      language: documentLanguage(res),
      view: {
        mealTypes: MEAL_TYPES.map(name => words.t(`canteen-staff:meals.${name}`)),
        printedAt: town.clock.now().toString(),
        days: [
          {
            day: day.toString(),
            countedAt: counts.find(({ countedAt }) => countedAt)?.countedAt?.toString() ?? null,
            schools: counts.map(({ school, serving, now, counted }) => ({
              name: school.name,
              meals: MEAL_TYPES.map(name => ({ now: now[name], counted: counted?.[name] ?? null })),
              closed: closedOnPaper(words, serving, now, counted),
            })),
          },
        ],
      },
    })
    sendPdf(res, `${words.t('canteen-staff:files.counts')}-${day}`, bytes)
  })

  router.get('/guichet/cantine/comptes.csv', async (req, res) => {
    const { day, counts, words } = await counted(req, res)
    const { t } = words
    const types = MEAL_TYPES.map(name => t(`canteen-staff:meals.${name}`))
    const columns = [
      t('canteen-staff:columns.day'),
      t('canteen-staff:columns.school'),
      ...types,
      t('canteen-staff:columns.total'),
      ...types.map(type => t('canteen-staff:columns.atCount', { type })),
      t('canteen-staff:columns.closed'),
    ]
    const rows = counts.map(({ school, serving, now, counted }) => [
      day,
      school.name,
      ...MEAL_TYPES.map(name => now[name]),
      totalOf(now),
      ...MEAL_TYPES.map(name => counted?.[name] ?? null),
      closedInWords(words, serving) ?? '',
    ])
    sendCsv(res, `${t('canteen-staff:files.counts')}-${day}`, columns, rows)
  })
  return router
}

/** Why a school has no meal, with how many the kitchen was told before: it must know that they are off. */
function closedOnPaper(words: Translator, serving: Serving, now: TypeCounts, counted: TypeCounts | undefined) {
  const reason = closedReason(words, serving)
  const change = counted ? totalOf(now) - totalOf(counted) : 0
  if (reason === null || change === 0) return reason
  const figure = words.t(`canteen-staff:counts.${change > 0 ? 'more' : 'fewer'}`, { count: Math.abs(change) })
  return words.t('canteen-staff:counts.closedAfter', { reason, change: figure })
}
