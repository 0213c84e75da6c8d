import { childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { writeToHousehold } from '../letters.ts'
import { centreById } from '../store.ts'
import type { DayClosed } from './close-day.ts'

/** Tells a household that a centre is closed on a day, whose places are cancelled for nothing, and why. */
export async function writeDayClosed(town: Town, closed: DayClosed, key: string): Promise<void> {
  const { householdId, cancelled, ended, reason } = closed
  const day = Temporal.PlainDate.from(closed.day)
  await town.db.transaction(async tx => {
    const centre = await centreById(tx, closed.centreId)
    const children = await childrenById(tx, [...cancelled, ...ended])
    const names = (ids: DayClosed['cancelled']) => ids.flatMap(id => children.get(id)?.firstName ?? [])
    await writeToHousehold(tx, town, householdId, {
      kind: 'day-closed',
      key,
      content: ({ t, f }) => {
        const said = { centre: centre.name, day: f.dayNoYear(day) }
        const fact = (what: string, ids: DayClosed['cancelled']) =>
          ids.length > 0 ? [{ label: t(`leisure-waiting:mail.closed.${what}`), value: f.list(names(ids)) }] : []
        return {
          subject: t('leisure-waiting:mail.closed.subject', said),
          paragraphs: [t('leisure-waiting:mail.closed.intro', said), reason],
          facts: [...fact('cancelled', cancelled), ...fact('ended', ended)],
          action: {
            label: t('leisure-waiting:mail.mine'),
            url: `${town.config.baseUrl}/centres-de-loisirs/inscriptions`,
          },
        }
      },
    })
  })
}
