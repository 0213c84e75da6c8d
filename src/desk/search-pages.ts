import { Router } from 'express'
import { z } from 'zod'
import { serves } from '../kernel/actor.ts'
import { COUNTER_SERVICES } from '../people/desk-persons.ts'
import type { SearchProvider } from '../people/search-provider.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { searchAll } from './search.ts'

const PATH = '/guichet/recherche'
const MOST_PAGES = 1_000

/** The search as it is in the address. What makes no sense searches nothing. */
const asked = z.object({
  q: z.string().max(500).default('').catch(''),
  groupe: z
    .string()
    .regex(/^[a-z]+$/)
    .optional()
    .catch(undefined),
  page: z.coerce.number().int().min(1).max(MOST_PAGES).default(1).catch(1),
})

/** One search box for all that clerks look for: people, requests, invoices. */
export function searchPages(town: Town, providers: readonly SearchProvider[]): Router {
  const router = Router()
  router.get(PATH, async (req, res) => {
    const clerk = clerkOf(res)
    const { q, groupe, page } = parse(asked, req.query)
    const words = wordsOf(town, res)
    const groups = await searchAll(town, providers, clerk, { typed: q, words, only: groupe, page })
    const address = (group: string, to: number) =>
      `${PATH}?${new URLSearchParams({ q, groupe: group, ...(to > 1 ? { page: String(to) } : {}) }).toString()}`
    town.render.page(res, 'desk/search', {
      q: q.trim(),
      groups: groups
        .filter(({ hits }) => hits.length > 0)
        .map(({ key, hits, more }) => ({
          key,
          hits,
          all: more && !groupe ? address(key, 1) : '',
          next: more && groupe ? address(key, page + 1) : '',
          previous: groupe && page > 1 ? address(key, page - 1) : '',
        })),
      back: groupe ? `${PATH}?${new URLSearchParams({ q }).toString()}` : '',
      mayCreate: serves(clerk, COUNTER_SERVICES),
      create: `/guichet/personnes/nouvelle?${new URLSearchParams({ q: q.trim() }).toString()}`,
    })
  })
  return router
}
