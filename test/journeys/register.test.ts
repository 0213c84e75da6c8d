import assert from 'node:assert/strict'
import { plan } from '../leisure/signing-up-world.ts'
import { book } from '../leisure/waiting-world.ts'
import { clerkAccount, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const educator = await clerkAccount(t, 'leisure')
const TODAY = '2026-11-23'
let centres = 0

journey(t, 'an educator ticks who arrives and who leaves with whom, and prints the list', async tablet => {
  const centre = `Centre du Lac ${++centres}`
  t.at('2026-11-20T10:00:00+01:00')
  const days = await plan(t, {
    centre,
    name: `Stage ${centres}`,
    days: [TODAY],
    groups: [{ name: 'Les explorateurs' }],
  })
  const home = await family(t, { lastName: 'Moreau', children: ['Tom', 'Léa'], signedIn: false })
  for (const child of home.children) await book(t, home, days, [TODAY], { child: child.id })
  t.at(`${TODAY}T08:12:00+01:00`)
  await t.signIn(tablet.context, educator.email, educator.password)
  await tablet.goTo('/guichet')
  await tablet.follow('Loisirs')
  await tablet.follow('Présences des centres')
  await tablet.pick('Centre', centre)
  await tablet.press('Afficher')
  await tablet.sees('Attendus : 2', 'L’équipe du jour n’est pas écrite')
  await tablet.follow('Les explorateurs')
  await tablet.sees('2 attendus', 'Moreau Tom', 'journée, avec repas')
  await tablet.press(/^Est là.*Tom/)
  await tablet.sees('Arrivée : 8 h 12', '1 présent', '1 attendu')
  await tablet.press(/^Est là.*Léa/)
  await tablet.press(/^Annuler.*Léa/)
  await tablet.press(/^Absent.*Léa/)
  await tablet.sees('1 absent')

  t.at(`${TODAY}T17:34:00+01:00`)
  await tablet.follow(/^S’en va.*Tom/)
  await tablet.sees('Qui vient le chercher ?')
  await tablet.press('Noter le départ')
  await tablet.sees('Il y a un problème')
  await tablet.choose(/^Awa Moreau/)
  await tablet.press('Noter le départ')
  await tablet.sees('Le départ de Tom est noté', 'Départ : 17 h 34, avec Awa Moreau', '1 parti')

  for (const [name, type] of [
    [/^Imprimer la feuille/, 'application/pdf'],
    [/^Télécharger en CSV/, 'text/csv'],
  ] as const) {
    const link = tablet.page.getByRole('link', { name }).or(tablet.page.getByRole('button', { name }))
    const file = await tablet.context.request.get((await link.first().getAttribute('href')) ?? '')
    assert.match(file.headers()['content-type'] ?? '', new RegExp(type))
  }
})
