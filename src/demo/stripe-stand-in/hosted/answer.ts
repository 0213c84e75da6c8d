import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StandIn } from '../context.ts'
import { answerChallenge, offers, type PayOutcome, pay } from '../engine/payments.ts'
import { checkoutOf } from '../engine/sessions.ts'
import { StripeRefusal } from '../errors.ts'
import { type FormTree, readForm } from '../form.ts'
import type { Session } from '../objects.ts'
import { SESSION_ID_PLACE } from '../params.ts'
import { findTestCard } from '../test-cards.ts'
import type { Page } from './layout.ts'
import { challengePage, type Fault, missingPage, overPage, payPage } from './views.ts'
import { type Words, wordsFor } from './words.ts'

type Asked = { method: string; url: URL; body: string }
type Outcome = Page | { goTo: string }

/** Answers one request to `/c/…`: the page the payer sees, and the bank's question. */
export function hostedPages(standIn: StandIn) {
  return async function answer(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const outcome = outcomeOf(standIn, asked, request.headers['accept-language'])
    await standIn.store.saved()
    if ('goTo' in outcome) response.writeHead(303, { location: outcome.goTo, 'cache-control': 'no-store' }).end()
    else response.writeHead(outcome.status, outcome.headers).end(asked.method === 'HEAD' ? undefined : outcome.body)
  }
}

function outcomeOf(standIn: StandIn, { method, url, body }: Asked, language: string | undefined): Outcome {
  const [, kind, id = '', token] = /^\/c\/(pay|challenge)\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? []
  const session = standIn.store.sessions.get(id)
  const words = wordsFor(session?.locale ?? null, language)
  if (!session || (kind === 'challenge') !== (token !== undefined)) return missingPage(words)
  const post = method === 'POST'
  if (session.status !== 'open') {
    if (post && session.status === 'complete') return { goTo: successOf(session) }
    const intent = standIn.store.paymentIntents.get(session.payment_intent ?? '')
    return overPage(session, words, successOf(session), intent?.status === 'requires_payment_method')
  }
  if (token !== undefined) return challenge(standIn, session, token, words, post ? body : undefined)
  return post ? tryToPay(standIn, session, words, formOf(body)) : showPayPage(standIn, session, words, url)
}

const successOf = (session: Session) => (session.success_url ?? '').replaceAll(SESSION_ID_PLACE, session.id)

function showPayPage(standIn: StandIn, session: Session, words: Words, url: URL): Page {
  const refused = words.refused[url.searchParams.get('refused') ?? '']
  const fault: Fault | undefined = refused === undefined ? undefined : { field: 'card', text: refused }
  return payPage(session, checkoutOf(standIn, session), words, { email: '', card: 'success' }, 200, fault)
}

function tryToPay(standIn: StandIn, session: Session, words: Words, form: FormTree): Outcome {
  const typed = { email: fieldOf(form, 'email'), card: fieldOf(form, 'card') }
  const number = fieldOf(form, 'number')
  const again = (field: Fault['field'], text: string) =>
    payPage(session, checkoutOf(standIn, session), words, typed, 422, { field, text })

  const email = session.customer_email ?? typed.email
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return again('email', words.errors.email)
  const card = findTestCard(number || typed.card)
  if (!card) return number ? again('number', words.errors.number) : again('card', words.errors.card)
  if (!offers(session, card)) return again(number ? 'number' : 'card', words.errors.method)
  return next(session, pay(standIn, session, card, email))
}

function challenge(standIn: StandIn, session: Session, token: string, words: Words, body: string | undefined): Outcome {
  const asked = checkoutOf(standIn, session).challenge
  if (asked?.token !== token) return { goTo: payAddress(session) }
  if (body === undefined) return challengePage(session, token, words)
  const answer = fieldOf(formOf(body), 'answer')
  if (answer !== 'accept' && answer !== 'refuse') return challengePage(session, token, words)
  return next(session, answerChallenge(standIn, session, token, answer === 'accept'))
}

const payAddress = (session: Session) => `/c/pay/${session.id}`

function next(session: Session, outcome: PayOutcome): Outcome {
  switch (outcome.state) {
    case 'challenge':
      return { goTo: `/c/challenge/${session.id}/${outcome.token}` }
    case 'refused':
      return { goTo: `${payAddress(session)}?refused=${outcome.reason}` }
    case 'paid':
    case 'processing':
      return { goTo: successOf(session) }
    case 'closed':
      return { goTo: payAddress(session) }
  }
}

/** A form no browser of ours sends counts as an empty one. */
function formOf(body: string): FormTree {
  try {
    return readForm(body)
  } catch (error) {
    if (error instanceof StripeRefusal) return {}
    throw error
  }
}

function fieldOf(form: FormTree, name: string): string {
  const value = form[name]
  return typeof value === 'string' ? value.trim() : ''
}
