import type { Choice } from '../../src/leisure/signing-up/rules.ts'
import { groupsOf, type LeisurePeriod, periodById } from '../../src/leisure/store.ts'
import type { Family } from '../support/family.ts'
import type { TestTown, Visitor } from '../support/town.ts'
import { idIn, sayOpenings } from './opening-world.ts'
import { centreTyped, christmas, little, send } from './world.ts'

/** The two weeks of the Christmas holidays: Friday is a public holiday in both. */
export const FIRST_WEEK = ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24']
export const SECOND_WEEK = ['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31']

/** When everybody may tell wishes, when that ends, and when the clerk comes in the morning after. */
export const TELLING = '2026-12-08T10:00:00+01:00'
export const ENDED = '2026-12-13T20:00:00+01:00'
export const MORNING_AFTER = '2026-12-14T08:30:00+01:00'

/** Holidays given by wishes at two centres, with so many places each: residents tell first, then everybody. */
export async function wishesPlan(t: TestTown, desk: Visitor, places = '2') {
  const periodPath = await send(desk, '/guichet/centres/periodes/nouvelle', christmas)
  const centreIds: string[] = []
  for (const name of ['Centre du Lac', 'Centre du Parc']) {
    const centre = await send(desk, '/guichet/centres/nouveau', { ...centreTyped, name })
    const plan = `${centre}/periodes/${idIn(periodPath)}`
    const group = { ...little, name: 'Les enfants', maxAge: '11', places, units: ['week', 'day', 'half-day'] }
    await send(desk, `${plan}/groupes/nouveau`, group)
    centreIds.push(idIn(centre))
  }
  const days = { residents: '2026-12-01', everybody: '2026-12-07' }
  const until = { 'wishesUntil.day': '2026-12-13', 'wishesUntil.time': '20:00' }
  await sayOpenings(desk, periodPath, 'wishes', days, until)
  const period: LeisurePeriod = await periodById(t.town.db.read, idIn(periodPath))
  const [lake = '', park = ''] = centreIds
  const groups = await groupsOf(t.town.db.read, [period.id])
  return { period, path: periodPath, lake, park, groups }
}

/** A whole week at a centre, for the family's first child unless another is named. */
export const week = (
  family: Pick<Family, 'children'>,
  centreId: string,
  days: readonly string[] = FIRST_WEEK,
  child = 0,
): Choice => ({
  childId: family.children[child]?.id ?? '',
  centreId,
  unit: 'week',
  part: 'day',
  meal: true,
  days: days.map(day => Temporal.PlainDate.from(day)),
})

/** The forms of a family's page of wishes, each with the names and values of its hidden inputs and buttons. */
export function formsOf(html: string): { hidden: Record<string, string>; buttons: string[]; options: string[] }[] {
  return [...html.matchAll(/<form method="post"[\s\S]*?<\/form>/g)].map(([form]) => ({
    hidden: Object.fromEntries(
      [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    ),
    buttons: [...form.matchAll(/<button[^>]* name="do" value="([^"]*)"/g)].map(([, value = '']) => value),
    options: [...form.matchAll(/<option value="([^"]*)"/g)].map(([, value = '']) => value),
  }))
}
