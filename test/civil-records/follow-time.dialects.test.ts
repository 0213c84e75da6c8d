import assert from 'node:assert/strict'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { closeUnanswered, reminderDay, remindOfAsks } from '../../src/civil-records/following/asks-due.ts'
import { followCollections } from '../../src/civil-records/following/collection-due.ts'
import {
  forgetBatches,
  forgetDrafts,
  forgetLettersAndLinks,
  forgetRequests,
  removePapers,
} from '../../src/civil-records/following/retention.ts'
import { makeRequestLink } from '../../src/civil-records/links.ts'
import { daysWaited, dueAfterWait } from '../../src/civil-records/rules/after-wait.ts'
import {
  civilActs,
  civilAsks,
  civilBatches,
  civilFiles,
  civilLinks,
  civilMessages,
  civilMoves,
  civilNotes,
  civilRequests,
  civilRequestWords,
} from '../../src/civil-records/schema.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { eq } from '../../src/db/drizzle.ts'
import { documents } from '../../src/documents/schema.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { testTown } from '../support/town.ts'
import { askFor, moveOn, requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const db = t.town.db.read

const lettersOf = async (kind: string, { id }: Pick<CivilRequest, 'id'>, keys: readonly string[] = [id]) =>
  (await t.letters()).filter(letter => letter.kind === kind && keys.some(key => letter.key.includes(key)))
const askOf = async ({ id }: Pick<CivilRequest, 'id'>) =>
  (await db.select().from(civilAsks).where(eq(civilAsks.requestId, id)))[0]!
const filesOf = ({ id }: Pick<CivilRequest, 'id'>) => db.select().from(civilFiles).where(eq(civilFiles.requestId, id))
const isOnDisk = (storedAs: string) =>
  access(join(t.folder, 'files', storedAs.slice(0, 2), storedAs)).then(
    () => true,
    () => false,
  )
/** The day's scheduled work, and the same again: as two workers would do it, one after the other. */
async function dayOf(instant: string): Promise<void> {
  t.at(instant)
  await t.tick()
  for (const again of [
    closeUnanswered,
    remindOfAsks,
    followCollections,
    forgetDrafts,
    forgetRequests,
    forgetLettersAndLinks,
    forgetBatches,
  ])
    await again(t.town)
  await t.settle()
}

test('a reminder comes a week before the end, or halfway of a short delay', () => {
  const day = (text: string) => Temporal.PlainDate.from(text)
  for (const [asked, due, expected] of [
    ['2026-11-02', '2026-12-02', '2026-11-25'],
    ['2026-11-02', '2026-11-16', '2026-11-09'],
    ['2026-11-02', '2026-11-09', '2026-11-06'],
    ['2026-11-02', '2026-11-10', '2026-11-06'],
    ['2026-11-02', '2026-11-02', '2026-11-02'],
  ] as const)
    assert.equal(reminderDay(day(asked), day(due)).toString(), expected, due)
})

test('the delay stands still while the town waits for the applicant, and so does its silence', async () => {
  const day = (text: string) => Temporal.PlainDate.from(text)
  const due = (dueOn: string, askedOn: string, backOn: string) =>
    dueAfterWait(day(dueOn), { askedOn: day(askedOn), backOn: day(backOn) }).toString()
  assert.equal(due('2026-11-30', '2026-11-24', '2026-12-14'), '2026-12-18', 'four working days were left')
  assert.equal(due('2026-11-30', '2026-11-24', '2026-11-24'), '2026-11-30', 'answered at once')
  assert.equal(due('2026-11-30', '2026-12-04', '2026-12-14'), '2026-12-15', 'late already: the next working day')

  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t)
  t.at('2026-11-24T09:00:00+01:00')
  await moveOn(t, request.id, ['under-review', 'waiting-for-applicant'])
  await askFor(t, request.id)
  t.at('2026-12-14T09:00:00+01:00')
  await moveOn(t, request.id, ['under-review'])
  assert.equal((await requestNow(t, request.id)).dueOn?.toString(), '2026-12-18')
  const visitor = t.visitor()
  await visitor.post('/etat-civil/suivi').type('form').send({ number: request.number, birthYear: '1984' })
  const page = (await visitor.get('/etat-civil/suivi/demande')).text
  assert.match(page, /Réponse avant le vendredi 18 décembre 2026/)
  assert.match(
    page,
    /Sans réponse de la mairie le vendredi 12 février 2027/,
    '23 January and the twenty days of waiting',
  )
  assert.equal(daysWaited(await db.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))), 20)
})

