import { type Request, type Response, Router } from 'express'
import { PARIS } from '../../kernel/clock.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { hasBegun } from '../opening/begun.ts'
import { deskNotes } from '../opening/desk-notes.ts'
import { drawPath } from '../opening/draw-words.ts'
import { drawOf } from '../opening/draws.ts'
import { householdsWithChildrenFor } from '../opening/period-facts.ts'
import { ALLOCATIONS, AUDIENCES, type Opening } from '../openings.ts'
import { type LeisurePeriod, openingsOf, periodById } from '../store.ts'
import { datesInWords, openingWords } from '../words.ts'
import type { LeisureParts } from './desk-parts.ts'
import { revisionField } from './form-fields.ts'
import { checkedOpenings, checkedWishesEnd, openingsForm, saveOpenings } from './save-openings.ts'

type TypedInstant = { day: string; time: string }
type Typed = { allocation: string; openings: Record<string, TypedInstant>; wishesUntil: TypedInstant }

type Wanted = { openings: readonly Opening[]; wishesUntil: Temporal.Instant | null }

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
    await show(res, period, typedFrom(period, openings), { openings, wishesUntil: period.wishesUntil })
  })

  router.post(PATH, async (req: Request<{ period: string }>, res) => {
    const clerk = clerkOf(res, 'leisure')
    const period = await periodById(read, req.params.period)
    const values = typedOf(req.body)
    let wanted: Wanted = { openings: [], wishesUntil: null }
    const onlyPreview = typed(req.body, 'do') === 'preview'
    const refusal = await refused(res, town, async () => {
      const form = parse(openingsForm, values)
      const openings = checkedOpenings(form, period)
      wanted = { openings, wishesUntil: checkedWishesEnd(form, period, town.clock.now()) }
      const revision = revisionField.parse(typed(req.body, 'revision'))
      if (!onlyPreview) await saveOpenings(town, clerk, { id: period.id, revision }, form)
    })
    if (refusal || onlyPreview) return show(res, await periodById(read, period.id), values, wanted, refusal)
    const text = wordsOf(town, res).t('leisure:openings.saved')
    await goOn(req, res, `/guichet/centres/periodes/${period.id}/ouvertures`, { kind: 'success', text })
  })

  async function show(
    res: Response,
    period: LeisurePeriod,
    values: Typed,
    { openings, wishesUntil }: Wanted,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const words = wordsOf(town, res)
    const now = town.clock.now()
    const stored = await storedFor(period)
    const allocation = ALLOCATIONS.find(one => one === values.allocation) ?? period.allocation
    const notes = deskNotes(
      words,
      { ...period, allocation, openings, wishesUntil },
      {
        now,
        begun: hasBegun({ openings: stored }, now),
        fingerprint: (await drawOf(read, period.id))?.fingerprint,
        households: await householdsWithChildrenFor(read, period, now),
        perSecond: town.config.leisure.roomRate,
      },
    )
    const view = {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period), revision: period.revision },
      typed: values,
      allocations: ALLOCATIONS,
      audiences: AUDIENCES.map(audience => ({
        key: audience,
        name: words.t(`leisure:audiences.${audience}`),
      })),
      preview: openingWords(words, openings, now),
      notes,
      draw: notes.fingerprint ? drawPath(period.id) : '',
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
  wishesUntil: { day: typed(body, 'wishesUntil.day'), time: typed(body, 'wishesUntil.time') },
})

/** Some days to give the places, before the last day on which a family gives one back for nothing. */
const DAYS_TO_GIVE = 3

function typedFrom({ allocation, wishesUntil, from, cancelDays }: LeisurePeriod, openings: readonly Opening[]): Typed {
  const shown = (instant: Temporal.Instant | undefined, usual: string) => {
    const at = instant?.toZonedDateTimeISO(PARIS)
    return {
      day: at?.toPlainDate().toString() ?? '',
      time: at?.toPlainTime().toString({ smallestUnit: 'minute' }) ?? usual,
    }
  }
  const opensAt = (audience: string) => openings.find(one => one.audience === audience)?.opensAt
  const proposed = { day: from.subtract({ days: cancelDays + DAYS_TO_GIVE }).toString(), time: '20:00' }
  return {
    allocation,
    openings: Object.fromEntries(AUDIENCES.map(audience => [audience, shown(opensAt(audience), '08:00')])),
    wishesUntil: wishesUntil || openings.length > 0 ? shown(wishesUntil ?? undefined, '20:00') : proposed,
  }
}
