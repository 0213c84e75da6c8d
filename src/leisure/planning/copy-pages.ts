import { type Request, type Response, Router } from 'express'
import { Problem } from '../../kernel/problems.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { agesInWords, datesInWords, hoursInWords } from '../words.ts'
import { type CopyPlan, copyForm, copyPeriod, planCopy, proposedCopy } from './copy-period.ts'
import type { LeisureParts } from './desk-parts.ts'

const HOME = '/guichet/centres/periodes'
const FIELDS = ['name', 'from', 'to'] as const

/** « Copier la période de l'an dernier »: the dates, what it would make, then the copy. */
export function copyPages({ town }: LeisureParts): Router {
  const { read } = town.db
  const router = Router()
  const proposed = (id: string) => proposedCopy(read, town.config.schoolZone, id)

  router.get(`${HOME}/:period/copier`, async (req: Request<{ period: string }>, res) => {
    clerkOf(res, 'leisure')
    const { name, from, to } = await proposed(req.params.period)
    const values = { name, from: from.toString(), to: to.toString() }
    await show(req.params.period, res, values, await previewOf(req.params.period, { ...values, name: name || '–' }))
  })

  router.post(`${HOME}/:period/copier`, async (req: Request<{ period: string }>, res) => {
    const clerk = clerkOf(res, 'leisure')
    const { source } = await proposed(req.params.period)
    const values = typedIn(req.body, FIELDS)
    let made: string | undefined
    let preview: CopyPlan | undefined
    const refusal = await refused(res, town, async () => {
      const form = parse(copyForm, values)
      // What is made is what was seen: other dates are shown first.
      const seen = typed(req.body, 'seen') === `${values.from} ${values.to}`
      if (seen && typed(req.body, 'do') === 'create') made = await copyPeriod(town, clerk, source.id, form)
      else preview = await planCopy(read, town.config.schoolZone, source.id, form)
    })
    if (!made) return show(source.id, res, values, preview, refusal)
    await goOn(req, res, `${HOME}/${made}`, { kind: 'success', text: wordsOf(town, res).t('leisure:copy.done') })
  })

  /** What the proposed dates would make; nothing yet when they make no period. */
  async function previewOf(id: string, values: { name: string; from: string; to: string }) {
    try {
      return await planCopy(read, town.config.schoolZone, id, parse(copyForm, values))
    } catch (error) {
      if (error instanceof Problem && error.errors.length > 0) return undefined
      throw error
    }
  }

  async function show(
    id: string,
    res: Response,
    values: { name: string; from: string; to: string },
    preview: CopyPlan | undefined,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const words = wordsOf(town, res)
    const { source, known } = await proposed(id)
    town.render.page(
      res,
      'leisure/desk-copy',
      {
        source: { id: source.id, name: source.name, dates: datesInWords(words, source) },
        known,
        typed: values,
        preview: preview ? previewView(preview) : null,
        errors,
      },
      status,
    )

    function previewView({ days, dropped, added, groups, staff }: CopyPlan) {
      return {
        days: days.length,
        first: days[0] ? words.f.day(days[0]) : '',
        last: days.at(-1) ? words.f.day(days.at(-1)!) : '',
        dropped: dropped.map(words.f.day),
        added: added.map(words.f.day),
        staffDays: new Set(staff.map(({ day }) => day.toString())).size,
        groups: groups.map(({ group, centre, sessions }) => ({
          centre,
          name: group.name,
          ages: agesInWords(words, group),
          hours: hoursInWords(words, group),
          days: new Set(sessions.map(({ day }) => day.toString())).size,
          places: group.places,
        })),
      }
    }
  }
  return router
}
