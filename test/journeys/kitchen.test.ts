import assert from 'node:assert/strict'
import { book } from '../canteen/world.ts'
import { clerkAccount, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown({ at: '2026-11-23T08:45:00+01:00' })
const canteenClerk = await clerkAccount(t, 'canteen')
const TUESDAY = '2026-11-24'

/** Two schools of four children each: three have booked Tuesday, one of them without meat. */
const schools = ['École Jules-Guesde', 'École Voltaire']
t.at('2026-11-16T09:00:00+01:00')
for (const school of schools) {
  const big = await family(t, {
    lastName: 'Moreau',
    school,
    children: [{ firstName: 'Ana' }, { firstName: 'Bruno', mealType: 'vegetarian' }, { firstName: 'Chloé' }],
    signedIn: false,
  })
  for (const child of big.children) await book(t, { ...big, children: [child] }, TUESDAY)
  await family(t, { lastName: 'Nadaud', school, children: [{ firstName: 'Dina' }], signedIn: false })
}
const openSchools = [...schools]

journey(t, 'the kitchen reads how many meals to cook tomorrow; at noon the children are ticked', async clerk => {
  const school = openSchools.shift() ?? assert.fail('one school for each telling')
  await t.later({ minutes: 1 })
  await t.signIn(clerk.context, canteenClerk.email, canteenClerk.password)
  await clerk.goTo('/guichet/cantine')
  await clerk.sees('Mardi 24 novembre', 'Comptés le', '6')
  await clerk.goTo(`/guichet/cantine/comptes?jour=${TUESDAY}`)
  await clerk.sees(
    'Repas à préparer, mardi 24 novembre 2026',
    'Comptés le',
    /École Jules-Guesde 2 .*1 .*3/,
    /Total 4 .*2 .*6/,
  )
  for (const address of ['comptes.pdf', 'comptes.csv']) {
    const file = await clerk.context.request.get(`/guichet/cantine/${address}?jour=${TUESDAY}`)
    assert.equal(file.status(), 200, address)
  }
  await clerk.follow('Imprimer')
  await clerk.sees('École Voltaire')

  t.at('2026-11-24T11:40:00+01:00')
  await clerk.goTo('/guichet/cantine')
  await clerk.follow(school)
  await clerk.sees('3 repas réservés', '3 enfants à pointer', 'Végétarien')
  await clerk.tick(/Moreau Ana/, /Moreau Bruno/)
  await clerk.press('Enregistrer toute la liste')
  await clerk.sees('Nouveaux présents : 2', 'Nouveaux absents : 1')

  await clerk.write('Nom ou prénom', 'dina')
  await clerk.press('Chercher')
  await clerk.press(/^Ajouter à la liste.*Nadaud Dina/)
  await clerk.sees('présent, sans réservation', 'Non réservé')

  await clerk.follow(/^Corriger Chloé/)
  await clerk.choose(/Absent, absence justifiée/)
  await clerk.press('Enregistrer')
  await clerk.sees('Le pointage est corrigé')
})
