import assert from 'node:assert/strict'
import { school } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
await school(t, 'École Jules-Guesde')
let parents = 0

journey(t, 'a parent signs up and adds two children in less than five minutes', async reader => {
  const email = `samira.benali${++parents}@exemple.fr`
  await reader.goTo('/')
  await reader.follow('Se connecter')
  await reader.follow('Créer un compte')
  await reader.write('Prénom', 'Samira')
  console.log(await reader.page.locator('main').innerText())
})
