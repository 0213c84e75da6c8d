import assert from 'node:assert/strict'
import { pageOf } from '../../src/civil-records/asking/ask-summary.ts'
import { makeRequestLink } from '../../src/civil-records/links.ts'
import { questionKeys } from '../../src/civil-records/rules/questions.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import type { RequestState } from '../../src/civil-records/states.ts'
import { eq } from '../../src/db/drizzle.ts'
import { DEMO_PASSWORD } from '../../src/demo/seed-families.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { signIn } from '../abuse/sign-in.ts'
import { answer, answerAll, death, ownBirth, type Path, send } from '../civil-records/asking.ts'
import { desk } from '../civil-records/file-forms.ts'
import { submittedRequest } from '../civil-records/world.ts'
import { linkIn, type OpenTown } from '../journeys/open-town.ts'
import { clerk as clerkOf, type Family } from '../support/family.ts'
import type { Visitor } from '../support/town.ts'
import type { Looker } from './lived-in-town.ts'

export type LivedInRegistry = {
  /** Those in the middle of asking, each as far as another page. */
  askers: Record<string, Looker>
  /** What letters lead to. */
  follow: readonly string[]
  /** The requests of the family with an account. */
  mine: readonly string[]
  clerk: Visitor
  /** Files in every state, beside those that the queue leads to. */
  deskStarts: readonly string[]
}

const STATES: readonly RequestState[] = [
  'submitted',
  'waiting-for-applicant',
  'signed',
  'posted',
  'ready-for-collection',
  'collected',
  'refused',
  'withdrawn',
  'expired',
]

/** The registry's side: requests in every state, drafts in the middle, one batch printed, two clerks at work. */
export async function liveInRegistry(t: OpenTown, home: Family): Promise<LivedInRegistry> {
  const clerk = await signIn(t, { email: 'etat-civil@valmont.example', password: DEMO_PASSWORD })
  const colleague = await clerkOf(t, 'civil-registry')
  const requests = new Map<RequestState, Id<'civil-request'>>()
  for (const state of STATES) {
    const answers = state.startsWith('ready') || state === 'collected' ? { delivery: 'collection' as const } : {}
    requests.set(state, (await submittedRequest(t, { state, answers })).id)
  }
  await submittedRequest(t, { state: 'waiting-for-applicant', personId: home.personId })
  await answerAll(home.parent, ownBirth)
  const own = String((await send(home.parent)).headers['location'])
  const mine = await submittedRequest(t, { email: null })
  const counter = await askedAtCounter(t, home)
  const unfounded = [await submittedRequest(t), await submittedRequest(t, { personId: home.personId })]
  for (const { id } of unfounded) await refuse(t, clerk, id)
  const theirs = await submittedRequest(t, { papers: 3, language: 'en' })
  const aside = { onHoldUntil: Temporal.PlainDate.from('2026-12-15'), onHoldReason: 'Le registre est à la reliure.' }
  const onHold = await submittedRequest(t, { set: aside })
  await take(clerk, mine.id)
  await take(colleague, theirs.id)
  const printed = await printOne(t, clerk)
  await t.settle()

  const link = (id: Id<'civil-request'>) =>
    t.town.db.transaction(
      async tx => `/etat-civil/suivi/${await makeRequestLink(tx, t.town.clock.now(), id, 'follow')}`,
    )
  const asking = await drafts(t)
  return {
    askers: asking.askers,
    follow: [...(await Promise.all([...requests.values(), unfounded[0]!.id].map(link))), ...asking.byLetter],
    mine: [own, `/etat-civil/mes-demandes/${own.split('/').at(-1)}`, `/etat-civil/mes-demandes/${unfounded[1]!.id}`],
    clerk,
    deskStarts: [
      ...printed,
      '/guichet/etat-civil?q=introuvable',
      '/guichet/etat-civil/impressions',
      `/guichet/etat-civil/${requests.get('ready-for-collection')}/remise`,
      `/guichet/etat-civil/${counter}/recepisse`,
      `/guichet/etat-civil/${counter}`,
      ...[mine, theirs, onHold, ...unfounded].map(({ id }) => `/guichet/etat-civil/${id}`),
      ...[...requests.values()].map(id => `/guichet/etat-civil/${id}`),
    ],
  }
}

/** A request that a clerk writes down for somebody who came. */
async function askedAtCounter(t: OpenTown, { personId }: Family): Promise<string> {
  const clerk = await clerkOf(t, 'civil-registry')
  const acting = { reason: 'counter', consent: 'yes' }
  const begun = await clerk.post(`/guichet/personnes/${personId}/agir`).type('form').send(acting)
  assert.equal(begun.status, 303, begun.text)
  await answerAll(clerk, ownBirth)
  return (
    String((await send(clerk)).headers['location'])
      .split('/')
      .at(-1) ?? ''
  )
}

async function refuse(t: OpenTown, clerk: Visitor, id: Id<'civil-request'>): Promise<void> {
  const { send } = await desk(t, clerk, id)
  const answered = await send('refuser', { step: 'send', ground: 'not-found', facts: 'Le registre ne le dit pas.' })
  assert.equal(answered.status, 303, answered.text)
}

