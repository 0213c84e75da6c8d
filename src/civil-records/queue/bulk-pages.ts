import { type Response, Router } from 'express'
import { z } from 'zod'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { refused, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import type { PageError } from '../../web/render.ts'
import type { CivilRequest } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { doAction, MOST_AT_ONCE, previewAction, type SeenFile } from './bulk.ts'
import { type DeskAction, deskActionNames, deskActionOf } from './desk-actions.ts'
import { filterFrom } from './queue-filter.ts'
import { queueMoment } from './queue-moment.ts'
import { colleagues } from './queue-pages.ts'
import { fileAddress, QUEUE, queueAddress } from './queue-view.ts'

const fields = ['action', 'to', 'note', 'until', 'reason', 'filtre', 'step'] as const
type Typed = Record<(typeof fields)[number], string>

/** Ticked rows, each `<id>.<version>`; one alone comes as a text. */
const ticked = z.object({
  ids: z
    .union([z.string().transform(one => [one]), z.array(z.string())])
    .default([])
    .transform(all => all.flatMap(text => seenFile(text))),
})

/**
 * One action on many files: choose it and tick, fill in what it needs, read what will happen to each, confirm. Nothing but
 * the last step changes anything.
 */
export function bulkPages(town: Town): Router {
  const { db, render, clock } = town
  const router = Router()

  router.post(`${QUEUE}/lot`, async (req, res) => {
    const clerk = clerkOf(res, 'civil-registry')
    const typed = typedIn(req.body, fields)
    const { ids: seen } = parse(ticked, req.body)
    if (seen.length === 0) return nothingTicked(res, typed)
    const moment = await queueMoment(db.read, clock.now(), clerk)
    let action: DeskAction | undefined
    const refusal = await refused(res, town, async () => {
      action = deskActionOf(typed, moment)
    })
    // Straight from the queue: what is missing was not asked for yet.
    if (!action && typed.step !== 'filled') return fillIn(res, typed, seen, [])
    if (!action) return fillIn(res, typed, seen, refusal?.errors ?? [])
    const planned = await previewAction(
      town,
      clerk,
      action,
      seen.map(({ id }) => id),
    )
    const versions = new Map(seen.map(({ id, version }) => [id, version]))
    const rows = planned.map(({ request, whyNot }) => ({
      request,
      whyNot: request.version === versions.get(request.id) ? whyNot : ('changed' as const),
    }))
    const will = rows.filter(row => !row.whyNot)
    render.page(res, 'civil-records/bulk-preview', {
      typed,
      told: said(res, action, will.length, 'will'),
      will: will.map(({ request }) => fileRow(res, request, typed)),
      wont: rows.flatMap(({ request, whyNot }) => (whyNot ? [leftOut(res, request, typed, whyNot)] : [])),
      back: queueAddress(filterFrom(typed.filtre)),
    })
  })

  router.post(`${QUEUE}/lot/faire`, async (req, res) => {
    const clerk = clerkOf(res, 'civil-registry')
    const typed = typedIn(req.body, fields)
    const { ids: seen } = parse(ticked, req.body)
    const action = deskActionOf(typed, await queueMoment(db.read, clock.now(), clerk))
    const { done, leftOut: left } = await doAction(town, clerk, action, seen)
    render.page(res, 'civil-records/bulk-done', {
      told: said(res, action, done.length, 'did'),
      done: done.map(request => fileRow(res, request, typed)),
      wont: left.map(({ request, whyNot }) => leftOut(res, request, typed, whyNot)),
      back: queueAddress(filterFrom(typed.filtre)),
    })
  })

  async function fillIn(res: Response, typed: Typed, seen: readonly SeenFile[], errors: readonly PageError[]) {
    const { t } = wordsOf(town, res)
    const { clerks, today, me } = await queueMoment(db.read, clock.now(), clerkOf(res, 'civil-registry'))
    const name = deskActionNames.find(one => one === typed.action) ?? 'assign'
    const view = {
      typed: { ...typed, action: name },
      ids: seen.map(({ id, version }) => `${id}.${version}`),
      title: t(`civil-desk:bulkTitle.${name}`, { count: seen.length }),
      colleagues: colleagues(clerks, me, t('civil-desk:toMe')),
      tomorrow: today.add({ days: 1 }).toString(),
      back: queueAddress(filterFrom(typed.filtre)),
      errors,
    }
    render.page(res, 'civil-records/bulk-fill', view, errors.length > 0 ? 422 : 200)
  }

  function nothingTicked(res: Response, typed: Typed) {
    const view = { back: queueAddress(filterFrom(typed.filtre)), most: MOST_AT_ONCE }
    render.page(res, 'civil-records/bulk-none', view, 422)
  }

  const said = (res: Response, action: DeskAction, count: number, tense: 'will' | 'did') => {
    const { t, f } = wordsOf(town, res)
    const name = 'to' in action ? action.to.name : ''
    return t(`civil-desk:${tense}.${action.name}`, {
      count,
      name,
      day: 'until' in action ? f.dayNoYear(action.until) : '',
    })
  }
  const fileRow = (res: Response, request: CivilRequest, typed: Typed) => ({
    seen: `${request.id}.${request.version}`,
    number: inGroups(request.number ?? ''),
    what: whatWasAsked(wordsOf(town, res), request),
    href: fileAddress(request.id, filterFrom(typed.filtre)),
  })
  const leftOut = (res: Response, request: CivilRequest, typed: Typed, whyNot: string) => ({
    ...fileRow(res, request, typed),
    why: wordsOf(town, res).t(`civil-desk:blocked.${whyNot}`),
  })
  return router
}

function seenFile(text: string): SeenFile[] {
  const [, id, version] = /^([\w-]{36})\.(\d{1,9})$/.exec(text) ?? []
  return id && version ? [{ id, version: Number(version) }] : []
}
