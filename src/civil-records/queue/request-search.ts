import type { Queries } from '../../db/database.ts'
import { and, desc, eq, inArray, ne, type SQL, sql } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import type { FamilyQuery } from '../../people/family-search.ts'
import type { SearchProvider } from '../../people/search-provider.ts'
import { dayInFigures } from '../../people/told.ts'
import { readTrackingNumber } from '../rules/tracking-number.ts'
import { civilRequests, civilRequestWords } from '../schema.ts'
import type { CivilRequest } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'

/** Requests of records, for the clerks of the civil registry: by number, names, dates, telephone or e-mail; newest first. */
export const requestSearch: SearchProvider = {
  key: 'requests',
  services: ['civil-registry'],
  find: async ({ town, words, typed, query, from, most }) => {
    const db = town.db.read
    const number = readTrackingNumber(typed)
    const found = number ? await byNumber(db, number) : await byWords(db, query, from, most + 1)
    const { t } = words
    return found.map(request => {
      const { applicant } = request.answers
      const born = applicant?.birthDate && dayInFigures(Temporal.PlainDate.from(applicant.birthDate))
      return {
        href: `/guichet/etat-civil/${request.id}`,
        title: capital(whatWasAsked(words, request)),
        facts: [
          inGroups(request.number ?? ''),
          ...(applicant ? [`${applicant.firstName} ${applicant.lastName}`] : []),
          ...(born ? [t('people:person.born', { day: born })] : []),
          t(`civil-records:state.${request.state}`),
        ],
      }
    })
  },
}

const capital = (words: string) => words.charAt(0).toLocaleUpperCase() + words.slice(1)

function byNumber(db: Queries, number: string): Promise<CivilRequest[]> {
  return db
    .select()
    .from(civilRequests)
    .where(and(eq(civilRequests.number, number), ne(civilRequests.state, 'draft')))
}

/** One or two letters begin a tenth of all names: they are looked for as the whole names that they are, such as Li or Do. */
const SHORTEST = 3

async function byWords(db: Queries, query: FamilyQuery, from: number, most: number): Promise<CivilRequest[]> {
  const { names, birthDate, phone, email } = query
  const isShort = (word: string) => [...word].length < SHORTEST
  const prefixes = names.filter(word => !isShort(word))
  const whole = [birthDate?.toString(), phone, ...names.filter(isShort)].filter(word => word !== undefined)
  // The longest word, and whole ones before all, have the fewest requests: the others are looked up for those alone.
  const sought = [
    ...whole.map(word => ({ word, whole: true })),
    ...[...prefixes, ...(email ? [email] : [])].map(word => ({ word, whole: false })),
  ].sort((a, b) => Number(b.whole) - Number(a.whole) || b.word.length - a.word.length)
  const [first, ...others] = sought
  if (!first) return []
  const rows = await db
    .selectDistinct({ id: civilRequestWords.requestId })
    .from(civilRequestWords)
    .where(and(isWord(sql`${civilRequestWords.word}`, first), ...others.map(hasWord)))
    .orderBy(desc(civilRequestWords.requestId))
    .limit(most)
    .offset(from)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return []
  const requests = await db.select().from(civilRequests).where(inArray(civilRequests.id, ids))
  const byId = new Map<Id<'civil-request'>, CivilRequest>(requests.map(request => [request.id, request]))
  return ids.flatMap(id => byId.get(id) ?? [])
}

type Sought = { word: string; whole: boolean }

/** The code point after which nothing sorts: all that begins with a word stands before it. */
const LAST = '\u{10FFFF}'

const isWord = (column: SQL, { word, whole }: Sought): SQL =>
  whole ? sql`${column} = ${word}` : sql`${column} >= ${word} and ${column} < ${word + LAST}`

const hasWord = (sought: Sought): SQL =>
  sql`exists (select 1 from civil_request_words other where other.request_id = ${civilRequestWords.requestId} and ${isWord(sql`other.word`, sought)})`
