// The pages of one request in a real browser: on a phone and at a desk, without script, through axe, and by keyboard.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { launchChromium, picture } from '../support/chromium.ts'
import { clerkAccount } from '../support/family.ts'
import { freePort } from '../support/own-process.ts'
import { testTown } from '../support/town.ts'
import { askFor, requestNow, submittedRequest } from './world.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const port = await freePort()
const base = `http://127.0.0.1:${port}`
const t = await testTown({ BASE_URL: base })
const server = createServer(t.app).listen(port, '127.0.0.1')
await once(server, 'listening')
const browser = await launchChromium()
after(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
})
const visitor = t.visitor
t.visitor = () => visitor().set('Origin', base)

const claire = await clerkAccount(t, 'civil-registry')

/** Long names, a foreign address, another language: what breaks pages. */
const foreign = {
  answers: {
    kind: 'marriage',
    form: 'with-parentage',
    standing: 'child',
    date: '1961-07-08',
    subject: { firstNames: 'Marie-Antoinette Joséphine', lastName: 'de La Rochefoucauld-Montmorency-Laval' },
    spouse: { firstNames: 'Jean-Baptiste', lastName: 'Wolfeschlegelsteinhausenbergerdorff' },
    subjectBirth: { date: '1938-02', place: 'Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson' },
    applicant: { firstName: 'Alexandra', lastName: 'Wolfeschlegelsteinhausenbergerdorff', birthDate: '1970-12-25' },
    address: { lines: ['142 Long Winding Upper Street'], postcode: 'EC1A 1BB', city: 'London', country: 'GB' },
    contact: { email: 'alexandra.wolfeschlegelsteinhausenbergerdorff@very-long-domain-name.example.org' },
  },
  language: 'en',
} as const

async function at(context: BrowserContext, address: string): Promise<Page> {
  const answer = await context.request.post(`${base}/api/v1/sessions`, {
    data: { email: claire.email, password: claire.password },
    headers: { origin: base },
  })
  assert.equal(answer.status(), 201)
  const page = await context.newPage()
  await page.goto(base + address)
  return page
}

/** What runs in the page is written as text: its names are not those of Node. */
async function check(page: Page, name: string, script: boolean): Promise<void> {
  if (script) {
    await page.evaluate(axe)
    const faults = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
    assert.deepEqual(faults, [], name)
  }
  const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  assert.ok((await page.evaluate<number>(tooWide)) <= 0, `${name} is wider than the screen`)
  await picture(page, name)
}

for (const [screen, script] of [
  ['phone', false],
  ['phone', true],
  ['desk', true],
] as const) {
  test(`${script ? 'with' : 'without'} script, on a ${screen}, every page about a request reads well and goes through`, async () => {
    const other = await submittedRequest(t, { ...foreign, state: 'refused' })
    const request = await submittedRequest(t, foreign)
    await askFor(t, request.id, { text: 'A clearer photo, please.', french: 'Une photo plus nette, s’il vous plaît.' })
    const context = await browser[screen]({ javaScriptEnabled: script })
    try {
      const file = `/guichet/etat-civil/${request.id}`
      const page = await at(context, file)
      await check(page, `civil-file-free-${screen}`, script)
      await page.click('[data-key=a]')
      await check(page, `civil-file-mine-${screen}`, script)
      for (const path of ['demander', 'ecrire', 'refuser', 'corriger', 'arreter']) {
        await page.goto(`${base}${file}/${path}`)
        await check(page, `civil-file-${path}-${screen}`, script)
      }
      await page.goto(`${base}${file}/refuser`)
      await page.click('[value=preview]')
      await check(page, `civil-file-fault-${screen}`, script)
      await page.check('[value="not-proved"]')
      await page.fill('[name=facts]', 'Le livret de famille ne montre pas votre nom.')
      await page.click('[value=preview]')
      await check(page, `civil-file-preview-${screen}`, script)
      await page.click('[data-key=e]')
      assert.equal((await requestNow(t, request.id)).state, 'refused')
      await page.goto(`${base}/guichet/etat-civil/${other.id}/rouvrir`)
      await check(page, `civil-file-rouvrir-${screen}`, script)
    } finally {
      await context.close()
    }
  })
}

test('by keyboard: take a file, refuse it, and be on the heading of the next', async () => {
  const [first, second] = [await submittedRequest(t), await submittedRequest(t)]
  const context = await browser.desk()
  try {
    const page = await at(context, `/guichet/etat-civil/${first.id}`)
    const press = async (key: string) => {
      await Promise.all([page.waitForNavigation(), page.keyboard.press(key)])
    }
    await press('a')
    await press('r')
    await page.focus('[name=ground]')
    await page.keyboard.press('Space')
    await page.focus('[name=facts]')
    await page.keyboard.type('Rien à cette date, ni un an avant, ni un an après.')
    await page.keyboard.press('Tab')
    await press('e')
    await press('e')
    assert.equal((await requestNow(t, first.id)).state, 'refused')
    assert.equal(new URL(page.url()).pathname, `/guichet/etat-civil/${second.id}`)
    assert.equal((await requestNow(t, second.id)).heldBy, claire.actor.accountId)
    const heading = await page.evaluate<string>('document.activeElement.tagName')
    assert.equal(heading, 'H1')
  } finally {
    await context.close()
  }
})
