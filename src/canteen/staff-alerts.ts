import { dayInParis } from '../kernel/clock.ts'
import { closuresInForce } from '../schools/closures.ts'
import { schoolsById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import type { HomeAlert } from '../web/information-pages.ts'

const DAYS_AHEAD = 7

/** What the home page says first: canteens of the whole town, or of a whole school, closed today or in the next week. */
export function closureAlerts(town: Town): (language: string) => Promise<HomeAlert[]> {
  return async language => {
    const today = dayInParis(town.clock.now())
    const inForce = await closuresInForce(town.db.read, today, today.add({ days: DAYS_AHEAD }))
    const whole = inForce.filter(({ className }) => className === null)
    const schools = await schoolsById(
      town.db.read,
      whole.flatMap(({ schoolId }) => schoolId ?? []),
    )
    const { t, f } = town.languages.for(language)
    // Ten schools closed by one strike are one alert, with their names.
    const together = Map.groupBy(whole, closure => closure.declarationId ?? closure.id)
    return [...together.values()].flatMap(closures => {
      const [first] = closures
      if (!first) return []
      const { from, to, message } = first
      const when = from.equals(to)
        ? t('canteen-staff:alerts.on', { day: f.dayNoYear(from) })
        : t('canteen-staff:alerts.fromTo', { from: f.dayNoYear(from), to: f.dayNoYear(to) })
      if (closures.some(({ schoolId }) => schoolId === null))
        return [{ title: t('canteen-staff:alerts.town', { when }), text: message }]
      const names = closures.flatMap(({ schoolId }) => (schoolId && schools.get(schoolId)?.name) ?? [])
      return [{ title: t('canteen-staff:alerts.school', { when, school: f.list(names) }), text: message }]
    })
  }
}
