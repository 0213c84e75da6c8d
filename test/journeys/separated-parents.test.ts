import assert from 'node:assert/strict'
import { bill, meals as seedMeals } from '../billing/month.ts'
import { meals } from '../canteen/world.ts'
import { type Family, family, secondHousehold } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
/** Léa is with her mother in the week of 23 November, with her father in the next; each had meals in October. */
const homes: { mother: Family; father: Family }[] = []
for (let n = 0; n < 2; n++) {
  const mother = await family(t, { firstName: 'Julie', children: ['Léa'], quotient: 39_000, signedIn: false })
  const father = await secondHousehold(t, mother, {
    firstName: 'Marc',
    city: 'Lille',
    resident: false,
    from: '2026-09-01',
    signedIn: false,
  })
  await seedMeals(t.town, mother, ['2026-10-05', '2026-10-06'])
  await seedMeals(t.town, father, ['2026-10-12'])
  homes.push({ mother, father })
}
await bill(t.town, '2026-10')
await t.settle()

journey(
  t,
  'separated parents book their own weeks, get their own invoices, and see nothing of each other',
  async reader => {
    const { mother, father } = homes.shift() ?? assert.fail('one family for each telling')
    const lea = mother.children[0]!
    await t.signIn(reader.context, mother.email, mother.password)
    await reader.goTo('/cantine?mois=2026-12')
    await reader.sees('Chez l’autre parent')
    assert.equal(await reader.page.getByRole('checkbox', { name: /Léa, mardi 1er décembre/ }).count(), 0)
    await reader.tick(/Léa, lundi 7 décembre/, /Léa, mardi 8 décembre/)
    await reader.press('Enregistrer')
    await reader.sees('2 repas réservés')

    const other = await reader.another()
    await t.signIn(other.context, father.email, father.password)
    await other.goTo('/cantine?mois=2026-12')
    assert.equal(await other.page.getByRole('checkbox', { name: /Léa, lundi 7 décembre/ }).count(), 0)
    await other.tick(/Léa, jeudi 3 décembre/)
    await other.press('Enregistrer')
    await other.sees('1 repas réservé')
    const booked = (await meals(t, lea.id)).filter(day => day > '2026-11-23')
    assert.deepEqual(booked, ['2026-12-03', '2026-12-07', '2026-12-08'])

    await reader.goTo('/factures')
    await reader.sees('2,40 €')
    await other.goTo('/factures')
    await other.sees('5,00 €')
    const invoice = (await reader.page.getByRole('link', { name: /^Voir le détail/ }).getAttribute('href')) ?? ''
    for (const address of [invoice, `${invoice}/facture.pdf`]) {
      assert.equal((await other.context.request.get(address)).status(), 404, address)
    }

    for (const path of ['/accueil', '/famille', `/famille/enfants/${lea.id}`, '/cantine?mois=2026-12', '/factures']) {
      await other.goTo(path)
      await other.doesNotSee('Julie', mother.email, 'rue des Lilas 59100', '2,40 €', '1,20 €')
    }
  },
)
