import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { leisureConsumptionOfMonth } from '../../src/leisure/consumption.ts'
import { leisureAttendances, leisureSessions, leisureStaff } from '../../src/leisure/schema.ts'
import { signupsOfHousehold } from '../../src/leisure/signups.ts'
import { childHealthSheets, emergencyContacts, pickupPersons } from '../../src/people/schema.ts'
import { clerkAccount, type Family, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { completeFile } from './register-world.ts'
import { plan } from './signing-up-world.ts'
import { book } from './waiting-world.ts'
import { post, send, textOf } from './world.ts'

const t = await testTown()
let { clerk } = await clerkAccount(t, 'leisure')
/** Time passes; whoever comes back after an hour signs in again. */
async function at(instant: string) {
  t.at(instant)
  clerk = (await clerkAccount(t, 'leisure')).clerk
}
const { read } = t.town.db
const TODAY = '2026-12-21'
const MORNING = '2026-12-21T08:32:10+01:00'

let made = 0
/** A group that is open today and tomorrow, with these families' first children signed up. */
async function register(homes: number, given: Parameters<typeof plan>[1] = {}) {
  t.at('2026-12-18T09:00:00+01:00')
  const centre = await plan(t, { days: [TODAY, '2026-12-22'], centre: `Centre ${++made} bis`, ...given })
  const families: Family[] = []
  for (let i = 0; i < homes; i++) families.push(await family(t))
  for (const home of families) await book(t, home, centre, [TODAY])
  await at(MORNING)
  const path = `/guichet/loisirs/presences/${centre.groups[0]}/${TODAY}`
  const childPath = (home: Family) => `${path}/enfants/${home.children[0]?.id}`
  return { centre, families, path, childPath }
}
const shownOn = (html: string) => /name="shown" value="([^"]*)"/.exec(html)?.[1] ?? ''
const rowOf = async (home: Family) =>
  (await read.select().from(leisureAttendances).where(eq(leisureAttendances.childId, home.children[0]!.id)))[0]

test('one tap says that a child is there, at the hour of the town’s clock; another says who collected it', async () => {
  const { families, path, childPath } = await register(1)
  const [home] = families as [Family]
  const list = await clerk.get(path)
  assert.equal(list.status, 200)
  assert.match(textOf(list.text), /1 inscrit .*0 présents? .*1 attendu/)
  const back = await send(clerk, childPath(home), { do: 'arrive', shown: shownOn(list.text) })
  assert.equal(back, `${path}#${home.children[0]?.id}`)
  assert.match(textOf((await clerk.get(path)).text), /Arrivée : 8 h 32\./)
  await at('2026-12-21T17:04:00+01:00')
  const page = await clerk.get(childPath(home))
  const who = /name="who"[^>]*value="(parent\.[^"]+)"/.exec(page.text)?.[1]
  await send(clerk, childPath(home), { do: 'leave', shown: shownOn(page.text), who, leftAt: '17:02' })
  assert.match(textOf((await clerk.get(path)).text), /Départ : 17 h 02, avec Awa Diallo\d+\./)
})

test('the same tap on two tablets is noted once, with the first hour; what says otherwise is refused and nothing is overwritten', async () => {
  const { families, path, childPath } = await register(1)
  const [home] = families as [Family]
  await send(clerk, childPath(home), { do: 'arrive', shown: '' })
  await at('2026-12-21T09:00:00+01:00')
  await send(clerk, childPath(home), { do: 'arrive', shown: '' })
  assert.equal((await rowOf(home))?.arrivedAt?.toString(), '2026-12-21T07:32:00Z')
  const refused = await post(clerk, childPath(home), { do: 'absent', shown: '' })
  assert.equal(refused.status, 409)
  assert.match(textOf(refused.text), /Un collègue vient de noter autre chose/)
  assert.equal((await rowOf(home))?.present, true)
  // « All who did not come are absent », from a tablet that had not seen the arrival.
  await send(clerk, `${path}/absents`, { child: home.children[0]?.id })
  assert.equal((await rowOf(home))?.present, true)
})

