import assert from 'node:assert/strict'
import { school } from '../support/family.ts'
import { linkIn, openTown } from './open-town.ts'
import { journey, type Reader } from './reader.ts'

const t = await openTown()
await school(t, 'École Jules-Guesde')
await school(t, 'École maternelle du Parc')
/** The town knows a child again by name and birth date: each telling has a family of its own. */
const familyNames = ['Benali', 'Girard', 'Morel', 'Nguyen']
let families = 0

journey(t, 'a parent signs up, confirms the address and adds two children in few pages', async reader => {
  const lastName = familyNames[families++] ?? ''
  const email = `samira.${lastName}@exemple.fr`
  await reader.goTo('/')
  reader.startCounting()
  await reader.follow('Créer un compte')
  await reader.write('Prénom', 'Samira')
  await reader.write('Nom', lastName)
  await reader.write('Adresse e-mail', email)
  await reader.write('Choisissez un mot de passe', 'quatre chats sous la pluie')
  await reader.press('Créer un compte')
  await reader.sees('Regardez vos e-mails', email)

  await reader.goTo(linkIn(await t.letterTo(email, /Confirmez votre adresse/), '/inscription/confirmer/'))
  await reader.press('Confirmer mon adresse')
  await reader.sees('Ma famille', 'Ajoutez votre enfant')

  await reader.follow('Ajouter mon enfant')
  await addChild(reader, {
    lastName,
    firstName: 'Inès',
    born: ['12', '3', '2019'],
    school: 'École Jules-Guesde',
    level: 'CE1',
  })
  await reader.sees(`Inès ${lastName}`, 'École Jules-Guesde')
  await reader.follow('Ajouter un autre enfant')
  await addChild(reader, {
    lastName,
    firstName: 'Malo',
    born: ['2', '9', '2022'],
    school: 'École maternelle du Parc',
    level: 'MS',
  })
  await reader.sees(`Malo ${lastName}`, 'École maternelle du Parc')

  const { pages, fields } = reader.effort()
  assert.ok(pages <= 13, `${pages} pages`)
  assert.ok(fields <= 18, `${fields} fields`)
})

journey(t, 'a parent who leaves in the middle finds what was already said', async reader => {
  const lastName = familyNames[families++] ?? ''
  const email = `paul.${lastName}@exemple.fr`
  await reader.goTo('/inscription')
  await reader.write('Prénom', 'Paul')
  await reader.write('Nom', lastName)
  await reader.write('Adresse e-mail', email)
  await reader.write('Choisissez un mot de passe', 'court')
  await reader.press('Créer un compte')
  await reader.sees('Il y a un problème')
  assert.equal(await reader.page.getByLabel('Prénom').inputValue(), 'Paul', 'what was typed stays')
  await reader.write('Choisissez un mot de passe', 'quatre chats sous la pluie')
  await reader.press('Créer un compte')
  await reader.goTo(linkIn(await t.letterTo(email, /Confirmez votre adresse/), '/inscription/confirmer/'))
  await reader.press('Confirmer mon adresse')

  await reader.follow('Ajouter mon enfant')
  await reader.write('Prénom de l’enfant', 'Zoé')
  await reader.write('Nom de l’enfant', lastName)
  await birth(reader, ['30', '2', '2019'])
  await reader.press('Continuer')
  await reader.sees('Il y a un problème')
  await birth(reader, ['28', '2', '2019'])
  await reader.press('Continuer')
  await reader.sees('L’école de Zoé')

  await reader.goTo('/accueil')
  await reader.sees('Zoé n’a pas encore d’école')
  await reader.follow('Choisir l’école de Zoé')
  await reader.pick('École', 'École Jules-Guesde')
  await reader.pick('Niveau', 'CP')
  await reader.press(/Continuer|Enregistrer/)
  await reader.goTo('/famille')
  await reader.sees(`Zoé ${lastName}`, 'École Jules-Guesde')
})

type GivenChild = {
  lastName: string
  firstName: string
  born: [day: string, month: string, year: string]
  school: string
  level: string
}

async function addChild(reader: Reader, child: GivenChild): Promise<void> {
  await reader.write('Prénom de l’enfant', child.firstName)
  await reader.write('Nom de l’enfant', child.lastName)
  await birth(reader, child.born)
  await reader.press('Continuer')
  await reader.pick('École', child.school)
  await reader.pick('Niveau', child.level === 'MS' ? 'Moyenne section (MS)' : child.level)
  await reader.press('Continuer')
  await reader.choose('Tous les repas')
  await reader.choose('Non')
  await reader.press('Enregistrer')
}

async function birth(reader: Reader, [day, month, year]: GivenChild['born']): Promise<void> {
  await reader.write('Jour', day)
  await reader.write('Mois', month)
  await reader.write('Année', year)
}
