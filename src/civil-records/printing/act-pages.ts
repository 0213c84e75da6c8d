import { type Request, type Response, Router } from 'express'
import type { DocumentPool } from '../../documents/pool.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { readUploads } from '../../uploads/form.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import type { Translator } from '../../web/i18n.ts'
import { sendPdf } from '../../web/pdf.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { type Act, actOf, MOST_SCANS, prepareAct, scansOf } from './act.ts'
import { type ActGroup, actGroups, textGroups, waysOf } from './act-fields.ts'
import { previewAct } from './print.ts'
import { typedFromAnswers } from './typed-act.ts'

/** Writing down the act that was found in the registers, and seeing it as it will be printed. */
export function actPages(town: Town, pdf: DocumentPool): Router {
  const router = Router()
  const db = town.db.read
  const ours = (res: Response) => clerkOf(res, 'civil-registry')

  router.get('/guichet/etat-civil/:id/acte', async (req, res) => {
    const request = await requestForClerk(db, ours(res), req.params.id)
    const act = await actOf(db, request.id)
    await actPage(res, request, act, act?.typed ?? typedFromAnswers(request))
  })

  router.post('/guichet/etat-civil/:id/acte', async (req, res) => {
    const clerk = ours(res)
    const request = await requestForClerk(db, clerk, req.params.id)
    let accepted = false
    const refusal = await refused(res, town, async () => {
      accepted = await save(req, res, clerk, request)
    })
    if (refusal) return actPage(res, request, await actOf(db, request.id), textsIn(req.body), refusal)
    const page = `/guichet/etat-civil/${request.id}`
    const { t } = wordsOf(town, res)
    if (accepted) return goOn(req, res, page, { kind: 'success', text: t('civil-print:act.accepted') })
    await goOn(req, res, `${page}/acte`, { kind: 'success', text: t('civil-print:act.saved') })
  })

  router.get('/guichet/etat-civil/:id/acte.pdf', async (req, res) => {
    const request = await requestForClerk(db, ours(res), req.params.id)
    const act = await actOf(db, request.id)
    if (!act) throw notFound()
    const { t } = town.languages.for('fr')
    sendPdf(res, `${t('civil-print:act.file')}-${request.number}`, await previewAct(town, pdf, request, act))
  })

  async function save(req: Request, res: Response, clerk: Clerk, request: CivilRequest): Promise<boolean> {
    const scans = await readUploads(req, res, { field: 'scan', most: MOST_SCANS })
    const accept = typed(req.body, 'action') === 'accept'
    await prepareAct(town, clerk, request.id, {
      version: Number(typed(req.body, 'version')),
      typed: textsIn(req.body),
      scans,
      accept,
    })
    return accept
  }

  async function actPage(
    res: Response,
    request: CivilRequest,
    act: Act | undefined,
    values: Readonly<Record<string, string>>,
    refusal?: Refusal,
  ) {
    const { kind, form } = request
    if (!kind || !form) throw notFound()
    const words = wordsOf(town, res)
    const ways = waysOf(form)
    const view = {
      back: `/guichet/etat-civil/${request.id}`,
      number: inGroups(request.number ?? ''),
      what: whatWasAsked(words, request),
      version: request.version,
      editable: request.state === 'under-review',
      printed: act ? `/guichet/etat-civil/${request.id}/acte.pdf` : '',
      scans: (await scansOf(db, request.id)).map(({ name }) => name),
      mostScans: MOST_SCANS,
      ways: ways.length > 1 ? ways.map(way => ({ value: way, text: words.t(`civil-print:act.way.${way}`) })) : [],
      way: values['way'] ?? 'facts',
      register: ['year', 'number', 'volume'].map(name => `register.${name}`),
      groups: shown(words, actGroups(kind, form), values),
      textGroups: ways.includes('text') ? shown(words, textGroups, values) : [],
      values,
      errors: refusal?.errors ?? [],
    }
    town.render.page(res, 'civil-records/act', view, refusal?.status ?? 200)
  }
  return router
}

/** Fields with their words and what is in them. */
function shown({ t }: Translator, groups: readonly ActGroup[], values: Readonly<Record<string, string>>) {
  return groups.map(({ key, fields }) => ({
    key,
    title: t(`civil-print:act.groups.${key}`),
    fields: fields.map(({ name, type, choices = [], required = false }) => ({
      name: `${key}.${name}`,
      type,
      label: t(`civil-print:act.fields.${name}`),
      optional: !required,
      choices: choices.map(value => ({ value, text: t(`civil-print:act.choices.${name}.${value}`) })),
      value: values[`${key}.${name}`] ?? '',
    })),
  }))
}

/** What was typed, without what is no text and what belongs to the form itself. */
function textsIn(body: unknown): Record<string, string> {
  const own = new Set(['idempotencyKey', 'version', 'action', 'scan'])
  const entries = Object.entries((body ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' && !own.has(name) ? [[name, value]] : [],
    ),
  )
}
