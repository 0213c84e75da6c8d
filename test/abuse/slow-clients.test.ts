// Clients that say half of what they want, or nothing, must not keep others from being served.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { testTown } from '../support/town.ts'
import { HOST, productionEnv, startWeb, type TownProcess } from './town-processes.ts'

const CUT_WITHIN_MS = 13_000

let web: TownProcess | undefined
const sockets: Socket[] = []
after(async () => {
  for (const socket of sockets) socket.destroy()
  await web?.stop()
})
const t = await testTown()
web = await startWeb(productionEnv(t))
const { url } = web

/** A connection on which so much is said at first; gives when it was cut. */
async function open(said: string): Promise<{ socket: Socket; cut: Promise<number> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (said) socket.write(said)
  socket.resume()
  const began = performance.now()
  return { socket, cut: once(socket, 'close').then(() => performance.now() - began) }
}

async function openMany(many: number, said: (n: number) => string) {
  const opened = []
  for (let n = 0; n < many; n += 100) {
    opened.push(...(await Promise.all(Array.from({ length: Math.min(100, many - n) }, (_, i) => open(said(n + i))))))
  }
  return opened
}

async function pagesAnswer() {
  for (const path of ['/', '/connexion', '/api/v1/canteen/menus/2026-W49']) {
    const began = performance.now()
    const answer = await fetch(url + path)
    await answer.text()
    assert.equal(answer.status, 200, path)
    assert.ok(performance.now() - began < 5_000, `${path} took ${Math.round(performance.now() - began)} ms`)
  }
}

const HALVES = [
  `GET / HTTP/1.1\r\nHost: ${HOST}\r\n`,
  'GET /conn',
  `POST /connexion HTTP/1.1\r\nHost: ${HOST}\r\nX-Endless: `,
  '',
]

test('half-open requests and silent connections are cut soon, and others are served meanwhile', async () => {
  const halfOpen = await openMany(300, n => HALVES[n % HALVES.length] ?? '')
  const idle = await openMany(1_000, () => '')
  // A byte now and then buys no time.
  const drip = setInterval(() => {
    for (const { socket } of halfOpen.slice(0, 50)) if (!socket.destroyed) socket.write('x')
  }, 500)
  await pagesAnswer()
  const everyHalf = Promise.all(halfOpen.map(({ cut }) => cut))
  const first = await Promise.race([everyHalf, pause(CUT_WITHIN_MS)])
  clearInterval(drip)
  await pagesAnswer()
  assert.ok(first, `${halfOpen.filter(({ socket }) => !socket.closed).length} half-open connections are still there`)
  const left = idle.filter(({ socket }) => !socket.closed)
  assert.ok(left.length === 0, `${left.length} silent connections are still there`)
})

test('a body that comes drop by drop holds up nobody else', async () => {
  const head = `POST /connexion HTTP/1.1\r\nHost: ${HOST}\r\nOrigin: https://${HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50000\r\n\r\nemail=`
  const slow = await openMany(200, () => head)
  await pagesAnswer()
  for (const { socket } of slow) socket.destroy()
  await pagesAnswer()
})
