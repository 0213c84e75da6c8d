import type { Id } from '../../kernel/ids.ts'
import type { Child } from '../../people/store.ts'
import type { Translator } from '../../web/i18n.ts'
import { type PlacesLeft, placesLeft } from '../places.ts'
import { agesInWords } from '../words.ts'
import type { PeriodPlaces } from './period-places.ts'
import { groupOn } from './rules.ts'

export type CentreCard = {
  id: Id<'leisure-centre'>
  name: string
  href: string
  /** « Inès : Les petits, de 3 à 5 ans » */
  lines: string[]
  left: PlacesLeft
}

/** The centres that take one of the children on one of the days to come, with how full their groups are, by name. */
export function centreCards(
  words: Translator,
  periodId: Id<'leisure-period'>,
  { groups, sessions }: PeriodPlaces,
  children: readonly Child[],
): CentreCard[] {
  const days = [...new Map(sessions.map(({ day }) => [day.toString(), day])).values()]
  const cards = [...Map.groupBy(groups, ({ centreId }) => centreId)].flatMap(([id, own]): CentreCard[] => {
    const names = new Map<string, Set<string>>()
    for (const child of children)
      for (const day of days) {
        const group = groupOn({ groups: own }, child, id, day)
        if (typeof group === 'string') continue
        names.set(group.id, (names.get(group.id) ?? new Set()).add(child.firstName))
      }
    const taking = own.filter(group => names.has(group.id))
    const [first] = taking
    if (!first) return []
    return [
      {
        id,
        name: first.centreName,
        href: `/centres-de-loisirs/inscrire/${periodId}?centre=${id}`,
        lines: taking.map(group =>
          words.t('leisure-signup:centre.group', {
            names: words.f.list([...(names.get(group.id) ?? [])]),
            group: group.name,
            ages: agesInWords(words, group),
          }),
        ),
        left: placesLeft(sessions.filter(({ groupId }) => names.has(groupId))),
      },
    ]
  })
  return cards.sort((a, b) => a.name.localeCompare(b.name, 'fr'))
}
