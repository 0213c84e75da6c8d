import assert from 'node:assert/strict'
import { auditEntries } from '../../src/audit/schema.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { clerkAccount, family } from '../support/family.ts'
import { openTown } from './open-town.ts'
import { journey } from './reader.ts'

const t = await openTown()
const clerkOfAll = await clerkAccount(t, 'civil-registry', 'canteen')
const people = ['Odette Vandeputte', 'Simone Delattre']
const families = ['Benali', 'Costa']
/** Twice the same story: with and without JavaScript. */
const next = (names: string[]) => names.shift() ?? assert.fail('one name for each telling')

const trail = () => t.town.db.read.select().from(auditEntries).orderBy(desc(auditEntries.id))
/** Whether this was done by the clerk in that person's name. */
const bothNames = async (action: string, personId: string | null) =>
  (await trail()).some(
    entry =>
      entry.action === action &&
      entry.actorAccountId === clerkOfAll.actor.accountId &&
      entry.onBehalfOf === personId &&
      personId !== null,
  )

journey(t, 'somebody without e-mail and without family asks for the act of their birth at the counter', async clerk => {
  const name = next(people)
  const [firstName = '', lastName = ''] = name.split(' ')
  await t.signIn(clerk.context, clerkOfAll.email, clerkOfAll.password)
  await clerk.goTo('/guichet')
  await clerk.write('Chercher une personne, une demande ou une facture', `${lastName} ${firstName}`)
  await clerk.press('Trouver')
  await clerk.sees('Aucun résultat')
  await clerk.follow('Créer la fiche')
  await clerk.write('Jour', '7')
  await clerk.write('Mois', '2')
  await clerk.write('Année', '1960')
  await clerk.write(/Numéro et rue/, '2 rue Haute')
  await clerk.write(/Code postal/, '59100')
  await clerk.write(/Ville/, 'Valmont')
  await clerk.press('Créer la fiche')
  await clerk.sees('La fiche est créée', name, '2 rue Haute', 'Pas d’e-mail')

  await clerk.follow('Agir pour cette personne')
  await clerk.press('Commencer')
  await clerk.sees('Il y a un problème')
  await clerk.choose('La personne est au guichet')
  await clerk.write(/À noter/, 'carte d’identité vue')
  await clerk.tick('La personne est d’accord pour que j’agisse en son nom')
  await clerk.press('Commencer')
  await clerk.sees(`Que voulez-vous faire pour ${name}`, `Vous agissez pour ${name}`, 'n’a pas d’e-mail')
  await clerk.doesNotSee('Factures')

  await clerk.follow('Demander un acte')
  await clerk.press('Commencer ma demande')
  await clerk.choose('Acte de naissance')
  await clerk.press('Continuer')
  await clerk.choose('Copie intégrale')
  await clerk.press('Continuer')
  await clerk.choose('À Valmont')
  await clerk.press('Continuer')
  await clerk.write('Jour', '7')
  await clerk.write('Mois', '2')
  await clerk.write('Année', '1960')
  await clerk.press('Continuer')
  await clerk.choose('C’est moi')
  await clerk.press('Continuer')
  // What the town knows is filled in.
  await clerk.press('Continuer')
  await clerk.choose('Un seul')
  await clerk.write('Prénoms', 'Germaine')
  await clerk.write('Nom de naissance', lastName)
  await clerk.press('Continuer')
  await clerk.press('Continuer') // one copy
  await clerk.choose('Par la poste')
  await clerk.press('Continuer')
  await clerk.sees(`La lettre sera pour ${name}`)
  await clerk.press('Continuer')
  await clerk.press('Je les montrerai au guichet')
  await clerk.sees('Relisez votre demande', '2 rue Haute', `Vous agissez pour ${name}`)
  await clerk.press('Envoyer ma demande')
  await clerk.sees('Votre demande est envoyée', `Vous agissez pour ${name}`)

  // The receipt is a PDF: what is in it is looked at where it is drawn.
  const receipt = await clerk.page.getByRole('button', { name: 'Imprimer le reçu' }).getAttribute('href')
  const answer = await clerk.context.request.get(`${t.url}${receipt}`)
  assert.equal(answer.headers()['content-type'], 'application/pdf')
  assert.ok((await answer.body()).length > 5_000)

  const [request] = await t.town.db.read.select().from(civilRequests).orderBy(desc(civilRequests.id)).limit(1)
  assert.deepEqual([request?.state, request?.channel, request?.email], ['submitted', 'counter', null])
  assert.ok(await bothNames('civil-request.submitted', request?.personId ?? null), 'both names are kept')
  await t.settle()
  const paper = (await t.letters()).find(({ to, subject }) => !to && /demande/.test(subject))
  assert.ok(paper, 'the acknowledgement waits to be printed')

  await clerk.press('Terminer')
  await clerk.sees('Vous agissez de nouveau en votre nom', name, 'acte de naissance')
})

journey(
  t,
  'a family without e-mail has the canteen booked at the counter, and takes the days and prices home',
  async clerk => {
    const lastName = next(families)
    const { personId } = await family(t, { firstName: 'Rachida', lastName, children: ['Sami'], signedIn: false })
    await t.signIn(clerk.context, clerkOfAll.email, clerkOfAll.password)
    await clerk.goTo('/guichet')
    await clerk.write('Chercher une personne, une demande ou une facture', lastName)
    await clerk.press('Trouver')
    await clerk.follow(/Rachida/)
    await clerk.follow('Agir pour cette famille')
    await clerk.choose('La personne est au téléphone')
    await clerk.tick('La personne est d’accord pour que j’agisse en son nom')
    await clerk.press('Commencer')
    await clerk.follow('Réserver la cantine')
    await clerk.tick('Sami, jeudi 26 novembre')
    await clerk.press('Enregistrer')
    await clerk.sees('1 repas réservé', `Vous agissez pour Rachida ${lastName}`)
    await clerk.follow('Que faire ?')
    await clerk.follow('Imprimer les repas réservés')
    await clerk.sees(`Sami ${lastName}`, /jeudi 26 novembre/i, /[1-9],\d\d €/, `pour Rachida ${lastName}`, '1 repas')
    const [booking] = await t.town.db.read.select().from(mealBookings).where(eq(mealBookings.state, 'booked'))
    assert.ok(booking)
    assert.ok(await bothNames('meals.changed', personId), 'both names are kept')
  },
)
