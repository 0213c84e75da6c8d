import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { schoolYearOf } from '../../src/kernel/days.ts'
import { leisureSignups } from '../../src/leisure/schema.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { fileStates } from '../../src/people/child-file-lists.ts'
import { fileState } from '../../src/people/child-file-store.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { completeFile } from './register-world.ts'
import { day, plan } from './signing-up-world.ts'
import { book } from './waiting-world.ts'
import { send, textOf } from './world.ts'

const t = await testTown()
t.at('2026-12-01T09:00:00+01:00')
const DAYS = ['2026-12-21', '2026-12-22']
const GROUPS = [
  { name: 'Les petits', maxAge: 5 },
  { name: 'Les grands', minAge: 6 },
]
const parc = await plan(t, { centre: 'Centre du Parc', days: [...DAYS, '2026-12-28'], groups: GROUPS })
const home = await family(t, {
  lastName: '=HYPERLINK("x")',
  children: [
    { firstName: 'Léo', birthDate: '2020-12-22' },
    { firstName: 'Mia', birthDate: '2016-05-05' },
  ],
})
const away = await family(t, { resident: false, children: [{ firstName: 'Noé', birthDate: '2021-05-05' }] })
const [leo, mia] = home.children as [(typeof home.children)[0], (typeof home.children)[0]]
await book(t, home, parc, [DAYS[0]!], { child: leo.id })
await book(t, home, parc, [DAYS[1]!], { child: leo.id })
await book(t, home, parc, DAYS, { child: mia.id })
const given = await book(t, away, parc, ['2026-12-28'])

t.at('2026-12-22T19:00:00+01:00')
const { clerk } = await clerkAccount(t, 'leisure')
const [little = '', big = ''] = parc.groups as readonly string[]
const path = (group: string, on: string, child: string) => `/guichet/loisirs/presences/${group}/${on}/enfants/${child}`
const spent = async (group: string, on: string, child: string, from: string, to: string) => {
  await send(clerk, path(group, on, child), { do: 'arrive', shown: '', arrivedAt: from })
  const page = await clerk.get(path(group, on, child))
  const shown = /name="shown" value="([^"]*)"/.exec(page.text)?.[1]
  await send(clerk, path(group, on, child), { do: 'leave', shown, leftAt: to, who: 'other', otherName: '@Tante' })
}
await spent(little, DAYS[0]!, leo.id, '08:30', '17:00')
// The sixth birthday falls within the week: the other group, and the other column.
await spent(big, DAYS[1]!, leo.id, '09:00', '17:00')
await spent(big, DAYS[0]!, mia.id, '08:00', '18:00')
await send(clerk, path(big, DAYS[1]!, mia.id), { do: 'absent', shown: '' })

const list = `/guichet/loisirs/inscrits/${parc.periodId}`

