import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, eq, inArray, isNull, sql } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { writeToHousehold } from '../letters.ts'
import { leisureSignups, leisureWishLists, leisureWishResults } from '../schema.ts'
import { type Signup, withDays } from '../signups.ts'
import { centresOf, type LeisurePeriod, periodById } from '../store.ts'
import { rankOf } from '../waiting/ranks.ts'
import { rankInWords } from '../waiting/words.ts'
import type { WishResultRow } from './give-places.ts'
import { wishesEnd, wishesOf, wishListOf } from './wish-lists.ts'
import { wishInWords } from './wish-words.ts'

/** How many households are written to in one transaction. */
const HOUSEHOLDS_AT_ONCE = 20

/**
 * Writes to a family what it told of a period, some time after its last change: nothing when it changed something since, for
 * that change has its own letter.
 */
export async function writeReceipt(
  town: Town,
  {
    householdId,
    periodId,
    revision,
  }: { householdId: Id<'household'>; periodId: Id<'leisure-period'>; revision: number },
): Promise<void> {
  await town.db.transaction(async tx => {
    const list = await wishListOf(tx, householdId, periodId)
    if (list?.revision !== revision) return
    const period = await periodById(tx, periodId)
    const wishes = await wishesOf(tx, householdId, periodId)
    const { names, centres } = await namesFor(tx, wishes)
    await writeToHousehold(tx, town, householdId, {
      kind: 'wishes-told',
      key: `${householdId}:${periodId}:${revision}`,
      content: words => {
        const { t, f } = words
        const until = f.instant(wishesEnd(period))
        const some = wishes.length > 0
        const most = Object.entries(list.most).filter(([childId]) => wishes.some(wish => wish.childId === childId))
        return {
          subject: t('leisure-wishes:mail.told.subject', { period: period.name }),
          paragraphs: [
            t(some ? 'leisure-wishes:mail.told.text' : 'leisure-wishes:mail.told.none'),
            ...most.map(([childId, count]) =>
              t('leisure-wishes:mail.told.most', { child: names.get(childId) ?? '', count }),
            ),
            t('leisure-wishes:mail.told.until', { until }),
          ],
          facts: byChild(wishes).map(wish => ({
            label: wishLabel(words, names.get(wish.childId), wish.wishRank),
            value: wishInWords(words, wish, centres.get(wish.centreId) ?? ''),
          })),
          action: {
            label: t('leisure-wishes:mail.told.action'),
            url: `${town.config.baseUrl}/centres-de-loisirs/souhaits/${periodId}`,
          },
        }
      },
    })
  })
}

/** Each child's wishes together. */
const byChild = (wishes: readonly Signup[]): Signup[] =>
  [...Map.groupBy(wishes, ({ childId }) => childId).values()].flat()

const wishLabel = ({ t }: Translator, child: string | undefined, rank: number | null) =>
  t('leisure-wishes:mail.wish', { child: child ?? '', rank: rank ?? 0 })

async function namesFor(db: Queries, wishes: readonly Pick<Signup, 'childId'>[]) {
  const children = await childrenById(db, [...new Set(wishes.map(({ childId }) => childId))])
  return {
    names: new Map<string, string>([...children].map(([id, { firstName }]) => [id, firstName])),
    centres: new Map<string, string>((await centresOf(db)).map(({ id, name }) => [id, name])),
  }
}

/** Writes to every family that told wishes what became of them. Ended halfway and begun again, it writes to each once. */
export async function writeResults(town: Town, periodId: Id<'leisure-period'>): Promise<void> {
  const period = await periodById(town.db.read, periodId)
  while (await writeSome(town, period)) {
    // One transaction after the other: others write in between.
  }
}

async function writeSome(town: Town, period: LeisurePeriod): Promise<boolean> {
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const toTell = and(
      eq(leisureWishLists.periodId, period.id),
      isNull(leisureWishLists.toldAt),
      sql`${leisureWishLists.householdId} in (select ${leisureWishResults.householdId} from ${leisureWishResults}
        where ${leisureWishResults.periodId} = ${period.id})`,
    )
    const next = await tx
      .select({ householdId: leisureWishLists.householdId })
      .from(leisureWishLists)
      .where(toTell)
      .orderBy(asc(leisureWishLists.householdId))
      .limit(HOUSEHOLDS_AT_ONCE)
    if (next.length === 0) return false
    const ids = next.map(({ householdId }) => householdId)
    const results = await resultsOf(tx, period.id, ids)
    for (const householdId of ids) {
      await writeResult(
        tx,
        town,
        period,
        results.filter(one => one.householdId === householdId),
      )
    }
    await tx
      .update(leisureWishLists)
      .set({ toldAt: now })
      .where(and(eq(leisureWishLists.periodId, period.id), inArray(leisureWishLists.householdId, ids)))
    return true
  })
}

