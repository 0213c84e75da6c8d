import { randomBytes } from 'node:crypto'
import { audit } from '../../src/audit/audit.ts'
import type { Answers } from '../../src/civil-records/kinds.ts'
import { moveRequest } from '../../src/civil-records/moves.ts'
import { indexRequest } from '../../src/civil-records/request-words.ts'
import { applicantKey, recordKey } from '../../src/civil-records/rules/record-keys.ts'
import { trackingNumber } from '../../src/civil-records/rules/tracking-number.ts'
import { civilAsks, civilFiles, civilMessages, civilMoves, civilRequests } from '../../src/civil-records/schema.ts'
import type { RequestState } from '../../src/civil-records/states.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { eq } from '../../src/db/drizzle.ts'
import { type Actor, anonymous, system } from '../../src/kernel/actor.ts'
import { dayInParis } from '../../src/kernel/clock.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { searchKey } from '../../src/people/rules.ts'
import { answerDay } from '../../src/settings/delays.ts'
import type { TestTown } from '../support/town.ts'

/** A birth certificate for oneself, by post: what the rest of these tests begin with. */
export const birthAnswers: Answers = {
  kind: 'birth',
  form: 'full-copy',
  place: 'here',
  date: '1984-05-12',
  standing: 'self',
  subject: { firstNames: 'Fatou Marie', lastName: 'Diallo' },
  parents: {
    first: { firstNames: 'Ousmane', lastName: 'Diallo' },
    second: { firstNames: 'Marie', lastName: 'Lefèvre' },
  },
  copies: 1,
  applicant: { firstName: 'Fatou', lastName: 'Diallo', birthDate: '1984-05-12' },
  delivery: 'post',
  address: { lines: ['3 rue des Tilleuls'], postcode: '59100', city: 'Valmont', country: 'FR' },
  contact: { email: 'fatou@exemple.fr' },
  proof: 'sent',
}

type GivenRequest = {
  /** Answers that differ from a birth certificate for oneself. */
  answers?: Partial<Answers>
  /** Null for who has no e-mail. */
  email?: string | null
  personId?: Id<'person'>
  language?: string
  channel?: CivilRequest['channel']
  /** Goes on from `submitted` by allowed moves, the clerk being the system unless `by` says who. */
  state?: RequestState
  by?: Actor
  assignedTo?: Id<'account'>
  /** Papers sent with it: one photo when nothing is said. */
  papers?: number
  /** What to ask for with the state `waiting-for-applicant`. */
  ask?: { text?: string; french?: string; dueOn?: string }
  /** Columns set at the end, as they are. */
  set?: Partial<typeof civilRequests.$inferInsert>
}

/** The shortest way to each state. */
const ways: Readonly<Partial<Record<RequestState, readonly RequestState[]>>> = {
  'under-review': ['under-review'],
  'waiting-for-applicant': ['under-review', 'waiting-for-applicant'],
  'ready-to-print': ['under-review', 'ready-to-print'],
  signed: ['under-review', 'ready-to-print', 'signed'],
  posted: ['under-review', 'ready-to-print', 'signed', 'posted'],
  'ready-for-collection': ['under-review', 'ready-to-print', 'signed', 'ready-for-collection'],
  collected: ['under-review', 'ready-to-print', 'signed', 'ready-for-collection', 'collected'],
  refused: ['under-review', 'refused'],
  withdrawn: ['withdrawn'],
  expired: ['under-review', 'waiting-for-applicant', 'expired'],
}

