import assert from 'node:assert/strict'
import { clerkAccount, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const cashier = await clerkAccount(t, 'cash-office')
const canteenClerk = await clerkAccount(t, 'canteen')
const allergic = { firstName: 'Zoé', birthDate: '2019-03-12', pai: 'Allergie à l’arachide : trousse dans la classe.' }
await family(t, {
  firstName: 'Nadège',
  lastName: 'Lefèvre-Dubois',
  phone: '+33612345678',
  email: 'nadege@exemple.fr',
  children: [allergic, 'Tom'],
  quotient: 64_000,
  signedIn: false,
})
for (let n = 0; n < 12; n++) await family(t, { firstName: 'Nadia', lastName: `Martin${n}`, signedIn: false })

journey(
  t,
  'a parent phones: one search finds the family, whatever is known of it, and one page shows it',
  async clerk => {
    await t.signIn(clerk.context, cashier.email, cashier.password)
    for (const known of ['lefevre', 'Zoé Lefèvre', '06 12 34 56 78', 'nadege@exemple.fr', '12/03/2019']) {
      await clerk.goTo('/guichet')
      await clerk.write('Chercher une personne, une demande ou une facture', known)
      await clerk.press('Trouver')
      await clerk.sees('Nadège Lefèvre-Dubois', 'Zoé Lefèvre-Dubois', 'Tom Lefèvre-Dubois')
      await clerk.doesNotSee('Martin')
    }
    await clerk.follow(/Nadège/)
    await clerk.sees(
      '06 12 34 56 78',
      'nadege@exemple.fr',
      'Zoé Lefèvre-Dubois',
      'École Jules-Guesde',
      '640,00 €',
      'rue des Lilas',
    )
    await clerk.doesNotSee('arachide', 'PAI', 'Santé')

    const canteen = await clerk.another()
    await t.signIn(canteen.context, canteenClerk.email, canteenClerk.password)
    await canteen.goTo('/guichet/familles?q=lefevre')
    await canteen.follow(/Nadège/)
    await canteen.doesNotSee('arachide')
    await canteen.follow(/^Santé et personnes autorisées.*Zoé/)
    await canteen.sees('arachide')
    const page = new URL(canteen.page.url()).pathname
    assert.notEqual(
      (await clerk.context.request.get(page)).status(),
      200,
      'the cash office has no business with health',
    )

    await clerk.goTo('/guichet/familles?q=introuvable')
    await clerk.sees('Nous n’avons trouvé personne')
  },
)
