// The clerks' queue through the front door: what is shown, taking, giving, putting aside, many at once; and who may.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accounts } from '../../src/access/schema.ts'
import { auditEntries } from '../../src/audit/schema.ts'
import { doAction } from '../../src/civil-records/queue/bulk.ts'
import { takeRequest } from '../../src/civil-records/queue/holding.ts'
import { registryDay } from '../../src/civil-records/queue/overview.ts'
import { civilNotes, civilRequests } from '../../src/civil-records/schema.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { whatWasAsked } from '../../src/civil-records/words.ts'
import { eq, inArray } from '../../src/db/drizzle.ts'
import { clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const anne = await clerkAccount(t, 'civil-registry')
const bruno = await clerkAccount(t, 'civil-registry')
const canteen = await clerkAccount(t, 'canteen')
const nameOf = ({ email }: { email: string }) => `Claire ${email.replace(/^agent(\d+)@.*/, 'Agent$1')}`
const QUEUE = '/guichet/etat-civil'

const inGroups = (number: string | null) => String(number).replace(/(.{4})(?=.)/g, '$1\u00a0')
const shows = (html: string, request: CivilRequest) => html.includes(inGroups(request.number))
const seen = ({ id, version }: CivilRequest) => `${id}.${version}`
/** What a reader reads. */
const words = (html: string) =>
  html
    .replace(/<(script|style|select)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/[\s\u00a0\u202f]+/g, ' ')
const rowOf = (html: string, request: CivilRequest) => {
  const at = html.lastIndexOf(inGroups(request.number))
  return words(html.slice(html.lastIndexOf('<tr', at), html.indexOf('</tr>', at)))
}
const page = async (address: string, by = anne) => (await by.clerk.get(address).expect(200)).text

async function emptyTheQueue() {
  await t.town.db.transaction(async tx => {
    await tx.delete(civilRequests)
  })
  t.at('2026-11-23T09:00:00+01:00')
}

test('a row says what, who asks, since when, until when in words, and who has it open', async () => {
  await emptyTheQueue()
  t.at('2026-11-13T09:00:00+01:00')
  const late = await submittedRequest(t, { papers: 0 })
  t.at('2026-11-23T10:02:00+01:00')
  const fresh = await submittedRequest(t, { papers: 0, answers: { kind: 'death', form: 'full-copy' } })
  await takeRequest(t.town, bruno.actor, late.id)
  const html = await page(QUEUE)
  const row = rowOf(html, late)
  for (const part of [
    'copie intégrale de l’acte de naissance de Fatou Marie Diallo',
    'il y a 10 jours',
    'ven. 20 nov.',
    'En retard',
    'en cours',
    nameOf(bruno),
    'l’a ouvert à 10 h 02',
  ])
    assert.ok(row.includes(part), `« ${part} » in « ${row} »`)
  assert.match(rowOf(html, fresh), /acte de décès.*aujourd’hui.*lun\. 30 nov\. Dans les temps.*reçue.*Prendre/)
  assert.match(words(html), /À traiter \(2\)/)
})

test('a row says what was asked as everything else about the request does, whatever the names', async () => {
  await emptyTheQueue()
  const name = (firstNames: string, lastName: string) => ({ firstNames, lastName })
  const asked = [
    { subject: name('Awa', 'Diop') },
    { subject: name('', 'Ô') },
    { subject: name('Yves $& \\1', 'O’Neil') },
    { kind: 'marriage' as const, subject: name('Inès', 'Roux'), spouse: name('Zoé', 'Élie') },
  ]
  for (const answers of asked) {
    const request = await submittedRequest(t, { papers: 0, answers })
    const row = rowOf(await page(QUEUE), request)
      .replace(/&amp;/g, '&')
      .replace(/&#92;/g, '\\')
    const told = whatWasAsked(t.town.languages.for('fr'), request).replace(/[\s\u00a0]+/g, ' ')
    assert.ok(row.includes(told.replaceAll("'", '’')), `« ${told} » in « ${row} »`)
  }
})

test('an empty queue says so, and a filter that gives nothing offers to clear it', async () => {
  await emptyTheQueue()
  assert.match(words(await page(QUEUE)), /Aucune demande en attente\./)
  const filtered = await page(`${QUEUE}?etat=waiting&acte=death`)
  assert.match(words(filtered), /Aucune demande ne correspond à ces filtres\./)
  assert.match(filtered, /href="\/guichet\/etat-civil\?etat=waiting">Effacer les filtres/)
})

test('fifty rows a page; the address leads to the next, with the same filter', async () => {
  await emptyTheQueue()
  const all: CivilRequest[] = []
  for (let n = 0; n < 53; n += 1) {
    t.at(`2026-11-20T09:${String(n).padStart(2, '0')}:00+01:00`)
    all.push(await submittedRequest(t, { papers: 0 }))
  }
  const first = await page(`${QUEUE}?envoi=post`)
  assert.deepEqual(
    all.map(one => shows(first, one)),
    all.map((_, n) => n < 50),
  )
  const next = /href="([^"]*apres=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? ''
  assert.match(next, /envoi=post/)
  const second = await page(next)
  assert.deepEqual(
    all.map(one => shows(second, one)),
    all.map((_, n) => n >= 50),
  )
})

test('« Prendre la suivante » opens the oldest that fits the filter, and says when there is none', async () => {
  await emptyTheQueue()
  const birth = await submittedRequest(t, { papers: 0 })
  const death = await submittedRequest(t, { papers: 0, answers: { kind: 'death' } })
  const taken = await anne.clerk.post(`${QUEUE}/suivante`).type('form').send({ filtre: 'acte=death' }).expect(303)
  assert.equal(taken.headers['location'], `${QUEUE}/${death.id}?filtre=acte%3Ddeath#dossier`)
  await anne.clerk.get(taken.headers['location'].replace('#dossier', '')).expect(200)
  const none = await anne.clerk.post(`${QUEUE}/suivante`).type('form').send({ filtre: 'acte=death' }).expect(303)
  assert.equal(none.headers['location'], `${QUEUE}?acte=death`)
  assert.match(words(await page(`${QUEUE}?acte=death`)), /Aucune demande ne correspond à ces filtres\./)
  assert.equal((await requestNow(t, birth.id)).state, 'submitted')
})

test('a colleague’s open file is not taken over: the page says who has it and since when', async () => {
  await emptyTheQueue()
  t.at('2026-11-23T10:02:00+01:00')
  const { id } = await submittedRequest(t, { papers: 0 })
  await bruno.clerk.post(`${QUEUE}/${id}/prendre`).type('form').send({}).expect(303)
  const refused = await anne.clerk.post(`${QUEUE}/${id}/prendre`).type('form').send({}).expect(409)
  assert.match(words(refused.text), new RegExp(`${nameOf(bruno)} travaille sur ce dossier.*Depuis 10 h 02`))
  await bruno.clerk.post(`${QUEUE}/${id}/liberer`).type('form').send({}).expect(303)
  await anne.clerk.post(`${QUEUE}/${id}/prendre`).type('form').send({}).expect(303)
  assert.equal((await requestNow(t, id)).assignedTo, anne.actor.accountId)
})

test('handed over with a note, put aside with a day and a reason, taken back: each from the file, each in the trail', async () => {
  await emptyTheQueue()
  const { id } = await submittedRequest(t, { papers: 0 })
  await takeRequest(t.town, anne.actor, id)
  const act = async (fields: object, status = 303) => {
    const { version } = await requestNow(t, id)
    return anne.clerk
      .post(`${QUEUE}/${id}/action`)
      .type('form')
      .send({ version, filtre: 'tri=due', ...fields })
      .expect(status)
  }
  const bare = await act({ action: 'hand-over', to: bruno.actor.accountId, note: ' ' }, 422)
  assert.match(bare.text, /Il manque une réponse ici/)
  assert.equal((await requestNow(t, id)).assignedTo, anne.actor.accountId, 'nothing half done')
  const typedAgain = await act({ action: 'put-on-hold', until: '2026-11-23', reason: 'La famille rappelle.' }, 422)
  assert.match(typedAgain.text, /Choisissez un jour à venir/)
  assert.match(typedAgain.text, /La famille rappelle\./, 'nothing typed is lost')

  const handed = await act({ action: 'hand-over', to: bruno.actor.accountId, note: 'Il parle wolof comme vous.' })
  assert.equal(handed.headers['location'], `${QUEUE}?tri=due`)
  const after = await requestNow(t, id)
  assert.deepEqual([after.assignedTo, after.heldBy], [bruno.actor.accountId, null])
  const notes = await t.town.db.read.select().from(civilNotes).where(eq(civilNotes.requestId, id))
  assert.deepEqual(
    notes.map(({ text }) => text),
    ['Il parle wolof comme vous.'],
  )

  await act({ action: 'put-on-hold', until: '2026-11-30', reason: 'La famille rappelle.' })
  assert.match(rowOf(await page(`${QUEUE}?pause=yes`), after), /en pause jusqu’au 30 nov\./)
  await act({ action: 'take-off-hold' })
  await act({ action: 'take-off-hold' }, 409)
  await act({ action: 'take-back' })
  assert.equal((await requestNow(t, id)).assignedTo, null)
  const trail = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.subjectId, id))
  for (const action of ['handed-over', 'put-on-hold', 'taken-off-hold', 'taken-back'])
    assert.ok(
      trail.some(one => one.action === `civil-request.${action}`),
      action,
    )
})

