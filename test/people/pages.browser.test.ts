import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '../support/chromium.ts'
import { clerkAccount, family, school, secondHousehold } from '../support/family.ts'
import { freePort } from '../support/own-process.ts'
import { testTown } from '../support/town.ts'
import { png } from '../uploads/files.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const port = await freePort()
const base = `http://127.0.0.1:${port}`
const t = await testTown({ BASE_URL: base })
const server = createServer(t.app).listen(port, '127.0.0.1')
await once(server, 'listening')
const browser = await launchChromium()
after(async () => {
  await browser.close()
  server.close()
})

const visitor = t.visitor
t.visitor = () => visitor().set('Origin', base)

async function on(context: BrowserContext, use: (page: Page) => Promise<void>): Promise<void> {
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
  }
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${base}/connexion`)
  await page.fill('#email', email)
  await page.fill('#password', 'quatre mots au hasard')
  await page.locator('main button[type=submit]').click()
}

/** What runs inside the page is written as text: its names are not those of Node. */
async function check(page: Page, where: string): Promise<void> {
  await page.evaluate(axe)
  const faults = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
  assert.deepEqual(faults, [], where)
  const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  assert.ok((await page.evaluate<number>(tooWide)) <= 0, `${where} is wider than the screen`)
  assert.equal(await page.locator('h1').count(), 1, `${where}: one heading`)
}

const letter = async (kind: string) => (await t.letters()).find(one => one.kind === kind)!.text

const one = await family(t, {
  lastName: 'Diallo',
  phone: '+33612345678',
  children: [
    { firstName: 'Inès', lastName: 'Diallo', birthDate: '2018-03-12', pai: 'Allergie à l’arachide' },
    { firstName: 'Malo', lastName: 'Diallo', birthDate: '2020-06-01' },
  ],
})
await secondHousehold(t, one, { lastName: 'Martin' })
const [ines, malo] = one.children.map(({ id }) => `/famille/enfants/${id}`)
const twin = await family(t, { lastName: 'Doublon', children: [] })
const added = await twin.parent
  .post('/api/v1/children')
  .send({ firstName: 'Malo', lastName: 'Diallo', birthDate: '2020-06-01' })
await one.parent.post('/famille/quotient').field('value', '640').attach('proof', png(), 'a.png')
await one.parent.post('/famille/adultes/inviter').type('form').send({ email: 'conjoint@exemple.fr' })
const grandmother = { name: 'Fatou Diallo', phone: '0612345678', relationship: 'grand-mère' }
await one.parent.post(`${ines}/personnes`).type('form').send(grandmother)
const quotient = (await one.parent.get('/api/v1/quotients')).body[0].id
const desk = `/guichet/familles/${one.household}`

const OPEN = ['/connexion', '/inscription', '/mot-de-passe', '/mot-de-passe/envoye', '/mot-de-passe/nouveau/old']
const OURS = [
  '/accueil',
  '/famille',
  ...['adresse', 'moi', 'adultes/inviter', 'enfants/ajouter', 'quotient'].map(path => `/famille/${path}`),
  ...['', '/modifier', '/ecole', '/repas', '/sante', '/personnes', '/garde', '/retirer'].map(path => `${ines}${path}`),
  `${malo}/garde?kind=alternating-weeks`,
  `${malo}/garde?kind=even-and-odd-weeks`,
  ...['', '/mot-de-passe', '/e-mail', '/appareils', '/fermer'].map(path => `/compte${path}`),
]
const DESK = [
  '/guichet/familles?q=diallo',
  '/guichet/familles?q=personne',
  '/guichet/familles/nouvelle',
  desk,
  `${desk}/agir`,
  `/guichet/personnes/${one.personId}`,
  `/guichet/personnes/${one.personId}/agir`,
  `/guichet/personnes/${one.personId}/compte`,
  '/guichet/personnes/nouvelle',
  '/guichet/recherche?q=diallo',
  '/guichet/recherche?q=personne',
  `${desk}/adultes/${one.personId}/compte`,
  `${desk}/enfants/${one.children[0]!.id}/sante`,
  `${desk}/enfants/${one.children[1]!.id}/garde?q=martin`,
  '/guichet/quotients',
  `/guichet/quotients/${quotient}`,
  '/guichet/verifications',
  `/guichet/verifications/enfant/${twin.household}/${added.body.id}`,
]

test('axe finds nothing on any page, and none is wider than a phone', async () => {
  const phone = () => browser.phone({ bypassCSP: true })
  await on(await phone(), async page => {
    for (const path of [...OPEN, /\/invitation\/\S+/.exec(await letter('family.invitation'))![0]]) {
      await page.goto(base + path)
      await check(page, path)
    }
    await page.goto(`${base}/inscription`)
    await page.locator('main button[type=submit]').click()
    await check(page, 'a form with faults')
  })
  await on(await phone(), async page => {
    await signIn(page, one.email)
    for (const path of OURS) {
      await page.goto(base + path)
      await check(page, path)
    }
  })
})

test('nor on the clerks’ pages, on their desk and in the resident’s name', async () => {
  const { email } = await clerkAccount(t, 'canteen')
  await on(await browser.desk({ bypassCSP: true }), async page => {
    await signIn(page, email)
    for (const path of DESK) {
      await page.goto(base + path)
      await check(page, path)
    }
    await page.goto(`${base}${desk}/agir`)
    await page.getByLabel('La personne est au guichet').check()
    await page.getByLabel('La personne est d’accord').check()
    await page.getByRole('button', { name: 'Commencer' }).click()
    await page.getByText('Vous agissez pour Awa Diallo').waitFor()
    await check(page, 'acting for somebody')
    await page.getByRole('button', { name: 'Terminer' }).click()
    await page.getByText('Vous agissez de nouveau en votre nom').waitFor()
  })
})

test('on a phone without JavaScript a parent signs up and enters two children, in few pages and fields', async () => {
  await school(t, 'École Pasteur')
  await on(await browser.phone({ javaScriptEnabled: false }), async page => {
    let [pages, fields] = [0, 0]
    page.on('domcontentloaded', () => pages++)
    const fill = async (answers: Record<string, string>) => {
      for (const [label, answer] of Object.entries(answers)) {
        await page.getByLabel(label, { exact: true }).fill(answer)
        fields++
      }
    }
    const press = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click()
    const choose = async (label: string) => {
      await page.getByLabel(label, { exact: true }).check()
      fields++
    }
    await page.goto(base)
    await page.getByRole('link', { name: 'Créer un compte' }).click()
    await fill({ Prénom: 'Léa', Nom: 'Caron', 'Adresse e-mail': 'lea@exemple.fr' })
    await fill({ 'Choisissez un mot de passe': 'la girafe boit du thé' })
    await press('Créer un compte')
    await page.getByText('Regardez vos e-mails').waitFor()
    await page.goto(/http\S+\/inscription\/confirmer\/\S+/.exec(await letter('account.confirm-email'))![0])
    await press('Confirmer mon adresse')
    for (const [firstName, day] of [
      ['Rose', '14'],
      ['Léon', '15'],
    ] as const) {
      await page
        .getByRole('main')
        .getByRole('button', { name: /Ajouter/ })
        .click()
      await fill({ 'Prénom de l’enfant': firstName, 'Nom de l’enfant': 'Caron', Jour: day, Mois: '7', Année: '2019' })
      await press('Continuer')
      await page.getByLabel('École').selectOption('École Pasteur')
      await page.getByLabel('Niveau').selectOption('CP')
      fields += 2
      await press('Continuer')
      await choose('Sans porc')
      await choose('Non')
      await press('Enregistrer')
      await page.getByText(`${firstName} est dans votre famille`).waitFor()
    }
    assert.equal(await page.getByRole('main').getByText('CP, École Pasteur').count(), 2)
    assert.ok(pages <= 14, `${pages} pages`)
    assert.ok(fields <= 24, `${fields} fields`)
  })
})
