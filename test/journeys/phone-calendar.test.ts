import assert from 'node:assert/strict'
import { book } from '../canteen/world.ts'
import { family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()

journey(t, 'a parent puts the canteen days in the phone’s calendar, and can take the address back', async reader => {
  const parent = await family(t, { children: ['Inès', 'Malo'], signedIn: false })
  await book(t, parent, '2026-11-26', '2026-11-27')
  await t.signIn(reader.context, parent.email, parent.password)
  await reader.goTo('/cantine')
  await reader.follow('Mettre ces jours dans votre agenda')
  await reader.press('Créer mon adresse d’agenda')
  await reader.sees('Votre adresse est prête')
  const address = await reader.page.getByLabel('Adresse de votre agenda').inputValue()

  const read = async () => {
    const phone = await fetch(address.replace(/^webcal/, 'http'))
    return { status: phone.status, text: await phone.text() }
  }
  const calendar = await read()
  assert.equal(calendar.status, 200)
  assert.equal(calendar.text.match(/BEGIN:VEVENT/g)?.length, 2)
  assert.match(calendar.text, /SUMMARY:.*Inès/)
  assert.doesNotMatch(calendar.text, /Malo|Diallo/)

  await reader.goTo('/cantine/agenda')
  await reader.sees('Une adresse existe depuis')
  await reader.press('Supprimer mon adresse')
  await reader.sees('L’adresse ne marche plus')
  assert.equal((await read()).status, 404)
})
