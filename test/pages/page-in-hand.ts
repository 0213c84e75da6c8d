import type { Page } from 'playwright-core'

// What runs inside the page is written as text: its names (`document` …) are not those of Node.

/** The words of the main part of a page, as they are seen. */
export const mainText = (page: Page) => page.evaluate<string>("document.querySelector('main')?.innerText ?? ''")

export const nodesOf = (page: Page) => page.evaluate<number>("document.querySelectorAll('*').length")

/**
 * What sticks out of a screen of that width with letters of that size: the pixels by which the page must be moved
 * sideways, and the elements that do it. Boxes that scroll by themselves are left out.
 */
export async function sticksOut(page: Page, width: number, textPercent = 100): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 })
  return page.evaluate<string[]>(`(() => {
    const root = document.documentElement
    root.style.fontSize = '${textPercent}%'
    const excess = root.scrollWidth - root.clientWidth
    const wide = excess <= 0 ? [] : [...document.body.querySelectorAll('*')].filter(each => {
      const { right, width } = each.getBoundingClientRect()
      if (right <= root.clientWidth + 1 || width < 2) return false
      for (let box = each.parentElement; box && box !== document.body; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible') return false
      return true
    })
    root.style.fontSize = ''
    return excess <= 0 ? [] : [excess + ' px', ...wide.slice(-3).map(each => each.outerHTML.slice(0, 120))]
  })()`)
}

/**
 * What goes wrong for who walks through the page with the Tab key, as far as so many steps: focus that cannot be seen,
 * or that jumps back up the page.
 */
export async function keyboardFaults(page: Page, steps: number): Promise<string[]> {
  const faults: string[] = []
  let last = ''
  for (let n = 0; n < steps; n++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<{ html: string; seen: boolean; before: boolean } | null>(`(() => {
      const now = document.activeElement
      if (!now || now === document.body) return null
      // A ring, a shadow or a colour, on itself or on what stands for it: the label of a radio button.
      const looks = () => [now, now.nextElementSibling, now.parentElement, now.closest('label')].filter(Boolean).flatMap(
        each => [null, '::before', '::after'].map(part => {
          const { outline, boxShadow, backgroundColor, borderColor, color } = getComputedStyle(each, part)
          return [outline, boxShadow, backgroundColor, borderColor, color].join()
        })).join()
      const { width, height } = now.getBoundingClientRect()
      const focused = looks()
      now.blur()
      const seen = looks() !== focused && width > 1 && height > 1
      now.focus()
      window.firstFocused ??= now
      if (window.lastFocused && now === window.firstFocused) return null
      const before = window.lastFocused?.isConnected &&
        now.compareDocumentPosition(window.lastFocused) & Node.DOCUMENT_POSITION_FOLLOWING
      window.lastFocused = now
      return { html: now.outerHTML.slice(0, 120), seen, before: Boolean(before) }
    })()`)
    if (!at) break
    if (!at.seen) faults.push(`focus is not seen on ${at.html}`)
    if (at.before) faults.push(`focus goes back up from ${last} to ${at.html}`)
    last = at.html
  }
  return faults
}
