import { Button, createAll, PasswordInput, ServiceNavigation } from 'govuk-frontend'
import { keepTicks } from './keep-ticks.ts'
import { showLiveTotal } from './live-total.ts'
import { refresh } from './refresh.ts'

// The style sheet and govuk-frontend's modules wait for these; set here, no inline script is needed in the pages.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

createAll(ServiceNavigation)
createAll(Button, { preventDoubleClick: true })
createAll(PasswordInput)

document.querySelector<HTMLElement>('[data-error-summary]')?.focus()
showLiveTotal()
keepTicks()
refresh()
