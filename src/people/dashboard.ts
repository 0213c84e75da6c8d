import { eq } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { siblings } from './children.ts'
import { quotientsOf } from './quotients.ts'
import { quotientOn } from './rules.ts'
import { householdAddresses } from './schema.ts'
import { childrenOf } from './store.ts'

/**
 * For whom and in which words a service is asked what it has for the first page. `actor` is the parent, or the clerk who acts
 * for them: some things are one adult's own, and a clerk of another service sees nothing of this one.
 */
export type Asked = { town: Town; actor: Actor; householdId: Id<'household'>; words: Translator }

/** Something that waits for the parent: an invoice, an offer, a missing paper. Said in the reader's words. */
export type ToDo = {
  text: string
  /** The link says its verb: « Payer 29,40 € ». */
  action: string
  href: string
  /** Until when, for the order alone: what ends first comes first, what has no end comes last. The text says it. */
  until?: Temporal.Instant
}
export type ToDos = (asked: Asked) => Promise<readonly ToDo[]>

/** The next days of one child: « lundi 7 décembre », and what is booked. */
export type ComingDays = {
  childId: Id<'person'>
  days: readonly { day: Temporal.PlainDate; text: string; tone: 'yes' | 'no' | 'wait' }[]
}
export type ComingDaysOf = (asked: Asked) => Promise<readonly ComingDays[]>

/** An amount to know of: « À payer : 29,40 € ». */
export type AmountLine = { label: string; text: string; href: string }
export type Amounts = (asked: Asked) => Promise<readonly AmountLine[]>

/** What a family has not entered yet, and what the town has answered: this service's own things to do. */
export const familyToDos: ToDos = async ({ town, householdId, words: { t } }) => {
  const db = town.db.read
  const todos: ToDo[] = []
  const todo = (key: string, href: string, params: Record<string, unknown> = {}) =>
    todos.push({ text: t(`people:todo.${key}.text`, params), action: t(`people:todo.${key}.action`, params), href })
  const addresses = await db
    .select({ id: householdAddresses.id })
    .from(householdAddresses)
    .where(eq(householdAddresses.householdId, householdId))
  if (addresses.length === 0) todo('address', '/famille/adresse')
  const all = await siblings(db, householdId)
  if (all.length === 0) todo('child', '/famille/enfants/ajouter')
  for (const child of await childrenOf(db, householdId)) {
    if (child.schoolings.length === 0) todo('school', `/famille/enfants/${child.id}/ecole`, { child: child.firstName })
  }
  if (all.length > 0) {
    const quotients = await quotientsOf(db, householdId)
    const counts = quotientOn(quotients, dayInParis(town.clock.now()))
    const waits = quotients.some(({ state }) => state === 'to-check')
    if (!waits && quotients[0]?.state === 'refused') todo('quotientRefused', '/famille/quotient')
    else if (!waits && !counts) todo('quotient', '/famille/quotient')
  }
  return todos
}

/** How many days of each child a parent sees at a glance. */
const DAYS_SHOWN = 5

/** The next days of each child, whatever the service, the first first. */
export async function allComingDays(
  providers: readonly ComingDaysOf[],
  asked: Asked,
): Promise<ReadonlyMap<Id<'person'>, ComingDays['days']>> {
  const found: ComingDays[] = []
  for (const comingDaysOf of providers) found.push(...(await comingDaysOf(asked)))
  return new Map(
    [...Map.groupBy(found, ({ childId }) => childId)].map(([childId, lists]) => [
      childId,
      lists
        .flatMap(({ days }) => days)
        .sort((a, b) => Temporal.PlainDate.compare(a.day, b.day))
        .slice(0, DAYS_SHOWN),
    ]),
  )
}

/** Everything to do, what ends first on top. */
export async function allToDos(providers: readonly ToDos[], asked: Parameters<ToDos>[0]): Promise<ToDo[]> {
  const found: ToDo[] = []
  for (const todosOf of providers) found.push(...(await todosOf(asked)))
  const end = ({ until }: ToDo) => until?.epochMilliseconds ?? Number.POSITIVE_INFINITY
  return found.sort((a, b) => (end(a) === end(b) ? 0 : end(a) - end(b)))
}
