import { audit } from '../audit/audit.ts'
import { type Clerk, serves } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { peopleMatching, readFamilyQuery, searchedBy } from '../people/family-search.ts'
import type { Hit, SearchProvider } from '../people/search-provider.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'

const AT_A_GLANCE = 10
const PER_PAGE = 50

/** What was found of one kind. */
export type Group = { key: string; hits: readonly Hit[]; more: boolean }

/** The kinds of things this clerk may find; the others do not exist to them. */
const providersFor = (providers: readonly SearchProvider[], clerk: Clerk): SearchProvider[] =>
  providers.filter(({ services }) => serves(clerk, services))

/**
 * Looks for what was typed among all that this clerk may find: the first of each kind, or a page of one kind. Each look-up is
 * in the audit trail: by what kind of thing, and how many were found, not what was typed.
 */
export async function searchAll(
  town: Town,
  providers: readonly SearchProvider[],
  clerk: Clerk,
  asked: { typed: string; words: Translator; only?: string | undefined; page: number },
): Promise<Group[]> {
  const typed = asked.typed.normalize('NFKC').trim().slice(0, 200)
  if (typed === '') return []
  const query = readFamilyQuery(typed)
  const own = providersFor(providers, clerk).filter(({ key }) => !asked.only || key === asked.only)
  const most = asked.only ? PER_PAGE : AT_A_GLANCE
  const from = asked.only ? (asked.page - 1) * PER_PAGE : 0
  let matching: Promise<readonly Id<'person'>[]> | undefined
  const people = () => (matching ??= peopleMatching(town.db.read, query))
  const groups = await Promise.all(
    own.map(async ({ key, find }) => {
      const hits = await find({ town, clerk, words: asked.words, typed, query, people, from, most })
      return { key, hits: hits.slice(0, most), more: hits.length > most }
    }),
  )
  await town.db.transaction(tx =>
    audit(tx, town.clock.now(), clerk, {
      action: 'search.made',
      subject: { kind: 'search', id: asked.only ?? 'all' },
      details: { by: searchedBy(query), found: Object.fromEntries(groups.map(({ key, hits }) => [key, hits.length])) },
    }),
  )
  return groups
}