test('a hundred taps at once leave one row', async () => {
  const { families, childPath } = await register(1)
  const [home] = families as [Family]
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => post(clerk, childPath(home), { do: i % 2 ? 'arrive' : 'absent', shown: '' })),
  )
  assert.ok(answers.every(({ status }) => status === 303 || status === 409))
  assert.equal(
    (await read.select().from(leisureAttendances).where(eq(leisureAttendances.childId, home.children[0]!.id))).length,
    1,
  )
})

test('what was noted by mistake is taken back, step by step', async () => {
  const { families, childPath } = await register(1)
  const [home] = families as [Family]
  await send(clerk, childPath(home), { do: 'arrive', shown: '' })
  await at('2026-12-21T17:00:00+01:00')
  const shown = async () => shownOn((await clerk.get(childPath(home))).text)
  await send(clerk, childPath(home), { do: 'leave', shown: await shown(), who: 'other', otherName: 'Une voisine' })
  assert.equal((await rowOf(home))?.collectedBy, 'Une voisine (pas sur la liste)')
  await send(clerk, childPath(home), { do: 'undo', shown: await shown() })
  assert.deepEqual([(await rowOf(home))?.leftAt, (await rowOf(home))?.collectedBy], [null, null])
  await send(clerk, childPath(home), { do: 'undo', shown: await shown() })
  assert.equal(await rowOf(home), undefined)
})

test('a departure needs its hour after the arrival, and somebody', async () => {
  const { families, childPath } = await register(1)
  const [home] = families as [Family]
  await send(clerk, childPath(home), { do: 'arrive', shown: '' })
  const shown = shownOn((await clerk.get(childPath(home))).text)
  for (const [fields, said] of [
    [{ who: 'other', otherName: 'Léa', leftAt: '07:00' }, /Le départ est avant l’arrivée/],
    [{ who: 'other', otherName: 'Léa', leftAt: '19:00' }, /pas encore passée/],
    [{ who: 'other', otherName: ' ', leftAt: '08:32' }, /Une autre personne/],
    [{ leftAt: '08:32' }, /Dites qui vient chercher/],
    [{ who: 'parent.nobody', leftAt: '08:32' }, /Dites qui vient chercher/],
  ] as const) {
    const answer = await post(clerk, childPath(home), { do: 'leave', shown, ...fields })
    assert.equal(answer.status, 422, JSON.stringify(fields))
    assert.match(textOf(answer.text), said)
  }
  assert.equal((await rowOf(home))?.leftAt, null)
})

test('an absence noted on the register is missed for the invoice', async () => {
  const { families, childPath } = await register(1)
  const [home] = families as [Family]
  await send(clerk, childPath(home), { do: 'absent', shown: '' })
  const stays = await leisureConsumptionOfMonth(read, Temporal.PlainYearMonth.from('2026-12'))
  assert.deepEqual(
    stays.filter(({ childId }) => childId === home.children[0]?.id).map(({ situation }) => situation),
    ['absence'],
  )
})

test('a register of a day that is over is completed and corrected later, and the trail says so', async () => {
  const { families, path, childPath } = await register(2)
  const [home, other] = families as [Family, Family]
  await at('2026-12-23T10:00:00+01:00')
  assert.match(
    textOf((await clerk.get('/guichet')).text),
    /2 feuilles de présence à remplir|1 feuille de présence à remplir/,
  )
  await send(clerk, childPath(home), { do: 'arrive', shown: '' })
  assert.deepEqual([(await rowOf(home))?.present, (await rowOf(home))?.arrivedAt], [true, null])
  await send(clerk, childPath(home), {
    do: 'arrive',
    shown: shownOn((await clerk.get(childPath(home))).text),
    arrivedAt: '9h15',
  })
  await send(clerk, `${path}/absents`, { child: other.children[0]?.id })
  assert.equal((await rowOf(other))?.present, false)
  const trail = await read
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.subjectId, home.children[0]!.id), eq(auditEntries.action, 'leisure-register.corrected')))
  assert.deepEqual(
    trail.map(({ details }) => (details as { late?: boolean }).late),
    [true],
  )
  const early = await post(
    clerk,
    `/guichet/loisirs/presences/${path.split('/').at(-2)}/2026-12-24/enfants/${home.children[0]?.id}`,
    { do: 'arrive' },
  )
  assert.ok(early.status === 404 || early.status === 422)
})

