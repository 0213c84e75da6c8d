import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import supertest from 'supertest'
import { absenceClaims } from '../../src/canteen/schema.ts'
import { declareClosure } from '../../src/canteen/staff-closures.ts'
import { newId } from '../../src/kernel/ids.ts'
import { pageBudget } from '../../src/web/page-budget.ts'
import { launchChromium } from '../support/chromium.ts'
import { clerkAccount, family, school } from '../support/family.ts'
import { book, canteenTown, day } from './world.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const server = createServer()
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const t = await canteenTown({ BASE_URL: base })
server.on('request', t.app)
t.visitor = () => supertest.agent(t.app).set('Origin', base)
const browser = await launchChromium()
after(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
})

const SCHOOL = 'École Jules-Guesde'
const desk = await clerkAccount(t, 'canteen')
const schoolId = await school(t, SCHOOL)
const homes = [
  await family(t, { children: [{ firstName: 'Inès', className: 'CP' }], school: SCHOOL, signedIn: false }),
  await family(t, {
    children: [
      { firstName: 'Maximilien-Alexandre', lastName: 'de La Rochefoucauld-Montmorency', className: 'CE1', pai: 'Noix' },
    ],
    school: SCHOOL,
    signedIn: false,
  }),
]
for (const home of homes) await book(t, home, '2026-11-26', '2026-12-03')
const closed = { wholeTown: false, schools: [schoolId], classes: ['CP'], reason: 'outing' as const, message: 'Musée.' }
const closureId = await declareClosure(t.town, desk.actor, {
  ...closed,
  from: day('2026-12-03'),
  to: day('2026-12-03'),
  meals: 1,
})
await t.settle()
t.at('2026-11-26T11:40:00+01:00')
const child = homes[1]!.children[0]!.id
const claimId = newId<'absence-claim'>()
await t.town.db.transaction(async tx => {
  const claim = { childId: child, householdId: homes[1]!.household, day: day('2026-11-26'), fileId: newId<'file'>() }
  await tx.insert(absenceClaims).values({ id: claimId, ...claim, state: 'to-check', createdAt: t.town.clock.now() })
})
const LIST = `/guichet/cantine/presences/${schoolId}?jour=2026-11-26`
const PAGES = [
  '/guichet/cantine',
  '/guichet/cantine/comptes?jour=2026-11-26',
  '/guichet/cantine/comptes/imprimer?jour=2026-11-26',
  `${LIST}&q=ines`,
  LIST.replace('?', '/imprimer?'),
  `/guichet/cantine/enfants/${child}?jour=2026-11-26`,
  `/guichet/cantine/enfants/${child}/pai?jour=2026-11-26`,
  '/guichet/cantine/fermetures',
  '/guichet/cantine/fermetures/nouvelle',
  `/guichet/cantine/fermetures/nouvelle?ecole=${schoolId}`,
  `/guichet/cantine/fermetures/${closureId}`,
  '/guichet/cantine/absences',
  `/guichet/cantine/absences/${claimId}`,
  '/guichet/cantine/menus?semaine=2026-W49',
  '/guichet/ecoles',
  `/guichet/ecoles/${schoolId}`,
  '/open-data',
]

async function signedIn(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${base}/connexion`)
  await page.fill('input[name=email]', desk.email)
  await page.fill('input[name=password]', desk.password)
  await page.click('main button[type=submit]')
  await page.waitForURL(url => !url.pathname.startsWith('/connexion'))
  return page
}

/** What axe finds wrong. What runs inside the page is text: its names are not those of Node. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
}

test('axe finds nothing on the staff’s pages, none is wider than the phone, the tablet or the desk, nor too heavy', async () => {
  for (const { width, locale, axeToo } of [
    { width: 375, locale: 'fr-FR', axeToo: true },
    { width: 768, locale: 'fr-FR', axeToo: false },
    { width: 1280, locale: 'en-GB', axeToo: true },
  ]) {
    const context = await browser.desk({ viewport: { width, height: 900 }, bypassCSP: true, locale })
    const page = await signedIn(context)
    for (const path of PAGES) {
      const answer = await page.goto(base + path)
      assert.ok(answer?.status() === 200, path)
      assert.ok((await answer.body()).length < pageBudget.deskBytes, path)
      const wider = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.ok(wider <= 0, `${path} is ${wider} px too wide at ${width}`)
      assert.ok((await page.evaluate<number>("document.querySelectorAll('*').length")) <= 1_500, path)
      if (axeToo) assert.deepEqual(await faults(page), [], `${path} at ${width}`)
    }
    await context.close()
  }
})

test('the network is lost in the canteen: the tablet says « not sent yet », keeps the ticks, and sends them later', async () => {
  const context = await browser.desk({ viewport: { width: 768, height: 1024 } })
  const page = await signedIn(context)
  await page.goto(base + LIST)
  await page.check(`input[value="${child}"]`)
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Enregistrer toute la liste' }).click()
  await page.getByText('Pas encore envoyé').waitFor()
  await context.setOffline(false)
  await page.reload()
  assert.ok(await page.isChecked(`input[value="${child}"]`), 'the tick outlives the page')
  await page.getByText('Pas encore envoyé').waitFor()
  await page.getByRole('button', { name: 'Enregistrer toute la liste' }).click()
  await page.getByText('Nouveaux présents : 1.').waitFor()
  await page.reload()
  assert.equal(await page.getByText('Pas encore envoyé').isVisible(), false)
  await context.close()
})

test('a strike is closed by keyboard and without script: form, what it does, the number, done', async () => {
  const context = await browser.desk({ viewport: { width: 375, height: 812 }, javaScriptEnabled: false })
  const page = await signedIn(context)
  await page.goto(`${base}/guichet/cantine/fermetures/nouvelle`)
  await page.check('input[name=scope][value=schools]')
  await page.getByLabel(SCHOOL).check()
  await page.getByLabel('Premier jour').fill('2026-12-03')
  await page.getByLabel('Grève').check()
  await page.getByLabel('Message aux familles').fill('Grève nationale.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('1 repas annulé, 1 famille prévenue.').waitFor()
  await page.getByLabel('Pour confirmer').fill('3')
  await page.getByRole('button', { name: 'Fermer et prévenir' }).click()
  await page.getByText('Ce n’est pas le bon nombre').first().waitFor()
  await page.getByLabel('Pour confirmer').fill('1')
  await page.getByRole('button', { name: 'Fermer et prévenir' }).click()
  await page.getByText('C’est fermé.').waitFor()
  await context.close()
})
