import assert from 'node:assert/strict'
import { test } from 'node:test'
import { places, recordKinds } from '../../src/civil-records/kinds.ts'
import { whoKeeps } from '../../src/civil-records/rules/elsewhere.ts'

test('what happened here is kept here, and a death also where the dead person lived', () => {
  for (const kind of recordKinds) assert.deepEqual(whoKeeps(kind, 'here'), [])
  assert.deepEqual(whoKeeps('death', 'lived-here'), [])
})

test('what happened in another town is asked of that town, by the page of the State', () => {
  assert.deepEqual(whoKeeps('birth', 'france'), [
    { whom: 'town-of-event', link: 'https://www.service-public.gouv.fr/particuliers/vosdroits/F1427' },
  ])
  assert.deepEqual(
    whoKeeps('death', 'france').map(({ whom }) => whom),
    ['town-of-event', 'town-of-last-residence'],
  )
})

test('what happened abroad is asked of Nantes, of the Ofpra or of the country', () => {
  const [nantes, ofpra, country] = whoKeeps('birth', 'abroad')
  assert.equal(nantes?.whom, 'central-service')
  assert.ok(nantes?.address?.includes('44941 Nantes Cedex 09'))
  assert.equal(ofpra?.whom, 'ofpra')
  assert.deepEqual(country, { whom: 'foreign-registry' })
})

test('every link is of the State', () => {
  for (const kind of recordKinds)
    for (const place of places)
      for (const { link } of whoKeeps(kind, place)) if (link) assert.match(new URL(link).hostname, /\.gouv\.fr$/)
})
