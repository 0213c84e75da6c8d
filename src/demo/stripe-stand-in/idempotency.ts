import type { StandIn } from './context.ts'
import { second } from './context.ts'
import { badRequest, keyInUse, otherEndpoint, otherParameters } from './errors.ts'
import type { KeptAnswer } from './objects.ts'

export type Answer = { status: number; body: string }
type Asked = { key: string; endpoint: string; params: string; request: string }

/**
 * Does a thing once for one key (docs.stripe.com/api/idempotent_requests): the first answer, good or bad, is kept and
 * given again to the same key with the same parameters. Other parameters are refused, and so is a second request
 * while the first still works. A refusal of the parameters themselves never comes here: it keeps nothing.
 */
export async function onceForKey(
  standIn: StandIn,
  running: Set<string>,
  asked: Asked,
  work: () => Promise<Answer>,
): Promise<Answer & { replayOf?: string }> {
  const { key } = asked
  if (key.length > 255) throw badRequest('Idempotency keys can be at most 255 characters long.')
  const kept = standIn.store.keptAnswers.get(key)
  if (kept) return { ...replay(kept, asked), replayOf: kept.request }
  if (running.has(key)) throw keyInUse(key)
  running.add(key)
  try {
    const answer = await work()
    standIn.store.keptAnswers.set(key, {
      id: key,
      endpoint: asked.endpoint,
      params: asked.params,
      ...answer,
      request: asked.request,
      created: second(standIn),
    })
    return answer
  } finally {
    running.delete(key)
  }
}

function replay(kept: KeptAnswer, { key, endpoint, params }: Asked): Answer {
  if (kept.endpoint !== endpoint) throw otherEndpoint(key, kept.endpoint, endpoint)
  if (kept.params !== params) throw otherParameters(key)
  return { status: kept.status, body: kept.body }
}
