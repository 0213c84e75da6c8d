import assert from 'node:assert/strict'
import { clerkAccount, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { photo } from './photo.ts'
import { journey } from './reader.ts'

const t = await openTown()
const cashier = await clerkAccount(t, 'cash-office')

journey(t, 'a parent sends the quotient’s proof: the highest price counts until a clerk confirms it', async reader => {
  const parent = await family(t, { children: ['Inès'], lastName: 'Okafor', signedIn: false })
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/accueil')
  await reader.sees('Sans quotient familial, vous payez le prix le plus haut')
  await reader.follow('Envoyer mon quotient')
  await reader.write('Votre quotient familial', 'beaucoup')
  await reader.attach('L’attestation de la CAF', { name: 'caf.png', mimeType: 'image/png', buffer: photo })
  await reader.press('Envoyer à la mairie')
  await reader.sees('Il y a un problème')
  await reader.write('Votre quotient familial', '390')
  await reader.attach('L’attestation de la CAF', { name: 'caf.png', mimeType: 'image/png', buffer: Buffer.from('MZ') })
  await reader.press('Envoyer à la mairie')
  await reader.sees('Il y a un problème')
  await reader.attach('L’attestation de la CAF', { name: 'caf.png', mimeType: 'image/png', buffer: photo })
  await reader.press('Envoyer à la mairie')
  await reader.sees('C’est envoyé', 'Le prix le plus haut compte jusque-là', '390,00 €')
  await reader.goTo('/mes-tarifs')
  await reader.sees('3,60 € par repas')

  const clerk = await reader.another()
  await t.signIn(clerk.context, cashier.email, cashier.password)
  await clerk.goTo('/guichet')
  await clerk.follow('1 quotient à vérifier')
  await clerk.follow(/Okafor/)
  const proof = await clerk.page.getByAltText('Le papier envoyé par la famille').getAttribute('src')
  const answer = await clerk.context.request.get(proof ?? '')
  assert.equal(answer.headers()['content-type'], 'image/png')
  await clerk.press('Confirmer ce quotient')
  await clerk.sees('Le quotient est confirmé')

  const letter = await t.letterTo(parent.email, /quotient familial est accepté/)
  assert.match(letter.text, /390,00\s€/)
  await reader.goTo(linkIn(letter, '/famille/quotient'))
  await reader.sees('Votre quotient familial (QF) : 390,00 €')
  await reader.goTo('/mes-tarifs')
  await reader.sees('1,20 € par repas', 'Votre quotient est 390,00 €')
})
