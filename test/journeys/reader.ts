import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import type { OpenTown } from './open-town.ts'
import { assertWellMade, axeFaults, showTo, tooWideAt } from './page-checks.ts'

type Name = string | RegExp

/**
 * Somebody in front of our pages. What they do is said in the words that are on the page; how they do it depends on the
 * manner: thumbs on a phone without script, or the keyboard of a desk.
 */
export type Reader = {
  page: Page
  context: BrowserContext
  /** Somebody else, in a browser of their own. */
  another(): Promise<Reader>
  /** Opens an address: typed, or followed from a letter. */
  goTo(address: string): Promise<void>
  follow(link: Name): Promise<void>
  press(button: Name): Promise<void>
  /** Unfolds a « details », if it is not. */
  unfold(summary: Name): Promise<void>
  tick(...boxes: Name[]): Promise<void>
  choose(radio: Name): Promise<void>
  write(field: Name, value: string): Promise<void>
  pick(field: Name, option: string): Promise<void>
  attach(field: Name, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void>
  /** The words are on the page, in sight. */
  sees(...words: Name[]): Promise<void>
  doesNotSee(...words: Name[]): Promise<void>
  /** What it took since the beginning, or since `startCounting`. */
  effort(): Effort
  startCounting(): void
}

export type Effort = { pages: number; taps: number; fields: number }

type Hands = {
  activate(target: Locator): Promise<void>
  mark(target: Locator): Promise<void>
  type(target: Locator, value: string): Promise<void>
  pick(target: Locator, option: string): Promise<void>
}

/**
 * Tells one journey twice: on a phone of 375 pixels without script, then on a desk by keyboard alone. Every page met is
 * looked at by axe, and must fit a screen of 320 pixels.
 */
export function journey(t: OpenTown, name: string, walk: (reader: Reader) => Promise<void>): void {
  test(`${name}, on a phone without script`, () => onPhone(t, walk))
  test(`${name}, on a desk by keyboard alone`, () => atKeyboard(t, walk))
}

/** With thumbs, on a phone without script. */
export async function onPhone(t: OpenTown, walk: (reader: Reader) => Promise<void>): Promise<void> {
  const open = () => t.browser.phone({ javaScriptEnabled: false, baseURL: t.url })
  await walkIn(t, { open, glass: await t.browser.phone(), hands: thumbs }, walk)
}

/** With Tab, Enter, Space and the arrows, on a wide screen: no mouse. */
async function atKeyboard(t: OpenTown, walk: (reader: Reader) => Promise<void>): Promise<void> {
  const open = () => t.browser.desk({ baseURL: t.url })
  await walkIn(t, { open, glass: await t.browser.desk(), hands: keyboard }, walk)
}

type Manner = { open: () => Promise<BrowserContext>; glass: BrowserContext; hands: (page: Page) => Hands }

async function walkIn(t: OpenTown, { open, glass, hands }: Manner, walk: (r: Reader) => Promise<void>) {
  t.startOver()
  const contexts = [glass]
  const lookingGlass = await glass.newPage()
  const come = async (): Promise<Reader> => {
    const context = await open()
    contexts.push(context)
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    return reader(page, lookingGlass, hands(page), come)
  }
  try {
    await walk(await come())
  } finally {
    await Promise.all(contexts.map(context => context.close()))
  }
}

/** Pages that were looked at, each once in this file and manner. */
const looked = new Set<string>()

function reader(page: Page, glass: Page, hands: Hands, come: () => Promise<Reader>): Reader {
  let effort: Effort = { pages: 0, taps: 0, fields: 0 }
  const main = page.locator('body')

  /** Looks at the page that came, the first time it comes. */
  const arrive = async () => {
    effort.pages += 1
    const url = new URL(page.url())
    const width = page.viewportSize()?.width
    const kind = `${width} ${url.pathname.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, ':id')} ${await page.title()}`
    if (looked.has(kind) || url.pathname.startsWith('/c/')) return
    looked.add(kind)
    await assertWellMade(page, 'fr')
    await showTo(glass, page)
    assert.deepEqual(await axeFaults(glass), [], page.url())
    assert.ok((await tooWideAt(glass, 320)) <= 0, `${page.url()} is wider than 320 pixels`)
    await page.bringToFront()
  }
  const arriving = async (act: () => Promise<unknown>) => {
    const loaded = page.waitForEvent('load')
    await Promise.all([loaded, act()])
    await arrive()
  }
  /** The first of these in sight; when there is none, the test says what is there instead. */
  const here = async (locator: Locator) => {
    const target = locator.filter({ visible: true }).first()
    if ((await target.count()) === 0) assert.fail(`${locator} is not on ${page.url()}:\n${await text()}`)
    return target
  }
  const labelled = (field: Name) => page.getByLabel(field, { exact: typeof field === 'string' })
  const activate = async (locator: Locator) => {
    effort.taps += 1
    const target = await here(locator)
    await arriving(() => hands.activate(target))
  }
  const text = async () => (await main.innerText()).replaceAll(/[\s\u00a0\u202f]+/g, ' ')
  const seen = (words: Name, shown: string) =>
    typeof words === 'string' ? shown.includes(words.replaceAll(/[\s\u00a0\u202f]+/g, ' ')) : words.test(shown)

  return {
    page,
    context: page.context(),
    another: come,
    goTo: address => arriving(() => page.goto(address)),
    follow: link => {
      const plain = page.getByRole('link', named(link))
      return activate(plain.or(page.getByRole('button', named(link)).and(page.locator('a'))))
    },
    press: button => activate(page.getByRole('button', named(button))),
    unfold: async summary => {
      const target = await here(page.locator('summary').filter({ hasText: summary }))
      if (await target.evaluate(summary => summary.parentElement?.hasAttribute('open'))) return
      effort.taps += 1
      await hands.activate(target)
    },
    tick: async (...boxes) => {
      for (const box of boxes) {
        effort.taps += 1
        await hands.mark(await here(page.getByRole('checkbox', named(box))))
      }
    },
    choose: async radio => {
      effort.taps += 1
      await hands.mark(await here(page.getByRole('radio', named(radio))))
    },
    write: async (field, value) => {
      effort.fields += 1
      await hands.type(await here(labelled(field)), value)
    },
    pick: async (field, option) => {
      effort.fields += 1
      await hands.pick(await here(labelled(field)), option)
    },
    attach: async (field, file) => {
      effort.fields += 1
      await (await here(labelled(field))).setInputFiles(file)
    },
    sees: async (...words) => {
      const shown = await text()
      for (const each of words) assert.ok(seen(each, shown), `« ${each} » is not on ${page.url()}:\n${shown}`)
    },
    doesNotSee: async (...words) => {
      const shown = await text()
      for (const each of words) assert.ok(!seen(each, shown), `« ${each} » is on ${page.url()}:\n${shown}`)
    },
    effort: () => ({ ...effort }),
    startCounting: () => {
      effort = { pages: 0, taps: 0, fields: 0 }
    },
  }
}

/** A name as it is heard: words that are only heard are set apart by spaces that nobody hears. */
const named = (name: Name) => {
  const source = typeof name === 'string' ? `^${RegExp.escape(name)}\\s*$` : name.source
  return { name: new RegExp(source.replaceAll(/\\x2c|,/g, '\\s*,')) }
}

const thumbs: Manner['hands'] = () => ({
  activate: target => target.tap(),
  mark: target => target.tap(),
  type: (target, value) => target.fill(value),
  pick: async (target, option) => void (await target.selectOption({ label: option })),
})

/** Nothing on this machine takes longer to come, even when it is busy. */
const PATIENCE_MS = 10_000
/** More stops than any page has. */
const MOST_STOPS = 400

const keyboard: Manner['hands'] = page => {
  const reach = async (target: Locator) => {
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      if (await hasFocus(target)) return assertInSight(target)
      await page.keyboard.press('Tab')
    }
    assert.fail(`the keyboard does not reach ${target} on ${page.url()}`)
  }
  return {
    activate: async target => {
      await reach(target)
      await page.keyboard.press('Enter')
    },
    mark: async target => {
      await reachAnswer(page, target, reach)
      await page.keyboard.press('Space')
    },
    type: async (target, value) => {
      await reach(target)
      // In which order the parts of a date are typed is the browser's own affair.
      if ((await target.getAttribute('type')) === 'date') return target.fill(value)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.insertText(value)
    },
    pick: async (target, option) => {
      await reach(target)
      for (let n = await target.locator('option').count(); n > 0; n--) {
        if ((await target.locator('option:checked').innerText()) === option) return
        await page.keyboard.press('ArrowDown')
      }
      assert.fail(`the arrows do not reach « ${option} »`)
    },
  }
}

