import assert from 'node:assert/strict'
import { book, meals } from '../canteen/world.ts'
import { clerkAccount, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { photo } from './photo.ts'
import { journey } from './reader.ts'

const t = await openTown()
const canteenClerk = await clerkAccount(t, 'canteen')

const THURSDAY = '2026-11-26'
const FRIDAY = '2026-11-27'
const LAST_MINUTE = '2026-11-24T09:59:00+01:00'
const TOO_LATE = '2026-11-24T10:00:01+01:00'

journey(t, 'a parent cancels a meal until the last minute, and afterwards is told why not', async reader => {
  const parent = await family(t, { children: ['Inès'], signedIn: false })
  const child = parent.children[0]!
  await book(t, parent, THURSDAY, FRIDAY)
  await t.signIn(reader.context, parent.email, parent.password)

  t.at(LAST_MINUTE)
  await reader.goTo('/cantine')
  await reader.sees('Pour jeudi 26 novembre, c’est mardi 24 novembre à 10 h')
  await reader.tick('Inès, jeudi 26 novembre')
  await reader.press('Enregistrer')
  await reader.sees('1 repas annulé')
  assert.deepEqual(await meals(t, child.id), [FRIDAY])

  await reader.tick('Inès, jeudi 26 novembre')
  await reader.press('Enregistrer')
  await reader.sees('1 repas réservé')

  // The page was opened in time; the button is pressed one second too late. The other day of the form is saved.
  await reader.tick('Inès, jeudi 26 novembre', 'Inès, vendredi 27 novembre')
  t.at(TOO_LATE)
  await reader.press('Enregistrer')
  await reader.sees('Ces jours n’ont pas changé', 'Inès, jeudi 26 novembre : trop tard. Le repas reste réservé.')
  await reader.sees('1 repas annulé')
  assert.deepEqual(await meals(t, child.id), [THURSDAY])

  await reader.unfold('Vous ne pouvez plus changer un jour ?')
  await reader.sees('Votre enfant était malade ?', 'Appelez la mairie')
  await reader.follow('Envoyez le papier du médecin')
  await reader.sees('Mon enfant était malade', 'Avec le papier du médecin, vous ne le payez pas')
})

journey(t, 'a parent sends the doctor’s paper, and the town hall answers', async reader => {
  const parent = await family(t, { children: ['Malo'], lastName: 'Perrin', signedIn: false })
  await book(t, parent, THURSDAY, FRIDAY)
  t.at('2026-11-27T18:00:00+01:00')
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/cantine/absence')
  await reader.tick(/Malo, jeudi 26 novembre/)
  await reader.attach('Le papier du médecin', { name: 'certificat.png', mimeType: 'image/png', buffer: photo })
  await reader.press('Envoyer')
  await reader.sees('C’est envoyé', 'La mairie vérifie')

  const clerk = await reader.another()
  await t.signIn(clerk.context, canteenClerk.email, canteenClerk.password)
  await clerk.goTo('/guichet')
  await clerk.follow('1 absence à vérifier')
  await clerk.follow(/Perrin/)
  await clerk.press('Répondre à la famille')
  await clerk.sees('La réponse est partie')

  const letter = await t.letterTo(parent.email, /réponse pour l’absence de Malo/)
  assert.match(letter.text, /Accepté/)
  await reader.goTo(linkIn(letter, '/cantine'))
  await reader.goTo('/cantine/absence')
  await reader.sees('Accepté : vous ne payez pas ce repas')
})