/** What became of the wishes of these households, in the order of the list. */
export async function resultsOf(
  db: Queries,
  periodId: Id<'leisure-period'>,
  ids: readonly Id<'household'>[],
): Promise<WishResultRow[]> {
  return db
    .select()
    .from(leisureWishResults)
    .where(and(eq(leisureWishResults.periodId, periodId), inArray(leisureWishResults.householdId, [...ids])))
    .orderBy(asc(leisureWishResults.line))
}

/** A wish with what became of it; `rank` while it is in line, from 1. */
export type ToldResult = { result: WishResultRow; signup: Signup; rank: number | undefined }

/** The sign-ups of these results, with the place in line of those that still wait. */
export async function toldResults(db: Queries, results: readonly WishResultRow[]): Promise<ToldResult[]> {
  if (results.length === 0) return []
  const rows = await db
    .select()
    .from(leisureSignups)
    .where(
      inArray(
        leisureSignups.id,
        results.map(({ signupId }) => signupId),
      ),
    )
  const signups = new Map((await withDays(db, rows)).map(signup => [signup.id, signup]))
  const ranks = await rankOf(
    db,
    rows.filter(({ state }) => state === 'waiting').map(({ id }) => id),
  )
  return results.flatMap(result => {
    const signup = signups.get(result.signupId)
    return signup ? [{ result, signup, rank: signup.state === 'waiting' ? ranks.get(signup.id) : undefined }] : []
  })
}

/** « Place donnée. », « Complet quand votre tour est venu. Votre rang dans la liste d’attente : 4ᵉ. » */
export function resultInWords(words: Translator, { result, rank }: ToldResult): string {
  const { t } = words
  const outcome = t(`leisure-wishes:outcome.${result.outcome}`)
  return rank === undefined ? outcome : `${outcome} ${t('leisure-wishes:inLine', { rank: rankInWords(words, rank) })}`
}

/** « Votre foyer : 12ᵉ. Critères remplis : … » */
export function positionInWords(words: Translator, { position, criteria }: WishResultRow): string {
  const { t, f } = words
  const met = criteria.map(criterion => t(`leisure-wishes:criteria.${criterion}.short`))
  return t(met.length > 0 ? 'leisure-wishes:position' : 'leisure-wishes:positionNone', {
    position: rankInWords(words, position),
    criteria: f.list(met),
  })
}

async function writeResult(
  tx: Tx,
  town: Town,
  period: LeisurePeriod,
  results: readonly WishResultRow[],
): Promise<void> {
  const [first] = results
  if (!first) return
  const told = await toldResults(tx, results)
  const { names, centres } = await namesFor(
    tx,
    told.map(({ signup }) => signup),
  )
  const given = told.filter(({ result }) => result.outcome === 'given').length
  await writeToHousehold(tx, town, first.householdId, {
    kind: 'wish-results',
    key: `${first.householdId}:${period.id}`,
    content: words => {
      const { t } = words
      return {
        subject: t('leisure-wishes:mail.results.subject', { period: period.name }),
        paragraphs: [
          given > 0 ? t('leisure-wishes:mail.results.given', { count: given }) : t('leisure-wishes:mail.results.none'),
          positionInWords(words, first),
          t('leisure-wishes:mail.results.number', { number: first.drawNumber }),
        ],
        facts: told.map(one => ({
          label: wishLabel(words, names.get(one.signup.childId), one.result.wishRank),
          value: `${wishInWords(words, one.signup, centres.get(one.signup.centreId) ?? '')}. ${resultInWords(words, one)}`,
        })),
        action: {
          label: t('leisure-wishes:mail.results.action'),
          url: `${town.config.baseUrl}/centres-de-loisirs/souhaits/${period.id}/resultats`,
        },
      }
    },
  })
}
