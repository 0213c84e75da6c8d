import { createServer } from 'node:http'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import { launchChromium } from '../support/chromium.ts'
import { freePort } from '../support/own-process.ts'
import { clerkAccount, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { png } from './files.ts'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const port = await freePort()
const base = `http://127.0.0.1:${port}`
const t = await testTown({ BASE_URL: base })
const own = t.visitor
t.visitor = () => own().set('Origin', base)
const server = createServer(t.app).listen(port, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())
test('look', async () => {
  const one = await family(t, { firstName: 'Awa', lastName: 'Diallo', phone: '+33612345678', children: [{ firstName: 'Inès', lastName: 'Diallo', birthDate: '2018-03-12' , pai: 'Allergie' }, { firstName: 'Malo', lastName: 'Diallo', birthDate: '2020-06-01' }] })
  const other = await secondHousehold(t, one, { lastName: 'Martin' })
  const dup = await family(t, { lastName: 'Doublon', children: [] })
  await dup.parent.post('/api/v1/children').send({ firstName: 'Inès', lastName: 'Diallo', birthDate: '2018-03-12' })
  await one.parent.post('/famille/quotient').field('value', '640').attach('proof', png(), 'a.png')
  await one.parent.post('/famille/adultes/inviter').type('form').send({ email: 'conjoint@exemple.fr' })
  await one.parent.post(`/famille/enfants/${one.children[0]!.id}/personnes`).type('form').send({ name: 'Fatou Diallo', phone: '0612345678', relationship: 'grand-mère' })
  await one.parent.post(`/famille/enfants/${one.children[1]!.id}/garde`).type('form').send({ kind: 'percentage', percent: '50', 'from-day': 1, 'from-month': 12, 'from-year': 2026 })
  const { email: desk } = await clerkAccount(t, 'canteen')
  const inv = /\/invitation\/\S+/.exec((await t.letters()).find(l => l.kind === 'family.invitation')!.text)![0]
  const browser = await launchChromium()
  const [a, b] = one.children.map(c => c.id)
  const quotient = (await one.parent.get('/api/v1/quotients')).body[0].id
  const open = ['/connexion', '/inscription', '/mot-de-passe', '/mot-de-passe/envoye', '/mot-de-passe/nouveau/x', inv]
  const mine = ['/accueil', '/famille', '/famille/adresse', '/famille/moi', '/famille/adultes/inviter', '/famille/enfants/ajouter', `/famille/enfants/${a}`, `/famille/enfants/${b}`, `/famille/enfants/${a}/modifier`, `/famille/enfants/${a}/ecole`, `/famille/enfants/${a}/repas`, `/famille/enfants/${a}/sante`, `/famille/enfants/${a}/personnes`, `/famille/enfants/${b}/garde`, `/famille/enfants/${b}/retirer`, '/famille/quotient', '/compte', '/compte/mot-de-passe', '/compte/e-mail', '/compte/appareils', '/compte/fermer']
  const clerks = ['/guichet/familles?q=diallo', '/guichet/familles?q=zzz', '/guichet/familles/nouvelle', `/guichet/familles/${one.household}`, `/guichet/familles/${one.household}/agir`, `/guichet/familles/${one.household}/adultes/${one.personId}/compte`, `/guichet/familles/${one.household}/enfants/${a}/sante`, `/guichet/familles/${one.household}/enfants/${b}/garde?q=martin`, '/guichet/quotients', `/guichet/quotients/${quotient}`, '/guichet/verifications', `/guichet/verifications/enfant/${dup.household}/${(await dup.parent.get('/api/v1/household')).body.children[0].id}`]
  for (const [size, lang] of [['phone', 'fr'], ['desk', 'en']] as const) {
    for (const [who, paths, email] of [['open', open, ''], ['mine', mine, one.email], ['clerk', clerks, desk]] as const) {
      const context = await browser[size]({ bypassCSP: true, locale: lang === 'fr' ? 'fr-FR' : 'en-GB' })
      const page = await context.newPage()
      if (email) {
        await page.goto(`${base}/connexion`)
        await page.fill('#email', email)
        await page.fill('#password', 'quatre mots au hasard')
        await page.locator('main button[type=submit]').click()
      }
      for (const [i, path] of paths.entries()) {
        const response = await page.goto(base + path)
        await page.evaluate(axe)
        const faults = await page.evaluate(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
        const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        if ((faults as string[]).length || (wide as number) > 0) console.log(size, path, response?.status(), faults, wide)
        else if (response?.status() !== 200) console.log(size, path, response?.status())
        await page.screenshot({ path: `/tmp/peopleshots/${size}-${who}-${String(i).padStart(2, '0')}.png`, fullPage: true })
      }
      await context.close()
    }
  }
  await browser.close()
})
