import assert from 'node:assert/strict'
import { leisureTariff } from '../billing/leisure-month.ts'
import { plan, XMAS } from '../leisure/signing-up-world.ts'
import { family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
await leisureTariff(t.town, { weekDiscount: 1_000, siblingReduction: 2_000 })
await plan(t, { centre: 'Centre du Parc', name: 'Vacances de Noël', days: XMAS, groups: [{ units: ['day', 'week'] }] })
const wednesdays = ['2026-12-02', '2026-12-09', '2026-12-16']
await plan(t, {
  centre: 'Centre du Canal',
  name: 'Mercredis',
  kind: 'wednesdays',
  days: [...wednesdays, '2027-01-06'],
  groups: [{ units: ['day'] }],
})

/** What two minutes on a phone allow: a page is read in some ten seconds, a box ticked in two. */
const MOST = { taps: 15, pages: 8, fields: 0 }

journey(t, 'two children are signed up for a holiday week and three Wednesdays, in one go', async reader => {
  const home = await family(t, { children: ['Inès', 'Malo'], signedIn: false })
  await t.signIn(reader.context, home.email, home.password)
  await reader.goTo('/accueil')
  reader.startCounting()
  await reader.follow('Loisirs')
  await reader.follow(/Inscrire mes enfants.*Vacances de Noël/)
  await reader.tick(/Toute la semaine.*Inès/, /Les mêmes jours qu’Inès.*Malo/)
  await reader.press('Mettre dans le panier')
  // Four days less a tenth; a fifth less for the younger child: 43,20 € and 34,56 €.
  await reader.sees('Vos places sont gardées jusqu’à', '10,80 €', '43,20 €', '34,56 €', 'Total : 77,76 €')

  await reader.follow('Choisir une autre période')
  await reader.follow(/Inscrire mes enfants.*Mercredis/)
  await reader.tick(/Inès, mercredi 2 décembre/, /Inès, mercredi 9 décembre/, /Inès, mercredi 16 décembre/)
  await reader.tick(/Les mêmes jours qu’Inès.*Malo/)
  await reader.press('Mettre dans le panier')
  // And three days at 12,00 € and 9,60 €.
  await reader.sees('Total : 142,56 €', 'Vous ne payez rien maintenant')
  await reader.press(/^Confirmer les \d+ inscriptions/)
  await reader.sees('sont confirmées', 'Confirmé', 'Inès', 'Malo', 'Télécharger la confirmation (PDF)')
  const { taps, pages, fields } = reader.effort()
  assert.ok(taps <= MOST.taps && pages <= MOST.pages && fields <= MOST.fields, JSON.stringify(reader.effort()))

  const letter = await t.letterTo(home.email, /Inscription confirmée/)
  assert.equal(letter.documents.length, 1, 'the confirmation is joined')
  await reader.goTo(linkIn(letter, '/centres-de-loisirs/inscriptions'))
  for (const [name, type] of [
    ['Télécharger la confirmation', 'application/pdf'],
    ['Mettre ces jours dans mon agenda', 'text/calendar'],
  ] as const) {
    const address = await reader.page.getByRole('link', { name }).first().getAttribute('href')
    const file = await reader.context.request.get(address ?? '')
    assert.match(file.headers()['content-type'] ?? '', new RegExp(type))
  }
})
