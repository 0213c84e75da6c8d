import { type Response, Router } from 'express'
import { z } from 'zod'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { decide } from '../file/file-answers.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { actOnOne } from './bulk.ts'
import { type DeskAction, deskActionNames, deskActionOf } from './desk-actions.ts'
import { release, takeNext, takeRequest } from './holding.ts'
import { filterFrom, filterOf, narrows, type QueueFilter, queryOf } from './queue-filter.ts'
import { queueMoment } from './queue-moment.ts'
import { cursorAfter, type QueueCursor, queueRows, tabCounts } from './queue-query.ts'
import {
  fileAddress,
  fileAddresses,
  filterFields,
  labelsOf,
  QUEUE,
  queueAddress,
  rowViews,
  tabsView,
} from './queue-view.ts'

const ROWS = 50

const paging = z.object({ apres: z.string().max(100).optional().catch(undefined) })
const seen = z.object({ version: z.coerce.number().int() })
const asked = z.object({
  action: z.enum(deskActionNames).optional().catch(undefined),
  filtre: z.string().max(500).catch(''),
})
const fields = ['action', 'to', 'note', 'until', 'reason', 'version', 'filtre'] as const

/** The clerks' queue of civil records, taking the next, and what is done with a file without deciding it. */
export function queuePages(town: Town): Router {
  const { db, render, clock } = town
  const router = Router()
  const ours = (res: Response) => clerkOf(res, 'civil-registry')

  router.get(QUEUE, async (req, res) => {
    const clerk = ours(res)
    const filter = filterOf(req.query)
    const after = cursorOf(parse(paging, req.query).apres)
    const words = wordsOf(town, res)
    const { clerks, ...moment } = await queueMoment(db.read, clock.now(), clerk)
    const [rows, counts] = await Promise.all([queueRows(db.read, filter, moment, ROWS + 1, after), tabCounts(db.read)])
    const shown = rows.slice(0, ROWS)
    const view = rowViews(words, moment, clerks)
    const addressOf = fileAddresses(filter)
    render.page(res, 'civil-records/queue', {
      rows: shown.map(row => ({ ...view(row), href: addressOf(row.id) })),
      tabItems: tabsView(words, filter, counts),
      tab: filter.tab,
      fields: filterFields(words, filter, clerks),
      narrowed: narrows(filter),
      cleared: queueAddress(filterOf({ etat: filter.tab })),
      query: queryOf(filter),
      first: after ? queueAddress(filter) : undefined,
      next: rows.length > ROWS ? nextPage(filter, cursorAfter(shown.at(-1)!, filter.sort)) : undefined,
      actions: deskActionNames,
      labels: labelsOf(words),
      tickLabel: words.t('civil-desk:tick'),
    })
  })

  router.post(`${QUEUE}/suivante`, async (req, res) => {
    const clerk = ours(res)
    const filter = filterFrom(typedIn(req.body, ['filtre']).filtre)
    const next = await takeNext(town, clerk, filter)
    if (next) return res.redirect(303, fileAddress(next, filter))
    const text = wordsOf(town, res).t(narrows(filter) ? 'civil-desk:noneFits' : 'civil-desk:noneLeft')
    await goOn(req, res, queueAddress(filter), { kind: 'notice', text })
  })

  router.post(`${QUEUE}/:id/prendre`, async (req, res) => {
    const clerk = ours(res)
    const filter = filterFrom(typedIn(req.body, ['filtre']).filtre)
    const conflict = await decide(town, req, res, clerk, () => takeRequest(town, clerk, req.params.id))
    if (!conflict) res.redirect(303, fileAddress(req.params.id, filter))
  })

  router.post(`${QUEUE}/:id/liberer`, async (req, res) => {
    const clerk = ours(res)
    const filter = filterFrom(typedIn(req.body, ['filtre']).filtre)
    await release(town, clerk, req.params.id)
    const text = wordsOf(town, res).t('civil-desk:released')
    await goOn(req, res, queueAddress(filter), { kind: 'success', text })
  })

  router.get(`${QUEUE}/:id/action`, async (req, res) => {
    const clerk = ours(res)
    const { action = 'assign', filtre } = parse(asked, req.query)
    const request = await requestForClerk(db.read, clerk, req.params.id)
    await actionPage(res, request, { ...blank, action, filtre, version: String(request.version) })
  })

  router.post(`${QUEUE}/:id/action`, async (req, res) => {
    const clerk = ours(res)
    const typed = typedIn(req.body, fields)
    const request = await requestForClerk(db.read, clerk, req.params.id)
    let action: DeskAction | undefined
    const refusal = await decide(town, req, res, clerk, async () => {
      action = deskActionOf(typed, await queueMoment(db.read, clock.now(), clerk))
      await actOnOne(town, clerk, action, { id: request.id, version: parse(seen, typed).version })
    })
    if (refusal === 'done') return
    if (refusal || !action) return actionPage(res, request, typed, refusal)
    const filter = filterFrom(typed.filtre)
    const text = wordsOf(town, res).t(`civil-desk:didOne.${action.name}`, {
      number: inGroups(request.number ?? ''),
      ...told(res, action),
    })
    await goOn(req, res, queueAddress(filter), { kind: 'success', text })
  })

  async function actionPage(res: Response, request: CivilRequest, typed: typeof blank, refusal?: Refusal) {
    const words = wordsOf(town, res)
    const { clerks, today, me } = await queueMoment(db.read, clock.now(), ours(res))
    const name = deskActionNames.find(one => one === typed.action) ?? 'assign'
    const view = {
      typed: { ...typed, action: name },
      file: {
        id: request.id,
        number: inGroups(request.number ?? ''),
        what: whatWasAsked(words, request),
        href: fileAddress(request.id, filterFrom(typed.filtre)),
      },
      colleagues: colleagues(clerks, me, words.t('civil-desk:toMe')),
      tomorrow: today.add({ days: 1 }).toString(),
      errors: refusal?.errors ?? [],
    }
    render.page(res, 'civil-records/file-action', view, refusal?.status ?? 200)
  }

  /** What an action's words are filled with. */
  function told(res: Response, action: DeskAction) {
    const { f } = wordsOf(town, res)
    return {
      name: 'to' in action ? action.to.name : '',
      day: 'until' in action ? f.dayNoYear(action.until) : '',
    }
  }
  return router
}

const blank = { action: '', to: '', note: '', until: '', reason: '', version: '', filtre: '' }

/** To whom files can be given: oneself first. */
export const colleagues = (
  clerks: readonly { id: string; name: string; ofRegistry: boolean }[],
  me: string,
  toMe: string,
) => [
  { value: 'me', text: toMe },
  ...clerks.filter(({ id, ofRegistry }) => ofRegistry && id !== me).map(({ id, name }) => ({ value: id, text: name })),
]

/** `<key>~<id>`, as `nextPage` wrote it; anything else begins at the beginning. */
function cursorOf(text: string | undefined): QueueCursor | undefined {
  const [, key, id] = /^([\w:.-]{1,40})~([\w-]{36})$/.exec(text ?? '') ?? []
  return key && id ? { key, id } : undefined
}

function nextPage(filter: QueueFilter, { key, id }: QueueCursor): string {
  const query = new URLSearchParams(queryOf(filter))
  query.set('apres', `${key}~${id}`)
  return `${QUEUE}?${query.toString()}`
}