async function take(clerk: Visitor, id: string): Promise<void> {
  const answered = await clerk.post(`/guichet/etat-civil/${id}/prendre`).type('form').send({})
  assert.equal(answered.status, 303, answered.text)
}

/** Prints one of the records that wait for it; the others go on waiting. */
async function printOne(t: OpenTown, clerk: Visitor): Promise<string[]> {
  const [ready, next] = await t.town.db.read
    .select()
    .from(civilRequests)
    .where(eq(civilRequests.state, 'ready-to-print'))
  assert.ok(ready && next, 'the demonstration town has records to print')
  const wish = { request: `${ready.id}.${ready.version}` }
  const answered = await clerk.post('/guichet/etat-civil/impressions/lot').type('form').send(wish)
  assert.equal(answered.status, 303, answered.text)
  return [
    answered.headers['location'] ?? '',
    `/guichet/etat-civil/${next.id}`,
    `/guichet/etat-civil/${next.id}/acte.pdf`,
  ]
}

const HERE = '/etat-civil/demande'
/** Every question: those that are not on somebody's path lead elsewhere. */
const QUESTIONS = questionKeys.map(pageOf)

/** Somebody who answers question by question, and stands at one more. */
async function answering(t: OpenTown, path: Path, at: string): Promise<Looker> {
  const visitor = t.visitor()
  for (const [page, fields] of Object.entries(path)) await answer(visitor, page, fields)
  return { visitor, starts: [`${HERE}/${at}`] }
}

/** Somebody who answered all, and looks it over. */
async function atCheck(t: OpenTown, path: Path): Promise<Looker> {
  const visitor = t.visitor()
  await answerAll(visitor, path)
  return { visitor, starts: [`${HERE}/verifier`, `${HERE}/plus-tard`, ...QUESTIONS] }
}

const birth = { acte: { kind: 'birth' }, document: { form: 'full-copy' } }
const marriage = { acte: { kind: 'marriage' }, document: { form: 'full-copy' }, lieu: { place: 'here' } }
const date = (year: string, month = '', dayOfMonth = '') => ({
  date: { 'date-day': dayOfMonth, 'date-month': month, 'date-year': year },
})
const subject = { 'subject.firstNames': 'Marie-Thérèse', 'subject.lastName': 'Vandenbroucke-Delannoy' }
const recognition = {
  acte: { kind: 'recognition' },
  document: { form: 'full-copy' },
  lieu: { place: 'here' },
  ...date('1990', '5', '12'),
  lien: { standing: 'self' },
  personne: subject,
}
const mandated = { ...ownBirth, lien: { standing: 'professional' }, vous: death['vous'] ?? {} }

/** Browsers in the middle of asking, and where the letters lead that went out to them. */
async function drafts(t: OpenTown): Promise<{ askers: Record<string, Looker>; byLetter: string[] }> {
  const sent = t.visitor()
  await answerAll(sent, ownBirth)
  const done = String((await send(sent)).headers['location'])
  const confirming = t.visitor()
  const email = { 'contact.email': 'zoe.lenoir@exemple.fr', 'contact.phone': '' }
  await answerAll(confirming, death, { contact: email })
  await send(confirming)
  const later = await answering(t, birth, 'lieu')
  await later.visitor.post(`${HERE}/plus-tard`).type('form').send({ email: 'plus.tard@exemple.fr' })
  const letter = async (to: string, subject: RegExp, path: string) =>
    new URL(linkIn(await t.letterTo(to, subject), path)).pathname
  return {
    askers: {
      'who asks for their birth': await atCheck(t, ownBirth),
      'who asks for a death': await atCheck(t, death),
      'who asks for a marriage': await answering(
        t,
        { ...marriage, ...date('1990', '5', '12'), lien: { standing: 'self' }, personne: subject },
        'naissance',
      ),
      'who asks for a spouse': await answering(
        t,
        { ...marriage, ...date('1931'), lien: { standing: 'other' }, personne: subject },
        'conjoint',
      ),
      'who asks for an old marriage': await answering(
        t,
        { ...marriage, ...date('1960'), lien: { standing: 'sibling' } },
        'deces',
      ),
      'who asks for a recognition': await answering(t, recognition, 'declarant'),
      'who is nearly of age': await answering(
        t,
        { ...birth, lieu: { place: 'here' }, ...date('2009', '5', '12'), lien: { standing: 'self' } },
        'age',
      ),
      'a notary': await answering(t, mandated, 'etude'),
      'who asks elsewhere': await answering(t, { ...birth, lieu: { place: 'abroad' } }, 'a-savoir'),
      'who may not have it': await answering(
        t,
        { ...birth, lieu: { place: 'here' }, ...date('1984', '5', '12'), lien: { standing: 'other' } },
        'a-savoir',
      ),
      'who sent a request': { visitor: sent, starts: [done] },
      'who must confirm': { visitor: confirming, starts: [`${HERE}/e-mail`] },
    },
    byLetter: [
      await letter('zoe.lenoir@exemple.fr', /Confirmez/, '/etat-civil/confirmer/'),
      await letter('plus.tard@exemple.fr', /Continuez/, '/etat-civil/reprendre/'),
    ],
  }
}
