import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { pageBudget } from '../../src/web/page-budget.ts'
import { openTown } from '../journeys/open-town.ts'
import { liveIn } from './lived-in-town.ts'
import { lookAt } from './look-at-pages.ts'
import { explore, routesOf } from './pages-of-town.ts'

// Every page for the clerks of the town hall and its administrators.
const t = await openTown({ demo: true })
const { clerks, registry } = await liveIn(t)
const { pages, routes, dead } = await explore(t, { ...clerks, ...registry })

test('every page and file of the desk is reached by links, from its first page', () => {
  const ours = routesOf(t).filter(route => route.startsWith('/guichet'))
  deepEqual(
    ours.filter(route => !routes.has(route)),
    [],
  )
})

test('every link leads to a page or a file', () => deepEqual(dead, []))

lookAt(
  t,
  pages.filter(({ route }) => route.startsWith('/guichet')),
  {
    nodes: () => 1_500,
    bytes: pageBudget.deskBytes,
    scriptBytes: pageBudget.deskScriptBytes,
    requests: pageBudget.deskRequests,
  },
)
