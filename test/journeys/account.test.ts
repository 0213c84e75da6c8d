import assert from 'node:assert/strict'
import { book } from '../canteen/world.ts'
import { family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const NEW_PASSWORD = 'cinq canards au bord du lac'

journey(t, 'a parent who forgot the password chooses another by a link that works once', async reader => {
  const parent = await family(t, { signedIn: false })
  const elsewhere = await reader.another()
  await t.signIn(elsewhere.context, parent.email, parent.password)

  await reader.goTo('/connexion')
  await reader.follow('J’ai oublié mon mot de passe')
  await reader.write('Adresse e-mail', 'personne@exemple.fr')
  await reader.press('Recevoir un lien')
  const unknown = await reader.page.locator('main').innerText()
  await reader.goTo('/mot-de-passe')
  await reader.write('Adresse e-mail', parent.email)
  await reader.press('Recevoir un lien')
  assert.equal(await reader.page.locator('main').innerText(), unknown, 'the page does not tell who has an account')

  const link = linkIn(await t.letterTo(parent.email, /nouveau mot de passe/), '/mot-de-passe/nouveau/')
  await reader.goTo(link)
  await reader.write('Nouveau mot de passe', 'azertyuiop12')
  await reader.press('Enregistrer ce mot de passe')
  await reader.sees('Il y a un problème')
  await reader.write('Nouveau mot de passe', NEW_PASSWORD)
  await reader.press('Enregistrer ce mot de passe')
  await reader.sees('Votre mot de passe est enregistré')
  await reader.write('Adresse e-mail', parent.email)
  await reader.write('Mot de passe', NEW_PASSWORD)
  await reader.press('Se connecter')
  await reader.sees('Bonjour')

  await t.letterTo(parent.email, /mot de passe a changé/)
  await elsewhere.goTo('/accueil')
  await elsewhere.sees('Se connecter', 'Mot de passe')
  await reader.goTo(link)
  await reader.sees('Ce lien ne marche plus')
})

journey(t, 'a parent changes the e-mail address; the old one counts until the new one is confirmed', async reader => {
  const parent = await family(t, { signedIn: false })
  const address = `nouvelle.${parent.email}`
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/compte')
  await reader.follow('Modifier l’adresse e-mail')
  await reader.write('Nouvelle adresse e-mail', address)
  await reader.write('Mot de passe', parent.password)
  await reader.press('Changer d’adresse')
  await reader.sees('En attendant, l’ancienne adresse reste')
  await reader.goTo(linkIn(await t.letterTo(address, /nouvelle adresse/), '/compte/e-mail/confirmer/'))
  await reader.press('Confirmer cette adresse')
  await reader.sees('Votre adresse e-mail est changée')
  await t.letterTo(parent.email, /adresse e-mail a changé/)
  const other = await reader.another()
  await t.signIn(other.context, address, parent.password)
})

journey(t, 'a parent closes the account: what holds it up is said, then what goes and what stays', async reader => {
  const parent = await family(t, { children: ['Inès'], signedIn: false })
  await book(t, parent, '2026-11-26')
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/compte')
  await reader.follow('Fermer mon compte')
  await reader.sees('Vous ne pouvez pas encore fermer votre compte')
  await reader.goTo('/cantine')
  await reader.tick(/Inès, jeudi 26 novembre/)
  await reader.press('Enregistrer')

  await reader.goTo('/compte/fermer')
  await reader.sees('Ce que nous effaçons', 'Ce qui reste', 'Nous ne pourrons pas revenir en arrière')
  await reader.write(/Mot de passe/, parent.password)
  await reader.press('Fermer mon compte')
  await reader.sees('Votre compte est fermé')
  const goodbye = await t.letterTo(parent.email, /compte est fermé/)
  assert.match(goodbye.text, /vos factures pendant 10\sans/)
  await reader.goTo('/accueil')
  await reader.sees('Se connecter')
})
