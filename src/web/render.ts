import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Response } from 'express'
import nunjucks from 'nunjucks'
import type { TownIdentity } from '../town-identity.ts'
import type { Language, Languages } from './i18n.ts'
import { type ActorSummary, deskNavigation, publicNavigation } from './navigation.ts'
import type { Assets } from './static.ts'
import { frenchSpaces } from './typography.ts'

/** A fault in what was typed, in words; `field` is the name of the input, empty when it concerns the whole form. */
export type PageError = { field: string; message: string }

/** What the last action has to tell, shown once on the next page. */
export type FlashMessage = { kind: 'success' | 'notice'; text: string }

/** What the middlewares leave in `res.locals` for the pages. */
export type PageLocals = { language?: string; actor?: ActorSummary; flash?: readonly FlashMessage[] }

export type Renderer = {
  /** Answers with a page: a template of `templates/` without its `.njk`. `errors` in the view are shown above all else. */
  page(res: Response, template: string, view: object, status?: number): void
  /** The text of a mail or of a printed sheet. A name that ends in `.txt` is not escaped: it is no HTML. */
  text(template: string, language: string, view: object): string
}

type Options = {
  town: TownIdentity
  languages: Languages
  assets: Assets
  /** Tests: a name that the view lacks throws instead of leaving a blank. */
  strict?: boolean
  /** Shows the ribbon of the demonstration town. */
  demo?: boolean
  /** Tests: where templates come from. */
  folders?: readonly string[]
}

export const templateFolders: readonly string[] = ['../../templates', '../../node_modules/govuk-frontend/dist'].map(
  path => fileURLToPath(new URL(path, import.meta.url)),
)

/** Names that pages may not use in their view: the layouts fill them. */
const RESERVED = ['t', 'f', 'lang', 'town', 'asset', 'demo', 'languages', 'actor', 'path', 'flash']

/** The one caller of Nunjucks. Templates come from the repository only and are compiled once per language. */
export function renderer({
  town,
  languages,
  assets,
  strict = false,
  demo = false,
  folders = templateFolders,
}: Options): Renderer {
  const environments = new Map<string, nunjucks.Environment>()
  const shown: TownIdentity = {
    ...town,
    // Read at each page: an administrator may change them while the town runs.
    get openingHours() {
      return frenchSpaces(town.openingHours)
    },
  }

  /** Each language has its environment, so that macros find `t` and `f` without being handed them. */
  function environment(code: string, escaped: boolean): nunjucks.Environment {
    const { language, t, f } = languages.for(code)
    const key = `${language.code} ${escaped}`
    const known = environments.get(key)
    if (known) return known
    const loader = new nunjucks.FileSystemLoader([...folders])
    const made = new nunjucks.Environment(loader, {
      autoescape: escaped,
      throwOnUndefined: strict,
      trimBlocks: true,
      lstripBlocks: true,
    })
    const words = { t, f, lang: language, town: shown, demo }
    const errorOf = (errors: readonly PageError[] | undefined, name: string) =>
      errorFor(errors, name, t('common:error'))
    const functions = { asset: assets.url, fieldId, errorOf, newKey: randomUUID, publicNavigation, deskNavigation }
    for (const [name, value] of Object.entries({ ...words, ...functions })) made.addGlobal(name, value)
    environments.set(key, made)
    return made
  }

  return {
    page(res, template, view, status = 200) {
      const { language = 'fr', actor, flash = [] }: PageLocals = res.locals
      const [target = '/', search = ''] = res.req.originalUrl.split('?', 2)
      const path = target.replace(/^[\\/]+/, '/') // « //evil.example » must stay a path of this site in our links
      if (strict) refuseReserved(template, view)
      const html = environment(language, true).render(`${template}.njk`, {
        errors: [],
        ...view,
        actor,
        path,
        flash,
        languages: languageLinks(languages.list, language, path, search),
      })
      if (!res.hasHeader('Cache-Control'))
        // Nobody finds a family's page with the back button of a shared computer after it was left.
        res.setHeader('Cache-Control', actor?.signedIn ? 'private, no-store' : 'private, no-cache')
      res.setHeader('Content-Language', language)
      res.setHeader('Content-Type', 'text/html; charset=utf-8')
      res.status(status).end(html)
    },
    text: (template, language, view) =>
      environment(language, !template.endsWith('.txt')).render(`${template}.njk`, view),
  }
}

/** The id of the input with this name: error links lead to it. */
const fieldId = (name: string) => name.replace(/[^\w-]+/g, '-')

/** The message of the input with this name, as govuk-frontend's macros take it. */
function errorFor(errors: readonly PageError[] | undefined, name: string, visuallyHiddenText: string) {
  const error = errors?.find(({ field }) => field === name)
  return error && { text: error.message, visuallyHiddenText }
}

function languageLinks(list: readonly Language[], code: string, path: string, search: string) {
  const others = search.split('&').filter(part => part && !part.startsWith('lang='))
  return list.map(language => {
    const query = [...others, `lang=${language.code}`].join('&')
    return { ...language, current: language.code === code, href: `${path}?${query}` }
  })
}

function refuseReserved(template: string, view: object) {
  const taken = RESERVED.filter(name => name in view)
  if (taken.length > 0) throw new Error(`${template}: the view may not name ${taken.join(', ')}`)
}
