import type { Queries, Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'

/** What a service that stands above this one does when a person's account is closed. */
export type Farewell = {
  /** What goes on without the account: locale keys of sentences, and what fills them. */
  staysOf(db: Queries, personId: Id<'person'>): Promise<readonly { words: string; params: Record<string, unknown> }[]>
  /** Makes it go on, in the transaction that closes the account. */
  leave(tx: Tx, town: Town, personId: Id<'person'>): Promise<void>
}
