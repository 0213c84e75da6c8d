import { stringify } from 'csv-stringify/sync'
import { dishesBetween } from '../canteen/menus.ts'
import { MENU_COLUMNS, type MenuPlace, menuRows } from '../canteen/menus-open-data.ts'
import { dayInParis } from '../kernel/clock.ts'
import { schoolYearOf } from '../kernel/days.ts'
import { type School, schoolsOf } from '../schools/store.ts'
import type { Town } from '../town-context.ts'

/**
 * The town's menus of last school year and this one in the national form, one row per dish and school. Commas and no mark,
 * as data programs expect: it is not for a spreadsheet, and its words are published as they are.
 * Throws when a dish or the town's number is not what the schema takes: nothing wrong is published.
 */
export async function menusAsOpenData(town: Town): Promise<string> {
  const { from, to } = schoolYearOf(dayInParis(town.clock.now()))
  const dishes = await dishesBetween(town.db.read, from.subtract({ years: 1 }), to)
  const schools = (await schoolsOf(town.db.read)).filter(({ canteen }) => canteen)
  const rows = schools.flatMap(school => {
    const served = dishes.filter(({ day }) => school.mealWeekdays.includes(day.dayOfWeek))
    const { rows, errors } = menuRows(placeOf(town, school), served)
    if (errors.length > 0) throw new Error(`the menus cannot be published: ${JSON.stringify(errors.slice(0, 3))}`)
    return rows
  })
  return stringify(rows, { header: true, columns: [...MENU_COLUMNS], record_delimiter: '\r\n' })
}

function placeOf({ config }: Town, { name, uai, kind }: School): MenuPlace {
  const authority = { name: config.town.name, siret: config.town.siret }
  const type = kind === 'nursery' ? 'École maternelle' : 'École élémentaire'
  return { town: authority, kitchen: authority, school: { name, uai, type } }
}
