import assert from 'node:assert/strict'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { desc } from '../../src/db/drizzle.ts'
import { linkIn, openTown } from './open-town.ts'
import { photo } from './photo.ts'
import { journey, type Reader } from './reader.ts'

const t = await openTown()
let tellings = 0

/** A first-time user meets so few pages and clicks: under three minutes, at ten seconds a page. */
const MOST_PAGES = 14

journey(
  t,
  'a resident without account asks for their birth record and has the acknowledgement in hand',
  async reader => {
    await reader.goTo('/')
    await reader.follow('Demander un acte')
    await reader.sees('La mairie ne fait jamais payer', 'Attention aux sites payants')
    await reader.press('Commencer ma demande')
    reader.startCounting()
    await reader.choose('Acte de naissance')
    await reader.press('Continuer')
    await reader.choose('Copie intégrale')
    await reader.press('Continuer')
    await reader.choose('À Valmont')
    await reader.press('Continuer')
    await date(reader, '30', '2', '1984')
    await reader.press('Continuer')
    await reader.sees('Il y a un problème', 'Cette date n’existe pas')
    assert.equal(await reader.page.getByLabel('Année').inputValue(), '1984', 'what was typed stays')
    reader.startCounting()
    await reader.write('Mois', '3')
    await reader.press('Continuer')
    await reader.choose('C’est moi')
    await reader.press('Continuer')
    await reader.write('Prénoms', 'Awa, Marie-Ange')
    await reader.write('Nom de naissance', 'N’Diaye d’Été')
    await reader.press('Continuer')
    await reader.choose('Un seul')
    await reader.write('Prénoms', 'Fatou')
    await reader.write('Nom de naissance', 'Sy')
    await reader.press('Continuer')
    await reader.press('Continuer') // one copy
    await reader.choose('Par la poste')
    await reader.press('Continuer')
    await reader.sees('La lettre sera pour Awa N’Diaye d’Été')
    await reader.write('Numéro et rue', '3 rue du Moulin')
    await reader.write('Code postal', '59100')
    await reader.write('Ville', 'Valmont')
    await reader.press('Continuer')
    await reader.press('Continuer') // no e-mail
    await reader.sees('votre pièce d’identité')
    await reader.attach('Ajouter une photo ou un PDF', { name: 'carte.png', mimeType: 'image/png', buffer: photo })
    await reader.press('Envoyer et continuer')
    await reader.sees('Relisez votre demande', '30 mars 1984', '1 fichier envoyé')
    await reader.press('Envoyer ma demande')
    await reader.sees('Votre demande est envoyée', 'Notez ce numéro', 'avant le lundi 30 novembre 2026')
    const { pages, taps, fields } = reader.effort()
    assert.ok(pages + 3 <= MOST_PAGES, `${pages} pages after the first three`)
    assert.ok(taps <= 18, `${taps} taps`)
    assert.ok(fields <= 9, `${fields} fields`)

    const [request] = await t.town.db.read.select().from(civilRequests).orderBy(desc(civilRequests.id))
    await reader.sees(request?.number?.replace(/(.{4})(?=.)/g, '$1 ') ?? 'no number')
    await t.settle()
    await reader.goTo(reader.page.url())
    const pdf = await reader.context.request.get(
      String(await reader.page.getByRole('link', { name: /accusé de réception/ }).getAttribute('href')),
    )
    assert.equal(pdf.headers()['content-type'], 'application/pdf')
    await reader.follow('Imprimer cette page')
    await reader.sees('Accusé de réception de votre demande', '/etat-civil/suivi/')
  },
)

journey(t, 'a resident stops in the middle, goes on by the link, and sends by confirming the e-mail', async reader => {
  const email = `lou${++tellings}@exemple.fr`
  await reader.goTo('/etat-civil')
  await reader.press('Commencer ma demande')
  await reader.choose('Acte de décès')
  await reader.press('Continuer')
  await reader.choose('Copie intégrale')
  await reader.press('Continuer')
  await reader.follow('Continuer plus tard')
  await reader.write('Votre e-mail', email)
  await reader.press('Recevoir le lien')
  await reader.sees('C’est fait', email)

  const phone = await reader.another()
  await phone.goTo(linkIn(await t.letterTo(email, /Continuez votre demande/), '/etat-civil/reprendre/'))
  await phone.press('Reprendre ma demande')
  await phone.choose(/^Ailleurs, mais la personne habitait/)
  await phone.press('Continuer')
  await date(phone, '3', 'février', '2020')
  await phone.press('Continuer')
  await phone.write('Prénoms', 'Ernest')
  await phone.write('Nom de naissance', 'Lenoir')
  await phone.press('Continuer')
  await phone.choose('2')
  await phone.press('Continuer')
  await phone.write('Votre prénom', 'Lou')
  await phone.write('Votre nom', 'Lenoir')
  await date(phone, '1', '7', '1990')
  await phone.press('Continuer')
  await phone.choose('Par la poste')
  await phone.press('Continuer')
  await phone.follow('J’habite à l’étranger')
  await phone.write('Numéro et rue', '12 rue 10')
  await phone.write('Ville', 'Dakar')
  await phone.pick('Pays', 'Sénégal')
  await phone.press('Continuer')
  await phone.write('E-mail (facultatif)', email)
  await phone.press('Continuer')
  await phone.sees('12 rue 10, Dakar, Sénégal')
  await phone.press('Envoyer ma demande')
  await phone.sees('Regardez vos e-mails', 'pas encore envoyée')

  await phone.goTo(linkIn(await t.letterTo(email, /Confirmez/), '/etat-civil/confirmer/'))
  await phone.press('Confirmer et envoyer')
  await phone.sees('Votre demande est envoyée', email)
  const letter = await t.letterTo(email, /Nous avons reçu votre demande/)
  assert.equal(letter.documents.length, 1)
})

journey(t, 'somebody who may not have it is told before any name, and asks for the extract instead', async reader => {
  await reader.goTo('/etat-civil')
  await reader.press('Commencer ma demande')
  await reader.choose('Acte de naissance')
  await reader.press('Continuer')
  await reader.choose('Copie intégrale')
  await reader.press('Continuer')
  await reader.choose('À l’étranger')
  await reader.press('Continuer')
  await reader.sees('Cet acte n’est pas à Valmont', 'Nantes')
  await reader.follow('Changer ma réponse')
  await reader.choose('À Valmont')
  await reader.press('Continuer')
  await date(reader, '12', '5', '1984')
  await reader.press('Continuer')
  await reader.choose('Son frère ou sa sœur')
  await reader.press('Continuer')
  await reader.choose('Non, ou je ne sais pas')
  await reader.press('Continuer')
  await reader.sees('Vous ne pouvez pas avoir ce document', 'C’est la loi')
  await reader.press('Demander l’extrait sans filiation')
  await reader.sees('Quel est le nom de la personne ?')
})

async function date(reader: Reader, day: string, month: string, year: string): Promise<void> {
  await reader.write('Jour', day)
  await reader.write('Mois', month)
  await reader.write('Année', year)
}
