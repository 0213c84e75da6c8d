import type { Checkout, Session } from '../objects.ts'
import { TEST_CARDS, type TestCardName } from '../test-cards.ts'
import { layout, type Page } from './layout.ts'
import { type Html, html } from './template.ts'
import { money, type Words } from './words.ts'

/** Where in the form a fault is, and its words. */
export type Fault = { field: 'email' | 'card' | 'number'; text: string }
export type Typed = { email: string; card: string }

const CARDS_FIRST: TestCardName[] = ['success', 'declined', 'insufficient-funds', 'three-d-secure']
const DEBITS: TestCardName[] = ['late-success', 'late-failure']
const CARDS_MORE: TestCardName[] = [
  'cartes-bancaires',
  'expired-card',
  'three-d-secure-always',
  'three-d-secure-insufficient-funds',
  'disputed',
  'funds-available',
  'refund-pending',
  'refund-fails',
]

export function payPage(
  session: Session,
  checkout: Checkout,
  words: Words,
  typed: Typed,
  status: number,
  fault?: Fault,
): Page {
  const amount = money(session.amount_total ?? 0, words)
  const title = words.pay(amount)
  const first = [...CARDS_FIRST, ...(session.payment_method_types.includes('sepa_debit') ? DEBITS : [])]
  const choices = (names: readonly TestCardName[]) => names.map(name => choice(name, words, typed.card))
  const main = html`
${fault && errorBlock(fault, words)}
<h1>${title}</h1>
${summary(session, checkout, words)}
<form method="post" action="/c/pay/${session.id}" class="card" novalidate>
${!session.customer_email && emailField(words, typed.email, fault)}
<fieldset id="card" tabindex="-1">
<legend>${words.chooseCard}</legend>
${fieldError(fault, 'card')}
${choices(first)}
<details${{ html: CARDS_MORE.some(name => name === typed.card) ? ' open' : '' }}><summary>${words.moreCards}</summary>
${choices(CARDS_MORE)}
</details>
</fieldset>
<p><label class="label" for="number">${words.number}</label>
<span class="hint" id="number-hint">${words.numberHint}</span>
${fieldError(fault, 'number')}
<input type="text" id="number" name="number" inputmode="numeric" autocomplete="off"${described(fault, 'number')}></p>
<button type="submit">${title}</button>
</form>
${session.cancel_url && html`<a class="back" href="${session.cancel_url}">${words.cancel}</a>`}`
  return layout(words, status, fault ? words.errorPrefix + title : title, main, goesTo(session))
}

const fieldError = (fault: Fault | undefined, field: Fault['field']): Html | false =>
  fault?.field === field && html`<span class="wrong" id="${field}-wrong">${fault.text}</span>`

/** Ties a field to its hint, and to what is wrong with it. */
const described = (fault: Fault | undefined, field: Fault['field']): Html =>
  fault?.field === field
    ? html` aria-describedby="${field}-hint ${field}-wrong" aria-invalid="true"`
    : html` aria-describedby="${field}-hint"`

function errorBlock(fault: Fault, words: Words): Html {
  return html`<div class="error" role="alert"><h2>${words.errorTitle}</h2>
<a href="#${fault.field}">${fault.text}</a></div>`
}

function summary(session: Session, checkout: Checkout, words: Words): Html {
  const lines = checkout.lineItems.map(
    (line, index) => html`<div><dt>${line.description}
${checkout.lineNotes[index] && html`<small>${checkout.lineNotes[index]}</small>`}
${(line.quantity ?? 1) > 1 && html`<small>${words.quantity(line.quantity ?? 1)}</small>`}</dt>
<dd>${money(line.amount_total, words)}</dd></div>`,
  )
  return html`<section class="card" aria-labelledby="to-pay"><h2 id="to-pay">${words.toPay}</h2><dl>${lines}
<div><dt>${words.total}</dt><dd>${money(session.amount_total ?? 0, words)}</dd></div></dl></section>`
}

function emailField(words: Words, typed: string, fault: Fault | undefined): Html {
  return html`<p><label class="label" for="email">${words.email}</label>
<span class="hint" id="email-hint">${words.emailHint}</span>
${fieldError(fault, 'email')}
<input type="email" id="email" name="email" autocomplete="email" value="${typed}"${described(fault, 'email')}></p>`
}

function choice(name: TestCardName, words: Words, chosen: string): Html {
  const number = TEST_CARDS[name].number.replaceAll(/(.{4})(?=.)/g, '$1 ')
  return html`<label class="choice"><input type="radio" name="card" value="${name}"${{ html: name === chosen ? ' checked' : '' }}>
<span>${words.cards[name]}<small>${number}</small></span></label>
`
}

export function challengePage(session: Session, token: string, words: Words): Page {
  const amount = money(session.amount_total ?? 0, words)
  const main = html`
<h1>${words.challengeTitle}</h1>
<form method="post" action="/c/challenge/${session.id}/${token}" class="card">
<p>${words.challengeText(amount)}</p>
<button type="submit" name="answer" value="accept">${words.accept}</button>
<button type="submit" name="answer" value="refuse" class="second">${words.refuse}</button>
</form>`
  return layout(words, 200, words.challengeTitle, main, goesTo(session))
}

/** A session that is over says so, with the way back. `debitFailed`: the bank said no after the page was left. */
export function overPage(session: Session, words: Words, successUrl: string, debitFailed: boolean): Page {
  if (session.status === 'expired') {
    return closing(words, 410, words.expiredTitle, words.expiredText, session.cancel_url)
  }
  if (session.payment_status === 'paid') return closing(words, 200, words.doneTitle, words.doneText, successUrl)
  return debitFailed
    ? closing(words, 200, words.failedTitle, words.failedText, session.cancel_url)
    : closing(words, 200, words.processingTitle, words.processingText, successUrl)
}

export const missingPage = (words: Words): Page => closing(words, 404, words.missingTitle, words.missingText, null)

export const strangerPage = (words: Words): Page => closing(words, 403, words.strangerTitle, words.strangerText, '/')

function closing(words: Words, status: number, title: string, text: string, back: string | null): Page {
  return layout(
    words,
    status,
    title,
    html`<h1>${title}</h1><p>${text}</p>${back && html`<a class="button" href="${back}">${words.back}</a>`}`,
  )
}

const goesTo = (session: Session): string[] => [session.success_url, session.cancel_url].filter(url => url !== null)
