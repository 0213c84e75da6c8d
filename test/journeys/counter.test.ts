import assert from 'node:assert/strict'
import { auditEntries } from '../../src/audit/schema.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { clerkAccount, school } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
await school(t, 'École Jules-Guesde')
const clerkOfBoth = await clerkAccount(t, 'canteen', 'cash-office')
const names = ['Traoré', 'Haddad']

journey(t, 'a clerk does it all for a resident without e-mail who stands at the counter', async clerk => {
  const lastName = names.shift() ?? assert.fail('one name for each telling')
  await t.signIn(clerk.context, clerkOfBoth.email, clerkOfBoth.password)
  await clerk.goTo('/guichet/familles')
  await clerk.follow('Créer la famille')
  await clerk.write('Prénom', 'Fatou')
  await clerk.write('Nom', lastName)
  await clerk.write('Numéro et rue', '3 rue du Moulin')
  await clerk.write('Code postal', '59100')
  await clerk.write('Ville', 'Valmont')
  await clerk.press('Créer la famille')
  await clerk.sees('La famille est créée', 'courriers à imprimer')

  await clerk.follow('Agir pour cette famille')
  await clerk.press('Commencer')
  await clerk.sees('Il y a un problème')
  await clerk.choose(`Fatou ${lastName}`)
  await clerk.choose('La personne est au guichet')
  await clerk.tick('La personne est d’accord pour que j’agisse en son nom')
  await clerk.press('Commencer')
  await clerk.sees(`Vous agissez pour Fatou ${lastName}`)

  await clerk.goTo('/famille/enfants/ajouter')
  await clerk.write('Prénom de l’enfant', 'Issa')
  await clerk.write('Nom de l’enfant', lastName)
  await clerk.write('Jour', '4')
  await clerk.write('Mois', '5')
  await clerk.write('Année', '2018')
  await clerk.press('Continuer')
  await clerk.pick('École', 'École Jules-Guesde')
  await clerk.pick('Niveau', 'CE2')
  await clerk.press('Continuer')
  await clerk.choose('Tous les repas')
  await clerk.choose('Non')
  await clerk.press('Enregistrer')
  await clerk.goTo('/cantine')
  await clerk.sees(`Vous agissez pour Fatou ${lastName}`)
  await clerk.tick('Issa, jeudi 26 novembre')
  await clerk.press('Enregistrer')
  await clerk.sees('1 repas réservé', `Vous agissez pour Fatou ${lastName}`)
  await clerk.goTo('/compte/mot-de-passe')
  await clerk.doesNotSee('Nouveau mot de passe')

  await clerk.goTo('/accueil')
  await clerk.press('Terminer')
  await clerk.sees('Vous agissez de nouveau en votre nom')
  await clerk.doesNotSee('Vous agissez pour')

  await t.later({ minutes: 30 })
  await clerk.goTo('/guichet')
  await clerk.follow(/courriers? à imprimer/)
  await clerk.sees('À imprimer')
  await clerk.follow(/vos réservations ont changé/)
  await clerk.sees('Issa')
  await clerk.press('Je l’ai imprimé et posté')

  const [booking] = await t.town.db.read.select().from(mealBookings).where(eq(mealBookings.state, 'booked'))
  assert.ok(booking)
  const acts = await t.town.db.read.select().from(auditEntries)
  assert.ok(
    acts.some(
      ({ actorAccountId, onBehalfOf }) => actorAccountId === clerkOfBoth.actor.accountId && onBehalfOf !== null,
    ),
    'both names are kept',
  )
})

journey(t, 'a clerk who forgets to end acts in their own name again after ten minutes', async clerk => {
  await t.signIn(clerk.context, clerkOfBoth.email, clerkOfBoth.password)
  await clerk.goTo('/guichet/familles?q=traore')
  await clerk.follow(/Fatou/)
  await clerk.follow('Agir pour cette famille')
  await clerk.choose(/Fatou/)
  await clerk.choose('La personne est au téléphone')
  await clerk.tick('La personne est d’accord pour que j’agisse en son nom')
  await clerk.press('Commencer')
  await clerk.sees('Vous agissez pour')
  t.at(t.town.clock.now().add({ minutes: 11 }).toString())
  await clerk.goTo('/guichet')
  await clerk.doesNotSee('Vous agissez pour')
})
