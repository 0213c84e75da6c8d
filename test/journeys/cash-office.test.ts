import assert from 'node:assert/strict'
import { bill, meals } from '../billing/month.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const cashier = await clerkAccount(t, 'cash-office')
/** Each telling has a family that pays in cash and one that paid by card. */
const families: { cash: Family; card: Family }[] = []
for (let n = 0; n < 2; n++) {
  const [cash, card] = [
    await family(t, { quotient: 50_000, signedIn: false }),
    await family(t, { quotient: 50_000, signedIn: false }),
  ]
  for (const one of [cash, card]) await meals(t.town, one, ['2026-10-05', '2026-10-06'])
  families.push({ cash, card })
}
await bill(t.town, '2026-10')
await t.settle()

journey(
  t,
  'the cash office takes cash, refunds half a card payment, matches a payout and closes the day',
  async clerk => {
    const { cash, card } = families.shift() ?? assert.fail('two families for each telling')
    const parent = await clerk.another()
    await t.signIn(parent.context, card.email, card.password)
    await parent.goTo('/factures')
    await parent.press('Payer les factures cochées')
    await parent.write('Votre adresse e-mail', card.email)
    await parent.choose(/^Accepté, argent versable|^Paiement accepté 4242/)
    await parent.press('Payer 4,80 €')
    await t.settle()

    await t.signIn(clerk.context, cashier.email, cashier.password)
    const number = /F2026-\d{6}/.exec((await t.letterTo(cash.email, /facture d’octobre/)).text)?.[0] ?? ''
    await clerk.goTo('/guichet/paiements')
    await clerk.follow('Encaisser')
    await clerk.write('Numéro de la facture', number)
    await clerk.press('Chercher')
    await clerk.sees('4,80 €')
    await clerk.choose('Espèces')
    await clerk.press('Encaisser')
    await clerk.sees('Encaissé : 4,80 €')
    const receipt = await clerk.page.getByRole('link', { name: /reçu/i }).first().getAttribute('href')
    const pdf = await clerk.context.request.get(receipt ?? '')
    assert.equal(pdf.headers()['content-type'], 'application/pdf')
    await t.letterTo(cash.email, /Votre reçu/)

    await clerk.goTo('/guichet/paiements?moyen=card')
    await clerk.follow(/^R2026-/)
    await clerk.write('Montant à rembourser', '2,40')
    await clerk.write('Pourquoi ?', 'Un repas n’a pas été servi.')
    await clerk.press('Rembourser')
    await t.settle()
    await clerk.goTo(clerk.page.url())
    await clerk.sees('Remboursé', '2,40 €')
    await t.letterTo(card.email, /remboursons/)

    await t.stripe.payout({ pendingToo: true })
    await t.later({ hours: 1 })
    await clerk.goTo('/guichet/paiements/virements')
    await clerk.sees('En entier')

    await clerk.goTo('/guichet/paiements/journal')
    await clerk.sees('4,80 € en espèces')
    await clerk.write('Espèces comptées', '4,80')
    await clerk.write('Nombre de chèques', '0')
    await clerk.press('Arrêter la caisse')
    await clerk.sees('La caisse est arrêtée', 'Rien à compter depuis la dernière fois')
  },
)
