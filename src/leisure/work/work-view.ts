import type { Response } from 'express'
import type { Queries } from '../../db/database.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { wordsOf } from '../../web/form-page.ts'
import { openingsOf, periodsOf } from '../store.ts'
import { type WorkProof, workProofsOf } from './work-proofs.ts'

/** Where a household stands with its proof: what counts on a day, what waits, and the last refusal when nothing else is. */
export function workTold(proofs: readonly WorkProof[], today: Temporal.PlainDate) {
  const counts = proofs.find(
    ({ state, validUntil }) =>
      state === 'accepted' && validUntil !== null && Temporal.PlainDate.compare(validUntil, today) >= 0,
  )
  const waits = proofs.find(({ state }) => state === 'to-check')
  const [last] = proofs
  const refused = !counts && !waits && last?.state === 'refused' ? last : undefined
  const state = counts ? 'accepted' : waits ? 'to-check' : refused ? 'refused' : 'none'
  return { state, counts, waits, refused } as const
}

/** The same for a page where it matters that both parents work, in the reader's words. */
export async function workView(town: Town, res: Response, householdId: Id<'household'>) {
  const { t, f } = wordsOf(town, res)
  const { state, counts } = workTold(await workProofsOf(town.db.read, householdId), dayInParis(town.clock.now()))
  const day = counts?.validUntil ? f.day(counts.validUntil) : ''
  return { state, text: t(`leisure-wishes:work.told.${state}`, { day }) }
}

/** The names of the periods for which it matters that both parents work: by an opening of theirs, or by the criteria. */
export async function periodsForWorkers(db: Queries, today: Temporal.PlainDate): Promise<string[]> {
  const coming = (await periodsOf(db)).filter(({ to }) => Temporal.PlainDate.compare(to, today) >= 0)
  const openings = await openingsOf(
    db,
    coming.map(({ id }) => id),
  )
  const byCriteria = (await settingsOf(db)).leisureCriteria.includes('working-parents')
  return coming
    .filter(({ id, allocation }) => {
      const own = openings.get(id) ?? []
      const theirs = own.some(({ audience }) => audience === 'working-parents')
      return theirs || (byCriteria && allocation === 'wishes' && own.length > 0)
    })
    .map(({ name }) => name)
    .reverse()
}
