import assert from 'node:assert/strict'
import { makeDraw } from '../../src/leisure/opening/draws.ts'
import { plan, told, XMAS } from '../leisure/signing-up-world.ts'
import { type Family, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey, type Reader } from './reader.ts'

const t = await openTown()
const [MONDAY = ''] = XMAS
let periods = 0

journey(t, 'the waiting room before the opening, then each in turn: one gets the place, one its rank', async reader => {
  const name = `Noël ${++periods}`
  const opensAt = '2026-11-23T09:40:00+01:00'
  const groups = [{ places: 1, units: ['day'] as const }]
  const { periodId, centreId } = await plan(t, { name, days: [MONDAY], allocation: 'draw', opensAt, groups })
  await t.town.db.transaction(async tx => void (await makeDraw(tx, periodId, t.town.clock.now())))
  const signUp = `/centres-de-loisirs/inscrire/${periodId}`
  const [first, second] = [await arriving('Inès'), await arriving('Malo')]
  const other = await reader.another()
  await t.signIn(reader.context, first.email, first.password)
  await t.signIn(other.context, second.email, second.password)

  await reader.goTo('/centres-de-loisirs')
  await reader.sees(name, 'à partir du lundi 23 novembre 2026 à 9 h 40')
  const tooEarly = async () => {
    const form = { centre: centreId, choose: `${first.children[0]?.id} day-meal ${MONDAY}` }
    const answer = await reader.context.request.post(signUp, { form, headers: { Origin: t.url } })
    assert.doesNotMatch(await answer.text(), /Votre panier<\/h1>/)
    assert.deepEqual(await told(t, first), [])
  }
  await tooEarly()

  t.at('2026-11-23T09:20:00+01:00')
  for (const one of [reader, other]) {
    await one.goTo('/centres-de-loisirs')
    await one.follow(new RegExp(`Entrer dans la salle d’attente.*${name}`))
    await one.sees('Les inscriptions ouvrent à 9 h 40', 'Vous êtes dans la salle')
  }
  await tooEarly()

  // A second after the opening, all families of so small a town have had their turn.
  t.at('2026-11-23T09:40:02+01:00')
  await reader.follow('Voir où j’en suis')
  await choose(reader, 'Inès')
  await reader.sees('Vos places sont gardées jusqu’à')
  await other.follow('Voir où j’en suis')
  await other.sees('Complet : liste d’attente')
  await choose(other, 'Malo')
  await other.sees('1er sur la liste')
  await reader.press('Confirmer l’inscription')
  await reader.sees('C’est confirmé')
  assert.deepEqual(await told(t, first), ['booked: 12-21 taken'])
  assert.deepEqual(await told(t, second), ['waiting: 12-21 asked'])

  await reader.goTo(`/centres-de-loisirs/tirage/${periodId}`)
  await reader.sees('La graine, publiée après', 'Votre rang')
})

const arriving = (child: string): Promise<Family> => family(t, { children: [child], signedIn: false })

async function choose(reader: Reader, child: string): Promise<void> {
  await reader.tick(new RegExp(`${child}, lundi 21 décembre`))
  await reader.press('Mettre dans le panier')
}
