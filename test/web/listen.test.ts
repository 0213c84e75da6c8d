import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openDoors } from '../../src/web/listen.ts'

const HERE = { port: 0, host: '127.0.0.1', most: 1_000 }

/** Answers after so long. */
const answering = (waitMs = 0): Server => createServer((_req, res) => void setTimeout(() => res.end('ok'), waitMs))

const get = (port: number) => fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })

test('a crowd that comes together is let in together, not one by one in each turn of the event loop', async () => {
  const server = answering()
  const { port, shut } = await openDoors(server, HERE)
  let [turns, letIn] = [0, 0]
  let going = true
  const slowTurns = () => {
    turns++
    for (const end = performance.now() + 10; performance.now() < end; );
    if (going) setImmediate(slowTurns)
  }
  server.on('connection', () => letIn++)
  const sockets = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'))
  await Promise.all(sockets.map(socket => once(socket, 'connect')))
  slowTurns()
  while (letIn < 200 && turns < 400) await pause(5)
  going = false
  assert.ok(turns < 100, `${turns} turns`)
  for (const socket of sockets) socket.destroy()
  await shut()
})

test('who starts a second town on the same port is told', async () => {
  const { port, shut } = await openDoors(answering(), HERE)
  await assert.rejects(openDoors(answering(), { ...HERE, port }), { code: 'EADDRINUSE' })
  assert.equal((await get(port)).status, 200)
  await shut()
})

test('whoever is inside when the doors are shut is answered first', async () => {
  const server = answering(150)
  const { port, shut } = await openDoors(server, HERE)
  const inside = Array.from({ length: 30 }, () => get(port).then(answer => answer.status))
  await pause(75)
  const left = shut()
  server.closeIdleConnections()
  assert.deepEqual(new Set(await Promise.all(inside)), new Set([200]))
  await left
  await assert.rejects(get(port))
})
