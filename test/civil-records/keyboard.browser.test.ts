// A clerk's queue by keyboard alone, in a real browser; and the same pages on a phone, without script, and through axe.
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
import { requestNow, submittedRequest } from './world.ts'

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

const anne = await clerkAccount(t, 'civil-registry')
const bruno = await clerkAccount(t, 'civil-registry')

/** Files received from 12 November on, oldest first: some late, some due today, some soon. */
async function files(howMany: number) {
  const made = []
  for (let n = 0; n < howMany; n += 1) {
    t.at(`2026-11-${12 + Math.floor(n / 2)}T${n % 2 ? '14' : '09'}:00:00+01:00`)
    made.push(await submittedRequest(t, { papers: 0 }))
  }
  t.at('2026-11-23T10:02:00+01:00')
  return made
}
const received = await files(12)

async function at(context: BrowserContext, address: string): Promise<Page> {
  const answer = await context.request.post(`${base}/api/v1/sessions`, {
    data: { email: anne.email, password: anne.password },
    headers: { origin: base },
  })
  assert.equal(answer.status(), 201)
  const page = await context.newPage()
  await page.goto(base + address)
  return page
}

/** What runs in the page is written as text: its names are not those of Node. */
const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent.trim()')
const inGroups = (number: string | null) => String(number).replace(/(.{4})(?=.)/g, '$1\u00a0')
async function check(page: Page) {
  await page.evaluate(axe)
  const faults = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
  assert.deepEqual(faults, [], page.url())
  const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  assert.ok((await page.evaluate<number>(tooWide)) <= 0, `${page.url()} is wider than the screen`)
}

test('j and k move the focus along the rows, x ticks one, Enter opens it', async () => {
  const context = await browser.desk()
  const page = await at(context, '/guichet/etat-civil')
  await page.keyboard.press('j')
  assert.equal(await focused(page), inGroups(received[0]!.number))
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  assert.equal(await focused(page), inGroups(received[1]!.number))
  await page.keyboard.press('x')
  assert.equal(await page.locator('input[name=ids]:checked').count(), 1)
  await picture(page, 'queue-row-focused-1280')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/guichet/etat-civil/${received[1]!.id}*`)
  await context.close()
})

test('a takes the file of the row, n the next of the queue: the focus is on the heading of the file', async () => {
  const context = await browser.desk()
  const page = await at(context, '/guichet/etat-civil')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('a')
  await page.waitForURL(`**/guichet/etat-civil/${received[1]!.id}*`)
  assert.equal((await requestNow(t, received[1]!.id)).assignedTo, anne.actor.accountId)
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1')
  await page.goto(`${base}/guichet/etat-civil`)
  await page.keyboard.press('n')
  await page.waitForURL(`**/guichet/etat-civil/${received[0]!.id}*`)
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1')
  await context.close()
})

test('no key is heard while a choice is open or somebody types, nor with Ctrl or Alt', async () => {
  const context = await browser.desk()
  const page = await at(context, '/guichet/etat-civil')
  await page.locator('#tri').focus()
  await page.keyboard.press('j')
  await page.keyboard.press('n')
  assert.equal(await page.evaluate('document.activeElement.id'), 'tri')
  await page.locator('h1').click()
  await page.keyboard.press('Control+j')
  await page.keyboard.press('Alt+n')
  await page.keyboard.press('Shift+J')
  assert.equal(await page.locator('[data-row]:focus').count(), 0)
  assert.equal(new URL(page.url()).pathname, '/guichet/etat-civil')
  await page.goto(`${base}/guichet`)
  await page.keyboard.press('/')
  const field = await page.evaluate<string>('document.activeElement.type')
  assert.equal(field, 'search')
  await page.keyboard.type('n?j')
  assert.equal(await page.inputValue('input[type=search]'), 'n?j')
  await context.close()
})

test('the list of keys is behind « ? »; switched off there, no key does anything and every link still does', async () => {
  const context = await browser.desk()
  const page = await at(context, '/guichet/etat-civil')
  await page.keyboard.press('?')
  await page.waitForURL('**/guichet/raccourcis')
  await check(page)
  await picture(page, 'shortcuts-1280')
  await page.getByRole('button', { name: 'Éteindre les raccourcis' }).press('Enter')
  await page.getByText('Les raccourcis sont éteints').waitFor()
  await page.goto(`${base}/guichet/etat-civil`)
  await page.keyboard.press('j')
  await page.keyboard.press('?')
  assert.equal(await page.locator('[data-row]:focus').count(), 0)
  await page.locator('[data-row]').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/guichet/etat-civil/*')
  await page.goto(`${base}/guichet/raccourcis`)
  await page.getByRole('button', { name: 'Allumer les raccourcis' }).press('Enter')
  await page.getByText('Les raccourcis sont allumés').waitFor()
  await context.close()
})

test('the script of clerks’ pages is small, and public pages do not load it', async () => {
  const page = await browser.desk()
  const desk = await at(page, '/guichet/etat-civil')
  const address = await desk.locator('script[src*="/desk."]').getAttribute('src')
  const answer = await page.request.get(base + address, { headers: { 'accept-encoding': 'gzip' } })
  assert.ok(Number(answer.headers()['content-length']) <= 4_000, `${answer.headers()['content-length']} bytes`)
  await desk.goto(`${base}/aide`)
  assert.equal(await desk.locator('script[src*="/desk."]').count(), 0)
  await page.close()
})

test('without script, on a phone, the queue is read, filtered and dealt with in bulk; nothing sticks out', async () => {
  const phone = await browser.phone({ javaScriptEnabled: false })
  const page = await at(phone, '/guichet/etat-civil')
  await page.locator('#delai').selectOption('late')
  await page.getByRole('button', { name: 'Afficher' }).click()
  assert.match(page.url(), /delai=late/)
  await picture(page, 'queue-late-375')
  const boxes = page.locator('input[name=ids]')
  const late = await boxes.count()
  for (const box of (await boxes.all()).slice(0, 2)) await box.check()
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.locator('#to').selectOption({ label: `Claire ${bruno.email.replace(/^agent(\d+)@.*/, 'Agent$1')}` })
  await picture(page, 'bulk-fill-375')
  await page.getByRole('button', { name: 'Voir avant de confirmer' }).click()
  await picture(page, 'bulk-preview-375')
  await page.getByRole('button', { name: /^Confirmer/ }).click()
  assert.match((await page.textContent('main')) ?? '', /2 dossiers sont à Claire/)
  await page.getByRole('link', { name: 'Revenir à la file' }).click()
  assert.match(page.url(), /delai=late/)
  assert.equal(await page.locator('input[name=ids]').count(), late)
  await phone.close()
})

test('the queue, its empty tab, the action and the first page have no fault of accessibility, wide or narrow', async () => {
  for (const open of [browser.desk, browser.phone]) {
    const context = await open()
    const page = await at(context, '/guichet/etat-civil')
    await check(page)
    const width = page.viewportSize()?.width
    await picture(page, `queue-${width}`)
    for (const [name, address] of [
      ['empty', '/guichet/etat-civil?etat=to-print'],
      ['action', `/guichet/etat-civil/${received[5]!.id}/action?action=put-on-hold`],
      ['home', '/guichet'],
    ] as const) {
      await page.goto(base + address)
      await check(page)
      await picture(page, `queue-${name}-${width}`)
    }
    await context.close()
  }
})