test('one reminder a week before, then the request is closed with a letter, each once', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, {
    state: 'waiting-for-applicant',
    ask: { text: 'Le verso.', dueOn: '2026-12-23' },
  })
  const ask = await askOf(request)
  const reminders = () => lettersOf('civil.document-reminder', request, [ask.id])
  await dayOf('2026-12-15T09:00:00+01:00')
  assert.equal((await reminders()).length, 0)
  t.at('2026-12-16T08:29:00+01:00')
  await t.tick()
  assert.equal((await reminders()).length, 0, 'not before half past eight')
  for (const at of ['2026-12-16T08:31:00+01:00', '2026-12-17T09:00:00+01:00', '2026-12-23T23:00:00+01:00'])
    await dayOf(at)
  const [reminder, ...more] = await reminders()
  assert.equal(more.length, 0)
  assert.match(reminder!.text, /Le verso\.[\s\S]*mercredi 23 décembre 2026/)
  assert.equal(reminder!.state, 'sent')
  assert.equal((await requestNow(t, request.id)).state, 'waiting-for-applicant', 'the last day is in time')
  await dayOf('2026-12-24T09:00:00+01:00')
  await dayOf('2026-12-25T09:00:00+01:00')
  assert.equal((await requestNow(t, request.id)).state, 'expired')
  const closed = await lettersOf('civil.closed-unanswered', request, [ask.id])
  assert.equal(closed.length, 1)
  assert.match(closed[0]!.text, /nouvelle demande quand vous voulez/)
  const moves = await db.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))
  assert.equal(moves.filter(({ to, by }) => to === 'expired' && by === 'system').length, 1)
})

test('two workers at once remind and close once', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const requests = []
  for (let i = 0; i < 4; i++)
    requests.push(
      await submittedRequest(t, { state: 'waiting-for-applicant', ask: { dueOn: '2026-12-23' }, papers: 0 }),
    )
  t.at('2026-12-16T09:00:00+01:00')
  await Promise.all([remindOfAsks(t.town), remindOfAsks(t.town)])
  t.at('2026-12-24T09:00:00+01:00')
  await Promise.all([closeUnanswered(t.town), closeUnanswered(t.town)])
  for (const request of requests) {
    const ask = await askOf(request)
    assert.equal((await lettersOf('civil.document-reminder', request, [ask.id])).length, 1)
    assert.equal((await lettersOf('civil.closed-unanswered', request, [ask.id])).length, 1)
    assert.equal((await requestNow(t, request.id)).state, 'expired')
    const links = await db.select().from(civilLinks).where(eq(civilLinks.requestId, request.id))
    assert.equal(links.length, 2, 'one link for each letter')
  }
})

test('of a short delay the reminder comes halfway', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'waiting-for-applicant', ask: { dueOn: '2026-11-30' } })
  const { id } = await askOf(request)
  await dayOf('2026-11-26T09:00:00+01:00')
  assert.equal((await lettersOf('civil.document-reminder', request, [id])).length, 0)
  await dayOf('2026-11-27T09:00:00+01:00')
  assert.equal((await lettersOf('civil.document-reminder', request, [id])).length, 1)
})

test('more than fifty at a time are all reminded and closed', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const requests = []
  for (let i = 0; i < 53; i++)
    requests.push(
      await submittedRequest(t, { state: 'waiting-for-applicant', ask: { dueOn: '2026-12-23' }, papers: 0 }),
    )
  t.at('2026-12-24T09:00:00+01:00')
  await closeUnanswered(t.town)
  for (const { id } of requests) assert.equal((await requestNow(t, id)).state, 'expired')
})

test('who answered is neither reminded nor closed; asked again, the later day counts', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'waiting-for-applicant', ask: { dueOn: '2026-12-10' } })
  const first = await askOf(request)
  // The paper came by post: the clerk goes on without an answer here, then asks for another one.
  await moveOn(t, request.id, ['under-review', 'waiting-for-applicant'])
  t.at('2026-11-24T09:00:00+01:00')
  const second = await askFor(t, request.id, { dueOn: '2027-01-10' })
  await dayOf('2026-12-11T09:00:00+01:00')
  assert.equal((await requestNow(t, request.id)).state, 'waiting-for-applicant')
  assert.equal((await lettersOf('civil.document-reminder', request, [first.id])).length, 0)
  await dayOf('2027-01-11T09:00:00+01:00')
  assert.equal((await requestNow(t, request.id)).state, 'expired')
  assert.equal((await lettersOf('civil.closed-unanswered', request, [second.askId])).length, 1)
})

test('who has no e-mail is reminded on paper', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, {
    email: null,
    answers: { contact: {} },
    state: 'waiting-for-applicant',
    ask: { dueOn: '2026-12-23' },
  })
  await dayOf('2026-12-16T09:00:00+01:00')
  const [reminder] = await lettersOf('civil.document-reminder', request, [(await askOf(request)).id])
  assert.deepEqual([reminder?.state, reminder?.to], ['to-print', null])
  assert.doesNotMatch(reminder!.text, /http/)
})

