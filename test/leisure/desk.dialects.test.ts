import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq, like } from '../../src/db/drizzle.ts'
import { leisureGroups, leisurePeriods, leisureSessions, leisureStaff } from '../../src/leisure/schema.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import {
  big,
  centreTyped,
  christmas,
  christmasPlan,
  fieldsOf,
  little,
  post,
  revisionIn,
  send,
  take,
  textOf,
  withHolidays,
} from './world.ts'

const t = await testTown()
await withHolidays(t)
const desk = await clerk(t, 'leisure')
const { plan, period, centre } = await christmasPlan(desk)
const { read } = t.town.db

/** A half-day of the little ones: places are inputs named by group, day and half. */
const inputOf = (html: string, day: string, half: string) =>
  [...html.matchAll(/name="(places\.[^"]*)"/g)]
    .map(([, name]) => name ?? '')
    .find(name => name.endsWith(`${day}.${half}`)) ?? ''
const sessionOf = async (input: string) => {
  const [, groupId, day, half] = input.split('.')
  const all = await read.select().from(leisureSessions)
  const found = all.find(one => one.groupId === groupId && String(one.day) === day && one.half === half)
  assert.ok(found, input)
  return found
}

test('a new group has its usual places on each day of the period, morning and afternoon', async () => {
  const groups = await read.select().from(leisureGroups)
  assert.deepEqual(groups.map(({ name, opensAt }) => `${name} ${opensAt}`).sort(), [
    'Les grands 08:00',
    'Les petits 08:00',
  ])
  const sessions = await read.select().from(leisureSessions)
  assert.equal(sessions.length, 2 * 8 * 2)
  const small = groups.find(({ name }) => name === 'Les petits')
  assert.ok(
    sessions.filter(({ groupId }) => groupId === small?.id).every(one => one.capacity === 24 && one.taken === 0),
  )
})

