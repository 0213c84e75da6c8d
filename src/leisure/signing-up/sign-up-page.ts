import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { childrenOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import type { PageError } from '../../web/render.ts'
import type { LeisurePeriod } from '../store.ts'
import { rankOf } from '../waiting/ranks.ts'
import { datesInWords } from '../words.ts'
import { basketLine } from './basket-view.ts'
import { centreCards } from './centre-choice.ts'
import { type PageGround, pageGround } from './ground.ts'
import { periodPlaces } from './period-places.ts'
import type { SignUpForm } from './sign-up-form.ts'
import { childViews } from './sign-up-view.ts'
import { openBasketOfHousehold } from './store.ts'

export type SignUpAsked = { householdId: Id<'household'>; period: LeisurePeriod }

/** The form that came back, to be shown again as it was filled in, with why. */
export type CameBack = { form: SignUpForm; errors: PageError[]; refused: string[] }

/** The sign-up page of a household: its children at one centre, or the choice of the centre where several take them. */
export async function signUpPage(
  town: Town,
  words: Translator,
  { householdId, period }: SignUpAsked,
  centreId: string,
  back?: CameBack,
): Promise<{ template: string; view: object }> {
  const { read } = town.db
  const now = town.clock.now()
  const today = dayInParis(now)
  const children = await childrenOf(read, householdId)
  const places = await periodPlaces(town, period.id, today)
  const head = {
    period: { id: period.id, name: period.name, dates: datesInWords(words, period), kind: period.kind },
    basket: basketLine(words, await openBasketOfHousehold(read, householdId), now),
    noChild: children.length === 0,
  }
  const named = places.groups.find(group => group.centreId === centreId)
  const fitting = named ? [] : centreCards(words, period.id, places, children)
  const centre = named ? { id: named.centreId, name: named.centreName } : fitting.length === 1 ? fitting[0] : undefined
  if (!centre) return { template: 'leisure/sign-up-centre', view: { ...head, centres: fitting } }
  const own = places.groups.filter(group => group.centreId === centre.id)
  const ids = new Set<string>(own.map(({ id }) => id))
  const sessions = places.sessions.filter(({ groupId }) => ids.has(groupId))
  const ground = await pageGround(read, { householdId, groups: own, sessions, children, today })
  const shown = {
    words,
    period,
    centreId: centre.id,
    groups: own,
    ground,
    ranks: await rankOf(read, waitingOf(ground)),
    chosen: back?.form.chosen ?? new Set(),
    same: back?.form.same ?? new Set(),
  }
  return {
    template: 'leisure/sign-up',
    view: {
      ...head,
      centre: { id: centre.id, name: centre.name, others: own.length < places.groups.length },
      children: childViews(shown, children),
      wait: back?.form.waitWhenFull ?? true,
      errors: back?.errors ?? [],
      refused: back?.refused ?? [],
    },
  }
}

/** The household's own sign-ups in line, whose ranks are told. */
function waitingOf({ childDays, householdId }: PageGround): Id<'leisure-signup'>[] {
  const waiting = [...childDays.values()]
    .flat()
    .filter(day => day.state === 'waiting' && day.householdId === householdId)
  return [...new Set(waiting.map(({ signupId }) => signupId))]
}
