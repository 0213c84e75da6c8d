import assert from 'node:assert/strict'
import { bill, meals } from '../billing/month.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const families: Family[] = []
for (let n = 0; n < 2; n++) {
  const one = await family(t, { children: ['Inès', 'Malo'], quotient: 50_000, signedIn: false })
  await meals(t.town, one, ['2026-10-05', '2026-10-06'])
  await meals(t.town, one, ['2026-10-05', '2026-10-06'], { child: 1 })
  families.push(one)
}
await bill(t.town, '2026-10')
await t.settle()
const cashier = await clerkAccount(t, 'cash-office')

journey(t, 'a parent contests a line of the invoice; the clerk answers; a credit note arrives', async reader => {
  const parent = families.shift() ?? assert.fail('one family for each telling')
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo(linkIn(await t.letterTo(parent.email, /facture d’octobre/), '/factures/'))
  await reader.sees('9,60 €')
  await reader.follow('Je ne suis pas d’accord')
  await reader.tick(/^Malo .*Repas/)
  await reader.choose('Mon enfant était malade')
  await reader.write(/Expliquez-nous/, 'Malo avait la grippe lundi et mardi.')
  await reader.press('Envoyer à la mairie')
  await reader.sees('Votre message est envoyé', 'La mairie lit votre message', 'Contestée')

  const clerk = await reader.another()
  await t.signIn(clerk.context, cashier.email, cashier.password)
  await clerk.goTo('/guichet')
  await clerk.follow('1 facture contestée')
  await clerk.follow(/^F2026-/)
  await clerk.sees('Malo avait la grippe')
  await clerk.write(/À rendre pour .*Malo/, '4,80')
  await clerk.write('Votre réponse', 'Malo était malade. Nous vous rendons ses deux repas.')
  await clerk.press('Envoyer la réponse')
  await clerk.sees('La réponse est envoyée')

  const answer = await t.letterTo(parent.email, /Notre réponse/)
  assert.match(answer.text, /Nous vous rendons ses deux repas/)
  assert.match(answer.text, /4,80\s€/)
  await reader.goTo(linkIn(answer, '/factures/'))
  await reader.sees('La mairie est d’accord', 'nous vous rendons 4,80 €', 'Télécharger l’avoir', 'Payer 4,80 €')
})
