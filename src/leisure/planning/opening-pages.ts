import { type Request, type Response, Router } from 'express'
import { PARIS } from '../../kernel/clock.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { ALLOCATIONS, AUDIENCES, type Opening } from '../openings.ts'
import { type LeisurePeriod, openingsOf, periodById } from '../store.ts'
import { datesInWords, openingWords } from '../words.ts'
import type { LeisureParts } from './desk-parts.ts'
import { revisionField } from './form-fields.ts'
import { checkedOpenings, openingsForm, saveOpenings } from './save-openings.ts'

type Typed = { allocation: string; openings: Record<string, { day: string; time: string }> }

/** From when who may sign up for a period, with what families will read. */
export function openingPages({ town }: LeisureParts): Router {
  const { read } = town.db
  const router = Router()
  const PATH = '/guichet/centres/periodes/:period/ouvertures'
  const storedFor = async ({ id }: LeisurePeriod) => (await openingsOf(read, [id])).get(id) ?? []

  router.get(PATH, async (req: Request<{ period: string }>, res) => {
    clerkOf(res, 'leisure')
    const period = await periodById(read, req.params.period)
    const openings = await storedFor(period)
    show(res, period, typedFrom(period, openings), openings)
  })

  router.post(PATH, async (req: Request<{ period: string }>, res) => {
    const clerk = clerkOf(res, 'leisure')
    const period = await periodById(read, req.params.period)
    const values = typedOf(req.body)
    let wanted: readonly Opening[] = []
    const onlyPreview = typed(req.body, 'do') === 'preview'
    const refusal = await refused(res, town, async () => {
      const form = parse(openingsForm, values)
      wanted = checkedOpenings(form, period)
      const revision = revisionField.parse(typed(req.body, 'revision'))
      if (!onlyPreview) await saveOpenings(town, clerk, { id: period.id, revision }, form)
    })
    if (refusal || onlyPreview) return show(res, await periodById(read, period.id), values, wanted, refusal)
    const text = wordsOf(town, res).t('leisure:openings.saved')
    await goOn(req, res, `/guichet/centres/periodes/${period.id}/ouvertures`, { kind: 'success', text })
  })

  function show(
    res: Response,
    period: LeisurePeriod,
    values: Typed,
    openings: readonly Opening[],
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const words = wordsOf(town, res)
    const view = {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period), revision: period.revision },
      typed: values,
      allocations: ALLOCATIONS,
      audiences: AUDIENCES.map(audience => ({
        key: audience,
        name: words.t(`leisure:audiences.${audience}`),
      })),
      preview: openingWords(words, openings, town.clock.now()),
      errors,
    }
    town.render.page(res, 'leisure/desk-openings', view, status)
  }
  return router
}

const typedOf = (body: unknown): Typed => ({
  allocation: typed(body, 'allocation'),
  openings: Object.fromEntries(
    AUDIENCES.map(audience => [
      audience,
      { day: typed(body, `openings.${audience}.day`), time: typed(body, `openings.${audience}.time`) },
    ]),
  ),
})

function typedFrom({ allocation }: LeisurePeriod, openings: readonly Opening[]): Typed {
  const shown = (audience: string) => {
    const at = openings.find(one => one.audience === audience)?.opensAt.toZonedDateTimeISO(PARIS)
    return {
      day: at?.toPlainDate().toString() ?? '',
      time: at?.toPlainTime().toString({ smallestUnit: 'minute' }) ?? '08:00',
    }
  }
  return { allocation, openings: Object.fromEntries(AUDIENCES.map(audience => [audience, shown(audience)])) }
}
