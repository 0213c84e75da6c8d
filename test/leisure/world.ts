import { readFile } from 'node:fs/promises'
import { eq, sql } from '../../src/db/drizzle.ts'
import { system } from '../../src/kernel/actor.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { leisureSessions } from '../../src/leisure/schema.ts'
import { importSchoolHolidays } from '../../src/schools/import.ts'
import type { TestTown, Visitor } from '../support/town.ts'

const HOLIDAYS = new URL('../../src/schools/fixtures/school-holidays-zone-b.csv', import.meta.url)

/** The ministry's holidays of two school years. */
export const withHolidays = async (t: TestTown) =>
  importSchoolHolidays(t.town, system('test'), await readFile(HOLIDAYS, 'utf8'))

export const centreTyped = {
  name: 'Centre du Parc',
  address: '12 avenue du Parc, 59100 Valmont',
  phone: '03 20 00 00 11',
  email: 'parc@valmont.example',
  offers: 'Jeux et peinture',
  toBring: 'Une gourde\nUn manteau',
  premises: '80',
  meals: 'yes',
}

export const christmas = {
  name: 'Vacances de Noël 2026',
  kind: 'holidays',
  from: '2026-12-19',
  to: '2027-01-03',
  weekdays: ['1', '2', '3', '4', '5'],
  hours: '10',
  cancelDays: '7',
}

export const little = {
  name: 'Les petits',
  minAge: '3',
  maxAge: '5',
  opensAt: '8h',
  closesAt: '18:00',
  places: '24',
  units: ['day', 'half-day-with-meal'],
}
export const big = { ...little, name: 'Les grands', minAge: '6', maxAge: '11', places: '36' }

/** Sends a form as a browser does. */
export const post = (visitor: Visitor, path: string, fields: object) => visitor.post(path).type('form').send(fields)

/** Sends a form that must be taken: gives the address it leads to. */
export async function send(visitor: Visitor, path: string, fields: object): Promise<string> {
  const answer = await post(visitor, path, fields)
  if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${textOf(answer.text)}`)
  return answer.headers['location'] ?? ''
}

/** The words of a page, without its markup. */
export const textOf = (html: string) =>
  html
    .replace(/<span lang="fr">([^<]*)<\/span>/g, '$1')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ')

/** The revision that a page's form carries. */
export const revisionIn = (html: string) => /name="revision" value="(\d*)"/.exec(html)?.[1] ?? ''

/** A centre with two groups open at Christmas: the address of its places and staff. */
export async function christmasPlan(
  clerk: Visitor,
  centre = {},
  period = {},
): Promise<{ plan: string; period: string; centre: string }> {
  const centrePath = await send(clerk, '/guichet/centres/nouveau', { ...centreTyped, ...centre })
  const periodPath = await send(clerk, '/guichet/centres/periodes/nouvelle', { ...christmas, ...period })
  const plan = `${centrePath}/periodes/${periodPath.split('/').at(-1)}`
  await send(clerk, `${plan}/groupes/nouveau`, little)
  await send(clerk, `${plan}/groupes/nouveau`, big)
  return { plan, period: periodPath, centre: centrePath }
}

/** The inputs of a page with their values: hidden ones, numbers, boxes that are ticked. */
export function fieldsOf(html: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = / name="([^"]*)"/.exec(tag)?.[1]
    const box = /type="(checkbox|radio)"/.test(tag)
    if (name && name !== 'q' && (!box || / checked/.test(tag))) fields[name] = / value="([^"]*)"/.exec(tag)?.[1] ?? ''
  }
  return fields
}

/** Some places of a half-day are given, by whoever gives places. */
export const take = (t: TestTown, sessionId: Id<'leisure-session'>, count: number) =>
  t.town.db.transaction(async tx => {
    await tx
      .update(leisureSessions)
      .set({ taken: sql`${leisureSessions.taken} + ${count}` })
      .where(eq(leisureSessions.id, sessionId))
  })