/** A request as it is once sent, with number, answers and papers, in the state that is wanted. Now, by the town's clock. */
export async function submittedRequest(t: TestTown, given: GivenRequest = {}): Promise<CivilRequest> {
  const now = t.town.clock.now()
  const answers: Answers = { ...birthAnswers, ...given.answers }
  const email = given.email === undefined ? (answers.contact?.email ?? null) : given.email
  const id = newId<'civil-request'>()
  const number = trackingNumber(randomBytes)
  const stored = await Promise.all(Array.from({ length: given.papers ?? 1 }, () => t.town.files.put(photo)))
  await t.town.db.transaction(async tx => {
    await tx.insert(civilRequests).values({
      id,
      number,
      state: 'submitted',
      version: 2,
      channel: given.channel ?? 'online',
      language: given.language ?? 'fr',
      personId: given.personId ?? null,
      email,
      answers,
      kind: answers.kind ?? null,
      form: answers.form ?? null,
      standing: answers.standing ?? null,
      recordDate: answers.date ?? null,
      copies: answers.copies ?? 1,
      delivery: answers.delivery ?? null,
      granted: {
        ground: 'the-person',
        source: 'décret n° 2017-890, art. 30',
        information: false,
        proofs: ['identity'],
      },
      searchKey: searchKey(
        `${answers.subject?.lastName} ${answers.subject?.firstNames} ${answers.applicant?.lastName} ${answers.applicant?.firstName}`,
      ),
      recordKey: recordKey(answers) ?? null,
      applicantKey: answers.applicant ? applicantKey(answers.applicant) : null,
      applicantBirthYear: Number(answers.applicant?.birthDate.slice(0, 4)),
      submittedAt: now,
      dueOn: answerDay(dayInParis(now), 5),
      assignedTo: given.assignedTo ?? null,
      createdAt: now,
      updatedAt: now,
    })
    const [sent] = await tx.select().from(civilRequests).where(eq(civilRequests.id, id))
    if (sent) await indexRequest(tx, sent)
    const by = given.personId ? 'resident' : 'anonymous'
    await tx
      .insert(civilMoves)
      .values({ id: newId<'civil-move'>(), requestId: id, at: now, from: 'draft', to: 'submitted', by })
    for (const storedAs of stored) {
      await tx.insert(civilFiles).values({
        id: newId<'civil-file'>(),
        requestId: id,
        purpose: 'proof',
        name: 'carte d’identité.png',
        mediaType: 'image/png',
        size: photo.byteLength,
        storedAs,
        createdAt: now,
      })
    }
    await audit(tx, now, anonymous, { action: 'civil-request.submitted', subject: { kind: 'civil-request', id } })
  })
  await moveOn(t, id, ways[given.state ?? 'submitted'] ?? [], given.by)
  if (given.state === 'waiting-for-applicant') await askFor(t, id, given.ask)
  if (given.set) {
    await t.town.db.transaction(async tx => {
      await tx.update(civilRequests).set(given.set!).where(eq(civilRequests.id, id))
    })
  }
  return requestNow(t, id)
}

/** Moves a request on, state by state, as the rules allow. */
export async function moveOn(
  t: TestTown,
  id: Id<'civil-request'>,
  states: readonly RequestState[],
  by: Actor = system('test'),
): Promise<void> {
  for (const to of states) {
    const seen = await requestNow(t, id)
    await t.town.db.transaction(tx =>
      moveRequest(tx, t.town.clock.now(), by, seen, {
        to,
        ...(to === 'refused' ? { reason: 'La parenté n’est pas prouvée.' } : {}),
      }),
    )
  }
}

/** A paper asked for, due in 30 days when nothing is said; the request itself is moved by `moveOn`. */
export async function askFor(
  t: TestTown,
  requestId: Id<'civil-request'>,
  { text = 'Votre pièce d’identité est floue. Envoyez une autre photo.', french, dueOn }: GivenRequest['ask'] = {},
): Promise<{ askId: Id<'civil-ask'>; messageId: Id<'civil-message'> }> {
  const now = t.town.clock.now()
  const askId = newId<'civil-ask'>()
  const messageId = newId<'civil-message'>()
  await t.town.db.transaction(async tx => {
    await tx
      .insert(civilMessages)
      .values({ id: messageId, requestId, at: now, by: 'town', text, french: french ?? null })
    await tx.insert(civilAsks).values({
      id: askId,
      requestId,
      messageId,
      askedAt: now,
      dueOn: dueOn ? Temporal.PlainDate.from(dueOn) : dayInParis(now).add({ days: 30 }),
    })
  })
  return { askId, messageId }
}

/** The request as it is now. */
export async function requestNow(t: TestTown, id: Id<'civil-request'>): Promise<CivilRequest> {
  const [request] = await t.town.db.read.select().from(civilRequests).where(eq(civilRequests.id, id))
  if (!request) throw new Error(`no request ${id}`)
  return request
}

/** A picture of one point: a real PNG. */
export const photo = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
