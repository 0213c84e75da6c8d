import type { Clerk, Service } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import type { FamilyQuery } from './family-search.ts'

/** What a clerk looks for: as typed, and read as words of names, a date, a telephone or an e-mail. */
export type Searched = {
  town: Town
  clerk: Clerk
  words: Translator
  typed: string
  query: FamilyQuery
  /** Who matches, looked up once for all kinds of things that are found by people. */
  people: () => Promise<readonly Id<'person'>[]>
  /** The first hit wanted, from 0, and how many. */
  from: number
  most: number
}

/** One thing that was found: the least that tells it apart. */
export type Hit = { href: string; title: string; facts: readonly string[] }

/** One kind of thing that clerks search; services hand theirs in when the town is put together. */
export type SearchProvider = {
  /** The words are `desk:search.groups.<key>`. */
  key: string
  /** Whose clerks find them; to others they do not exist. */
  services: readonly Service[]
  /** The hits asked for, and one more when there are more. */
  find: (searched: Searched) => Promise<readonly Hit[]>
}