test('marks tell what matters, never what is written; the sheet is on its own page and each look is kept', async () => {
  const { families, path, childPath } = await register(2)
  const [home, other] = families as [Family, Family]
  const childId = home.children[0]!.id
  await completeFile(t, home, childId, { photo: false })
  await t.town.db.transaction(tx =>
    tx.update(childHealthSheets).set({ allergies: 'Arachide' }).where(eq(childHealthSheets.childId, childId)),
  )
  const list = textOf((await clerk.get(path)).text)
  assert.match(list, /Santé : voir la fiche/)
  assert.match(list, /Pas de photo/)
  assert.doesNotMatch(list, /Arachide/)
  assert.match(list, /Entrée bloquée/)
  assert.match(list, /Il manque 6 pièces du dossier/)
  assert.match(textOf((await clerk.get(childPath(other))).text), /ne peut pas entrer\. .*Il manque la fiche sanitaire/)
  assert.equal(list.split('Entrée bloquée').length, 2, 'only the child whose file lacks something')
  const looks = () =>
    read
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.subjectId, childId), eq(auditEntries.action, 'health.viewed')))
  assert.equal((await looks()).length, 0)
  assert.match(textOf((await clerk.get(`${childPath(home)}/sante`)).text), /Arachide/)
  assert.ok((await looks()).length >= 1)
  const administrator = (await clerkAccount(t)).clerk
  assert.equal((await administrator.get(`${childPath(home)}/sante`)).status, 404)
  assert.doesNotMatch(textOf((await administrator.get(path)).text), /voir la fiche/)
})

test('the people who may collect are of both homes, without an e-mail of either parent', async () => {
  const { families, childPath } = await register(1)
  const [home] = families as [Family]
  const childId = home.children[0]!.id
  const father = await secondHousehold(t, home, { phone: '+33611111111' })
  await t.town.db.transaction(async tx => {
    const person = { id: newId<'pickup-person'>(), childId, householdId: father.household }
    await tx
      .insert(pickupPersons)
      .values({ ...person, name: 'Mamie Rose', phone: '+33622222222', relationship: 'grand-mère' })
    await tx.insert(emergencyContacts).values({
      childId,
      householdId: home.household,
      rank: 0,
      name: 'Paul Voisin',
      phone: '+33633333333',
      relationship: 'voisin',
    })
  })
  const page = await clerk.get(childPath(home))
  const text = textOf(page.text)
  for (const said of [
    /Awa Diallo\d+ /,
    /Karim Diallo\d+/,
    /Mamie Rose \(grand-mère\) De l’autre foyer/,
    /06 33 33 33 33/,
  ])
    assert.match(text, said)
  assert.doesNotMatch(page.text, /parent\d+@exemple\.fr/)
})

