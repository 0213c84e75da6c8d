import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword } from '../../src/access/passwords.ts'
import { textOf } from '../leisure/world.ts'
import { family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

/** More than may wait, whatever the machine: each who is served comes again, until told to stop. */
function crowd(size: number): () => Promise<void> {
  let open = true
  const again = async (): Promise<void> => {
    while (open) if (!(await served())) return
  }
  const all = Promise.all(Array.from({ length: size }, again))
  return async () => {
    open = false
    await all
  }
}
const served = () =>
  hashPassword('test', 'un mot de passe').then(
    () => true,
    () => false,
  )

const t = await testTown()
const { parent, email, password } = await family(t)

test('when five hundred wait to sign in, the next is told to come back; who is in goes on, and then all is as before', async () => {
  const disperse = crowd(600)
  const page = await t.visitor().post('/connexion').type('form').send({ email, password })
  const program = await t.visitor().post('/api/v1/sessions').send({ email, password })
  const inside = await parent.get('/famille')
  await disperse()
  assert.equal(page.status, 503)
  assert.equal(page.headers['retry-after'], '5')
  assert.match(textOf(page.text), /Beaucoup de monde se connecte/)
  assert.deepEqual([program.status, program.body.code], [503, 'busy'])
  assert.equal(inside.status, 200)
  assert.equal((await t.visitor().post('/api/v1/sessions').send({ email, password })).status, 201)
})
