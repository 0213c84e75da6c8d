import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, Problem } from '../../kernel/problems.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { writeToApplicant } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { type CivilRequest, civilClerk, requestForClerk } from '../store.ts'

/** A request as the clerk saw it in a list. */
export type Seen = { id: string; version: number }

/** What became of a list: how many moved, and those that did not, for the clerk to take their papers off the pile. */
export type Dispatched = { done: number; left: { id: string; number: string; code: string }[] }

/** The officer has signed and sealed these records. */
export const signAll = (town: Town, clerk: Clerk, all: readonly Seen[]): Promise<Dispatched> =>
  eachOf(town, clerk, all, (tx, now, request) => moveRequest(tx, now, clerk, request, { to: 'signed' }))

/** These records have gone to the post; each applicant is written to. */
export const postAll = (town: Town, clerk: Clerk, all: readonly Seen[]): Promise<Dispatched> =>
  eachOf(town, clerk, all, async (tx, now, request) => {
    const posted = await moveRequest(tx, now, clerk, request, { to: 'posted' })
    await writeToApplicant(tx, town, posted, { text: 'civil.posted', key: keyOf(posted), params: {} })
  })

/** These records wait at the counter; each applicant is told until when. */
export const layOutAll = (town: Town, clerk: Clerk, all: readonly Seen[]): Promise<Dispatched> =>
  eachOf(town, clerk, all, async (tx, now, request) => {
    const ready = await moveRequest(tx, now, clerk, request, { to: 'ready-for-collection' })
    const { collectionDays } = await settingsOf(tx)
    const { f } = town.languages.for(ready.language)
    const deadline = f.day(dayInParis(now).add({ days: collectionDays }))
    await writeToApplicant(tx, town, ready, {
      text: 'civil.ready-for-collection',
      key: keyOf(ready),
      params: { deadline },
    })
  })

/**
 * A record was handed over at the counter, to somebody whose identity the clerk has seen. Nothing of the identity paper is
 * kept, only that it was shown, and by whom. Throws 409 `move-forbidden`, `request-changed`.
 */
export async function handOver(
  town: Town,
  asker: Clerk,
  seen: Seen,
  to: { by: 'applicant' | 'mandated' },
): Promise<CivilRequest> {
  const clerk = civilClerk(asker)
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const request = await asSeen(tx, clerk, seen)
    const collected = await moveRequest(tx, now, clerk, request, { to: 'collected' })
    await audit(tx, now, clerk, {
      action: 'civil-request.identity-seen',
      subject: { kind: 'civil-request', id: request.id },
      details: { handedTo: to.by },
    })
    return collected
  })
}

/** An envelope came back: the record is here again, signed, to be sent to another address or handed over. */
export async function takeBack(town: Town, asker: Clerk, seen: Seen): Promise<CivilRequest> {
  const clerk = civilClerk(asker)
  return town.db.transaction(async tx =>
    moveRequest(tx, town.clock.now(), clerk, await asSeen(tx, clerk, seen), { to: 'signed' }),
  )
}

async function eachOf(
  town: Town,
  asker: Clerk,
  all: readonly Seen[],
  work: (tx: Tx, now: Temporal.Instant, request: CivilRequest) => Promise<unknown>,
): Promise<Dispatched> {
  const clerk = civilClerk(asker)
  const now = town.clock.now()
  const left: Dispatched['left'] = []
  let done = 0
  for (const seen of all) {
    try {
      await town.db.transaction(async tx => {
        await work(tx, now, await asSeen(tx, clerk, seen))
      })
      done += 1
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 404) throw error
      const request = await requestForClerk(town.db.read, clerk, seen.id)
      left.push({ id: request.id, number: request.number ?? '', code: error.code })
    }
  }
  return { done, left }
}

async function asSeen(tx: Tx, clerk: Clerk, { id, version }: Seen): Promise<CivilRequest> {
  const request = await requestForClerk(tx, clerk, id)
  if (request.version !== version) throw conflict('request-changed')
  return request
}

/** One letter per time it happens: a record that came back is posted twice. */
const keyOf = ({ id, version }: { id: Id<'civil-request'>; version: number }) => `${id}:${version}`