test('a child who is there without a sign-up is found, takes a place that is free, and is billed like the others', async () => {
  const { path, centre } = await register(1)
  const guest = await family(t, { children: [{ firstName: 'Zoé', lastName: 'Ben-Aïcha' }] })
  const childId = guest.children[0]!.id
  const found = await clerk.get(`${path}?q=ben+aicha+zoe`)
  assert.match(textOf(found.text), /Zoé Ben-Aïcha , date de naissance : samedi 10 mars 2018/)
  const fields = { childId, householdId: guest.household, way: 'day' }
  const blocked = await post(clerk, `${path}/ajouter`, fields)
  assert.equal(blocked.status, 422)
  assert.match(textOf(blocked.text), /dossier de cet enfant n’est pas complet/)
  await completeFile(t, guest, childId)
  await send(clerk, `${path}/ajouter`, fields)
  const [signup] = await signupsOfHousehold(read, guest.household)
  assert.deepEqual([signup?.state, signup?.days.map(({ state }) => state)], ['booked', ['taken']])
  assert.equal((await rowOf(guest))?.present, true)
  const sessions = await read
    .select()
    .from(leisureSessions)
    .where(and(eq(leisureSessions.groupId, centre.groups[0] as Id<'leisure-group'>)))
  assert.deepEqual(
    sessions.filter(({ day }) => day.toString() === TODAY).map(({ taken }) => taken),
    [2, 2],
  )
  const again = await post(clerk, `${path}/ajouter`, fields)
  assert.match(textOf(again.text), /a déjà une place ce jour-là/)
  await t.settle()
})

test('without a place, of another age or of another home the child is refused with the reason, and nothing is taken', async () => {
  const { path } = await register(1, { groups: [{ places: 1, maxAge: 10 }] })
  const guest = await family(t, { children: ['Noé', { firstName: 'Ada', birthDate: '2014-01-05' }] })
  for (const child of guest.children) await completeFile(t, guest, child.id)
  const add = (childId: string | undefined, householdId: string = guest.household) =>
    post(clerk, `${path}/ajouter`, { childId, householdId, way: 'day' })
  assert.match(textOf((await add(guest.children[0]?.id)).text), /Ce groupe est complet ce jour-là/)
  assert.match(textOf((await add(guest.children[1]?.id)).text), /prend les enfants de 3 à 10 ans/)
  const stranger = await family(t)
  assert.equal((await add(guest.children[0]?.id, stranger.household)).status, 404)
  assert.equal((await signupsOfHousehold(read, guest.household)).length, 0)
})

test('the staff is checked for the children who are there, with a warning before it is too few', async () => {
  const { centre, families, path, childPath } = await register(9, { groups: [{ maxAge: 11 }] })
  const staff = (educators: number) =>
    t.town.db.transaction(async tx => {
      const row = { centreId: centre.centreId, day: Temporal.PlainDate.from(TODAY), educators, directorCounts: false }
      await tx
        .insert(leisureStaff)
        .values(row)
        .onConflictDoUpdate({ target: [leisureStaff.centreId, leisureStaff.day], set: row })
    })
  const verdict = async () => textOf((await clerk.get(path)).text)
  assert.match(await verdict(), /L’équipe du jour n’est pas écrite\. Il faut \d animateurs?/)
  await staff(0)
  assert.match(await verdict(), /Si tous les enfants attendus viennent, il manquera/)
  await send(clerk, childPath(families[0]!), { do: 'arrive', shown: '' })
  assert.match(await verdict(), /Il manque 1 animateur pour les enfants présents/)
  await staff(3)
  assert.match(await verdict(), /L’équipe suffit/)
})

test('only clerks of the centres see a register, and only real ones exist', async () => {
  const { families, path, childPath } = await register(1)
  const [home] = families as [Family]
  const canteen = (await clerkAccount(t, 'canteen')).clerk
  for (const visitor of [canteen, home.parent])
    for (const at of [path, childPath(home), '/guichet/loisirs/presences'])
      assert.equal((await visitor.get(at)).status, 404)
  for (const at of ['/guichet/loisirs/presences/x/2026-12-21', path.replace(TODAY, '2026-02-30'), `${path}/enfants/x`])
    assert.equal((await clerk.get(at)).status, 404)
  const home2 = await clerk.get('/guichet/loisirs/presences')
  assert.equal(home2.status, 200)
})