test('an action on a file that changed since it was seen is refused', async () => {
  await emptyTheQueue()
  const { id, version } = await submittedRequest(t, { papers: 0 })
  await takeRequest(t.town, anne.actor, id)
  const sent = { action: 'take-back', version: version - 1 }
  const refused = await anne.clerk.post(`${QUEUE}/${id}/action`).type('form').send(sent).expect(409)
  assert.match(words(refused.text), /Le dossier a changé/)
})

test('many files at once: the preview changes nothing and says what cannot be done and why; the rest is done', async () => {
  await emptyTheQueue()
  const free = await submittedRequest(t, { papers: 0 })
  const theirs = await submittedRequest(t, { papers: 0, assignedTo: bruno.actor.accountId })
  const open = await submittedRequest(t, { papers: 0 })
  const opened = await takeRequest(t.town, bruno.actor, open.id)
  const closed = await submittedRequest(t, { papers: 0, state: 'refused' })
  const moved = await submittedRequest(t, { papers: 0 })
  const ids = [free, theirs, opened, closed, moved].map(seen)

  const fill = await anne.clerk.post(`${QUEUE}/lot`).type('form').send({ ids, action: 'assign' }).expect(200)
  assert.match(words(fill.text), /Donner 5 dossiers/)
  const sent = { ids, action: 'assign', to: bruno.actor.accountId, step: 'filled', filtre: '' }
  const preview = await anne.clerk.post(`${QUEUE}/lot`).type('form').send(sent).expect(200)
  const text = words(preview.text)
  assert.match(text, new RegExp(`2 dossiers iront à ${nameOf(bruno)}`))
  assert.match(text, /3 dossiers restent comme ils sont/)
  assert.match(text, /C’est déjà son dossier\./)
  assert.match(text, /Un collègue l’a ouvert\./)
  assert.match(text, /Ce dossier est terminé\./)
  assert.equal((await requestNow(t, free.id)).assignedTo, null, 'nothing is done yet')

  // Between preview and confirmation somebody takes one of the two.
  await takeRequest(t.town, canteenAdministrator.actor, moved.id)
  const confirmed = [...preview.text.matchAll(/name="ids" value="([^"]+)"/g)].map(([, id]) => id)
  assert.equal(confirmed.length, 2)
  const done = await anne.clerk
    .post(`${QUEUE}/lot/faire`)
    .type('form')
    .send({ ...sent, ids: confirmed })
    .expect(200)
  assert.match(words(done.text), new RegExp(`1 dossier est à ${nameOf(bruno)}.*1 dossier a changé entre-temps`))
  assert.equal((await requestNow(t, free.id)).assignedTo, bruno.actor.accountId)
  assert.equal((await requestNow(t, moved.id)).assignedTo, canteenAdministrator.actor.accountId)
  // The same answer sent again finds everything changed, and changes nothing.
  const again = await anne.clerk
    .post(`${QUEUE}/lot/faire`)
    .type('form')
    .send({ ...sent, ids: confirmed })
    .expect(200)
  assert.match(words(again.text), /Rien n’a changé\./)
})
const canteenAdministrator = await clerkAccount(t)

