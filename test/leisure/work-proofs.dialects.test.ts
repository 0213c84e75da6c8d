import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { parentsWorkOn } from '../../src/leisure/work/work-proofs.ts'
import { files } from '../../src/people/schema.ts'
import { clerk, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { png } from '../uploads/files.ts'
import { christmasPlan, fieldsOf, post, send, textOf, withHolidays } from './world.ts'

const t = await testTown()
const { read } = t.town.db
await withHolidays(t)
const desk = await clerk(t, 'leisure')
const awa = await family(t)
const other = await family(t, { firstName: 'Karim' })
const day = Temporal.PlainDate.from('2026-12-01')

const sendPaper = (visitor: Visitor, key = 'one') =>
  visitor.post('/famille/travail').field('idempotencyKey', key).attach('proof', png(), 'paie.png')
const QUEUE = '/guichet/loisirs/travail'
const firstInQueue = async () =>
  /href="(\/guichet\/loisirs\/travail\/[^"/]+)"/.exec((await desk.get(QUEUE)).text)?.[1] ?? ''

test('the page says for which periods the proof counts, or that nobody needs it', async () => {
  assert.match(textOf((await awa.parent.get('/famille/travail')).text), /Vous n’avez rien à faire/)
  const { period } = await christmasPlan(desk)
  const at = `${period}/ouvertures`
  await send(desk, at, {
    ...fieldsOf((await desk.get(at)).text),
    'openings.working-parents.day': '2026-12-07',
    'openings.everybody.day': '2026-12-14',
    'wishesUntil.day': '2026-12-17',
  })
  assert.match(textOf((await awa.parent.get('/famille/travail')).text), /compte pour : Vacances de Noël 2026/)
  assert.equal((await t.visitor().get('/famille/travail')).status, 303)
})

test('a proof is sent once, waits for the town hall, and is seen by nobody else', async () => {
  assert.equal((await post(awa.parent, '/famille/travail', {})).status, 422)
  assert.equal((await sendPaper(awa.parent)).status, 303)
  assert.equal((await sendPaper(awa.parent)).status, 303)
  const page = await awa.parent.get('/famille/travail')
  assert.match(textOf(page.text), /La mairie le regarde et vous répond/)
  const paper = /href="(\/famille\/travail\/[^"]+\/justificatif)"/.exec(page.text)?.[1] ?? ''
  assert.equal((await awa.parent.get(paper)).status, 200)
  assert.equal((await other.parent.get(paper)).status, 404)
  assert.equal(await parentsWorkOn(read, awa.household, day), false)
  const { body } = await awa.parent.get('/api/v1/leisure/work-proofs').expect(200)
  assert.deepEqual(body.neededFor, ['Vacances de Noël 2026'])
  assert.equal(body.proofs.length, 1)
  assert.equal(body.proofs[0].state, 'to-check')
  assert.deepEqual((await other.parent.get('/api/v1/leisure/work-proofs')).body.proofs, [])
})

test('only the clerks of the leisure centres have the queue', async () => {
  for (const visitor of [awa.parent, await clerk(t, 'canteen')]) assert.equal((await visitor.get(QUEUE)).status, 404)
  assert.match(textOf((await desk.get('/guichet')).text), /1 justificatif de travail à regarder/)
  assert.match(textOf((await desk.get(QUEUE)).text), /Awa Diallo/)
})

test('a clerk sees the paper as a picture and accepts it until the end of the school year', async () => {
  const one = await firstInQueue()
  const page = (await desk.get(one)).text
  const picture = /<img class="app-proof" src="([^"]+)"/.exec(page)?.[1] ?? ''
  assert.equal((await desk.get(picture)).headers['content-type'], 'image/png')
  const [file] = await read.select().from(files).where(eq(files.purpose, 'work'))
  assert.ok(file)
  const fields = fieldsOf(page)
  assert.deepEqual(
    ['day', 'month', 'year'].map(part => fields[`validUntil-${part}`]),
    ['31', '8', '2027'],
  )
  await send(desk, `${one}/accepter`, fields)
  await t.settle()
  assert.equal(await parentsWorkOn(read, awa.household, day), true)
  assert.equal(await parentsWorkOn(read, awa.household, Temporal.PlainDate.from('2027-08-31')), true)
  assert.equal(await parentsWorkOn(read, awa.household, Temporal.PlainDate.from('2027-09-01')), false)
  assert.equal(await parentsWorkOn(read, other.household, day), false)
  assert.equal((await read.select().from(files).where(eq(files.purpose, 'work'))).length, 0)
  assert.equal(existsSync(join(t.folder, 'files', file.storedAs)), false)
  assert.match(textOf((await desk.get(one)).text), /Accepté jusqu’au mardi 31 août 2027/)
  assert.match(
    textOf((await awa.parent.get('/famille/travail')).text),
    /sait que vous travaillez, jusqu’au mardi 31 août 2027/,
  )
  const letters = await t.letters()
  assert.match(letters.find(({ kind }) => kind === 'leisure.work-accepted')?.text ?? '', /31 août 2027/)
  const actions = (await read.select().from(auditEntries)).map(({ action }) => action)
  for (const action of ['leisure-work.sent', 'leisure-work.accepted', 'proof.viewed'])
    assert.ok(actions.includes(action))
})

test('the first answer stands: two clerks with the same page', async () => {
  await sendPaper(other.parent, 'two')
  const one = await firstInQueue()
  const fields = fieldsOf((await desk.get(one)).text)
  assert.equal((await post(desk, `${one}/refuser`, { refusal: '' })).status, 422)
  assert.equal((await post(desk, `${one}/accepter`, { ...fields, 'validUntil-year': '2020' })).status, 422)
  await send(desk, `${one}/refuser`, { refusal: 'Il manque la fiche de paie du père.' })
  assert.equal((await post(desk, `${one}/accepter`, fields)).status, 409)
  assert.match(textOf((await other.parent.get('/famille/travail')).text), /Il manque la fiche de paie du père/)
  const refused = (await t.letters()).find(({ kind }) => kind === 'leisure.work-refused')
  assert.match(refused?.text ?? '', /Il manque la fiche de paie du père[\s\S]*http:\/\/guichet\.test\/famille\/travail/)
  assert.equal(await parentsWorkOn(read, other.household, day), false)
})

test('a proof that waits is replaced by the next one, and its bytes go', async () => {
  await sendPaper(other.parent, 'three')
  const [before] = await read.select().from(files).where(eq(files.purpose, 'work'))
  await sendPaper(other.parent, 'four')
  await t.settle()
  const after = await read.select().from(files).where(eq(files.purpose, 'work'))
  assert.equal(after.length, 1)
  assert.ok(before && after[0]?.id !== before.id)
  assert.equal(existsSync(join(t.folder, 'files', before.storedAs)), false)
})
