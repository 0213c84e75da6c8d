import assert from 'node:assert/strict'
import { book, cancel, meals, setCapacity } from '../canteen/world.ts'
import { family, school } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const THURSDAY = '2026-12-03'
let schools = 0

journey(t, 'on a full day a parent waits in line, gets an offer by mail and accepts it', async reader => {
  const name = `École ${++schools}`
  await setCapacity(t, await school(t, name), 1)
  const lucky = await family(t, { children: ['Léo'], school: name, signedIn: false })
  await book(t, lucky, THURSDAY)
  const parent = await family(t, { children: ['Inès'], school: name, signedIn: false })
  const child = parent.children[0]!
  await t.signIn(reader.context, parent.email, parent.password)

  await reader.goTo('/cantine?mois=2026-12')
  await reader.sees(/Complet.*cochez pour attendre/i)
  await reader.tick('Inès, jeudi 3 décembre')
  await reader.press('Enregistrer')
  await reader.sees('Vous attendez une place pour 1 jour', '1er sur la liste d’attente')

  await cancel(t, lucky, THURSDAY)
  const letter = await t.letterTo(parent.email, /une place est libre pour Inès/)
  const link = linkIn(letter, '/cantine/')
  await reader.goTo('/accueil')
  await reader.sees('Une place est libre pour Inès')

  // The link is opened on another telephone, where nobody is signed in; looking changes nothing.
  const phone = await reader.another()
  await phone.goTo(link)
  await phone.sees('Une place pour Inès', 'jeudi 3 décembre', 'gardée pour vous jusqu’au')
  assert.deepEqual(await meals(t, child.id), [])
  await phone.press('J’accepte')
  await phone.sees('C’est réservé', 'Inès mange à la cantine : jeudi 3 décembre')
  assert.deepEqual(await meals(t, child.id), [THURSDAY])
  await phone.goTo(link)
  await phone.sees('C’est réservé')
})

journey(t, 'who answers too late learns that the place went to the next family', async reader => {
  const name = `École ${++schools}`
  await setCapacity(t, await school(t, name), 1)
  const lucky = await family(t, { children: ['Léo'], school: name, signedIn: false })
  await book(t, lucky, THURSDAY)
  const first = await family(t, { children: ['Inès'], school: name, signedIn: false })
  const second = await family(t, { children: ['Malo'], school: name, signedIn: false })
  for (const each of [first, second]) {
    const parent = await reader.another()
    await t.signIn(parent.context, each.email, each.password)
    await parent.goTo('/cantine?mois=2026-12')
    await parent.tick(/jeudi 3 décembre/)
    await parent.press('Enregistrer')
    await parent.sees('sur la liste d’attente')
  }
  await cancel(t, lucky, THURSDAY)
  const link = linkIn(await t.letterTo(first.email, /une place est libre/), '/cantine/')
  await t.later({ hours: 72 })
  await reader.goTo(link)
  await reader.sees('La place vient d’être prise')
  await t.letterTo(second.email, /une place est libre pour Malo/)
})