test('a record that nobody fetches: one reminder at half the time, then closed and to be destroyed', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'ready-for-collection', answers: { delivery: 'collection' } })
  await dayOf('2026-12-22T09:00:00+01:00')
  assert.equal((await lettersOf('civil.collection-reminder', request)).length, 0)
  await dayOf('2026-12-23T09:00:00+01:00')
  await dayOf('2026-12-24T09:00:00+01:00')
  const links = await db.select().from(civilLinks).where(eq(civilLinks.requestId, request.id))
  assert.equal(links.length, 1, 'no link without its letter')
  const [reminder, ...more] = await lettersOf('civil.collection-reminder', request)
  assert.equal(more.length, 0)
  assert.match(reminder!.text, /vendredi 22 janvier 2027/)
  await dayOf('2027-01-22T20:00:00+01:00')
  assert.equal((await requestNow(t, request.id)).state, 'ready-for-collection')
  await dayOf('2027-01-23T09:00:00+01:00')
  await dayOf('2027-01-24T09:00:00+01:00')
  assert.equal((await requestNow(t, request.id)).state, 'expired')
  const last = (await db.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))).find(
    ({ to }) => to === 'expired',
  )
  assert.match(last!.reason!, /L’exemplaire imprimé est à détruire/)
  const trail = await db.select().from(auditEntries).where(eq(auditEntries.subjectId, request.id))
  assert.equal(trail.filter(({ action }) => action === 'civil-request.record-to-destroy').length, 1)
  const closed = (await t.letters()).filter(({ kind }) => kind === 'civil.closed-uncollected')
  assert.equal(closed.length, 1)
})

test('a draft is deleted seven days after it was begun, with its papers and links', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const sent = await submittedRequest(t)
  const draft = await submittedRequest(t, { set: { state: 'draft', number: null, submittedAt: null } })
  await t.town.db.transaction(tx => makeRequestLink(tx, t.town.clock.now(), draft.id, 'resume').then(() => undefined))
  const [paper] = await filesOf(draft)
  await dayOf('2026-11-30T08:59:00+01:00')
  assert.equal((await filesOf(draft)).length, 1)
  assert.ok(await isOnDisk(paper!.storedAs))
  await dayOf('2026-12-01T09:01:00+01:00')
  assert.deepEqual(await db.select().from(civilRequests).where(eq(civilRequests.id, draft.id)), [])
  assert.deepEqual(await filesOf(draft), [])
  assert.deepEqual(await db.select().from(civilLinks).where(eq(civilLinks.requestId, draft.id)), [])
  assert.ok(!(await isOnDisk(paper!.storedAs)))
  assert.equal((await filesOf(sent)).length, 1, 'what was sent stays')
})

test('papers leave the disk when the request is over; a scan of the act stays', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'signed', papers: 2 })
  const [first, second] = await filesOf(request)
  await t.town.db.transaction(async tx => {
    await tx.update(civilFiles).set({ purpose: 'scan' }).where(eq(civilFiles.id, second!.id))
  })
  await t.settle()
  assert.ok(await isOnDisk(first!.storedAs))
  await moveOn(t, request.id, ['posted'])
  await t.settle()
  await t.settle()
  assert.ok(!(await isOnDisk(first!.storedAs)))
  assert.ok(await isOnDisk(second!.storedAs))
  assert.deepEqual(
    (await filesOf(request)).map(({ id }) => id),
    [second!.id],
  )
})

test('of a refused request papers stay until it cannot be appealed against; opened again, until it is closed anew', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const appealed = await submittedRequest(t, { state: 'refused' })
  const accepted = await submittedRequest(t, { state: 'refused' })
  const [paper] = await filesOf(appealed)
  t.at('2027-01-25T12:00:00+01:00')
  await moveOn(t, appealed.id, ['under-review'])
  await t.settle()
  assert.equal((await filesOf(accepted)).length, 1)
  t.at('2027-01-26T00:01:00+01:00')
  await t.settle()
  await t.settle()
  assert.equal((await filesOf(accepted)).length, 0)
  assert.equal((await filesOf(appealed)).length, 1, 'it is open')
  await moveOn(t, appealed.id, ['refused'])
  await removePapers(t.town, appealed.id)
  assert.equal((await filesOf(appealed)).length, 1)
  t.at('2027-03-28T12:00:00+02:00')
  await t.settle()
  assert.equal((await filesOf(appealed)).length, 1, 'a new refusal, a new delay')
  t.at('2027-03-31T12:00:00+02:00')
  await t.settle()
  await t.settle()
  assert.equal((await filesOf(appealed)).length, 0)
  assert.ok(!(await isOnDisk(paper!.storedAs)))
})

