import { personAmong, serves } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import type { ComingDays, ComingDaysOf, ToDos } from '../people/dashboard.ts'
import type { FamilySection } from '../people/desk-family.ts'
import { childrenOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { type ChildMeal, childrenDays } from './month.ts'
import { waitingListsOf } from './waiting.ts'
import { momentInWords } from './words.ts'

/** How many canteen days a parent sees at a glance, and how far ahead they are looked for: the longest holidays but summer. */
const DAYS_SHOWN = 5
const HORIZON = 21

/** The next canteen days of each child, for the parents' first page. */
export const comingMeals: ComingDaysOf = async ({ town, actor, householdId, words }) =>
  personAmong(actor, 'canteen') ? mealsToCome(town, householdId, words) : []

async function mealsToCome(town: Town, householdId: Id<'household'>, { t }: Translator): Promise<ComingDays[]> {
  const { read } = town.db
  const from = dayInParis(town.clock.now())
  const to = from.add({ days: HORIZON })
  const children = await childrenOf(read, householdId)
  const days = await childrenDays(read, town, { householdId, children, from, to })
  return children.map(child => ({
    childId: child.id,
    days: [...eachDay(from, to)]
      .map(day => ({ day, meal: days.meal(child, day) }))
      .filter(({ meal }) => isShown(meal))
      .slice(0, DAYS_SHOWN)
      .map(({ day, meal }) => {
        const key = keyOf(meal)
        return {
          day,
          text: t(`canteen:coming.${key}`),
          tone: key === 'booked' ? 'yes' : key === 'notBooked' ? 'no' : 'wait',
        }
      }),
  }))
}

const isShown = ({ state }: ChildMeal) => ['locked', 'open', 'full', 'offered'].includes(state.state)

function keyOf({ booked, state }: ChildMeal): 'booked' | 'notBooked' | 'waiting' | 'offered' {
  if (booked) return 'booked'
  if (state.state === 'offered') return 'offered'
  return state.state === 'full' && state.rank !== undefined ? 'waiting' : 'notBooked'
}

/** Places offered from the waiting list, for the parents' first page. */
export const offersToDo: ToDos = async ({ town, actor, householdId, words }) => {
  if (!personAmong(actor, 'canteen')) return []
  const lists = await waitingListsOf(town.db.read, town, householdId)
  return lists.flatMap(waiting => {
    if (!waiting.offeredUntil) return []
    const until = waiting.offeredUntil
    return [
      {
        text: words.t('canteen:todo.offer', {
          child: waiting.child.firstName,
          day: words.f.dayNoYear(waiting.day),
          until: momentInWords(words, until.toZonedDateTimeISO('Europe/Paris')),
        }),
        action: words.t('canteen:todo.accept'),
        href: '/cantine/liste-d-attente',
        until,
      },
    ]
  })
}

/** What a family has booked next, on the clerks' page of a family: for the canteen. */
export const familyMeals: FamilySection = async ({ town, clerk, householdId, words }) => {
  if (!serves(clerk, ['canteen'])) return undefined
  const coming = await mealsToCome(town, householdId, words)
  const children = await childrenOf(town.db.read, householdId)
  return {
    title: words.t('canteen:family.title'),
    lines: children.map(child => {
      const days = coming.find(({ childId }) => childId === child.id)?.days.filter(({ tone }) => tone === 'yes') ?? []
      const list = words.f.list(days.map(({ day }) => words.f.shortDay(day)))
      const key = days.length > 0 ? 'canteen:family.booked' : 'canteen:family.nothing'
      return words.t(key, { child: child.firstName, days: list })
    }),
    links: children.map(child => ({
      text: words.t('canteen:family.change', { child: child.firstName }),
      href: `/guichet/cantine/enfants/${child.id}`,
    })),
  }
}
