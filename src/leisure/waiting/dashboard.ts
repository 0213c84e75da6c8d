import { personAmong } from '../../kernel/actor.ts'
import type { ToDos } from '../../people/dashboard.ts'
import { waitingOf } from './mine.ts'
import { stayInWords } from './words.ts'

/** Places offered from a waiting list of a leisure centre, for the parents' first page. */
export const leisureOffersToDo: ToDos = async ({ town, actor, householdId, words }) => {
  if (!personAmong(actor, 'leisure')) return []
  const { t, f } = words
  const lines = await waitingOf(town.db.read, householdId, town.clock.now())
  return lines.flatMap(({ signup, child, offeredUntil }) => {
    if (!offeredUntil) return []
    const said = { name: child.firstName, stay: stayInWords(words, signup), until: f.instant(offeredUntil) }
    return [
      {
        text: t('leisure-waiting:todo.offer', said),
        action: t('leisure-waiting:todo.answer'),
        href: '/centres-de-loisirs/inscriptions',
        until: offeredUntil,
      },
    ]
  })
}