test('the page says how many educators are needed, how many lack, and how many children the staff allows', async () => {
  const empty = textOf((await desk.get(plan)).text)
  assert.match(
    empty,
    /1 animateur pour 8 enfants de moins de 6 ans\. À partir de 6 ans : 1 pour 12\..*\(article R227-15/,
  )
  assert.match(empty, /Écrivez l’équipe\. Il faut 6 animateurs\./)
  assert.match(empty, /trop de places pour l’équipe : 8 jours/)

  const filled = await post(desk, plan, { 'all.educators': '5', do: 'fill' })
  assert.equal(filled.status, 200)
  assert.equal((await read.select().from(leisureStaff)).length, 0, 'filling keeps nothing')
  assert.match(
    textOf(filled.text),
    /Il manque 1 animateur\. Moins de 6 ans : 24 places, 16 possibles\. 6 ans et plus : 36 places, 24 possibles\./,
  )

  const { 'all.educators': _, ...fields } = fieldsOf(filled.text)
  await send(desk, plan, { ...fields, 'educators.2026-12-24': '6' })
  const kept = (await desk.get(plan)).text
  assert.match(textOf(kept), /trop de places pour l’équipe : 7 jours/)
  assert.match(textOf(kept), /Équipe suffisante\./)
  const staff = await read.select().from(leisureStaff)
  assert.deepEqual(
    staff.map(({ educators }) => educators).sort((a, b) => a - b),
    [5, 5, 5, 5, 5, 5, 5, 6],
  )
})

test('places change day by day; an empty input closes the half-day', async () => {
  const page = (await desk.get(plan)).text
  const input = inputOf(page, '2026-12-24', 'afternoon')
  await send(desk, plan, { ...fieldsOf(page), [input]: '', [inputOf(page, '2026-12-24', 'morning')]: '20' })
  const after = fieldsOf((await desk.get(plan)).text)
  assert.equal(after[input], '')
  assert.equal(after[inputOf(page, '2026-12-24', 'morning')], '20')
  await send(desk, plan, { ...fieldsOf((await desk.get(plan)).text), [input]: '24' })
  assert.equal((await sessionOf(input)).capacity, 24)
})

test('fewer places than are taken is refused on its input, with what was typed and nothing kept', async () => {
  const page = (await desk.get(plan)).text
  const input = inputOf(page, '2026-12-21', 'morning')
  const other = inputOf(page, '2026-12-22', 'morning')
  await take(t, (await sessionOf(input)).id, 8)
  for (const wanted of ['7', '']) {
    const refused = await post(desk, plan, { ...fieldsOf(page), [input]: wanted, [other]: '10' })
    assert.equal(refused.status, 422)
    assert.match(textOf(refused.text), /8 places sont déjà prises\. Écrivez au moins ce nombre\./)
    assert.equal(fieldsOf(refused.text)[input], wanted)
    assert.equal(fieldsOf(refused.text)[other], '10')
    assert.match(textOf(refused.text), /Enregistré : 24/)
    assert.equal((await sessionOf(input)).capacity, 24)
    assert.equal((await sessionOf(other)).capacity, 24, 'nothing half-written stays')
  }
  await send(desk, plan, { ...fieldsOf(page), [input]: '8' })
  assert.equal((await sessionOf(input)).capacity, 8)
  await send(desk, plan, { ...fieldsOf((await desk.get(plan)).text), [input]: '24' })
})

test('a group with somebody in is not taken away, nor its usual places lowered below them', async () => {
  const page = (await desk.get(plan)).text
  const group = `${plan}/groupes/${inputOf(page, '2026-12-21', 'morning').split('.')[1]}`
  const form = (await desk.get(group)).text
  const removed = await post(desk, `${group}/retirer`, { revision: revisionIn(form) })
  assert.equal(removed.status, 422)
  assert.match(textOf(removed.text), /8 places sont déjà prises/)
  const lowered = await post(desk, group, { ...little, places: '5', revision: revisionIn(form) })
  assert.equal(lowered.status, 422)
  assert.equal(fieldsOf(lowered.text)['places'], '5')
  await send(desk, group, { ...little, places: '22', revision: revisionIn(form) })
  assert.equal((await sessionOf(inputOf(page, '2026-12-21', 'morning'))).capacity, 22)
  assert.equal((await sessionOf(inputOf(page, '2026-12-24', 'morning'))).capacity, 20, 'a day of its own keeps its own')
})

test('the places of all groups together never pass the premises', async () => {
  const page = (await desk.get(plan)).text
  const refused = await post(desk, plan, { ...fieldsOf(page), [inputOf(page, '2026-12-28', 'morning')]: '79' })
  assert.equal(refused.status, 422)
  assert.match(textOf(refused.text), /Les locaux prennent 80 enfants au plus/)
  const third = await post(desk, `${plan}/groupes/nouveau`, { ...big, name: 'Ados', minAge: '12', maxAge: '14' })
  assert.equal(third.status, 422)
  assert.match(textOf(third.text), /Les locaux prennent 80 enfants/)
  const shrunk = await post(desk, centre, { ...centreTyped, premises: '30', revision: '1' })
  assert.equal(shrunk.status, 422)
  assert.match(textOf(shrunk.text), /déjà plus de places prévues/)
})

test('of two clerks at once the second is told, keeps what was typed, and may save again', async () => {
  const colleague = await clerk(t, 'leisure')
  const [mine, theirs] = [(await desk.get(plan)).text, (await colleague.get(plan)).text]
  const input = inputOf(mine, '2026-12-29', 'morning')
  await send(colleague, plan, { ...fieldsOf(theirs), [input]: '12' })
  const refused = await post(desk, plan, { ...fieldsOf(mine), [input]: '15' })
  assert.equal(refused.status, 409)
  assert.match(textOf(refused.text), /Un collègue a changé cette page entre-temps/)
  assert.equal(fieldsOf(refused.text)[input], '15')
  assert.match(textOf(refused.text), /Enregistré : 12/)
  await send(desk, plan, fieldsOf(refused.text))
  assert.equal((await sessionOf(input)).capacity, 15)

  const form = fieldsOf((await desk.get(centre)).text)
  await send(colleague, centre, { ...centreTyped, ...form, offers: 'Contes' })
  const second = await post(desk, centre, { ...centreTyped, ...form, offers: 'Peinture' })
  assert.equal(second.status, 409)
  assert.match(second.text, /Peinture/)
  const periodForm = { ...christmas, cancelDays: '10', revision: revisionIn((await desk.get(period)).text) }
  const both = await Promise.all([post(desk, period, periodForm), post(colleague, period, periodForm)])
  assert.deepEqual(
    both.map(({ status }) => status).sort((a, b) => a - b),
    [303, 409],
  )
})

test('what makes no group is told by its field', async () => {
  const at = `${plan}/groupes/nouveau`
  const table: [object, RegExp][] = [
    [{ minAge: '5', maxAge: '7' }, /prend déjà cet âge/],
    [{ minAge: '14', maxAge: '12' }, /L’âge le plus grand est plus petit/],
    [{ minAge: '12', maxAge: '13', opensAt: '18:00', closesAt: '08:00' }, /fermeture est avant/],
    [{ minAge: '12', maxAge: '13', opensAt: '25:00' }, /Écrivez l’heure/],
    [{ minAge: '12', maxAge: '13', units: [] }, /Cochez au moins un choix/],
    [{ minAge: 'douze', maxAge: '13' }, /nombre entier/],
  ]
  for (const [wrong, said] of table) {
    const answer = await post(desk, at, { ...little, places: '5', ...wrong })
    assert.equal(answer.status, 422, JSON.stringify(wrong))
    assert.match(textOf(answer.text), said)
  }
})

test('what makes no period is told by its field', async () => {
  const at = '/guichet/centres/periodes/nouvelle'
  const table: [object, RegExp][] = [
    [{ name: 'Autre' }, /déjà dans « Vacances de Noël 2026 »/],
    [{ name: 'Autre', from: '2027-01-03', to: '2026-12-19' }, /Le dernier jour est avant le premier/],
    [{ name: 'Autre', from: '2027-01-11', to: '2027-01-15' }, /Aucun jour d’ouverture/],
    [{ name: 'Autre', from: '2028-12-18', to: '2029-01-02' }, /2028-2029 n’est pas encore connu/],
    [{ name: 'Autre', from: '2026-09-01', to: '2028-01-01' }, /366 jours au plus/],
    [{ name: 'Autre', weekdays: [] }, /Cochez au moins un jour/],
    [{ name: christmas.name, from: '2027-02-20', to: '2027-03-07' }, /Ce nom est déjà pris/],
    [{ name: 'Autre', hours: '25' }, /trop grand/],
  ]
  for (const [wrong, said] of table) {
    const answer = await post(desk, at, { ...christmas, ...wrong })
    assert.equal(answer.status, 422, JSON.stringify(wrong))
    assert.match(textOf(answer.text), said)
  }
})

test('a period that grows gives its groups the new days; one that shrinks keeps those with somebody in', async () => {
  const at = await send(desk, '/guichet/centres/periodes/nouvelle', {
    ...christmas,
    name: 'Hiver, semaine 1',
    from: '2027-02-22',
    to: '2027-02-26',
  })
  const id = at.split('/').at(-1) ?? ''
  await send(desk, `${centre}/periodes/${id}/groupes/nouveau`, little)
  const days = async () =>
    Object.keys(fieldsOf((await desk.get(`${centre}/periodes/${id}`)).text)).filter(name => name.endsWith('.morning'))
  assert.equal((await days()).length, 5)
  const change = async (dates: object) =>
    post(desk, at, { ...christmas, name: 'Hiver', ...dates, revision: revisionIn((await desk.get(at)).text) })
  assert.equal((await change({ from: '2027-02-22', to: '2027-03-05' })).status, 303)
  const grown = await days()
  assert.equal(grown.length, 10)
  const last = grown.find(name => name.includes('2027-03-05')) ?? ''
  assert.equal(fieldsOf((await desk.get(`${centre}/periodes/${id}`)).text)[last], '24')
  await take(t, (await sessionOf(last)).id, 1)
  const refused = await change({ from: '2027-02-22', to: '2027-02-26' })
  assert.equal(refused.status, 422)
  assert.match(textOf(refused.text), /1 place est déjà prise/)
  assert.equal((await days()).length, 10)
})

test('openings are shown as families will read them before they are kept', async () => {
  const at = `${period}/ouvertures`
  const page = (await desk.get(at)).text
  assert.match(textOf(page), /La date des inscriptions n’est pas encore fixée/)
  const typed = {
    ...fieldsOf(page),
    allocation: 'draw',
    'openings.residents.day': '2026-12-07',
    'openings.residents.time': '8h',
    'openings.everybody.day': '2026-12-14',
  }
  const preview = await post(desk, at, { ...typed, do: 'preview' })
  assert.equal(preview.status, 200)
  const words = /Familles qui habitent la commune : à partir du lundi 7 décembre 2026 à 8 h \(dans 14 jours\)/
  assert.match(textOf(preview.text), words)
  assert.match(textOf((await desk.get(at)).text), /pas encore fixée/)
  await send(desk, at, typed)
  assert.match(textOf((await desk.get(at)).text), words)
  const revision = revisionIn((await desk.get(at)).text)
  const wrong = await post(desk, at, { ...typed, revision, 'openings.siblings.day': '2026-12-15' })
  assert.equal(wrong.status, 422)
  assert.match(textOf(wrong.text), /après celle de toutes les familles/)
  assert.equal((await post(desk, at, typed)).status, 409, 'the first page is old')
  assert.equal((await post(desk, at, { ...typed, revision, 'openings.residents.day': '2027-01-04' })).status, 422)
  assert.equal((await post(desk, at, { ...typed, revision, 'openings.residents.time': '' })).status, 422)
})

test('to everybody but clerks of the leisure centres and administrators, none of it exists', async () => {
  const group = /\/groupes\/([0-9a-f-]{36})/.exec((await desk.get(plan)).text)?.[0] ?? ''
  const reading = [
    '/guichet/centres',
    '/guichet/centres/nouveau',
    centre,
    '/guichet/centres/periodes',
    '/guichet/centres/periodes/nouvelle',
    period,
    `${period}/copier`,
    `${period}/ouvertures`,
    plan,
    `${plan}/groupes/nouveau`,
    `${plan}${group}`,
  ]
  const writing = [
    ...reading.filter(path => !['/guichet/centres', '/guichet/centres/periodes'].includes(path)),
    `${plan}${group}/retirer`,
  ]
  const others = [
    await clerk(t, 'canteen'),
    await clerk(t, 'cash-office'),
    await clerk(t, 'civil-registry'),
    (await family(t)).parent,
  ]
  for (const other of others) {
    for (const path of reading) assert.equal((await other.get(path)).status, 404, path)
    for (const path of writing) assert.equal((await post(other, path, {})).status, 404, path)
  }
  for (const path of reading) assert.equal((await t.visitor().get(path)).headers['location'], '/connexion', path)
  const administrator = await clerk(t)
  for (const path of reading) assert.equal((await administrator.get(path)).status, 200, path)
  assert.match((await desk.get('/guichet')).text, /href="\/guichet\/centres"/)
  assert.doesNotMatch((await (others[0] ?? desk).get('/guichet')).text, /href="\/guichet\/centres"/)
  for (const path of ['/guichet/centres/rien', '/guichet/centres/periodes/rien', `${centre}/periodes/rien`])
    assert.equal((await desk.get(path)).status, 404, path)
})

test('every change is in the trail, with what it was', async () => {
  const entries = await read.select().from(auditEntries).where(like(auditEntries.action, 'leisure-%'))
  const deeds = new Set(entries.map(({ action }) => action))
  for (const deed of [
    'leisure-centre.added',
    'leisure-period.changed',
    'leisure-group.changed',
    'leisure-plan.changed',
  ])
    assert.ok(deeds.has(deed), deed)
  const [changed] = await read.select().from(auditEntries).where(eq(auditEntries.action, 'leisure-openings.changed'))
  const { from, to } = (changed?.details ?? {}) as Record<'from' | 'to', { allocation: string }>
  assert.deepEqual([from.allocation, to.allocation], ['wishes', 'draw'])
  assert.equal((await read.select().from(leisurePeriods)).length, 2)
})
