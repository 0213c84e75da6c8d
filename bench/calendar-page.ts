import type { RequestListener } from 'node:http'
import supertest from 'supertest'
import { benchTown } from './bench-town.ts'
import { benchFamilies } from './families.ts'
import type { Figure } from './figure.ts'
import { inTurns } from './rounds.ts'

const FAMILIES = 200
const ROUNDS = 5
const PATH = '/cantine?mois=2027-01'

/** The month's page of a signed-in family with two children, against a bare server that sends the same bytes. */
export async function benchCalendarPage(): Promise<Figure[]> {
  const t = await benchTown()
  const families = await benchFamilies(t.running.town, FAMILIES)
  const page = await supertest(t.running.app).get(PATH).set('Cookie', families[0]!.cookie)
  if (page.status !== 200) throw new Error(`the page answers ${page.status}`)
  const bare: RequestListener = (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(page.text) })
    res.end(page.text)
  }
  const requests = families.map(({ cookie }) =>
    [`GET ${PATH} HTTP/1.1`, 'Host: guichet.test', 'Accept: text/html', `Cookie: ${cookie}`, '', ''].join('\r\n'),
  )
  const speeds = await inTurns(
    {
      ours: { handler: t.running.app, requests, perRound: 400 },
      bare: { handler: bare, requests, perRound: 400 },
    },
    ROUNDS,
  )
  await t.close()
  const { ours, bare: floor } = speeds
  const name = `the month’s page, ${Math.round(page.text.length / 1000)} kB`
  return [{ name, value: ours.perSecond, floor: floor.perSecond, ratio: floor.ratioOfFirst, unit: 'pages/s' }]
}
