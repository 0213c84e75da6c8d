// What a resident takes home after a clerk wrote their request down.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { createPerson } from '../../src/people/desk-persons.ts'
import { persons } from '../../src/people/schema.ts'
import { opened } from '../documents/pdf.ts'
import { clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { answerAll, death, send } from './asking.ts'
import { submittedRequest } from './world.ts'

const t = await testTown()
const registrar = await clerkAccount(t, 'civil-registry')
const colleague = await clerkAccount(t, 'civil-registry')
const canteen = await clerkAccount(t, 'canteen')
const { personId } = await createPerson(
  t.town,
  registrar.actor,
  {
    firstName: 'Odette',
    lastName: 'Lenoir',
    birthDate: Temporal.PlainDate.from('1938-02-07'),
    phone: null,
    email: null,
    address: undefined,
  },
  { nobodyOf: [] },
)

async function clerkName() {
  const [person] = await t.town.db.read.select().from(persons).where(eq(persons.id, registrar.actor.personId))
  return person ?? assert.fail('the clerk is somebody')
}

test('the receipt says what was asked, by whom it was written down, and by what mandate', async () => {
  const begin = { reason: 'counter', consent: 'yes', note: 'sa fille est là' }
  await registrar.clerk.post(`/guichet/personnes/${personId}/agir`).type('form').send(begin)
  const { contact: _, ...path } = death
  const vous = {
    'applicant.firstName': 'Odette',
    'applicant.lastName': 'Lenoir',
    'applicant.birthDate-day': '7',
    'applicant.birthDate-month': '2',
    'applicant.birthDate-year': '1938',
  }
  await answerAll(registrar.clerk, { ...path, vous })
  const sent = await send(registrar.clerk)
  const done = await registrar.clerk.get(sent.headers['location']!)
  const link =
    /href="(\/guichet\/etat-civil\/[\w-]+\/recepisse)"/.exec(done.text)?.[1] ?? assert.fail('no link to print')
  const answer = await registrar.clerk.get(link).responseType('blob')
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['content-type'], 'application/pdf')
  assert.match(answer.headers['cache-control'] ?? '', /no-store/)
  const text = opened(answer.body)
    .pages()
    .join(' ')
    .replaceAll(/[\s\u00a0\u202f]+/g, ' ')
  const { lastName } = await clerkName()
  for (const said of ['Ernest', 'LENOIR', 'Odette Lenoir', lastName, 'donné au guichet, sa fille est là', 'gratuit'])
    assert.ok(text.toLowerCase().includes(said.toLowerCase()), `${said}: ${text}`)
  const [request] = await t.town.db.read.select().from(civilRequests).orderBy(desc(civilRequests.id)).limit(1)
  assert.deepEqual([request?.channel, request?.personId], ['counter', personId])
  const kept = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.subjectId, request!.id))
  const submitted = kept.find(({ action }) => action === 'civil-request.submitted')
  assert.deepEqual([submitted?.actorAccountId, submitted?.onBehalfOf], [registrar.actor.accountId, personId])
  assert.ok(kept.some(({ action }) => action === 'civil-request.receipt-printed'))
})

test('nobody writes one for who asked alone, and the note stays with the clerk who took it', async () => {
  const online = await submittedRequest(t)
  assert.equal((await registrar.clerk.get(`/guichet/etat-civil/${online.id}/recepisse`)).status, 404)
  const [request] = await t.town.db.read.select().from(civilRequests).where(eq(civilRequests.personId, personId))
  const path = `/guichet/etat-civil/${request!.id}/recepisse`
  assert.equal((await canteen.clerk.get(path)).status, 404)
  assert.equal((await t.visitor().get(path)).headers['location'], '/connexion')
  const again = await colleague.clerk.get(path).responseType('blob')
  assert.doesNotMatch(opened(again.body).pages().join(' '), /sa fille/)
})
