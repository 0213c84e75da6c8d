import assert from 'node:assert/strict'
import { requestNow, submittedRequest } from '../civil-records/world.ts'
import { family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { photo } from './photo.ts'
import { journey } from './reader.ts'

const t = await openTown()
let tellings = 0

journey(
  t,
  'somebody without account is reminded of a missing paper, sends it by the link, and follows by number',
  async reader => {
    // Each telling has days of its own: what is due on a day is done once.
    const dueOn = Temporal.PlainDate.from('2026-12-23').add({ weeks: tellings++ })
    const email = `fatou${tellings}@exemple.fr`
    const request = await submittedRequest(t, {
      email,
      state: 'waiting-for-applicant',
      ask: { text: 'Votre pièce d’identité est floue. Envoyez une autre photo.', dueOn: dueOn.toString() },
    })
    t.at(`${dueOn.subtract({ days: 7 })}T09:00:00+01:00`)
    await t.tick()
    const reminder = await t.letterTo(email, /^Rappel : il manque un papier/)
    assert.match(reminder.text, /Votre pièce d’identité est floue/)

    await reader.goTo(linkIn(reminder, '/etat-civil/suivi/'))
    await reader.sees(
      'il manque un papier',
      'Nous attendons votre réponse avant le',
      'Votre pièce d’identité est floue',
    )
    await reader.press('Envoyer ma réponse')
    await reader.sees('Il y a un problème', 'Écrivez une réponse, ou choisissez un fichier')
    await reader.write('Votre réponse', 'Voici une photo plus nette.')
    await reader.attach('Photos ou PDF', { name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<html>') })
    await reader.press('Envoyer ma réponse')
    await reader.sees('Il y a un problème')
    assert.equal(await reader.page.getByLabel('Votre réponse').inputValue(), 'Voici une photo plus nette.')
    await reader.attach('Photos ou PDF', { name: 'carte.png', mimeType: 'image/png', buffer: photo })
    await reader.press('Envoyer ma réponse')
    await reader.sees(
      'Votre réponse est envoyée',
      'La mairie lit votre demande',
      'Voici une photo plus nette',
      'carte.png',
    )
    assert.equal((await requestNow(t, request.id)).state, 'under-review')

    const phone = await reader.another()
    await phone.goTo('/etat-civil/suivi')
    await phone.write('Numéro de la demande', request.number ?? '')
    await phone.write('Votre année de naissance', '1985')
    await phone.press('Suivre ma demande')
    await phone.sees('Nous ne trouvons pas cette demande')
    await phone.write('Votre année de naissance', '1984')
    await phone.press('Suivre ma demande')
    await phone.sees('Où en est ma demande', 'Nous avons reçu votre réponse')
    await phone.doesNotSee('Diallo', 'Voici une photo plus nette', 'carte.png')
    await phone.press('Recevoir un lien complet par e-mail')
    await phone.sees('Si la demande a une adresse e-mail')

    await phone.goTo(linkIn(await t.letterTo(email, /lien pour suivre/), '/etat-civil/suivi/'))
    await phone.follow('Annuler ma demande')
    await phone.sees('Annuler ma demande ?')
    await phone.press('Annuler ma demande')
    await phone.sees('Votre demande est annulée')
    await t.letterTo(email, /est annulée$/)
    await phone.goTo('/etat-civil/suivi/un-lien-trop-vieux')
    await phone.sees('Ce lien ne marche plus')
  },
)

journey(t, 'a parent finds what the town asks on the first page, and all requests in a list', async reader => {
  const parent = await family(t, { firstName: 'Fatou', signedIn: false })
  const request = await submittedRequest(t, { personId: parent.personId, state: 'waiting-for-applicant' })
  await submittedRequest(t, { personId: parent.personId, state: 'refused' })
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/accueil')
  await reader.sees('La mairie vous demande quelque chose')
  await reader.follow('Répondre à la mairie')
  await reader.write('Votre réponse', 'Je n’ai plus ce papier.')
  await reader.press('Envoyer ma réponse')
  await reader.sees('Votre réponse est envoyée')
  await reader.follow('Mes demandes d’actes')
  await reader.sees('En cours', 'Terminées', 'refusée')
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
})
