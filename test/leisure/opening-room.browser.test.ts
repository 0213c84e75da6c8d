import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { rankOfHousehold, turnOf } from '../../src/leisure/opening/draw.ts'
import { launchChromium, picture } from '../support/chromium.ts'
import { clerkAccount, family } from '../support/family.ts'
import { freePort } from '../support/own-process.ts'
import { testTown } from '../support/town.ts'
import { fromOpening, idIn, opensAt, sayOpenings, seedOf } from './opening-world.ts'
import { christmasPlan, withHolidays } from './world.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const port = await freePort()
const base = `http://127.0.0.1:${port}`
const t = await testTown({ BASE_URL: base, LEISURE_ROOM_RATE: '1' })
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

await withHolidays(t)
const { clerk: desk, email: deskEmail } = await clerkAccount(t, 'leisure')
const { period: path } = await christmasPlan(desk)
await sayOpenings(desk, path, 'draw')
const families = await Promise.all(Array.from({ length: 6 }, () => family(t)))
const id = idIn(path)
const room = `${base}/centres-de-loisirs/salle/${id}`
const seed = (await seedOf(t, path)) ?? ''
const turnIn = (one: { household: (typeof families)[number]['household'] }) => {
  const who = { rank: rankOfHousehold(seed, one.household), arrivedAt: opensAt.subtract({ seconds: 1 }) }
  return opensAt.until(turnOf({ opensAt, households: 6, perSecond: 1 }, who)).total('seconds')
}
const patient = families.toSorted((a, b) => turnIn(b) - turnIn(a))[0]
assert.ok(patient && turnIn(patient) > 0)

async function enter(context: BrowserContext, email: string, where: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${base}/connexion`)
  await page.fill('#email', email)
  await page.fill('#password', 'quatre mots au hasard')
  await page.locator('main button[type=submit]').click()
  await page.waitForURL(/accueil|guichet/)
  await page.goto(where)
  return page
}

/** What axe finds wrong, and whether the page is wider than the screen; the page's names are not those of Node. */
async function check(page: Page, where: string): Promise<void> {
  await page.evaluate(axe)
  const faults = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
  assert.deepEqual(faults, [], where)
  const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  assert.ok((await page.evaluate<number>(tooWide)) <= 0, `${where} is wider than the screen`)
}

const status = (page: Page) => page.getByRole('status')

test('with a script the room tells what changes without loading again, and goes on by itself', async () => {
  fromOpening(t, -1)
  const context = await browser.phone()
  const page = await enter(context, patient.email, room)
  assert.match((await status(page).textContent()) ?? '', /Les inscriptions ouvrent à 8.h/)
  await page.evaluate('window.stayed = true')
  fromOpening(t, turnIn(patient) - 0.5)
  await status(page).filter({ hasText: 'Vous passez dans moins d’une minute' }).waitFor({ timeout: 15_000 })
  assert.equal(await page.evaluate('window.stayed'), true)
  fromOpening(t, turnIn(patient))
  await page.waitForURL(`${base}/centres-de-loisirs/inscrire/${id}`, { timeout: 15_000 })
  await context.close()
})

test('without a script it loads itself again, and goes on too', async () => {
  fromOpening(t, -1)
  const context = await browser.phone({ javaScriptEnabled: false })
  const page = await enter(context, patient.email, room)
  await picture(page, 'room-before')
  fromOpening(t, turnIn(patient))
  await page.waitForURL(`${base}/centres-de-loisirs/inscrire/${id}`, { timeout: 20_000 })
  await context.close()
})

test('the room, the draw and the clerk’s page are for everybody: axe, 320 pixels, both languages', async () => {
  for (const [locale, width] of [
    ['fr-FR', 320],
    ['en-GB', 1280],
  ] as const) {
    const context = await browser.desk({ bypassCSP: true, locale, viewport: { width, height: 800 } })
    fromOpening(t, -3_600)
    const page = await enter(context, patient.email, room)
    await check(page, `early ${locale}`)
    await picture(page, `room-early-${width}`)
    fromOpening(t, -60)
    await page.goto(room)
    await check(page, `room ${locale}`)
    fromOpening(t, 0)
    await page.goto(room)
    await picture(page, `room-turn-${width}`)
    await page.goto(`${base}/centres-de-loisirs/tirage/${id}`)
    await check(page, `draw after ${locale}`)
    await picture(page, `draw-after-${width}`)
    fromOpening(t, -60)
    await page.goto(`${base}/centres-de-loisirs/tirage/${id}`)
    await check(page, `draw before ${locale}`)
    await picture(page, `draw-before-${width}`)
    await context.close()
    const office = await browser.desk({ bypassCSP: true, locale, viewport: { width, height: 800 } })
    const openings = await enter(office, deskEmail, `${base}${path}/ouvertures`)
    await check(openings, `openings ${locale}`)
    await picture(openings, `openings-${width}`)
    await office.close()
  }
})
