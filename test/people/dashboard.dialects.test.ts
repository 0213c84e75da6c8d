import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bill, meals, tariff } from '../billing/month.ts'
import { clerk, type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { png } from '../uploads/files.ts'

const t = await testTown()
await tariff(t.town)
/** The one part of a child's file that the canteen cannot do without. */
const nameSomebodyToCall = ({ parent, children }: Family) =>
  parent
    .put(`/api/v1/children/${children[0]!.id}/file/contacts`)
    .send({ contacts: [{ name: 'Fatou Ba', phone: '0612345678', relationship: 'tante' }] })
    .expect(204)

test('a new family sees what is missing, one link for each, and nothing when all is in order', async () => {
  const { parent } = await family(t, { children: [] })
  const page = async () => (await parent.get('/accueil')).text
  assert.match(await page(), /href="\/famille\/enfants\/ajouter"[^>]*>Ajouter mon enfant/)
  assert.doesNotMatch(await page(), /quotient/i, 'one thing after the other')
  const birth = { 'birthDate-day': 1, 'birthDate-month': 5, 'birthDate-year': 2019 }
  await parent
    .post('/famille/enfants/ajouter')
    .type('form')
    .send({ firstName: 'Zoé', lastName: 'Roux', ...birth })
  assert.match(await page(), /Zoé n’a pas encore d’école/)
  assert.match(await page(), /vous payez le prix le plus haut/)
  await parent.post('/famille/quotient').field('value', '640').attach('proof', png(), 'a.png')
  assert.doesNotMatch(await page(), /Envoyer mon quotient/)

  const settled = await family(t, { quotient: 64000 })
  await nameSomebodyToCall(settled)
  assert.match((await settled.parent.get('/accueil')).text, /Rien à faire\. Tout est en ordre\./)
})

test('an invoice to pay comes first, the next days of each child follow, then the money', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const one = await family(t, { children: ['Inès', 'Malo'] })
  await meals(t.town, one, ['2026-10-06', '2026-11-26'])
  await bill(t.town, '2026-10')
  const page = (await one.parent.get('/accueil')).text
  const places = [/Payer \d+,\d+\s€/, /Envoyer mon quotient/, /Les prochains jours/, /jeu\. 26 nov\./, /Argent/].map(
    words => page.search(words),
  )
  assert.ok(
    places.every(place => place > 0),
    `${places}`,
  )
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
})

test('clerks have their own first page', async () => {
  assert.equal((await (await clerk(t, 'canteen')).get('/accueil')).headers['location'], '/guichet')
})

test('in English too', async () => {
  const one = await family(t, { quotient: 1000 })
  await nameSomebodyToCall(one)
  const { parent } = one
  const page = (await parent.get('/accueil?lang=en')).text
  assert.match(page, /Nothing to do\. All is in order\./)
  assert.doesNotMatch(page, /Bonjour|À faire/)
})
