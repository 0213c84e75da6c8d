import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { pageBudget } from '../../src/web/page-budget.ts'
import { openTown } from '../journeys/open-town.ts'
import { liveIn } from './lived-in-town.ts'
import { lookAt } from './look-at-pages.ts'
import { explore, questionPages, routesOf } from './pages-of-town.ts'

// Every page for residents, with an account and without.
const t = await openTown({ demo: true })
const { residents } = await liveIn(t)
const { pages, routes, dead } = await explore(t, residents)

/** Pages that a form leads to, and only once; journeys walk them. Who comes by their address is led elsewhere. */
const AFTER_A_FORM = [
  '/mot-de-passe/envoye',
  '/inscription/envoye',
  '/cantine/jusqu-aux-vacances/fait',
  '/etat-civil/suivi/demande',
  // No page of its own: leads to the first question that is open.
  '/etat-civil/demande',
]

test('every page and file for residents is reached by links, from the first pages and from letters', () => {
  const ours = routesOf(t).filter(route => !route.startsWith('/guichet'))
  deepEqual(
    ours.filter(route => !routes.has(route) && !AFTER_A_FORM.includes(route)),
    [],
  )
  deepEqual(
    questionPages.filter(question => !pages.some(({ path }) => path === question)),
    [],
  )
})

test('the first page says what there is to do here', async () => {
  const { text } = await t.visitor().get('/').expect(200)
  const cards = [...text.matchAll(/class="app-card__link" href="([^"]*)"/g)].map(([, href]) => href)
  deepEqual(cards, ['/cantine', '/centres-de-loisirs', '/factures', '/famille', '/etat-civil'])
})

/** A month of meals has a box for each child and day. */
const CALENDARS = ['/cantine', '/cantine/jusqu-aux-vacances', '/cantine/jusqu-aux-vacances/verifier']

test('every link leads to a page or a file', () => deepEqual(dead, []))

lookAt(
  t,
  pages.filter(({ route }) => !route.startsWith('/guichet')),
  {
    nodes: ({ route }) => (CALENDARS.includes(route) ? 700 : 400),
    bytes: pageBudget.coldBytes,
    scriptBytes: pageBudget.scriptBytes,
    requests: pageBudget.coldRequests,
  },
)
