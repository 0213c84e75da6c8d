import assert from 'node:assert/strict'
import { pageOf } from '../../src/civil-records/ask-summary.ts'
import { makeRequestLink } from '../../src/civil-records/links.ts'
import { questionKeys } from '../../src/civil-records/questions.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import type { RequestState } from '../../src/civil-records/states.ts'
import { eq } from '../../src/db/drizzle.ts'
import { DEMO_PASSWORD } from '../../src/demo/seed-families.ts'
import { signIn } from '../abuse/sign-in.ts'
import { answer, answerAll, death, ownBirth, type Path, send } from '../civil-records/asking.ts'
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
  const requests = new Map<string, string>()
  for (const state of STATES) {
    const answers = state.startsWith('ready') || state === 'collected' ? { delivery: 'collection' as const } : {}
    requests.set(state, (await submittedRequest(t, { state, answers })).id)
  }
  await submittedRequest(t, { state: 'waiting-for-applicant', personId: home.personId })
  await submittedRequest(t, { state: 'refused', personId: home.personId })
  const mine = await submittedRequest(t, { email: null })
  const theirs = await submittedRequest(t, { papers: 3, language: 'en' })
  await take(clerk, mine.id)
  await take(colleague, theirs.id)
  const batch = await printOne(t, clerk)
  await t.settle()

  const link = async (state: RequestState) => {
    const id = requests.get(state) as typeof mine.id
    return `/etat-civil/suivi/${await t.town.db.transaction(tx => makeRequestLink(tx, t.town.clock.now(), id, 'follow'))}`
  }
  const asking = await drafts(t)
  return {
    askers: asking.askers,
    follow: [...(await Promise.all(STATES.map(link))), ...asking.byLetter],
    clerk,
    deskStarts: [
      batch,
      '/guichet/etat-civil?q=introuvable',
      '/guichet/etat-civil/impressions',
      ...[mine.id, theirs.id, ...requests.values()].map(id => `/guichet/etat-civil/${id}`),
    ],
  }
}

async function take(clerk: Visitor, id: string): Promise<void> {
  const answered = await clerk.post(`/guichet/etat-civil/${id}/prendre`).type('form').send({})
  assert.equal(answered.status, 303, answered.text)
}

/** Prints one of the records that wait for it; the others go on waiting. */
async function printOne(t: OpenTown, clerk: Visitor): Promise<string> {
  const [ready] = await t.town.db.read.select().from(civilRequests).where(eq(civilRequests.state, 'ready-to-print'))
  assert.ok(ready, 'the demonstration town has records to print')
  const wish = { request: `${ready.id}.${ready.version}` }
  const answered = await clerk.post('/guichet/etat-civil/impressions/lot').type('form').send(wish)
  assert.equal(answered.status, 303, answered.text)
  return answered.headers['location'] ?? ''
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
  ...{ acte: { kind: 'recognition' }, document: { form: 'full-copy' }, lieu: { place: 'here' } },
  ...{ ...date('1990', '5', '12'), lien: { standing: 'self' }, personne: subject },
}
const mandated = { ...ownBirth, ...{ lien: { standing: 'professional' } }, ...{ vous: death['vous'] ?? {} } }

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