/** Tab stops once in a group of radios, at the chosen one or the first; the arrows go on from there. */
async function reachAnswer(page: Page, target: Locator, reach: (target: Locator) => Promise<void>): Promise<void> {
  const kind = await target.getAttribute('type')
  if (kind !== 'radio') return reach(target)
  const name = await target.getAttribute('name')
  const group = page.locator(`input[type=radio][name=${JSON.stringify(name)}]`)
  const chosen = group.and(page.locator(':checked'))
  await reach((await chosen.count()) > 0 ? chosen.first() : group.first())
  for (let n = await group.count(); n > 0; n--) {
    if (await hasFocus(target)) return
    await page.keyboard.press('ArrowDown')
  }
}

const hasFocus = (target: Locator) => target.evaluate(element => element === element.ownerDocument.activeElement)

/** What has the focus shows it, is on the screen, and nothing lies over it. */
async function assertInSight(target: Locator): Promise<void> {
  const fault = await target.evaluate(element => {
    const { ownerDocument: document } = element
    const { defaultView: window } = document
    if (!window) return 'is on no page'
    const { top, bottom, left, width, height } = element.getBoundingClientRect()
    if (bottom <= 0 || top >= window.innerHeight) return 'is out of the screen'
    const label = element.labels?.[0]
    const over = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20))
    const own = [element, label].some(each => each && (each.contains(over) || over?.contains(each)))
    if (over && !own) return `lies under ${over.outerHTML.slice(0, 80)}`
    const drawn = [window.getComputedStyle(element), ...(label ? [window.getComputedStyle(label, '::before')] : [])]
    const shown = drawn.some(style => style.boxShadow !== 'none' || style.outlineStyle !== 'none')
    return shown ? undefined : 'does not show its focus'
  })
  assert.equal(fault, undefined, `${target} ${fault}`)
}