test('two clerks who confirm the same files at the same instant: each file goes to one of them', async () => {
  await emptyTheQueue()
  const files: CivilRequest[] = []
  for (let n = 0; n < 10; n += 1) files.push(await submittedRequest(t, { papers: 0 }))
  const clerks = [anne, bruno]
  const results = await Promise.all(
    clerks.map(({ actor }, i) => {
      const to = { id: actor.accountId, name: '', ofRegistry: true, may: true }
      return doAction(t.town, actor, { name: 'assign', to }, i ? files : files.toReversed())
    }),
  )
  const done = results.flatMap(result => result.done.map(({ id }) => id))
  assert.deepEqual(done.toSorted(), files.map(({ id }) => id).toSorted())
})

test('nothing ticked, or more than a hundred, is said plainly', async () => {
  const none = await anne.clerk.post(`${QUEUE}/lot`).type('form').send({ action: 'assign' }).expect(422)
  assert.match(words(none.text), /Vous n’avez coché aucun dossier/)
  const { id } = await submittedRequest(t, { papers: 0 })
  const ids = Array.from({ length: 101 }, (_, n) => `${id}.${n}`)
  await anne.clerk.post(`${QUEUE}/lot`).type('form').send({ ids, action: 'take-back' }).expect(409)
})

test('files of a clerk who left show « À réattribuer », and a clerk who lost the right gets 404 at the next click', async () => {
  await emptyTheQueue()
  const leaving = await clerkAccount(t, 'civil-registry')
  const file = await submittedRequest(t, { papers: 0 })
  await takeRequest(t.town, leaving.actor, file.id)
  await leaving.clerk.get(QUEUE).expect(200)
  await t.town.db.transaction(async tx => {
    await tx
      .update(accounts)
      .set({ services: ['canteen'] })
      .where(inArray(accounts.id, [leaving.actor.accountId]))
  })
  await leaving.clerk.get(QUEUE).expect(404)
  await leaving.clerk.post(`${QUEUE}/suivante`).type('form').send({}).expect(404)
  assert.match(rowOf(await page(`${QUEUE}?agent=left`), file), /À réattribuer/)
})

