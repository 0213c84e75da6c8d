import assert from 'node:assert/strict'
import { book, meals } from '../canteen/world.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const canteenClerk = await clerkAccount(t, 'canteen')
const schools = ['École Jules-Guesde', 'École Voltaire', 'École Diderot', 'École Lavoisier']
const strikes = [
  { day: '2026-11-26', words: 'jeudi 26 novembre' },
  { day: '2026-12-03', words: 'jeudi 3 décembre' },
]
const parents: Family[] = []
for (const school of schools) {
  const one = await family(t, { children: ['Inès', 'Malo'], school, signedIn: false })
  for (const child of one.children) await book(t, { ...one, children: [child] }, ...strikes.map(({ day }) => day))
  parents.push(one)
}

journey(
  t,
  'three schools close on Thursday: the parents are told, the meals are cancelled and cost nothing',
  async clerk => {
    const strike = strikes.shift() ?? assert.fail('one strike for each telling')
    await t.signIn(clerk.context, canteenClerk.email, canteenClerk.password)
    await clerk.goTo('/guichet/cantine')
    await clerk.follow('Fermer la cantine')
    await clerk.choose('Certaines écoles')
    await clerk.tick('École Jules-Guesde', 'École Voltaire', 'École Diderot')
    await clerk.write('Premier jour', strike.day)
    await clerk.choose('Grève')
    await clerk.write('Message aux familles', 'Grève nationale, il n’y a pas de service.')
    await clerk.press('Voir ce qui va changer')
    await clerk.sees('6 repas annulés, 3 familles prévenues')
    await clerk.write(/écrivez le nombre de repas/, '5')
    await clerk.press('Fermer et prévenir les familles')
    await clerk.sees('Il y a un problème')
    await clerk.write(/écrivez le nombre de repas/, '6')
    await clerk.press('Fermer et prévenir les familles')
    await clerk.sees('C’est fermé')
    await t.settle()
    await clerk.goTo(clerk.page.url())
    await clerk.sees('6 repas annulés, 3 familles prévenues')

    const [told, , , spared] = parents
    assert.ok(told && spared)
    const letter = await t.letterTo(told.email, new RegExp(`Pas de cantine.*${strike.words.replaceAll(' ', '\\s')}`))
    assert.match(letter.text, /Grève nationale/)
    assert.match(letter.text, /Vous ne payez pas ces repas/)
    assert.ok(!(await meals(t, told.children[0]!.id)).includes(strike.day))
    assert.ok((await meals(t, spared.children[0]!.id)).includes(strike.day), 'the fourth school stays open')

    const parent = await clerk.another()
    await parent.goTo('/')
    await parent.sees('Cantine fermée', 'École Jules-Guesde')
    await t.signIn(parent.context, told.email, told.password)
    await parent.goTo(linkIn(letter, '/cantine'))
    await parent.sees('Grève nationale')
  },
)
