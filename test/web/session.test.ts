import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import express from 'express'
import session from 'express-session'
import { leadOnceSaved } from '../../src/web/session.ts'

/** A store as slow as a busy database. */
class SlowStore extends session.MemoryStore {
  saved = 0

  override set(id: string, data: session.SessionData, done?: (error?: unknown) => void) {
    void pause(100).then(() => {
      this.saved += 1
      super.set(id, data, done)
    })
  }
}

test('a browser that is led on sees it only once its session is saved', async () => {
  const store = new SlowStore()
  const app = express()
  app.use(session({ secret: 'a secret', store, resave: false, saveUninitialized: false }), leadOnceSaved)
  app.get('/', (req, res) => {
    req.session.flash = [{ kind: 'success', text: 'Saved' }]
    res.redirect(303, '/next')
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())

  const sent = request({ port: (server.address() as AddressInfo).port }).end()
  const [answer] = await once(sent, 'response')
  assert.equal(answer.statusCode, 303)
  assert.equal(answer.headers.location, '/next')
  assert.equal(store.saved, 1, 'the head of the answer came before the session was saved')
  answer.resume()
})