test('a year after closing a request is a figure without a person', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'refused', personId: 'somebody' as Id<'person'> })
  const other = await submittedRequest(t, { state: 'under-review' })
  await askFor(t, request.id)
  const now = t.town.clock.now()
  const storedAs = await t.town.files.put(Buffer.from('%PDF-1.7'))
  const moves = await db.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))
  const clerk = 'a-clerk' as Id<'account'>
  await t.town.db.transaction(async tx => {
    await tx
      .insert(civilNotes)
      .values({ id: newId<'civil-note'>(), requestId: request.id, at: now, accountId: clerk, text: 'Diallo' })
    for (const [kind, subjectId] of [
      ['civil-acknowledgement', request.id],
      ['civil-refusal', moves.at(-1)!.id],
    ] as const) {
      const id = newId<'document'>()
      await tx
        .insert(documents)
        .values({ id, kind, subjectId, name: 'x.pdf', storedAs, size: 8, sha256: '', createdAt: now })
    }
  })
  await dayOf('2027-11-23T04:00:00+01:00')
  assert.ok((await requestNow(t, request.id)).number, 'not before the year is over')
  await dayOf('2027-11-24T04:00:00+01:00')
  const row = await requestNow(t, request.id)
  assert.deepEqual(
    [row.state, row.kind, row.form, row.copies, row.delivery, row.channel, row.standing],
    ['refused', 'birth', 'full-copy', 1, 'post', 'online', 'self'],
  )
  assert.ok(row.submittedAt && row.closedAt && row.dueOn, 'figures are made of these')
  assert.doesNotMatch(JSON.stringify(row), /Diallo|Fatou|1984|Lefèvre|Tilleuls|fatou@|somebody/i)
  for (const table of [civilMessages, civilAsks, civilNotes, civilFiles, civilLinks, civilActs, civilRequestWords])
    assert.deepEqual(await db.select().from(table).where(eq(table.requestId, request.id)), [])
  const kept = await db.select().from(civilMoves).where(eq(civilMoves.requestId, request.id))
  assert.equal(kept.length, moves.length)
  assert.ok(kept.every(({ reason, refusal, accountId }) => reason === null && refusal === null && accountId === null))
  assert.deepEqual(await db.select().from(documents).where(eq(documents.subjectId, request.id)), [])
  assert.ok(!(await isOnDisk(storedAs)))
  assert.ok((await requestNow(t, other.id)).number, 'what is open stays')
  const trail = await db.select().from(auditEntries).where(eq(auditEntries.subjectId, request.id))
  assert.equal(trail.filter(({ action }) => action === 'civil-request.forgotten').length, 1, 'once')
})

test('records printed together are forgotten after a year', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const now = t.town.clock.now()
  const storedAs = await t.town.files.put(Buffer.from('%PDF-1.7'))
  const id = newId<'civil-batch'>()
  await t.town.db.transaction(async tx => {
    const batch = { id, requestIds: [], createdBy: 'a-clerk' as Id<'account'>, createdAt: now }
    await tx.insert(civilBatches).values(batch)
    const kept = { kind: 'civil-batch', subjectId: id, name: 'x.pdf', storedAs, size: 8, sha256: '', createdAt: now }
    await tx.insert(documents).values({ id: newId<'document'>(), ...kept })
  })
  await dayOf('2027-11-22T04:00:00+01:00')
  assert.ok(await isOnDisk(storedAs))
  await dayOf('2027-11-24T04:00:00+01:00')
  assert.ok(!(await isOnDisk(storedAs)))
  assert.deepEqual(await db.select().from(civilBatches).where(eq(civilBatches.id, id)), [])
})

test('letters about requests are forgotten after a year, links when they end', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const request = await submittedRequest(t, { state: 'waiting-for-applicant', ask: { dueOn: '2026-12-23' } })
  const { id } = await askOf(request)
  await dayOf('2026-12-16T09:00:00+01:00')
  assert.equal((await lettersOf('civil.document-reminder', request, [id])).length, 1)
  assert.equal((await db.select().from(civilLinks).where(eq(civilLinks.requestId, request.id))).length, 1)
  await dayOf('2027-03-17T09:00:00+01:00')
  assert.equal(
    (await db.select().from(civilLinks).where(eq(civilLinks.requestId, request.id))).length,
    1,
    'the later one',
  )
  await dayOf('2027-12-17T09:00:00+01:00')
  assert.equal((await lettersOf('civil.document-reminder', request, [id])).length, 0)
  assert.equal((await db.select().from(civilLinks).where(eq(civilLinks.requestId, request.id))).length, 0)
})
