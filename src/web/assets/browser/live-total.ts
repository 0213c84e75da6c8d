/**
 * Keeps the total of a page of meals up to date while boxes are ticked. The server wrote what is saved; from here on the
 * line tells what would be saved now: the ticked boxes (`data-price`, in cents) and the days that cannot change any more.
 */
export function showLiveTotal(): void {
  const total = document.querySelector<HTMLElement>('[data-live-total]')
  const form = total?.closest('form')
  if (!total || !form) return

  const part = (name: string) => total.querySelector<HTMLElement>(`[data-${name}]`)
  const [label, meals, unit, price] = [
    part('total-label'),
    part('meals-total'),
    part('meals-unit'),
    part('price-total'),
  ]
  const language = document.documentElement.lang
  const plural = new Intl.PluralRules(language)
  const euros = new Intl.NumberFormat(total.dataset['intl'] ?? language, { style: 'currency', currency: 'EUR' })

  const show = () => {
    let count = Number(total.dataset['fixedMeals'] ?? 0)
    let cents = Number(total.dataset['fixedCents'] ?? 0)
    for (const box of form.querySelectorAll<HTMLInputElement>('input[data-price]:checked')) {
      count += 1
      cents += Number(box.dataset['price'])
    }
    if (meals) meals.textContent = String(count)
    if (unit) unit.textContent = unit.dataset[plural.select(count)] ?? unit.dataset['other'] ?? ''
    if (price) price.textContent = euros.format(cents / 100)
  }
  if (label) {
    label.textContent = label.dataset['live'] ?? ''
    label.classList.add('govuk-visually-hidden') // on a phone, the figures and the button fit one line
  }
  form.addEventListener('change', show)
  window.addEventListener('pageshow', show) // also after the back button, when the browser ticks the boxes again
  show()
}
