import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { pathOf } from './system-packages.ts'

/** Debian's Chromium, headless, told not to call home: on a closed network those calls only waste time. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type TestBrowser = {
  /** A fresh profile with a parent's phone screen, 375 × 812. */
  phone(options?: BrowserContextOptions): Promise<BrowserContext>
  /** A fresh profile with a clerk's screen, 1280 × 900. */
  desk(options?: BrowserContextOptions): Promise<BrowserContext>
  close(): Promise<void>
}

/** A real browser in French, Paris time. Pass `{ javaScriptEnabled: false }` or another `locale` to `phone` and `desk`. */
export async function launchChromium(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: pathOf('chromium'),
    // Chromium's own sandbox refuses root.
    args: process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET,
  })
  const french = { locale: 'fr-FR', timezoneId: 'Europe/Paris' }
  return {
    phone: options =>
      browser.newContext({
        ...french,
        viewport: { width: 375, height: 812 },
        isMobile: true,
        hasTouch: true,
        ...options,
      }),
    desk: options => browser.newContext({ ...french, viewport: { width: 1280, height: 900 }, ...options }),
    close: () => browser.close(),
  }
}

/**
 * Takes a picture of the whole page to be looked at, and gives its path. Pictures go to `GUICHET_TEST_PICTURES`, or to
 * the temporary folder, where `npm test` removes them at its end.
 */
export async function picture(page: Page, name: string): Promise<string> {
  const folder = process.env['GUICHET_TEST_PICTURES'] ?? join(tmpdir(), 'guichet-pictures')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  return path
}