test('to clerks of other services, and to everybody else, the queue does not exist', async () => {
  const { id, version } = await submittedRequest(t, { papers: 0 })
  await canteen.clerk.get(QUEUE).expect(404)
  await canteen.clerk.get(`${QUEUE}/${id}/action`).expect(404)
  for (const [path, body] of [
    ['suivante', {}],
    [`${id}/prendre`, {}],
    [`${id}/liberer`, {}],
    [`${id}/action`, { action: 'take-back', version }],
    ['lot', { ids: `${id}.${version}`, action: 'take-back' }],
    ['lot/faire', { ids: `${id}.${version}`, action: 'put-on-hold', until: '2026-12-01', reason: 'Non' }],
  ] as const)
    await canteen.clerk.post(`${QUEUE}/${path}`).type('form').send(body).expect(404)
  await t.visitor().get(QUEUE).expect(303).expect('location', '/connexion')
  assert.doesNotMatch((await canteen.clerk.get('/guichet').expect(200)).text, /etat-civil/)
})

test('the first page tells the day: what is late, due today, near, waiting, to print, and one’s own', async () => {
  await emptyTheQueue()
  t.at('2026-11-13T09:00:00+01:00')
  await submittedRequest(t, { papers: 0 })
  t.at('2026-11-16T09:00:00+01:00')
  await submittedRequest(t, { papers: 0, state: 'under-review', assignedTo: anne.actor.accountId })
  t.at('2026-11-17T09:00:00+01:00')
  await submittedRequest(t, { papers: 0 })
  await submittedRequest(t, { papers: 0, state: 'waiting-for-applicant' })
  await submittedRequest(t, { papers: 0, state: 'ready-to-print' })
  t.at('2026-11-23T09:00:00+01:00')
  const day = await registryDay(t.town.db.read, t.town.clock.now(), anne.actor)
  assert.deepEqual(Object.fromEntries(day.map(({ key, count }) => [key, count])), {
    late: 1,
    today: 1,
    soon: 1,
    waiting: 1,
    'to-print': 1,
    'to-send': 0,
    'to-collect': 0,
    mine: 1,
  })
  const home = await page('/guichet')
  assert.match(words(home), /3 demandes d’actes à traiter.*État civil aujourd’hui 1 en retard/)
  for (const { href } of day) await anne.clerk.get(href).expect(200)
})
