import { type Response, Router } from 'express'
import { z } from 'zod'
import { clerksOf } from '../access/clerk-admin.ts'
import { audit } from '../audit/audit.ts'
import { isoDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { administratorOf } from '../web/asker.ts'
import { sendCsv } from '../web/csv.ts'
import { wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import type { Translator } from '../web/i18n.ts'
import { type JournalEntry, type JournalSearch, journalEntries } from './journal.ts'
import { type JournalNames, namesIn, pageOf } from './journal-names.ts'
import { deeds, subjectKinds } from './journal-words.ts'

const PATH = '/guichet/journal'
const PER_PAGE = 50
/** As many as are written in a tenth of a second: no other visitor waits longer for it. */
const MOST_EXPORTED = 5_000

const aDay = z
  .string()
  .max(10)
  .transform(text => isoDay(text))
  .catch(undefined)
  .optional()
const word = (pattern: RegExp) => z.string().trim().max(100).regex(pattern).optional().catch(undefined)
/** The filters as they are in the address. One that makes no sense filters nothing. */
const filters = z.object({
  quoi: word(/^[a-z-]+(\.[a-z-]+)?$/),
  agent: z.uuid().optional().catch(undefined),
  sur: word(/^[a-z-]+$/),
  reference: word(/^[\w.:-]+$/),
  du: aDay,
  au: aDay,
  avant: z.uuid().optional().catch(undefined),
})
type Filters = z.output<typeof filters>

/** Who did what to whom, on whose behalf and when: for administrators. */
export function journalPages(town: Town): Router {
  const router = Router()
  const { read } = town.db

  router.get(PATH, async (req, res) => {
    administratorOf(res)
    const asked = parse(filters, req.query)
    const found = await journalEntries(read, searchOf(asked), PER_PAGE + 1)
    const shown = found.slice(0, PER_PAGE)
    const names = await namesIn(read, shown)
    const words = wordsOf(town, res)
    const inUrl = filtersInUrl(asked)
    const last = found.length > shown.length ? shown.at(-1) : undefined
    town.render.page(res, 'desk/journal', {
      entries: shown.map(entry => rowOf(words, entry, names)),
      asked: Object.fromEntries(['quoi', 'agent', 'sur', 'reference', 'du', 'au'].map(name => [name, inUrl.get(name)])),
      filtered: inUrl.size > 0,
      choices: await choicesFor(res, asked),
      next: last ? `${PATH}?${withParam(inUrl, 'avant', last.id).toString()}` : null,
      csv: `${PATH}.csv${inUrl.size > 0 ? `?${inUrl.toString()}` : ''}`,
      most: MOST_EXPORTED,
    })
  })

  router.get(`${PATH}.csv`, async (req, res) => {
    const administrator = administratorOf(res)
    const asked = parse(filters, req.query)
    const words = wordsOf(town, res)
    const found = await journalEntries(read, searchOf(asked), MOST_EXPORTED)
    const names = await namesIn(read, found)
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), administrator, {
        action: 'journal.exported',
        subject: { kind: 'journal', id: 'journal' },
        details: Object.fromEntries(filtersInUrl(asked)),
      }),
    )
    const columns = ['at', 'who', 'onBehalf', 'action', 'code', 'kind', 'id', 'subject', 'details'] as const
    sendCsv(
      res,
      'journal',
      columns.map(column => words.t(`journal:columns.${column}`)),
      found.map(entry => {
        const row = rowOf(words, entry, names)
        const { action, subjectKind, subjectId, details } = entry
        const at = entry.at.toString({ fractionalSecondDigits: 0 })
        return [at, row.who, row.onBehalf, row.deed, action, subjectKind, subjectId, row.name, JSON.stringify(details)]
      }),
    )
  })

  /** What the filters offer; a deed or a kind that came by a link and is not in the list is added to it. */
  async function choicesFor(res: Response, asked: Filters) {
    const { t } = wordsOf(town, res)
    const all = { value: '', text: t('journal:filter.all') }
    const things = Object.keys(deeds).map(value => ({ value, text: t(`journal:things.${value}`) }))
    const kinds = subjectKinds.map(value => ({ value, text: t(`journal:kinds.${value}`) }))
    const clerks = (await clerksOf(read)).map(({ id, name }) => ({ value: id as string, text: name }))
    const withAsked = (list: { value: string; text: string }[], value: string | undefined, text: string) =>
      value && !list.some(one => one.value === value) ? [...list, { value, text }] : list
    const deed = t('journal:onlyAction', { name: deedInWords(wordsOf(town, res), asked.quoi ?? '') })
    return {
      things: [all, ...withAsked(byText(things), asked.quoi, deed)],
      clerks: [
        { value: '', text: t('journal:filter.everybody') },
        ...withAsked(clerks, asked.agent, asked.agent ?? ''),
      ],
      kinds: [all, ...withAsked(byText(kinds), asked.sur, asked.sur ?? '')],
    }
  }
  return router
}

const byText = (list: { value: string; text: string }[]) => list.sort((a, b) => a.text.localeCompare(b.text, 'fr'))

function rowOf(words: Translator, entry: JournalEntry, names: JournalNames) {
  const { t, f } = words
  const { action, subjectKind, subjectId, onBehalfOf } = entry
  const name = names.subjects.get(`${subjectKind} ${subjectId}`) ?? ''
  return {
    at: f.instant(entry.at),
    who: whoInWords(words, entry, names),
    onBehalf: onBehalfOf ? (names.subjects.get(`person ${onBehalfOf}`) ?? t('journal:gone')) : '',
    deed: deedInWords(words, action),
    deedHref: `${PATH}?quoi=${action}`,
    kind: subjectKinds.includes(subjectKind) ? t(`journal:kinds.${subjectKind}`) : subjectKind,
    name,
    page: pageOf(entry, names),
    about: `${PATH}?${new URLSearchParams({ sur: subjectKind, reference: subjectId }).toString()}`,
    details: Object.entries(entry.details).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  }
}

function whoInWords({ t }: Translator, { actorKind, actorAccountId }: JournalEntry, names: JournalNames): string {
  if (actorAccountId) return names.accounts.get(actorAccountId)?.name ?? t('journal:gone')
  if (actorKind.startsWith('system:')) return t('journal:program', { name: actorKind.slice('system:'.length) })
  return t('journal:visitor')
}

/** « Repas changés »; the code of a deed that has no words, which an earlier version of the program wrote. */
function deedInWords({ t }: Translator, action: string): string {
  const [thing = '', deed = ''] = action.split('.')
  return deeds[thing]?.includes(deed) ? t(`journal:actions.${thing}.${deed}`) : action
}

const searchOf = ({ quoi, agent, sur, reference, du, au, avant }: Filters): JournalSearch => ({
  action: quoi,
  by: agent as Id<'account'> | undefined,
  subjectKind: sur,
  subjectId: reference,
  from: du,
  to: au,
  before: avant as Id<'audit-entry'> | undefined,
})

/** The filters for the address of the next page and of the export: without the page's place. */
function filtersInUrl({ avant: _place, ...asked }: Filters): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) if (value) params.set(name, value.toString())
  return params
}

function withParam(params: URLSearchParams, name: string, value: string): URLSearchParams {
  const all = new URLSearchParams(params)
  all.set(name, value)
  return all
}
