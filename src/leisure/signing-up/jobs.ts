import type { Handlers } from '../../jobs/run.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { endBasket } from './basket.ts'

/** A basket ends when its time is up. */
export function signingUpJobs(town: Town): Handlers {
  return {
    'leisure.basket-ends': ({ basketId }: { basketId: Id<'leisure-basket'> }) => endBasket(town, basketId),
  }
}