test('who is signed up is listed by centre, group, week and state', async () => {
  const names = async (question: string) =>
    [...(await clerk.get(`${list}${question}`)).text.matchAll(/familles\/[^"]+">[^<]*(Léo|Mia|Noé)/g)].map(
      ([, name]) => name,
    )
  assert.equal((await names('')).length, 4)
  assert.deepEqual(await names(`?groupe=${little}`), ['Léo', 'Noé'])
  assert.deepEqual(await names('?semaine=2026-12-30'), ['Noé'])
  assert.deepEqual(await names('?etat=waiting'), [])
  assert.equal((await clerk.get(`${list}?etat=lost`)).status, 422)
  const canteen = (await clerkAccount(t, 'canteen')).clerk
  assert.equal((await canteen.get(list)).status, 404)
  assert.equal((await clerk.get('/guichet/loisirs/inscrits/nobody')).status, 404)
  const period = await clerk.get(`/guichet/centres/periodes/${parc.periodId}`)
  assert.ok(period.text.includes(list))
})

test('the list is taken away as French Excel opens it, a line for each day, and no name runs as a formula', async () => {
  const answer = await clerk.get(`${list}/liste.csv?groupe=${big}`)
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
  const lines = answer.text.replace('\ufeff', '').trim().split('\r\n')
  assert.equal(lines[0], 'Jour;Centre;Groupe;Nom;Prénom;Âge;Choix;Partie du jour;Repas;État')
  assert.equal(lines.length, 4)
  for (const line of lines.slice(1)) assert.match(line, /;"'=HYPERLINK\(""x""\)";(Léo|Mia);/)
})

test('a cancelled sign-up leaves the list, and is found by its state', async () => {
  await cancelDays(t.town, away.actor, given, [day('2026-12-28')])
  const [row] = await t.town.db.read.select().from(leisureSignups).where(eq(leisureSignups.id, given))
  assert.equal(row?.state, 'cancelled')
  assert.doesNotMatch(textOf((await clerk.get(list)).text), /Noé/)
  assert.match(textOf((await clerk.get(`${list}?etat=cancelled`)).text), /Noé/)
})

test('the register is taken away with the hours, as the town’s clocks showed them', async () => {
  const answer = await clerk.get(`/guichet/loisirs/presences.csv?centre=${parc.centreId}&jour=${DAYS[0]}`)
  assert.match(
    answer.text,
    /2026-12-21;Centre du Parc;Les petits;[^;]*;Léo;5;journée;avec repas;oui;parti;08:30;17:00;'@Tante/,
  )
  const pdf = await clerk.get(`/guichet/loisirs/presences.pdf?centre=${parc.centreId}&jour=${DAYS[0]}`).buffer(true)
  assert.equal(pdf.headers['content-type'], 'application/pdf')
})

test('hours of presence are counted by age on the day, care and residency, with what was booked and is billed', async () => {
  const question = '?centre=&du=2026-12-01&au=2026-12-31'
  const page = await clerk.get(`/guichet/loisirs/statistiques${question}`)
  const text = textOf(page.text)
  // Léo: 8.5 h under six, then 8 h from six; Mia 10 h, then absent.
  assert.match(
    text,
    /Extrascolaire \(vacances\) Enfants .*?Moins de 6 ans 8,5 10 1 1 2 6 ans et plus 18 30 2 2 3 Ensemble 26,5 40 2 3 5/,
  )
  assert.match(text, /Familles de la commune 26,5 40 2 3 4 Autres familles 0 0 0 0 1/)
  const csv = textOf((await clerk.get(`/guichet/loisirs/statistiques.csv${question}`)).text)
  assert.match(
    csv,
    /2026-12;Centre du Parc;Extrascolaire \(vacances\);Moins de 6 ans;Familles de la commune;8,5;10;1;1;1/,
  )
  assert.match(page.text, /<svg/)
})

test('a late cancellation is a billed day without presence, of another family', async () => {
  const csv = textOf((await clerk.get('/guichet/loisirs/statistiques.csv?du=2026-12-01&au=2026-12-31')).text)
  assert.match(csv, /Moins de 6 ans;Autres familles;0;0;0;0;1/)
})

test('dates that make no sense are refused on the page, with what was typed', async () => {
  const answer = await clerk.get('/guichet/loisirs/statistiques?du=2026-12-31&au=2026-12-01')
  assert.equal(answer.status, 422)
  assert.match(textOf(answer.text), /Le dernier jour est avant le premier/)
  assert.match(answer.text, /value="2026-12-31"/)
  assert.equal((await clerk.get('/guichet/loisirs/statistiques')).status, 200)
})

test('programs read a register and note on it, never over a colleague', async () => {
  const at = `/api/v1/leisure/registers/${big}/${DAYS[1]}`
  const register = (await clerk.get(at)).body
  assert.deepEqual([register.signedUp, register.left, register.absent], [2, 1, 1])
  const child = register.children.find((one: { firstName: string }) => one.firstName === 'Mia')
  const note = (version: string, present: boolean | null) =>
    clerk.put(`${at}/${child.id}`).send({ present, arrivedAt: present ? '2026-12-22T08:00:00Z' : null, version })
  assert.equal((await note('', true)).status, 409)
  assert.equal((await note(child.version, true)).status, 204)
  assert.equal((await note(child.version, true)).status, 204)
  assert.equal((await note(child.version, false)).status, 409)
  const [again] = (await clerk.get(at)).body.children.filter((one: { id: string }) => one.id === child.id)
  assert.deepEqual([again.standing, again.arrivedAt], ['present', '2026-12-22T08:00:00Z'])
  assert.equal((await home.parent.get(at)).status >= 400, true)
})

test('a list of children reads their files as one file at a time does', async () => {
  const year = schoolYearOf(day('2026-12-21'))
  await completeFile(t, home, mia.id)
  const asked = [leo, mia].map(({ id }) => ({ childId: id, householdId: home.household }))
  const together = await fileStates(t.town.db.read, asked, year)
  for (const of of asked)
    assert.deepEqual(together.get(`${of.childId} ${of.householdId}`), await fileState(t.town.db.read, { ...of, year }))
})
