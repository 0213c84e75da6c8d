import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { leisureSessions, leisureStaff } from '../../src/leisure/schema.ts'
import { groupsOf, openingsOf, periodById, sessionsOf } from '../../src/leisure/store.ts'
import { clerk } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { big, centreTyped, christmas, fieldsOf, little, post, send, textOf, withHolidays } from './world.ts'

const t = await testTown()
await withHolidays(t)
const { read } = t.town.db

// Last year: the clerk of December 2025.
t.at('2025-12-01T09:00:00+01:00')
const then = await clerk(t, 'leisure')
const centre = await send(then, '/guichet/centres/nouveau', centreTyped)
const make = async (period: object) => {
  const at = await send(then, '/guichet/centres/periodes/nouvelle', { ...christmas, ...period })
  return { at, id: at.split('/').at(-1) as Id<'leisure-period'> }
}
const lastYear = await make({ name: 'Vacances de Noël 2025', from: '2025-12-20', to: '2026-01-04', cancelDays: '9' })
const plan = `${centre}/periodes/${lastYear.id}`
await send(then, `${plan}/groupes/nouveau`, little)
await send(then, `${plan}/groupes/nouveau`, big)
const page = (await then.get(plan)).text
const small =
  [...page.matchAll(/name="(places\.[^"]*)"/g)]
    .map(([, name]) => name ?? '')
    .find(Boolean)
    ?.split('.')[1] ?? ''
const filled = fieldsOf((await post(then, plan, { ...fieldsOf(page), 'all.educators': '6', do: 'fill' })).text)
await send(then, plan, {
  ...filled,
  [`places.${small}.2025-12-22.morning`]: '16',
  [`places.${small}.2025-12-24.afternoon`]: '',
  [`places.${small}.2025-12-30.morning`]: '',
  [`places.${small}.2025-12-30.afternoon`]: '',
  'educators.2025-12-31': '4',
})
const winter = await make({ name: 'Hiver 2026', from: '2026-02-16', to: '2026-02-27' })
const wednesdays = await make({
  name: 'Mercredis 2025-2026',
  kind: 'wednesdays',
  weekdays: ['3'],
  pedt: 'yes',
  hours: '9,5',
  from: '2025-11-03',
  to: '2026-07-03',
})

t.at('2026-11-23T09:00:00+01:00')
const desk = await clerk(t, 'leisure')

test('the copy proposes this year’s name and dates, and says what it would make before it makes it', async () => {
  const shown = await desk.get(`${lastYear.at}/copier`)
  const { name, from, to } = fieldsOf(shown.text)
  assert.deepEqual({ name, from, to }, { name: 'Vacances de Noël 2026', from: '2026-12-19', to: '2027-01-03' })
  const words = textOf(shown.text)
  assert.match(words, /8 jours, du lundi 21 décembre 2026 au jeudi 31 décembre 2026/)
  // Christmas and New Year move from Thursday to Friday.
  assert.match(words, /Fermés cette fois vendredi 25 décembre 2026 et vendredi 1er janvier 2027/)
  assert.match(words, /places habituelles jeudi 24 décembre 2026 et jeudi 31 décembre 2026/)
  assert.match(words, /Les petits \(de 3 à 5 ans\) de 8 h à 18 h 24/)
})

test('other dates are shown before anything is made', async () => {
  const fields = fieldsOf((await desk.get(`${lastYear.at}/copier`)).text)
  const answer = await post(desk, `${lastYear.at}/copier`, { ...fields, to: '2026-12-24', do: 'create' })
  assert.equal(answer.status, 200)
  assert.match(textOf(answer.text), /4 jours, du lundi 21 décembre 2026 au jeudi 24 décembre 2026/)
  assert.doesNotMatch((await desk.get('/guichet/centres/periodes')).text, /Noël 2026/)
})

