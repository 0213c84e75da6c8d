/** The clerk switched the shortcuts off on their page (WCAG 2.1.4). */
const OFF = /(?:^|; )guichet-keys=off(?:;|$)/

/**
 * Keyboard shortcuts of one key. A page says its own: `data-key` on a link, button or field of the page, `data-row` on the
 * link of each row of a list, `data-row-key` on what is done to one row. Every one of them is an ordinary link or button:
 * a key only presses it. Nothing happens while somebody types, nor with Ctrl, Alt or the like.
 */
export function listenToKeys(): void {
  if (OFF.test(document.cookie)) return
  for (const one of document.querySelectorAll<HTMLElement>('[data-key], [data-row-key]'))
    one.setAttribute('aria-keyshortcuts', one.dataset['key'] ?? one.dataset['rowKey'] ?? '')
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || withModifier(event) || isTyping(event.target)) return
    if (act(event.key, event.repeat)) event.preventDefault()
  })
}

const withModifier = (event: KeyboardEvent) =>
  event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.getModifierState('AltGraph')

const NO_TEXT = ['checkbox', 'radio', 'button', 'submit', 'reset', 'file']

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !NO_TEXT.includes(target.type)
  // In a list of choices a letter chooses.
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea, select'))
}

/** Whether the key means something here, and was obeyed. */
function act(key: string, repeated: boolean): boolean {
  if (key === 'j' || key === 'k') return moveBy(key === 'j' ? 1 : -1)
  if (repeated) return false
  const row = document.activeElement?.closest('tr')
  const box = key === 'x' && row?.querySelector<HTMLElement>('input[type=checkbox]')
  const wanted = box || find(row, 'data-row-key', key) || find(document, 'data-key', key) || searchField(key)
  if (!wanted) return false
  if (isTyping(wanted)) wanted.focus()
  else wanted.click()
  return true
}

function find(within: ParentNode | null | undefined, name: string, key: string): HTMLElement | undefined {
  const all = within?.querySelectorAll<HTMLElement>(`[${name}]`) ?? []
  return [...all].find(one => one.getAttribute(name) === key && one.getClientRects().length > 0)
}

/** Of a page that says no other place to search. */
const searchField = (key: string) => (key === '/' ? document.querySelector<HTMLElement>('input[type=search]') : null)

/** To the next row, or the one before: the focus itself moves, so that Enter opens and the screen reader reads. */
function moveBy(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const here = document.activeElement?.closest('tr')
  const at = rows.findIndex(row => row.closest('tr') === here)
  const to = rows[at < 0 && step < 0 ? rows.length - 1 : at + step]
  to?.focus()
  return rows.length > 0
}
