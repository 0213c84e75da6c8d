import type { Translator } from '../../web/i18n.ts'
import type { PageError } from '../../web/render.ts'
import { HALVES } from '../schema.ts'
import { agesInWords } from '../words.ts'
import { type CentrePlan, placesField, staffCheckOf } from './plan.ts'

/** The inputs of the table by their names; undefined when the form did not have them. */
export type PlanTyped = (name: string) => string | undefined

/** One input of the table. `stored` is what is kept now, where something else is typed; `taken` is how many are in. */
type Cell = { name: string; value: string; stored: string; taken: string; error: string }

/** The table of a centre's places and staff: a row for each day to come, with what its staff is enough for. */
export function planTable(words: Translator, plan: CentrePlan, typed: PlanTyped, errors: readonly PageError[]) {
  const { t } = words
  const { groups, days, sessions, staff } = plan
  const cell = (name: string, stored: string, taken = 0): Cell => {
    const value = typed(name) ?? stored
    return {
      name,
      value,
      stored:
        value === stored ? '' : t('leisure:plan.stored', { value: stored === '' ? t('leisure:plan.nothing') : stored }),
      taken: taken > 0 ? t('leisure:plan.taken', { count: taken }) : '',
      error: errors.find(({ field }) => field === name)?.message ?? '',
    }
  }
  const rows = days.map(day => {
    const own = staff.get(day.toString())
    const places = groups.flatMap(group =>
      HALVES.map(half => {
        const session = sessions.get(placesField(group.id, day, half))
        return cell(placesField(group.id, day, half), session ? String(session.capacity) : '', session?.taken)
      }),
    )
    const educators = cell(`educators.${day}`, own ? String(own.educators) : '')
    const director = typed(`director.${day}`)
    const directorCounts = director === undefined ? (own?.directorCounts ?? false) : director === 'yes'
    const number = (text: string) => (/^\d{1,4}$/.test(text.trim()) ? Number(text) : 0)
    const placesTyped = new Map(places.map(({ name, value }) => [name, number(value)]))
    const check = staffCheckOf(
      plan,
      educators.value.trim() === '' ? undefined : { educators: number(educators.value), directorCounts },
      (group, half) => placesTyped.get(placesField(group.id, day, half)) ?? 0,
    )
    return {
      day: words.f.shortDay(day),
      wholeDay: words.f.day(day),
      iso: day.toString(),
      places,
      educators,
      directorCounts,
      verdict: check ? verdictOf(words, check) : null,
      lacking: check?.lacking ?? 0,
    }
  })
  return {
    groups: groups.map(group => ({ id: group.id, name: group.name, ages: agesInWords(words, group) })),
    rows,
    lackingDays: rows.filter(({ lacking }) => lacking > 0).length,
  }
}

type Check = NonNullable<ReturnType<typeof staffCheckOf>>

/** « Il manque 2 animateurs » or « Équipe suffisante », then by age the places planned and those the staff allows. */
function verdictOf({ t }: Translator, { told, lacking, needed, planned, allowed }: Check) {
  const ages = (['underSix', 'fromSix'] as const).filter(age => planned[age] > 0)
  return {
    enough: lacking === 0,
    told,
    text:
      lacking === 0
        ? t('leisure:plan.enough')
        : t(`leisure:plan.${told ? 'lacking' : 'needed'}`, { count: told ? lacking : needed }),
    lines: told ? ages.map(age => t(`leisure:plan.${age}`, { places: planned[age], allowed: allowed[age] })) : [],
  }
}
