/**
 * Keeps what was ticked on a list when the network is lost: nothing is sent while the tablet is offline, the line
 * « not sent yet » says so, and the ticks outlive a page that is closed or loaded again. They are forgotten once sent.
 */
export function keepTicks(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-keep-ticks]')
  const notSent = form?.querySelector<HTMLElement>('[data-not-sent]')
  if (!form || !notSent) return
  const key = `ticks ${form.action}`
  const boxes = () => [...form.querySelectorAll<HTMLInputElement>('input[type=checkbox]')]
  const say = () => {
    notSent.hidden = false
  }

  const kept = sessionStorage.getItem(key)
  if (kept) {
    const changed = new Map(kept.split(' ').map(each => [each.slice(1), each.startsWith('+')]))
    for (const box of boxes()) {
      const ticked = changed.get(box.value)
      if (ticked !== undefined) box.checked = ticked
    }
    say()
  }
  form.addEventListener('change', () => {
    const changed = boxes().filter(box => box.checked !== box.defaultChecked)
    sessionStorage.setItem(key, changed.map(box => (box.checked ? '+' : '-') + box.value).join(' '))
  })
  form.addEventListener('submit', event => {
    if (navigator.onLine) return sessionStorage.removeItem(key)
    event.preventDefault()
    say()
    notSent.focus()
  })
}
