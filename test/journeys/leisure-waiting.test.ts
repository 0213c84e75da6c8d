import assert from 'node:assert/strict'
import { plan, told, XMAS } from '../leisure/signing-up-world.ts'
import { book } from '../leisure/waiting-world.ts'
import { clerkAccount, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const leisureClerk = await clerkAccount(t, 'leisure')
const [MONDAY = ''] = XMAS
let centres = 0

journey(
  t,
  'a cancelled place reaches the first waiting family by mail; they take it and are on the list',
  async reader => {
    const name = `Centre du Lac ${++centres}`
    const full = await plan(t, {
      centre: name,
      name: `Noël au lac ${centres}`,
      days: [MONDAY],
      groups: [{ places: 1, units: ['day'] }],
    })
    const lucky = await family(t, { children: ['Léo'], signedIn: false })
    await book(t, lucky, full, [MONDAY])
    const first = await family(t, { lastName: `Lenoir${centres}`, children: ['Inès'], signedIn: false })
    await t.signIn(reader.context, first.email, first.password)
    await reader.goTo(`/centres-de-loisirs/inscrire/${full.periodId}`)
    await reader.sees('Complet : liste d’attente')
    await reader.tick(/Inès, lundi 21 décembre/)
    await reader.press('Mettre dans le panier')
    await reader.sees('Sur la liste d’attente', '1er sur la liste')
    t.at(t.town.clock.now().add({ minutes: 1 }).toString())
    const second = await reader.another()
    const next = await family(t, { children: ['Malo'], signedIn: false })
    await t.signIn(second.context, next.email, next.password)
    await second.goTo(`/centres-de-loisirs/inscrire/${full.periodId}`)
    await second.tick(/Malo, lundi 21 décembre/)
    await second.press('Mettre dans le panier')
    await second.sees('2e sur la liste')

    const leaving = await reader.another()
    await t.signIn(leaving.context, lucky.email, lucky.password)
    await leaving.goTo('/centres-de-loisirs/inscriptions')
    await leaving.follow(/Annuler des jours/)
    await leaving.sees('Gratuit jusqu’au lundi 14 décembre')
    await leaving.tick(/lundi 21 décembre/)
    await leaving.press('Annuler les jours cochés')
    await leaving.sees('1 jour annulé, sans rien à payer')

    const letter = await t.letterTo(first.email, /une place est libre pour Inès/)
    await second.goTo('/centres-de-loisirs/inscriptions')
    await second.sees('1er sur la liste')
    await reader.goTo('/accueil')
    await reader.sees('Une place est libre pour Inès')

    // The link is opened on another telephone, where nobody is signed in; looking changes nothing.
    const phone = await reader.another()
    await phone.goTo(linkIn(letter, '/centres-de-loisirs/place/'))
    await phone.sees('Une place pour Inès', 'lundi 21 décembre', 'gardée pour vous jusqu’au')
    assert.deepEqual(await told(t, first), ['offered: 12-21 taken'])
    await phone.press('J’accepte la place')
    await phone.sees('C’est réservé', 'Inès a sa place')
    assert.deepEqual(await told(t, first), ['booked: 12-21 taken'])
    await t.letterTo(first.email, /Inscription confirmée/)

    const clerk = await reader.another()
    await t.signIn(clerk.context, leisureClerk.email, leisureClerk.password)
    await clerk.goTo(`/guichet/loisirs/presences/${full.groups[0]}/${MONDAY}`)
    await clerk.sees(`Lenoir${centres} Inès`)
    await clerk.doesNotSee('Léo', 'Malo')
  },
)
