import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/outbox.ts'
import { outbox as jobs } from '../../src/jobs/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
import { mails } from '../../src/mail/schema.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const letter = async (state: 'failed' | 'to-print', subject: string, kind = 'test') => {
  const id = newId<'mail'>()
  await t.town.db.transaction(async tx => {
    await tx.insert(mails).values({
      id,
      key: subject,
      to: state === 'failed' ? 'parti@exemple.fr' : null,
      language: 'fr',
      kind,
      subject,
      text: `Le texte de ${subject}`,
      html: '',
      documents: [],
      state,
      failure: state === 'failed' ? 'No such user' : null,
      createdAt: t.town.clock.now(),
    })
  })
  return id
}
const stateOf = async (id: Awaited<ReturnType<typeof letter>>) =>
  (await t.town.db.read.select().from(mails).where(eq(mails.id, id)))[0]?.state

test('the desk does not exist for a parent, and asks a visitor to sign in', async () => {
  const { parent } = await family(t)
  for (const path of ['/guichet', '/guichet/courriers', '/guichet/travaux']) {
    assert.equal((await parent.get(path)).status, 404, path)
    assert.equal((await t.visitor().get(path)).status, 303, path)
  }
})

test('a clerk sees what waits, reads a refused letter, and sends it again', async () => {
  const id = await letter('failed', 'Votre facture')
  const visitor = await clerk(t, 'cash-office')
  assert.match((await visitor.get('/guichet')).text, /1 courrier à imprimer ou à renvoyer/)
  assert.match((await visitor.get('/guichet/courriers')).text, /parti@exemple\.fr/)
  assert.match((await visitor.get(`/guichet/courriers/${id}`)).text, /Le texte de Votre facture/)
  assert.equal((await visitor.post(`/guichet/courriers/${id}/renvoyer`)).status, 303)
  assert.equal(await stateOf(id), 'waiting')
  await t.settle()
  assert.equal(await stateOf(id), 'sent')
  assert.equal((await visitor.post(`/guichet/courriers/${id}/renvoyer`)).status, 409)
})

test('a letter on paper is marked as posted', async () => {
  const id = await letter('to-print', 'Sur papier')
  const visitor = await clerk(t, 'canteen')
  assert.equal((await visitor.post(`/guichet/courriers/${id}/imprime`)).status, 303)
  assert.equal(await stateOf(id), 'posted')
})

test('letters about civil records are their clerks’, all others the family services’; an administrator treats both', async () => {
  const civil = await letter('to-print', 'Votre acte est prêt', 'civil.ready-for-collection')
  const family = await letter('to-print', 'Votre facture de mars', 'invoice')
  const registry = await clerk(t, 'civil-registry')
  const canteen = await clerk(t, 'canteen')
  const administrator = await clerk(t)
  const list = async (visitor: typeof registry) => (await visitor.get('/guichet/courriers').expect(200)).text
  const own = [
    [registry, civil, /Votre acte est prêt/, family, /Votre facture de mars/],
    [canteen, family, /Votre facture de mars/, civil, /Votre acte est prêt/],
  ] as const
  for (const [visitor, mine, myWords, theirs, theirWords] of own) {
    assert.match(await list(visitor), myWords)
    assert.doesNotMatch(await list(visitor), theirWords)
    await visitor.get(`/guichet/courriers/${mine}`).expect(200)
    await visitor.get(`/guichet/courriers/${theirs}`).expect(404)
    await visitor.post(`/guichet/courriers/${theirs}/imprime`).expect(404)
    await visitor.post(`/guichet/courriers/${theirs}/renvoyer`).expect(404)
    assert.equal(await stateOf(theirs), 'to-print')
  }
  for (const one of own) assert.match(await list(administrator), one[2])
  assert.match((await registry.get('/guichet')).text, /1 courrier d’état civil à imprimer/)
  await (await clerk(t, 'leisure')).get('/guichet/courriers').expect(404)
  await registry.post(`/guichet/courriers/${civil}/imprime`).expect(303)
  assert.equal(await stateOf(civil), 'posted')
})

test('failed work is shown to the administrator only, who runs it again', async () => {
  await t.town.db.transaction(tx =>
    outbox(tx, t.town.clock.now(), { topic: 'audit.seal', payload: {}, key: 'dead-one' }),
  )
  await t.town.db.transaction(async tx => {
    await tx.update(jobs).set({ state: 'dead', lastError: 'disque plein' }).where(eq(jobs.key, 'dead-one'))
  })
  const [row] = await t.town.db.read.select().from(jobs).where(eq(jobs.key, 'dead-one'))
  const canteen = await clerk(t, 'canteen')
  assert.equal((await canteen.get('/guichet/travaux')).status, 404)
  assert.equal((await canteen.post(`/guichet/travaux/${row!.id}/relancer`)).status, 404)
  const administrator = await clerk(t)
  assert.match((await administrator.get('/guichet/travaux')).text, /disque plein/)
  assert.equal((await administrator.post(`/guichet/travaux/${row!.id}/relancer`)).status, 303)
  await t.settle()
  assert.equal((await t.town.db.read.select().from(jobs).where(eq(jobs.key, 'dead-one')))[0]?.state, 'done')
})