test('groups, hours, places by day and staff come along, moved by 52 weeks; sign-ups stay closed', async () => {
  const fields = fieldsOf((await desk.get(`${lastYear.at}/copier`)).text)
  const made = (await send(desk, `${lastYear.at}/copier`, { ...fields, do: 'create' }))
    .split('/')
    .at(-1) as Id<'leisure-period'>
  const period = await periodById(read, made)
  assert.equal(period.copiedFrom, lastYear.id)
  assert.equal(period.cancelDays, 9)
  const groups = await groupsOf(read, [made])
  assert.deepEqual(
    groups.map(({ name, minAge, opensAt, units }) => [name, minAge, opensAt, units.join()]),
    [
      ['Les petits', 3, '08:00', 'day,half-day-with-meal'],
      ['Les grands', 6, '08:00', 'day,half-day-with-meal'],
    ],
  )
  const sessions = await sessionsOf(read, [groups[0]!])
  const places = new Map(sessions.map(({ day, half, capacity }) => [`${day} ${half}`, capacity]))
  assert.equal(places.get('2026-12-21 morning'), 16, 'as on the Monday of last year')
  assert.equal(places.get('2026-12-23 afternoon'), undefined, 'closed on the Wednesday of last year')
  assert.equal(places.get('2026-12-24 morning'), 24, 'a day that last year had not')
  assert.equal(places.get('2026-12-29 morning'), undefined, 'closed all day last year, while others were there')
  assert.equal(places.size, 8 * 2 - 3)
  assert.ok(sessions.every(({ taken }) => taken === 0))
  const staff = (await read.select().from(leisureStaff)).filter(({ day }) => day.year === 2026 && day.month === 12)
  const byDay = new Map(staff.map(({ day, educators }) => [day.toString(), educators]))
  assert.equal(byDay.get('2026-12-30'), 4)
  assert.equal(byDay.get('2026-12-24'), 6)
  assert.equal((await openingsOf(read, [made])).size, 0)
  const again = await post(desk, `${lastYear.at}/copier`, { ...fields, do: 'create' })
  assert.equal(again.status, 422)
  assert.match(textOf(again.text), /déjà dans « Vacances de Noël 2026 »/)
})

test('winter moves by 53 weeks, as its holidays do', async () => {
  const { from, to } = fieldsOf((await desk.get(`${winter.at}/copier`)).text)
  assert.deepEqual([from, to], ['2027-02-22', '2027-03-05'])
})

test('Wednesdays stay Wednesdays, and take this year’s holidays', async () => {
  const shown = await desk.get(`${wednesdays.at}/copier`)
  const { name, from, to } = fieldsOf(shown.text)
  assert.deepEqual([name, from, to], ['Mercredis 2026-2027', '2026-11-02', '2027-07-02'])
  assert.match(textOf(shown.text), /du mercredi 4 novembre 2026 au mercredi 30 juin 2027/)
})

test('next year’s holidays that nobody knows yet are said, and make no period', async () => {
  const summer = await send(desk, '/guichet/centres/periodes/nouvelle', {
    ...christmas,
    name: 'Été 2027',
    kind: 'summer',
    from: '2027-07-05',
    to: '2027-07-30',
  })
  const shown = await desk.get(`${summer}/copier`)
  assert.equal(shown.status, 200)
  assert.match(textOf(shown.text), /ne sont pas encore connues/)
  assert.doesNotMatch(textOf(shown.text), /Créer cette période/)
  const answer = await post(desk, `${summer}/copier`, { ...fieldsOf(shown.text), do: 'preview' })
  assert.equal(answer.status, 422)
  assert.match(textOf(answer.text), /n’est pas encore connu/)
})

test('premises that shrank since last year stop the copy, by the centre’s name', async () => {
  const spring = await send(desk, '/guichet/centres/periodes/nouvelle', {
    ...christmas,
    name: 'Toussaint 2025',
    from: '2025-10-20',
    to: '2025-10-31',
  })
  const small = await send(desk, '/guichet/centres/nouveau', { ...centreTyped, name: 'Petit centre', premises: '24' })
  await send(desk, `${small}/periodes/${spring.split('/').at(-1)}/groupes/nouveau`, little)
  await send(desk, small, { ...centreTyped, name: 'Petit centre', premises: '20', revision: '1' })
  const fields = { name: 'Toussaint 2026', from: '2026-10-19', to: '2026-10-30', do: 'preview' }
  const answer = await post(desk, `${spring}/copier`, fields)
  assert.equal(answer.status, 422)
  assert.match(textOf(answer.text), /Petit centre : les locaux prennent maintenant 20 enfants/)
  assert.equal((await read.select().from(leisureSessions).where(eq(leisureSessions.capacity, 24))).length > 0, true)
})
