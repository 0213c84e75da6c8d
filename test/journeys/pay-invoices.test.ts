import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bill, meals } from '../billing/month.ts'
import { type Family, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey, onPhone, type Reader } from './reader.ts'

const t = await openTown()

/** Families who owe two invoices of three meals at 2.40 €, and one of the month before with two. */
const families: Family[] = []
for (let n = 0; n < 6; n++) {
  const one = await family(t, { children: ['Inès'], quotient: 50_000, signedIn: false })
  await meals(t.town, one, ['2026-09-07', '2026-09-08'])
  await meals(t.town, one, ['2026-10-05', '2026-10-06', '2026-10-08'])
  families.push(one)
}
await bill(t.town, '2026-09')
await bill(t.town, '2026-10')
await t.settle()

const next = (): Family => families.shift() ?? assert.fail('more families are needed')

/** On the hosted page of the stand-in of Stripe: which card, and where Stripe may write. */
async function payWith(reader: Reader, card: RegExp, button: string): Promise<void> {
  const email = reader.page.getByLabel('Votre adresse e-mail')
  if ((await email.inputValue()) === '') await reader.write('Votre adresse e-mail', 'parent@exemple.fr')
  await reader.choose(card)
  await reader.press(button)
}

const GOOD_CARD = /^Paiement accepté 4242/

async function signInOnPage(reader: Reader, { email, password }: Family): Promise<void> {
  await reader.write('Adresse e-mail', email)
  await reader.write('Mot de passe', password)
  await reader.press('Se connecter')
}

journey(t, 'a parent opens the invoice from the mail, understands it, and pays two at once by card', async reader => {
  const parent = next()
  const letter = await t.letterTo(parent.email, /facture d’octobre 2026/)
  await reader.goTo(linkIn(letter, '/factures/'))
  await signInOnPage(reader, parent)
  await reader.sees('Facture d’octobre 2026', '7,20 €', 'Inès', '3 fois 2,40 €', 'lun. 5 oct.', 'À payer')

  await reader.follow('Mes factures')
  await reader.sees('Septembre 2026', '4,80 €', 'Octobre 2026', '7,20 €')
  await reader.press('Payer les factures cochées')
  await reader.sees('Payer 12,00 €')
  await payWith(reader, /^Carte refusée/, 'Payer 12,00 €')
  await reader.sees('La banque refuse cette carte', 'Vous n’avez rien payé')
  await payWith(reader, GOOD_CARD, 'Payer 12,00 €')
  await t.settle()
  await reader.goTo(reader.page.url())
  await reader.sees('Votre paiement est arrivé', 'Nous avons reçu 12,00 €')
  const receipt = await reader.page.getByRole('link', { name: /^Ouvrir le reçu/ }).getAttribute('href')
  const pdf = await reader.context.request.get(receipt ?? '')
  assert.equal(pdf.headers()['content-type'], 'application/pdf')

  await reader.follow('Voir mes factures')
  await reader.sees('Rien à payer', 'Payée')
  const mailed = await t.letterTo(parent.email, /Votre reçu/)
  assert.match(mailed.text, /12,00\s€/)
  assert.equal(mailed.documents.length, 1, 'the receipt is joined')
})

journey(t, 'the bank asks to confirm: the parent says no, then yes', async reader => {
  const parent = next()
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/accueil')
  await reader.sees('Payer')
  await reader.goTo('/factures')
  await reader.tick(/^Septembre 2026/)
  await reader.press('Payer les factures cochées')
  await reader.sees('Payer 7,20 €')
  await payWith(reader, /^La banque demande de confirmer/, 'Payer 7,20 €')
  await reader.press('Refuser le paiement')
  await reader.sees('Vous n’avez rien payé')
  await payWith(reader, /^La banque demande de confirmer/, 'Payer 7,20 €')
  await reader.press('Confirmer le paiement')
  await t.settle()
  await reader.goTo('/factures')
  await reader.sees('Septembre 2026', '4,80 €', 'Octobre 2026', 'Payée')
})

test('two tabs, one payment: the second is told that the invoice is paid', async () => {
  await onPhone(t, async reader => {
    const parent = next()
    await t.signIn(reader.context, parent.email, parent.password)
    await reader.goTo('/factures')
    const other = await reader.context.newPage()
    await other.goto('/factures')

    await reader.press('Payer les factures cochées')
    await payWith(reader, GOOD_CARD, 'Payer 12,00 €')
    await t.settle()

    await other.getByRole('button', { name: 'Payer les factures cochées' }).tap()
    await other.getByText('Cette facture est déjà payée').waitFor()
    await t.settle()
    const receipts = (await t.letters()).filter(letter => letter.to === parent.email && letter.kind === 'receipt')
    assert.equal(receipts.length, 1)
  })
})

test('a parent comes back from the payment page without paying, and can pay the same invoices', async () => {
  await onPhone(t, async reader => {
    const parent = next()
    await t.signIn(reader.context, parent.email, parent.password)
    await reader.goTo('/factures')
    await reader.press('Payer les factures cochées')
    await reader.follow('Annuler et revenir à la mairie')
    await reader.sees('Vous n’avez pas payé', 'Rien n’est débité')
    await reader.press('Payer 12,00 €')
    await payWith(reader, GOOD_CARD, 'Payer 12,00 €')
    await t.settle()
    await reader.goTo('/factures')
    await reader.sees('Rien à payer')
  })
})
